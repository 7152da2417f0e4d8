#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "query/background.h"
#include "query/cohort.h"
#include "query/dense.h"

/* More than one block of vectors, and more than the pseudo-questions. */
enum { DIM = 20, N = 600, MAX_ASKED = 400 };

/* --- numbers --------------------------------------------------------------------------------- */

static double random_of(uint64_t *seed) /* xorshift64, in [-1, 1) */
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (double)(*seed >> 11) / (double)(1ull << 52) - 1;
}

static double dot(const double *a, const double *b)
{
	double sum = 0;
	for (size_t i = 0; i < DIM; i++)
		sum += a[i] * b[i];
	return sum;
}

static void to_unit(double *v)
{
	double length = sqrt(dot(v, v));
	for (size_t i = 0; i < DIM; i++)
		v[i] /= length;
}

/* In a narrow cone, as a model's vectors are. */
static void cone_vector(uint64_t seed, float *v)
{
	double d[DIM];
	seed = (seed + 1) * 0x9E3779B97F4A7C15u;
	for (size_t i = 0; i < DIM; i++)
		d[i] = random_of(&seed) + (i < 4 ? 1.5 : 0);
	to_unit(d);
	for (size_t i = 0; i < DIM; i++)
		v[i] = (float)d[i];
}

/* --- an embedder that counts ------------------------------------------------------------------ */

struct fake {
	struct embed_batch *done;
	size_t n_asked;
	bool only_questions;
	float asked[MAX_ASKED][DIM];
};

static int fake_submit(void *self, struct embed_batch *b, struct err *err)
{
	(void)err;
	struct fake *f = self;
	b->dim = DIM;
	b->vectors = mem_floats(b->n * DIM);
	f->only_questions = f->only_questions && b->kind == EMBED_QUERY;
	for (size_t i = 0; i < b->n; i++) {
		assert_true(f->n_asked < MAX_ASKED);
		cone_vector(70000 + f->n_asked, b->vectors + i * DIM);
		memcpy(f->asked[f->n_asked++], b->vectors + i * DIM, sizeof *f->asked);
	}
	f->done = b;
	return 0;
}

static int fake_collect(void *self, int timeout_ms, struct embed_batch **b, struct err *err)
{
	(void)timeout_ms;
	(void)err;
	struct fake *f = self;
	*b = f->done;
	f->done = NULL;
	return *b ? 1 : 0;
}

static size_t fake_count(const void *self, struct span text)
{
	(void)self;
	return text.len;
}

static const struct embedder_ops fake_ops = {
	.submit = fake_submit, .collect = fake_collect, .count_tokens = fake_count, .close = free,
};

static struct embedder *fake_open(const char *host)
{
	struct fake *f = mem_zalloc(1, sizeof *f);
	struct embedder *e = mem_zalloc(1, sizeof *e);
	f->only_questions = true;
	e->ops = &fake_ops;
	e->self = f;
	snprintf(e->host, sizeof e->host, "%s", host);
	e->limits = (struct embed_limits){ .dim = DIM, .max_text_tokens = 1000, .max_batch_texts = 100,
		                           .max_batch_tokens = 100000, .max_batch_bytes = 1 << 20,
		                           .max_in_flight = 1 };
	return e;
}

/* --- indexes ---------------------------------------------------------------------------------- */

static char path[64];

static void remove_files(void)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-lock", ".lock" };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char file[80];
		snprintf(file, sizeof file, "%s%s", path, ends[i]);
		unlink(file);
	}
}

/* Documents `from` to `to` of one passage; every fail_every-th could not be embedded (0: none).
 * Every fifth shares the vector of the one before it. */
static void put(struct store *s, size_t from, size_t to, size_t fail_every, const char *text)
{
	struct err err = { 0 };
	assert_int_equal(store_begin(s, &err), 0);
	for (size_t i = from; i < to; i++) {
		char name[32], words[80];
		float v[DIM];
		size_t of = i % 5 == 4 ? i - 1 : i;
		bool failed = fail_every && i % fail_every == 0;
		cone_vector(of, v);
		struct hash key = hash_bytes(&of, sizeof of);
		snprintf(name, sizeof name, "/d/%zu", i);
		snprintf(words, sizeof words, "%s %zu.", text, i);
		struct store_chunk_in chunk = { .line_start = 1, .line_end = 1, .n_tokens = 1,
			                        .text = span_of(words), .failure = failed ? "no" : NULL };
		if (!failed)
			chunk.vector_id = store_vector_put(s, &key, v, &err);
		struct store_document doc = { .path = name, .format = "text", .language = "en" };
		assert_int_equal(store_document_put(s, &doc, &chunk, 1, &err), 0);
	}
	assert_int_equal(store_commit(s, &err), 0);
}

