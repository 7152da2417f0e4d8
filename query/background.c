#include "query/background.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/sentence.h"
#include "query/cohort.h"
#include "query/dense.h"
#include "query/familiarity.h"

enum { N_QUESTIONS = 100, SENTENCE_LEAST = 12, SENTENCE_MOST = 300, MAX_PAIR_CHUNKS = 4096 };

static const char derived_name[] = "background";

void background_free(struct background *b)
{
	free(b->mean);
	free(b->question_mean);
	free(b->cohort);
	*b = (struct background){ 0 };
}

/* --- as bytes ------------------------------------------------------------------------- */

struct header {
	char magic[8];
	uint64_t n_chunks, dim, of_questions, n_cohort;
	double pair_mean, pair_deviation, familiarity;
};
static const char magic[8] = "backgr3";

static int save(struct store *store, const struct background *b, struct err *err)
{
	struct header h = { .n_chunks = b->n_chunks, .dim = b->dim, .of_questions = b->of_questions,
		            .n_cohort = b->n_cohort,
		            .pair_mean = b->pair_mean,
		            .pair_deviation = b->pair_deviation,
		            .familiarity = b->familiarity };
	memcpy(h.magic, magic, sizeof magic);
	struct buf bytes = buf_new(sizeof h + (2 + b->n_cohort) * b->dim * sizeof(float));
	buf_add(&bytes, &h, sizeof h);
	buf_add(&bytes, b->mean, b->dim * sizeof(float));
	buf_add(&bytes, b->question_mean, b->dim * sizeof(float));
	buf_add(&bytes, b->cohort, b->n_cohort * b->dim * sizeof(float));
	int rc = store_derived_put(store, derived_name, buf_span(&bytes), err);
	buf_free(&bytes);
	return rc;
}

/* The codes are around the mean that ranking takes off: both change at once. */
static int save_with_codes(struct store *store, const struct background *b, struct err *err)
{
	float *centre = mem_floats(b->dim);
	dense_centre(b, centre);
	int others = store_codes_prepare(store, centre, err);
	int rc = others < 0 ? -1 : store_begin(store, err);
	if (rc == 0) {
		rc = save(store, b, err);
		if (rc == 0 && others > 0)
			rc = store_codes_switch(store, centre, err);
		if (rc == 0)
			rc = store_commit(store, err);
		else
			store_rollback(store);
	}
	if (rc == 0 && others > 0)
		rc = store_codes_clean(store, err);
	free(centre);
	return rc;
}

static bool all_finite(const float *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(fabsf(v[i]) <= 1.0f))
			return false;
	return true;
}

/* What is damaged counts as absent: the next index run makes it again. */
static bool parse(const char *bytes, size_t len, struct background *b)
{
	struct header h;
	if (len < sizeof h)
		return false;
	memcpy(&h, bytes, sizeof h);
	if (memcmp(h.magic, magic, sizeof magic) != 0 || h.dim == 0 || h.dim > 65536 ||
	    h.n_cohort > COHORT_MAX ||
	    len != sizeof h + (2 + (size_t)h.n_cohort) * (size_t)h.dim * sizeof(float) ||
	    !(fabs(h.pair_mean) <= 1) || !(h.pair_deviation > 0 && h.pair_deviation <= 1) ||
	    !(h.familiarity > 0 && h.familiarity <= 1))
		return false;
	size_t dim = (size_t)h.dim, n_cohort = (size_t)h.n_cohort;
	*b = (struct background){ .n_chunks = h.n_chunks, .dim = dim, .of_questions = h.of_questions != 0,
		                  .pair_mean = h.pair_mean,
		                  .pair_deviation = h.pair_deviation,
		                  .familiarity = h.familiarity,
		                  .mean = mem_floats(dim), .question_mean = mem_floats(dim),
		                  .n_cohort = n_cohort, .cohort = mem_floats(n_cohort * dim) };
	memcpy(b->mean, bytes + sizeof h, dim * sizeof(float));
	memcpy(b->question_mean, bytes + sizeof h + dim * sizeof(float), dim * sizeof(float));
	memcpy(b->cohort, bytes + sizeof h + 2 * dim * sizeof(float), n_cohort * dim * sizeof(float));
	if (all_finite(b->mean, dim) && all_finite(b->question_mean, dim) &&
	    all_finite(b->cohort, n_cohort * dim))
		return true;
	background_free(b);
	return false;
}

