#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
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

#include "base/blas.h"
#include "base/hash.h"
#include "base/mem.h"
#include "query/scan.h"
#include "query/search.h"

/* More than one block of vectors, several chunks a document. */
enum { DIM = 20, N_DOCS = 150, CHUNKS = 4 };

static uint64_t seed = 88172645463325252u;

static double random_unit(void) /* xorshift64, in [-1, 1) */
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (double)(seed >> 11) / (double)(1ull << 52) - 1;
}

static void random_vector(float *v, size_t dim)
{
	double sum = 0;
	for (size_t i = 0; i < dim; i++) {
		v[i] = (float)random_unit();
		sum += (double)v[i] * (double)v[i];
	}
	for (size_t i = 0; i < dim; i++)
		v[i] = (float)((double)v[i] / sqrt(sum));
}

/* An embedder whose vectors follow from the hash of the text. */
struct fake {
	struct embed_batch *done;
	size_t dim, texts;
};

static int fake_submit(void *self, struct embed_batch *b, struct err *err)
{
	(void)err;
	struct fake *f = self;
	b->dim = f->dim;
	b->vectors = mem_floats(b->n * f->dim);
	b->failures = NULL;
	for (size_t i = 0; i < b->n; i++) {
		struct hash h = hash_bytes(b->texts[i].p, b->texts[i].len);
		uint64_t kept = seed;
		memcpy(&seed, h.b, sizeof seed);
		seed |= 1;
		random_vector(b->vectors + i * f->dim, f->dim);
		seed = kept;
	}
	f->texts += b->n;
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

static void fake_close(void *self)
{
	free(self);
}

static const struct embedder_ops fake_ops = {
	.submit = fake_submit, .collect = fake_collect, .count_tokens = fake_count, .close = fake_close,
};

static struct embedder *fake_open(size_t dim)
{
	struct fake *f = mem_zalloc(1, sizeof *f);
	struct embedder *e = mem_zalloc(1, sizeof *e);
	f->dim = dim;
	e->ops = &fake_ops;
	e->self = f;
	strcpy(e->model, "test/fake");
	e->limits = (struct embed_limits){ .dim = dim, .max_text_tokens = 1000, .max_batch_texts = 100,
		                           .max_batch_tokens = 100000, .max_batch_bytes = 1 << 20,
		                           .max_in_flight = 1 };
	return e;
}

struct corpus {
	struct store *store;
	struct embedder *embedder;
	char path[64];
	float vectors[N_DOCS * CHUNKS][DIM];
};

static void put_document(struct corpus *c, size_t d, struct err *err)
{
	char path[64], texts[CHUNKS][64];
	struct store_chunk_in chunks[CHUNKS] = { 0 };
	snprintf(path, sizeof path, "/f%zu/doc%03zu.txt", d % 3, d);
	for (size_t i = 0; i < CHUNKS; i++) {
		size_t n = d * CHUNKS + i;
		random_vector(c->vectors[n], DIM);
		snprintf(texts[i], sizeof texts[i], "passage %zu of w%zu.", i, d);
		struct hash key = hash_bytes(c->vectors[n], sizeof c->vectors[n]);
		chunks[i] = (struct store_chunk_in){
			.byte_start = 100 * i, .byte_end = 100 * i + strlen(texts[i]),
			.line_start = (uint32_t)i + 1, .line_end = (uint32_t)i + 1, .n_tokens = 5,
			.heading = i ? "A > B" : NULL, .text = span_of(texts[i]),
			.vector_id = store_vector_put(c->store, &key, c->vectors[n], err),
		};
		assert_true(chunks[i].vector_id > 0);
	}
	char title[] = "T";
	struct store_document doc = { .path = path, .size = 1, .title = title, .format = "text" };
	assert_int_equal(store_document_put(c->store, &doc, chunks, CHUNKS, err), 0);
}

static int make_corpus(void **state)
{
	struct corpus *c = mem_zalloc(1, sizeof *c);
	struct err err = { 0 };
	snprintf(c->path, sizeof c->path, "/tmp/akin_search_%ld.db", (long)getpid());
	unlink(c->path);
	c->store = store_open(c->path, STORE_CREATE, &err);
	assert_non_null(c->store);
	struct store_model model = { "test/fake", DIM };
	assert_int_equal(store_begin(c->store, &err), 0);
	assert_int_equal(store_set_model(c->store, &model, &err), 0);
	/* so that rounding is no part of what is compared */
	assert_int_equal(store_set_precision(c->store, STORE_F32, &err), 0);
	for (size_t d = 0; d < N_DOCS; d++)
		put_document(c, d, &err);
	assert_int_equal(store_commit(c->store, &err), 0);
	c->embedder = fake_open(DIM);
	*state = c;
	return 0;
}

static int drop_corpus(void **state)
{
	struct corpus *c = *state;
	static const char *const ends[] = { "", "-wal", "-shm", "-lock", ".lock" };
	embedder_close(c->embedder);
	store_close(c->store);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char path[80];
		snprintf(path, sizeof path, "%s%s", c->path, ends[i]);
		unlink(path);
	}
	free(c);
	return 0;
}