static struct store *create(void)
{
	struct err err = { 0 };
	snprintf(path, sizeof path, "/tmp/akin_dense_%ld.db", (long)getpid());
	remove_files();
	struct store *s = store_open(path, STORE_CREATE, &err);
	assert_non_null(s);
	assert_int_equal(store_begin(s, &err), 0);
	assert_int_equal(store_set_model(s, &(struct store_model){ "test/fake", DIM }, &err), 0);
	/* so that rounding is no part of what is compared */
	assert_int_equal(store_set_precision(s, STORE_F32, &err), 0);
	assert_int_equal(store_commit(s, &err), 0);
	return s;
}

static void drop(struct store *s)
{
	store_close(s);
	remove_files();
}

/* --- dense scores ----------------------------------------------------------------------------- */

/* Without share of the means, in double precision. */
static double slow_cosine(const float *question, const float *passage, const struct background *b)
{
	double q[DIM], p[DIM], share = b ? DENSE_CENTRING : 0;
	for (size_t i = 0; i < DIM; i++) {
		q[i] = (double)question[i] - (b ? share * (double)b->question_mean[i] : 0);
		p[i] = (double)passage[i] - (b ? share * (double)b->mean[i] : 0);
	}
	to_unit(q);
	to_unit(p);
	return dot(q, p);
}

static void assert_as_slow(struct store *s, const struct background *b,
                           const struct store_chunk_ref *refs, size_t n, const float *questions,
                           size_t n_questions)
{
	struct err err = { 0 };
	float *scores = mem_floats(n_questions * n), v[DIM];
	assert_int_equal(dense_scores(s, b, questions, n_questions, DIM, refs, n, scores, &err), 0);
	for (size_t q = 0; q < n_questions; q++) {
		double sum = 0, n_seen = 0;
		for (size_t i = 0; i < n; i++) {
			if (refs[i].vector_id == 0)
				continue;
			assert_int_equal(store_vector_get(s, refs[i].vector_id, v, &err), 1);
			double wanted = slow_cosine(questions + q * DIM, v, b);
			assert_true(fabs((double)scores[q * n + i] - wanted) < 2e-6);
			sum += wanted;
			n_seen++;
		}
		for (size_t i = 0; i < n; i++)
			if (refs[i].vector_id == 0)
				assert_true(fabs((double)scores[q * n + i] - (n_seen > 0 ? sum / n_seen : 0)) < 2e-6);
	}
	free(scores);
}

static void scores_are_cosines(void **state)
{
	(void)state;
	struct store *s = create();
	struct err err = { 0 };
	struct store_chunk_ref *refs;
	size_t n, n_unknown = 0;
	put(s, 0, N, 7, "a passage of its own");
	struct store_filter all = { .failed_too = true };
	assert_int_equal(store_chunk_refs(s, &all, &refs, &n, &err), 0);
	assert_int_equal(n, N);
	for (size_t i = 0; i < n; i++)
		n_unknown += refs[i].vector_id == 0;
	assert_int_equal(n_unknown, (N + 6) / 7);
	float questions[3 * DIM], mean[DIM], question_mean[DIM];
	for (size_t q = 0; q < 3; q++)
		cone_vector(5000 + q, questions + q * DIM);
	cone_vector(8000, mean);
	cone_vector(8001, question_mean);
	struct background b = { .dim = DIM, .mean = mean, .question_mean = question_mean };
	for (int centred = 0; centred < 2; centred++) {
		const struct background *means = centred ? &b : NULL;
		assert_as_slow(s, means, refs, n, questions, 1);
		assert_as_slow(s, means, refs, n, questions, 3);
		assert_as_slow(s, means, refs + n - 3, 3, questions, 3); /* of the last block alone */
		assert_as_slow(s, means, refs, n_unknown, questions, 2); /* none that the model has seen */
		assert_as_slow(s, means, refs + n_unknown - 1, 2, questions, 2);
		assert_as_slow(s, means, refs, 0, questions, 2);
	}
	free(refs);
	drop(s);
}