int background_load(struct store *store, struct background *b, struct err *err)
{
	char *bytes;
	size_t len;
	*b = (struct background){ 0 };
	int rc = store_derived_get(store, derived_name, &bytes, &len, err);
	if (rc > 0)
		rc = parse(bytes, len, b);
	free(bytes);
	return rc;
}

/* --- the means -------------------------------------------------------------------------- */

struct sum {
	const struct store_chunk_ref *refs;
	size_t n, at, dim;
	double *sum; /* [dim] */
};

static int add_block(void *ctx, int64_t first_id, size_t n, const float *rows)
{
	struct sum *s = ctx;
	while (s->at < s->n && s->refs[s->at].vector_id < first_id)
		s->at++;
	for (; s->at < s->n && s->refs[s->at].vector_id < first_id + (int64_t)n; s->at++) {
		const float *row = rows + (size_t)(s->refs[s->at].vector_id - first_id) * s->dim;
		for (size_t i = 0; i < s->dim; i++)
			s->sum[i] += (double)row[i];
	}
	return 0;
}

static int passage_mean(struct store *store, const struct store_chunk_ref *refs, size_t n, size_t dim,
                        float *mean, struct err *err)
{
	struct sum s = { .refs = refs, .n = n, .dim = dim, .sum = mem_zalloc(dim, sizeof(double)) };
	int rc = store_vector_blocks(store, add_block, &s, err);
	for (size_t i = 0; i < dim; i++)
		mean[i] = (float)(s.sum[i] / (double)n);
	free(s.sum);
	return rc;
}

/* --- pseudo-questions --------------------------------------------------------------------- */

/* A sentence of the passage, the n-th of those that are long enough, counted round. */
static struct span sentence_of(struct span text, size_t n)
{
	size_t *ends;
	size_t n_ends = sentence_ends(text, &ends);
	struct span best = { text.p, 0 };
	for (size_t i = 0; i < n_ends && best.len == 0; i++) {
		size_t at = (n + i) % n_ends;
		size_t start = at ? ends[at - 1] : 0;
		struct span sentence = { text.p + start, ends[at] - start };
		while (sentence.len && (unsigned char)sentence.p[sentence.len - 1] <= ' ')
			sentence.len--;
		if (sentence.len >= SENTENCE_LEAST && sentence.len <= SENTENCE_MOST)
			best = sentence;
	}
	free(ends);
	return best;
}

/* Sentences of passages that lie evenly over the index. */
static size_t pick_sentences(struct store *store, const struct store_chunk_ref *refs, size_t n,
                             struct buf *texts, size_t ends[N_QUESTIONS])
{
	size_t n_found = 0;
	for (size_t i = 0; i < N_QUESTIONS; i++) {
		struct store_chunk chunk = { 0 };
		if (store_chunk(store, refs[i * n / N_QUESTIONS].chunk_id, &chunk, NULL) <= 0)
			continue;
		struct span s = sentence_of((struct span){ chunk.text, chunk.text_len }, i);
		if (s.len) {
			buf_add_span(texts, s);
			ends[n_found++] = texts->len;
		}
		store_chunk_free(&chunk);
	}
	return n_found;
}

/* Vectors of pseudo-questions, [*n, dim]. */
static int embed_sentences(struct store *store, struct embedder *e, const struct store_chunk_ref *refs,
                           size_t n_refs, float **vectors, size_t *n, struct err *err)
{
	struct buf texts = buf_new((size_t)N_QUESTIONS * (SENTENCE_MOST + 1));
	size_t ends[N_QUESTIONS];
	struct span spans[N_QUESTIONS];
	*n = pick_sentences(store, refs, n_refs, &texts, ends);
	for (size_t i = 0; i < *n; i++) {
		size_t start = i ? ends[i - 1] : 0;
		spans[i] = (struct span){ texts.p + start, ends[i] - start };
	}
	int rc = *n ? embedder_embed(e, EMBED_QUERY, spans, *n, vectors, err) : 0;
	buf_free(&texts);
	return rc;
}

