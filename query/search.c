#include "query/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "query/dense.h"
#include "query/estimate.h"
#include "query/hits.h"
#include "query/matches.h"
#include "query/question_vector.h"
#include "query/rank.h"
#include "query/topk.h"

/* Scores that a batch holds at once: bounds its memory (256 MB). */
#define BATCH_SCORES ((size_t)64 << 20)
enum { BATCH_QUESTIONS = 1024 };

const double search_weights[SEARCH_WEIGHTS] = { 0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3 };

/* --- one question ------------------------------------------------------------------------- */

static double cohort_level(const struct background *b, const float *vector)
{
	float *centred = mem_floats(b->dim);
	dense_centre_question(b, vector, centred);
	double level = background_cohort_level(b, centred);
	free(centred);
	return level;
}

/* Whether the codes are worth reading for so many passages. */
static bool wants_codes(const struct ranker *r)
{
	if (r->opt->scan == SCAN_EXACT || r->opt->fusion == FUSION_RANKS)
		return false;
	return r->opt->scan == SCAN_CODES || r->n_refs >= ESTIMATE_LEAST;
}

static void measure_sample(const float *scores, size_t n, struct dense_answer *dense)
{
	double sum = 0, squares = 0;
	for (size_t i = 0; i < n; i++) {
		sum += (double)scores[i];
		squares += (double)scores[i] * (double)scores[i];
	}
	dense->mean = n ? sum / (double)n : 0;
	dense->variance = n ? squares / (double)n - dense->mean * dense->mean : 0;
}

/* The sample of the passages, for one search or a batch of them. */
struct sample {
	size_t places[DENSE_SAMPLE], n;
	float *scores; /* [n_questions, n] exact; NULL: those of all passages are */
};

/* Exact scores of the sample beside the estimates of all. */
static int score_sample(const struct ranker *r, const float *vectors, size_t n_vectors,
                        struct sample *s, struct err *err)
{
	struct store_chunk_ref *refs = mem_alloc(s->n, sizeof *refs);
	for (size_t i = 0; i < s->n; i++)
		refs[i] = r->refs[s->places[i]];
	s->scores = mem_floats(n_vectors * s->n);
	int rc = dense_scores(r->store, &r->background, vectors, n_vectors, r->model.dim, refs, s->n,
	                      s->scores, err);
	free(refs);
	return rc;
}

/* What a question's exact scores of all passages say. */
static void take_exact(const struct sample *s, float *scores, struct dense_answer *dense)
{
	float picked[DENSE_SAMPLE];
	for (size_t i = 0; i < s->n; i++)
		picked[i] = scores[s->places[i]];
	measure_sample(picked, s->n, dense);
	dense->scores = scores;
}

/* What a question's estimates say; e must stay. */
static void take_estimates(const struct ranker *r, const struct estimates *e, const struct sample *s,
                           size_t question, struct dense_answer *dense)
{
	dense->estimates = e;
	dense->at = question;
	dense->scores = mem_floats(r->n_refs);
	memcpy(dense->scores, e->scores + question * r->n_refs, r->n_refs * sizeof *dense->scores);
	measure_sample(s->scores + question * s->n, s->n, dense);
	for (size_t i = 0; i < r->n_refs && r->refs[i].vector_id < 1; i++)
		dense->scores[i] = (float)dense->mean;
}

static int compare(struct ranker *r, const float *vector, struct dense_question *q, struct estimates *e,
                   struct dense_answer *dense, struct err *err)
{
	struct sample *s = mem_zalloc(1, sizeof *s);
	s->n = dense_sample(r->refs, r->n_refs, s->places);
	int rc = !wants_codes(r) ? 0
	         : estimate_scores(r->store, &r->background, vector, 1, r->model.dim, r->refs, r->n_refs, e,
	                           err);
	if (rc > 0) {
		rc = score_sample(r, vector, 1, s, err);
		take_estimates(r, e, s, 0, dense);
		dense_question_init(q, r->store, &r->background, vector, r->model.dim);
		dense->question = q;
	} else if (rc == 0) {
		float *scores = mem_floats(r->n_refs);
		rc = dense_scores(r->store, &r->background, vector, 1, r->model.dim, r->refs, r->n_refs, scores,
		                  err);
		take_exact(s, scores, dense);
	}
	free(s->scores);
	free(s);
	return rc;
}

/* The question's dense scores, NULL where there is nothing to compare with: then no text
 * needs to leave the machine. */