/* What is of another model than the vectors is left aside; so is none. */
static void without_a_background_plain_cosines(void **state)
{
	(void)state;
	struct store *s = create();
	struct err err = { 0 };
	struct store_chunk_ref *refs;
	size_t n;
	put(s, 0, 10, 0, "a passage of its own");
	assert_int_equal(store_chunk_refs(s, NULL, &refs, &n, &err), 0);
	float question[DIM], plain[10], scores[10];
	cone_vector(5000, question);
	assert_int_equal(dense_scores(s, NULL, question, 1, DIM, refs, n, plain, &err), 0);
	float mean[DIM + 1] = { 1 };
	struct background others[] = { { 0 }, { .dim = DIM + 1, .mean = mean, .question_mean = mean } };
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(dense_scores(s, &others[i], question, 1, DIM, refs, n, scores, &err), 0);
		assert_memory_equal(scores, plain, sizeof plain);
	}
	free(refs);
	drop(s);
}

/* --- backgrounds ------------------------------------------------------------------------------ */

static bool has_background(struct store *s, struct background *b)
{
	struct err err = { 0 };
	int found = background_load(s, b, &err);
	assert_true(found >= 0);
	return found;
}

/* Means and pairs, all passages against all of questions[n]. */
static void assert_measured(struct store *s, const struct background *b, const float *questions,
                            size_t n)
{
	struct err err = { 0 };
	struct store_chunk_ref *refs;
	size_t n_refs;
	double sum = 0, squares = 0, n_pairs = 0, mean[DIM] = { 0 }, v_mean[DIM] = { 0 };
	assert_int_equal(store_chunk_refs(s, NULL, &refs, &n_refs, &err), 0);
	float *rows = mem_floats(n_refs * DIM);
	for (size_t r = 0; r < n_refs; r++) {
		assert_int_equal(store_vector_get(s, refs[r].vector_id, rows + r * DIM, &err), 1);
		for (size_t i = 0; i < DIM; i++)
			v_mean[i] += (double)rows[r * DIM + i] / (double)n_refs;
	}
	for (size_t q = 0; q < n; q++) {
		double best = -2;
		for (size_t r = 0; r < n_refs; r++) {
			double x = slow_cosine(questions + q * DIM, rows + r * DIM, b);
			sum += x;
			squares += x * x;
			best = x > best ? x : best;
		}
		sum -= best; /* the nearest may be what the question was taken from */
		squares -= best * best;
		n_pairs += (double)n_refs - 1;
		for (size_t i = 0; i < DIM; i++)
			mean[i] += (double)questions[q * DIM + i] / (double)n;
	}
	for (size_t i = 0; i < DIM; i++) {
		assert_true(fabs((double)b->mean[i] - v_mean[i]) < 1e-6);
		assert_true(fabs((double)b->question_mean[i] - mean[i]) < 1e-6);
	}
	double pair_mean = sum / n_pairs;
	assert_true(fabs(b->pair_mean - pair_mean) < 1e-5);
	assert_true(fabs(b->pair_deviation - sqrt(squares / n_pairs - pair_mean * pair_mean)) < 1e-5);
	free(rows);
	free(refs);
}

static void assert_cohort(const struct background *b, const float *asked, size_t n)
{
	assert_int_equal(b->n_cohort, n);
	for (size_t q = 0; q < n; q++) {
		double length = 0, product = 0;
		for (size_t i = 0; i < DIM; i++) {
			double x = (double)asked[q * DIM + i] - DENSE_CENTRING * (double)b->question_mean[i];
			length += x * x;
			product += x * (double)b->cohort[q * DIM + i];
		}
		assert_true(fabs(product / sqrt(length) - 1) < 1e-5);
	}
}