/* Vectors of passages that lie evenly over the index. */
static int sample_passages(struct store *store, const struct store_chunk_ref *refs, size_t n_refs,
                           size_t dim, float **vectors, size_t *n, struct err *err)
{
	size_t wanted = n_refs < N_QUESTIONS ? n_refs : N_QUESTIONS;
	*n = 0;
	*vectors = mem_floats(wanted * dim);
	for (size_t i = 0; i < wanted; i++) {
		int64_t id = refs[i * n_refs / wanted].vector_id;
		int found = store_vector_get(store, id, *vectors + *n * dim, err);
		if (found < 0)
			return -1;
		*n += (size_t)found; /* akin doctor tells of a vector that is missing */
	}
	return 0;
}

/* --- pairs ------------------------------------------------------------------------------------ */

/* Mean and deviation over all pairs but each question's nearest passage, which it was
 * often taken from. */
static void measure_pairs(const float *scores, size_t n_questions, size_t n_refs, struct background *b)
{
	double sum = 0, squares = 0, n = 0;
	for (size_t q = 0; q < n_questions; q++) {
		const float *row = scores + q * n_refs;
		size_t nearest = 0;
		for (size_t i = 1; i < n_refs; i++)
			if (row[i] > row[nearest])
				nearest = i;
		for (size_t i = 0; i < n_refs; i++) {
			if (i == nearest)
				continue;
			sum += (double)row[i];
			squares += (double)row[i] * (double)row[i];
			n++;
		}
	}
	double mean = n > 0 ? sum / n : 0, variance = n > 0 ? squares / n - mean * mean : 0;
	b->pair_mean = mean;
	b->pair_deviation = variance > 1e-8 ? sqrt(variance) : 1e-4;
}

/* Passages for the pairs: all, or as many as MAX_PAIR_CHUNKS, evenly. */
static size_t thin_out(struct store_chunk_ref *refs, size_t n)
{
	if (n <= MAX_PAIR_CHUNKS)
		return n;
	for (size_t i = 0; i < MAX_PAIR_CHUNKS; i++)
		refs[i] = refs[i * n / MAX_PAIR_CHUNKS];
	return MAX_PAIR_CHUNKS;
}

/* --- the cohort ----------------------------------------------------------------------------- */

/* The general questions in the languages of the index, texts[COHORT_MAX]; and how well the
 * model knows these languages, each by its share. */
static int pick_cohort(struct store *store, const struct embedder *e, struct span *texts, size_t *n,
                       double *familiarity, struct err *err)
{
	struct store_sample sample;
	double known = 0, shares = 0;
	*n = 0;
	if (store_sample(store, &sample, err) < 0)
		return -1;
	for (size_t i = 0; i < sample.n_languages; i++) {
		const struct store_language *l = &sample.languages[i];
		struct span own[COHORT_MAX];
		size_t n_own = cohort_questions(l->code, own);
		if (n_own == 0 || *n + n_own > COHORT_MAX)
			continue;
		memcpy(texts + *n, own, n_own * sizeof *own);
		*n += n_own;
		known += (double)l->share * familiarity_of(e, own, n_own);
		shares += (double)l->share;
	}
	*familiarity = shares > 0 ? known / shares : 1;
	store_sample_free(&sample);
	return 0;
}

/* When the means are known. */
static int measure_cohort(struct store *store, struct embedder *e, struct background *b,
                          struct err *err)
{
	struct span texts[COHORT_MAX];
	size_t n;
	float *vectors = NULL;
	if (pick_cohort(store, e, texts, &n, &b->familiarity, err) < 0)
		return -1;
	if (n == 0 || !b->of_questions)
		return 0;
	int rc = embedder_embed(e, EMBED_QUERY, texts, n, &vectors, err);
	if (rc == 0) {
		b->cohort = mem_floats(n * b->dim);
		b->n_cohort = n;
	}
	for (size_t i = 0; rc == 0 && i < n; i++)
		dense_centre_question(b, vectors + i * b->dim, b->cohort + i * b->dim);
	free(vectors);
	return rc;
}