static double cosine(const float *a, const float *b)
{
	double sum = 0;
	for (size_t i = 0; i < DIM; i++)
		sum += (double)a[i] * (double)b[i];
	return sum;
}

/* The vector that the fake gives a question. */
static float *vector_of(struct corpus *c, const char *question)
{
	float *v = NULL;
	struct span s = span_of(question);
	assert_int_equal(embedder_embed(c->embedder, EMBED_QUERY, &s, 1, &v, NULL), 0);
	return v;
}

static void dense_equals_brute_force(void **state)
{
	struct corpus *c = *state;
	for (int round = 0; round < 20; round++) {
		char question[32];
		snprintf(question, sizeof question, "question %d", round);
		float *q = vector_of(c, question);
		struct search_options opt = { .mode = SEARCH_DENSE, .k = 10 };
		struct hits hits;
		struct err err = { 0 };
		assert_int_equal(search(c->store, c->embedder, span_of(question), &opt, &hits, &err), 0);
		assert_int_equal(hits.n, 10);
		assert_int_equal(hits.n_candidates, N_DOCS * CHUNKS);
		size_t better = 0;
		for (size_t i = 0; i < N_DOCS * CHUNKS; i++)
			better += cosine(q, c->vectors[i]) > hits.items[9].dense + 1e-6;
		assert_true(better <= 9);
		for (size_t i = 0; i < hits.n; i++) {
			const struct hit *h = &hits.items[i];
			size_t doc = (size_t)atoi(strrchr(h->path, 'c') + 1);
			size_t n = doc * CHUNKS + h->line_start - 1;
			assert_true(fabs(cosine(q, c->vectors[n]) - h->dense) < 1e-5);
			assert_int_equal(h->rank, i + 1);
			assert_true(isnan(h->lexical));
			assert_true(i == 0 || (hits.items[i - 1].score >= h->score &&
			                       hits.items[i - 1].dense >= h->dense));
			assert_string_equal(h->title, "T");
		}
		hits_free(&hits);
		free(q);
	}
}

static void a_filter_acts_before_the_ranking(void **state)
{
	struct corpus *c = *state;
	const char *paths[] = { "/f1/doc001.txt", "/f2" };
	struct search_options opt = { .mode = SEARCH_DENSE, .k = 60, .per_doc = 1,
		                      .filter = { .paths = paths, .n_paths = 2 } };
	struct hits hits;
	struct err err = { 0 };
	assert_int_equal(search(c->store, c->embedder, span_of("x"), &opt, &hits, &err), 0);
	assert_int_equal(hits.n, 1 + N_DOCS / 3);
	assert_int_equal(hits.n_candidates, hits.n * CHUNKS);
	for (size_t i = 0; i < hits.n; i++) {
		assert_true(strncmp(hits.items[i].path, "/f2/", 4) == 0 ||
		            strcmp(hits.items[i].path, paths[0]) == 0);
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(hits.items[i].doc_id, hits.items[j].doc_id);
	}
	hits_free(&hits);
}

static void batches_equal_single_searches(void **state)
{
	struct corpus *c = *state;
	enum { N = 40 };
	char questions[N][16];
	struct span spans[N];
	struct ranking rankings[N];
	struct err err = { 0 };
	for (int i = 0; i < N; i++) {
		snprintf(questions[i], sizeof questions[i], "q%d", i);
		spans[i] = span_of(questions[i]);
	}
	struct search_options opt = { .mode = SEARCH_DENSE, .k = 15, .per_doc = 1 };
	assert_int_equal(search_documents(c->store, c->embedder, spans, N, &opt, rankings, &err), 0);
	for (int i = 0; i < N; i++) {
		struct hits hits;
		assert_int_equal(search(c->store, c->embedder, spans[i], &opt, &hits, &err), 0);
		assert_int_equal(rankings[i].n, 15);
		for (size_t j = 0; j < 15; j++) {
			assert_int_equal(rankings[i].items[j].doc_id, hits.items[j].doc_id);
			assert_true(fabs(rankings[i].items[j].score - hits.items[j].fused) < 1e-4);
		}
		hits_free(&hits);
		free(rankings[i].items);
	}
}

static void words_find_their_document(void **state)
{
	struct corpus *c = *state;
	struct search_options opt = { .mode = SEARCH_LEXICAL, .k = 5, .per_doc = 1 };
	struct hits hits;
	struct err err = { 0 };
	assert_int_equal(search(c->store, NULL, span_of("w77"), &opt, &hits, &err), 0);
	assert_int_equal(hits.n, 1);
	assert_non_null(strstr(hits.items[0].path, "doc077"));
	assert_true(isnan(hits.items[0].dense));
	hits_free(&hits);
	assert_int_equal(search(c->store, NULL, span_of("nosuchword"), &opt, &hits, &err), 0);
	assert_int_equal(hits.n, 0);
	hits_free(&hits);
	/* every chunk matches: the best of many documents all the same */
	opt.k = 140;
	assert_int_equal(search(c->store, NULL, span_of("passage"), &opt, &hits, &err), 0);
	assert_int_equal(hits.n, 140);
	hits_free(&hits);
}