static void it_is_measured_and_kept(void **state)
{
	(void)state;
	struct store *s = create();
	struct err err = { 0 };
	struct background b, again;
	struct embedder *e = fake_open("");
	struct fake *f = e->self;
	struct span cohort[COHORT_MAX];
	put(s, 0, N, 0, "A passage has one sentence, with its number:");
	assert_int_equal(store_sample_refresh(s, true, &err), 0); /* tells the languages */
	assert_false(has_background(s, &b));
	assert_true(background_is_due(s));
	assert_int_equal(background_refresh(s, e, &err), 0);
	assert_false(background_is_due(s));
	assert_true(has_background(s, &b));
	assert_int_equal(b.n_chunks, N);
	assert_int_equal(b.dim, DIM);
	assert_true(b.of_questions && f->only_questions);
	/* a hundred sentences of the index, then the general questions in its language */
	assert_int_equal(f->n_asked, 100 + cohort_questions("en", cohort));
	assert_measured(s, &b, f->asked[0], 100);
	assert_cohort(&b, f->asked[100], f->n_asked - 100);
	store_close(s);
	s = store_open(path, STORE_READ, &err);
	assert_non_null(s);
	assert_true(has_background(s, &again));
	assert_true(again.n_chunks == b.n_chunks && again.of_questions == b.of_questions);
	assert_memory_equal(&again.pair_mean, &b.pair_mean, sizeof b.pair_mean);
	assert_memory_equal(&again.pair_deviation, &b.pair_deviation, sizeof b.pair_deviation);
	assert_memory_equal(again.mean, b.mean, DIM * sizeof *b.mean);
	assert_memory_equal(again.question_mean, b.question_mean, DIM * sizeof *b.mean);
	assert_int_equal(again.n_cohort, b.n_cohort);
	assert_memory_equal(again.cohort, b.cohort, b.n_cohort * DIM * sizeof *b.cohort);
	assert_true(again.familiarity == 1 && b.familiarity == 1);
	background_free(&again);
	background_free(&b);
	embedder_close(e);
	drop(s);
}

static void it_is_due_after_a_fifth(void **state)
{
	(void)state;
	struct store *s = create();
	struct err err = { 0 };
	struct embedder *e = fake_open("");
	put(s, 0, 100, 0, "A passage has one sentence, with its number:");
	assert_int_equal(background_refresh(s, e, &err), 0);
	put(s, 100, 120, 0, "one more");
	assert_false(background_is_due(s));
	put(s, 120, 121, 0, "one more");
	assert_true(background_is_due(s));
	((struct fake *)e->self)->n_asked = 0;
	assert_int_equal(background_refresh(s, e, &err), 0);
	assert_false(background_is_due(s));
	for (int64_t id = 1; id <= 25; id++)
		assert_int_equal(store_document_delete(s, id, &err), 0);
	assert_true(background_is_due(s)); /* shrunk from 121 to 96 */
	embedder_close(e);
	drop(s);
}

static void too_few_passages_have_none(void **state)
{
	(void)state;
	struct store *s = create();
	struct err err = { 0 };
	struct background b;
	struct embedder *e = fake_open("");
	assert_false(background_is_due(s));
	put(s, 0, BACKGROUND_LEAST_CHUNKS - 1, 0, "A passage has one sentence:");
	assert_false(background_is_due(s));
	assert_int_equal(background_refresh(s, e, &err), 0);
	assert_false(has_background(s, &b));
	assert_int_equal(((struct fake *)e->self)->n_asked, 0);
	/* those that could not be embedded do not count */
	put(s, BACKGROUND_LEAST_CHUNKS, 60, 1, "A passage has one sentence:");
	assert_false(background_is_due(s));
	assert_int_equal(background_refresh(s, e, &err), 0);
	assert_false(has_background(s, &b));
	put(s, BACKGROUND_LEAST_CHUNKS - 1, BACKGROUND_LEAST_CHUNKS, 0, "A passage has one sentence:");
	assert_true(background_is_due(s));
	assert_int_equal(background_refresh(s, e, &err), 0);
	assert_false(background_is_due(s));
	assert_true(has_background(s, &b));
	background_free(&b);
	embedder_close(e);
	drop(s);
}

static void nothing_is_sent_to_a_server(void **state)
{
	(void)state;
	struct store *s = create();
	struct err err = { 0 };
	struct background b;
	struct embedder *e = fake_open("example.com");
	put(s, 0, 40, 0, "A passage has one sentence, with its number:");
	assert_int_equal(background_refresh(s, e, &err), 0);
	assert_int_equal(((struct fake *)e->self)->n_asked, 0);
	assert_true(has_background(s, &b));
	assert_false(b.of_questions);
	assert_true(b.pair_deviation > 0.01);
	assert_memory_equal(b.question_mean, b.mean, DIM * sizeof *b.mean);
	background_free(&b);
	embedder_close(e);
	drop(s);
}