static int score_dense(struct ranker *r, struct embedder *e, struct span question, struct hits *hits,
                       struct question_fresh *fresh, struct dense_question *q, struct estimates *estimates,
                       struct dense_answer *dense, struct err *err)
{
	float *own = NULL;
	const float *vector = r->opt->vector;
	if (r->opt->mode == SEARCH_LEXICAL)
		return 0;
	if (!vector && question_model(r->store, e, &r->model, err) < 0)
		return -1;
	if (r->n_refs == 0)
		return 0;
	double start = clock_seconds();
	if (!vector && question_vector(r->store, e, &r->model, question, &own, fresh, err) < 0)
		return -1;
	vector = vector ? vector : own;
	hits->timings.embed_ms = 1e3 * (clock_seconds() - start);
	start = clock_seconds();
	int rc = compare(r, vector, q, estimates, dense, err);
	if (r->background.dim == r->model.dim)
		dense->level = cohort_level(&r->background, vector);
	hits->timings.dense_ms = 1e3 * (clock_seconds() - start);
	free(own);
	return rc;
}

static void explain(const struct ranker *r, struct span question, struct hits *hits)
{
	const char *const *languages;
	if (!r->opt->explain || !r->lexical)
		return;
	size_t n_languages = lexical_languages(r->lexical, &languages);
	for (size_t i = 0; i < hits->n; i++) {
		struct hit *h = &hits->items[i];
		struct span texts[] = { { h->text, h->text_len }, span_of(h->title ? h->title : ""),
			                span_of(h->heading ? h->heading : "") };
		h->n_matched = matches_find(question, texts, 3, languages, n_languages, &h->matched);
	}
}

static int fill_hits(const struct ranker *r, const struct ranked *ranked, struct span question,
                     struct hits *hits, struct err *err)
{
	const struct topk *best = &ranked->best;
	hits->least_score = rank_least_score(r);
	hits->best_score = best->n ? rank_score(r, ranked, best->items[0].score) : NAN;
	hits->items = mem_zalloc(best->n, sizeof *hits->items);
	for (size_t i = 0; i < best->n; i++) {
		size_t at = (size_t)best->items[i].id;
		double score = rank_score(r, ranked, best->items[i].score);
		if (score < hits->least_score)
			break;
		struct hit *h = &hits->items[hits->n];
		if (hit_fill(r->store, r->refs[at].chunk_id, h, err) < 0)
			return -1;
		hits->n++;
		h->score = score;
		h->fused = best->items[i].score;
		h->dense = ranked->dense ? (double)ranked->dense[at] : NAN;
		h->lexical = ranked->lexical ? (double)ranked->lexical[at] : NAN;
	}
	hits_fold(hits, r->opt->k);
	hits_find_evidence(hits, question);
	explain(r, question, hits);
	return 0;
}

static int search_within(struct ranker *r, struct embedder *e, struct span question, struct hits *hits,
                         struct question_fresh *fresh, struct err *err)
{
	struct ranked ranked = { 0 };
	struct dense_answer dense = { 0 };
	struct dense_question q = { 0 };
	struct estimates estimates = { 0 };
	hits->n_candidates = r->n_refs;
	if (score_dense(r, e, question, hits, fresh, &q, &estimates, &dense, err) < 0) {
		free(dense.scores);
		dense_question_free(&q);
		estimates_free(&estimates);
		return -1;
	}
	double start = clock_seconds();
	hits->estimated = dense.estimates != NULL;
	/* more than are wanted, since some may say the same */
	int rc = rank_question(r, question, &dense, 2 * r->opt->k + 16, r->opt->per_doc, &ranked, err);
	dense_question_free(&q);
	estimates_free(&estimates);
	if (rc < 0)
		return -1;
	hits->n_exact = ranked.n_exact;
	hits->timings.lexical_ms = 1e3 * (clock_seconds() - start);
	rc = fill_hits(r, &ranked, question, hits, err);
	hits->explained = r->opt->explain;
	hits->spread = ranked.spread;
	hits->evidence = ranked.evidence;
	hits->words = ranked.words;
	ranked.words = (struct lexical_words){ 0 };
	ranked_free(&ranked);
	return rc;
}

int search(struct store *store, struct embedder *embedder, struct span question,
           const struct search_options *opt, struct hits *hits, struct err *err)
{
	*hits = (struct hits){ .best_score = NAN };
	struct question q = { .text = question };
	bool has_text = !opt->vector || question.len;
	if (has_text && question_parse(&q, question, clock_unix_ns(), err) < 0)
		return -1;
	if (store_begin(store, err) < 0) {
		question_free(&q);
		return -1;
	}
	double start = clock_seconds();
	struct question_fresh fresh = { .vector = NULL };
	struct ranker r;
	int rc = ranker_open(&r, store, opt, &q, err);
	if (rc == 0)
		rc = search_within(&r, embedder, q.text, hits, &fresh, err);
	ranker_close(&r);
	struct search_timings *t = &hits->timings;
	t->rest_ms = 1e3 * (clock_seconds() - start) - t->embed_ms - t->dense_ms - t->lexical_ms;
	store_rollback(store);
	question_keep(store, &fresh);
	question_free(&q);
	if (rc < 0)
		hits_free(hits);
	return rc;
}

/* --- documents, many questions -------------------------------------------------------------- */