static void refuses(struct corpus *c, struct embedder *e, struct span question, enum err_code code)
{
	struct search_options opt = { .mode = SEARCH_DENSE, .k = 5 };
	struct hits hits;
	struct err err = { 0 };
	assert_int_equal(search(c->store, e, question, &opt, &hits, &err), -1);
	assert_int_equal(err.code, code);
	assert_int_equal(hits.n, 0);
}

static void bad_questions_and_models(void **state)
{
	struct corpus *c = *state;
	refuses(c, c->embedder, span_of(""), ERR_USAGE);
	refuses(c, c->embedder, span_of(" \n\t"), ERR_USAGE);
	refuses(c, c->embedder, span_of("a\xFF"), ERR_USAGE);
	refuses(c, c->embedder, (struct span){ "a\0b", 3 }, ERR_USAGE);
	struct embedder *other = fake_open(DIM);
	strcpy(other->model, "test/other");
	refuses(c, other, span_of("x"), ERR_MODEL);
	embedder_close(other);
	other = fake_open(DIM + 1);
	refuses(c, other, span_of("x"), ERR_MODEL);
	embedder_close(other);
	/* and the store is still of use */
	struct search_options opt = { .mode = SEARCH_DENSE, .k = 1 };
	struct hits hits;
	assert_int_equal(search(c->store, c->embedder, span_of("x"), &opt, &hits, NULL), 0);
	hits_free(&hits);
}

static void an_empty_index_asks_no_model(void **state)
{
	(void)state;
	char path[64];
	snprintf(path, sizeof path, "/tmp/akin_search_empty_%ld.db", (long)getpid());
	unlink(path);
	struct err err = { 0 };
	struct store *store = store_open(path, STORE_CREATE, &err);
	assert_non_null(store);
	struct embedder *e = fake_open(DIM);
	struct search_options opt = { .mode = SEARCH_DENSE, .k = 5 };
	struct hits hits;
	assert_int_equal(search(store, e, span_of("x"), &opt, &hits, &err), 0);
	assert_int_equal(hits.n, 0);
	assert_int_equal(((struct fake *)e->self)->texts, 0);
	hits_free(&hits);
	embedder_close(e);
	store_close(store);
	unlink(path);
}

static size_t count_threads(void)
{
	size_t n = 0;
	DIR *tasks = opendir("/proc/self/task");
	assert_non_null(tasks);
	while (readdir(tasks))
		n++;
	closedir(tasks);
	return n;
}

static void blas_starts_no_threads(void **state)
{
	(void)state;
	size_t n = count_threads();
	if (blas_load(NULL) < 0)
		skip();
	assert_int_equal(count_threads(), n);
}

static void the_plain_scan_equals_blas(void **state)
{
	(void)state;
	if (blas_load(NULL) < 0)
		skip();
	static const size_t dims[] = { 1, 15, 16, 17, 384, 1000 };
	for (size_t i = 0; i < sizeof dims / sizeof *dims; i++) {
		for (size_t m = 1; m <= 3; m += 2) {
			size_t dim = dims[i], n = 37;
			float *rows = mem_floats(n * dim), *q = mem_floats(m * dim);
			float plain[3 * 37], blas[3 * 37];
			for (size_t r = 0; r < n; r++)
				random_vector(rows + r * dim, dim);
			for (size_t r = 0; r < m; r++)
				random_vector(q + r * dim, dim);
			scan_plain(q, m, rows, n, dim, plain);
			scan_blas(q, m, rows, n, dim, blas);
			for (size_t j = 0; j < m * n; j++)
				assert_true(fabs((double)plain[j] - (double)blas[j]) < 1e-6);
			free(rows);
			free(q);
		}
	}
	assert_true(scan_choose(1, 1000, 384) == scan_plain);
	assert_true(scan_choose(100, 100000, 384) == scan_blas);
}

int main(void)
{
	blas_start_no_threads();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blas_starts_no_threads), /* first: it is loaded once */
		cmocka_unit_test(dense_equals_brute_force),
		cmocka_unit_test(a_filter_acts_before_the_ranking),
		cmocka_unit_test(batches_equal_single_searches),
		cmocka_unit_test(words_find_their_document),
		cmocka_unit_test(bad_questions_and_models),
		cmocka_unit_test(an_empty_index_asks_no_model),
		cmocka_unit_test(the_plain_scan_equals_blas),
	};
	return cmocka_run_group_tests_name("search", tests, make_corpus, drop_corpus);
}