/* An index of scraps has no sentence that could be a question. */
static void without_sentences_passages_stand_in(void **state)
{
	(void)state;
	struct store *s = create();
	struct err err = { 0 };
	struct background b;
	struct embedder *e = fake_open("");
	put(s, 0, 40, 0, "ox");
	assert_int_equal(background_refresh(s, e, &err), 0);
	assert_int_equal(((struct fake *)e->self)->n_asked, 0);
	assert_true(has_background(s, &b));
	assert_false(b.of_questions);
	assert_true(b.pair_deviation > 0.01 && b.pair_deviation < 0.5);
	background_free(&b);
	embedder_close(e);
	drop(s);
}

static void what_is_damaged_counts_as_absent(void **state)
{
	(void)state;
	enum { DIM_AT = 16, COHORT_AT = 32, MEAN_AT = 40, DEVIATION_AT = 48, FAMILIAR_AT = 56,
	       VECTORS_AT = 64 };
	const uint64_t dims[] = { 0, DIM + 1, UINT64_MAX, UINT64_MAX / 8 + 1 };
	const uint64_t cohorts[] = { 1, COHORT_MAX + 1, UINT64_MAX };
	const double familiarities[] = { NAN, 0, 1.5 };
	const double means[] = { NAN, INFINITY, 2 }, deviations[] = { NAN, 0, -1, INFINITY };
	const float values[] = { NAN, INFINITY, 1.5f };
	struct store *s = create();
	struct err err = { 0 };
	struct background b;
	struct embedder *e = fake_open("");
	char *bytes;
	size_t len;
	put(s, 0, 40, 0, "A passage has one sentence, with its number:");
	assert_int_equal(background_refresh(s, e, &err), 0);
	assert_int_equal(store_derived_get(s, "background", &bytes, &len, &err), 1);
	assert_int_equal(len, VECTORS_AT + 2 * DIM * sizeof(float));
	struct {
		size_t at, n, size;
		const void *values;
	} cases[] = {
		{ 0, 1, 4, "nope" },
		{ DIM_AT, 4, 8, dims },
		{ COHORT_AT, 3, 8, cohorts },
		{ MEAN_AT, 3, 8, means },
		{ FAMILIAR_AT, 3, 8, familiarities },
		{ DEVIATION_AT, 4, 8, deviations },
		{ VECTORS_AT, 3, 4, values },
		{ VECTORS_AT + (2 * DIM - 1) * sizeof(float), 3, 4, values },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		for (size_t j = 0; j < cases[i].n; j++) {
			char *copy = mem_strndup(bytes, len);
			memcpy(copy + cases[i].at, (const char *)cases[i].values + j * cases[i].size, cases[i].size);
			assert_int_equal(store_derived_put(s, "background", (struct span){ copy, len }, &err), 0);
			assert_false(has_background(s, &b));
			assert_true(b.dim == 0 && !b.mean && background_is_due(s));
			free(copy);
		}
	}
	for (size_t n = 0; n < len; n += 7) {
		assert_int_equal(store_derived_put(s, "background", (struct span){ bytes, n }, &err), 0);
		assert_false(has_background(s, &b));
	}
	assert_int_equal(store_derived_put(s, "background", (struct span){ bytes, len }, &err), 0);
	assert_true(has_background(s, &b));
	background_free(&b);
	free(bytes);
	embedder_close(e);
	drop(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scores_are_cosines),
		cmocka_unit_test(without_a_background_plain_cosines),
		cmocka_unit_test(it_is_measured_and_kept),
		cmocka_unit_test(it_is_due_after_a_fifth),
		cmocka_unit_test(too_few_passages_have_none),
		cmocka_unit_test(nothing_is_sent_to_a_server),
		cmocka_unit_test(without_sentences_passages_stand_in),
		cmocka_unit_test(what_is_damaged_counts_as_absent),
	};
	return cmocka_run_group_tests_name("dense", tests, NULL, NULL);
}