static int rank_documents(struct ranker *r, struct span question, const struct dense_answer *dense,
                          struct ranking *ranking, struct err *err)
{
	struct ranked ranked;
	if (rank_question(r, question, dense, r->opt->k, 1, &ranked, err) < 0)
		return -1;
	struct topk best; /* ties by document */
	topk_init(&best, r->opt->k, 1);
	for (size_t i = 0; i < ranked.best.n; i++)
		topk_push(&best, ranked.best.items[i].score, ranked.best.items[i].group,
		          ranked.best.items[i].group);
	topk_sort(&best);
	ranking->items = mem_alloc(best.n, sizeof *ranking->items);
	ranking->n = best.n;
	for (size_t i = 0; i < best.n; i++)
		ranking->items[i] =
			(struct ranked_document){ best.items[i].group, best.items[i].score };
	topk_free(&best);
	ranked_free(&ranked);
	return 0;
}

static int rank_by_estimates(struct ranker *r, const struct span *questions, const float *vectors,
                             size_t n, const struct estimates *e, struct sample *s,
                             struct ranking *rankings, struct err *err)
{
	int rc = score_sample(r, vectors, n, s, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct dense_question q;
		struct dense_answer dense = { .question = &q };
		take_estimates(r, e, s, i, &dense);
		dense_question_init(&q, r->store, &r->background, vectors + i * r->model.dim, r->model.dim);
		rc = rank_documents(r, questions[i], &dense, &rankings[i], err);
		dense_question_free(&q);
	}
	free(s->scores);
	return rc;
}

static int rank_exactly(struct ranker *r, const struct span *questions, const float *vectors, size_t n,
                        const struct sample *s, struct ranking *rankings, struct err *err)
{
	float *scores = mem_floats(n * r->n_refs);
	int rc = dense_scores(r->store, &r->background, vectors, n, r->model.dim, r->refs, r->n_refs, scores,
	                      err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct dense_answer dense = { 0 };
		float *own = mem_floats(r->n_refs);
		memcpy(own, scores + i * r->n_refs, r->n_refs * sizeof *own);
		take_exact(s, own, &dense);
		rc = rank_documents(r, questions[i], &dense, &rankings[i], err);
	}
	free(scores);
	return rc;
}

/* As many questions as BATCH_SCORES allows, [n]. vectors [n, dim] or NULL. */
static int rank_some(struct ranker *r, const struct span *questions, const float *vectors, size_t n,
                     struct ranking *rankings, struct err *err)
{
	int rc = 0;
	if (!vectors) {
		const struct dense_answer none = { .scores = NULL };
		for (size_t i = 0; rc == 0 && i < n; i++)
			rc = rank_documents(r, questions[i], &none, &rankings[i], err);
		return rc;
	}
	struct estimates e;
	struct sample *s = mem_zalloc(1, sizeof *s);
	s->n = dense_sample(r->refs, r->n_refs, s->places);
	if (wants_codes(r))
		rc = estimate_scores(r->store, &r->background, vectors, n, r->model.dim, r->refs, r->n_refs, &e,
		                     err);
	if (rc > 0) {
		rc = rank_by_estimates(r, questions, vectors, n, &e, s, rankings, err);
		estimates_free(&e);
	} else if (rc == 0) {
		rc = rank_exactly(r, questions, vectors, n, s, rankings, err);
	}
	free(s);
	return rc;
}

static int rank_all(struct ranker *r, struct embedder *e, const struct span *questions, size_t n,
                    struct ranking *rankings, struct err *err)
{
	float *vectors = NULL;
	bool dense = r->opt->mode != SEARCH_LEXICAL;
	if (dense && question_model(r->store, e, &r->model, err) < 0)
		return -1;
	if (r->n_refs == 0)
		return 0;
	if (dense && question_vectors(e, &r->model, questions, n, &vectors, err) < 0)
		return -1;
	size_t at_once = BATCH_SCORES / r->n_refs;
	at_once = at_once < 1 ? 1 : at_once > BATCH_QUESTIONS ? BATCH_QUESTIONS : at_once;
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < n; i += at_once)
		rc = rank_some(r, questions + i, vectors ? vectors + i * r->model.dim : NULL,
		               n - i < at_once ? n - i : at_once, rankings + i, err);
	free(vectors);
	return rc;
}

int search_documents(struct store *store, struct embedder *embedder, const struct span *questions,
                     size_t n_questions, const struct search_options *opt,
                     struct ranking *rankings, struct err *err)
{
	memset(rankings, 0, n_questions * sizeof *rankings);
	for (size_t i = 0; i < n_questions; i++)
		if (question_check(questions[i], err) < 0)
			return err_wrap(err, "question %zu", i + 1);
	if (n_questions == 0)
		return 0;
	if (store_begin(store, err) < 0)
		return -1;
	struct ranker r;
	int rc = ranker_open(&r, store, opt, NULL, err);
	if (rc == 0)
		rc = rank_all(&r, embedder, questions, n_questions, rankings, err);
	ranker_close(&r);
	store_rollback(store);
	return rc;
}