static const double usual_level = 2;

double background_cohort_level(const struct background *b, const float *question)
{
	if (b->n_cohort == 0)
		return usual_level;
	double nearness = cohort_nearness(b->cohort, b->n_cohort, b->dim, question);
	return (nearness - b->pair_mean) / b->pair_deviation;
}

/* --- all of it ------------------------------------------------------------------------------ */

static int measure(struct store *store, struct embedder *e, struct store_chunk_ref *refs, size_t n,
                   struct background *b, struct err *err)
{
	float *questions = NULL, *scores = NULL;
	size_t n_questions = 0;
	int rc = passage_mean(store, refs, n, b->dim, b->mean, err);
	if (rc == 0 && !e->host[0])
		rc = embed_sentences(store, e, refs, n, &questions, &n_questions, err);
	b->of_questions = n_questions > 0;
	if (rc == 0 && n_questions == 0)
		rc = sample_passages(store, refs, n, b->dim, &questions, &n_questions, err);
	memcpy(b->question_mean, b->mean, b->dim * sizeof(float));
	for (size_t i = 0; i < b->dim && rc == 0 && n_questions; i++) {
		double sum = 0;
		for (size_t q = 0; q < n_questions; q++)
			sum += (double)questions[q * b->dim + i];
		b->question_mean[i] = (float)(sum / (double)n_questions);
	}
	if (rc == 0 && n_questions) {
		n = thin_out(refs, n);
		scores = mem_floats(n_questions * n);
		rc = dense_scores(store, b, questions, n_questions, b->dim, refs, n, scores, err);
	}
	if (rc == 0)
		measure_pairs(scores, n_questions, n, b);
	if (rc == 0)
		rc = measure_cohort(store, e, b, err);
	free(scores);
	free(questions);
	return rc;
}

/* Around another centre than this background's: those of a file that was converted. */
static bool has_other_codes(struct store *store, const struct background *b)
{
	const struct quantiser *quantiser;
	const float *centre;
	if (store_code_maker(store, &quantiser, &centre, NULL) < 0)
		return false;
	float *wanted = mem_floats(b->dim);
	dense_centre(b, wanted);
	bool others = !centre || memcmp(centre, wanted, b->dim * sizeof *wanted) != 0;
	free(wanted);
	return others;
}

bool background_is_due(struct store *store)
{
	struct store_counts counts;
	struct store_model model;
	struct background old;
	if (store_model(store, &model, NULL) < 0 || store_counts(store, &counts, NULL) < 0)
		return false; /* what is wrong is said by whoever works with the index */
	uint64_t n = counts.chunks - counts.failed_chunks; /* that have a vector */
	if (model.dim == 0 || n < BACKGROUND_LEAST_CHUNKS)
		return false;
	if (background_load(store, &old, NULL) <= 0)
		return true;
	uint64_t moved = old.n_chunks > n ? old.n_chunks - n : n - old.n_chunks;
	bool due = old.dim != model.dim || moved > old.n_chunks / 5 || has_other_codes(store, &old);
	background_free(&old);
	return due;
}

int background_refresh(struct store *store, struct embedder *embedder, struct err *err)
{
	struct store_model model;
	struct store_chunk_ref *refs = NULL;
	size_t n = 0;
	if (store_model(store, &model, err) < 0 || store_chunk_refs(store, NULL, &refs, &n, err) < 0)
		return -1;
	int rc = 0;
	if (model.dim && n >= BACKGROUND_LEAST_CHUNKS) {
		struct background b = { .n_chunks = n, .dim = model.dim, .mean = mem_floats(model.dim),
			                .question_mean = mem_floats(model.dim) };
		rc = measure(store, embedder, refs, n, &b, err);
		if (rc == 0)
			rc = save_with_codes(store, &b, err);
		background_free(&b);
	}
	free(refs);
	return rc;
}
