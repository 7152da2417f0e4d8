#include "query/rank.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "query/dense.h"
#include "query/select.h"
#include "query/settle.h"

/* More than so much of words is no surer a sign. */
static const double most_words = 4;

/* Passages that could not be embedded can still be found by their words. */
static int select_passages(struct ranker *r, const struct question *question, struct err *err)
{
	struct store_filter filter = r->opt->filter;
	filter.failed_too = r->opt->mode != SEARCH_DENSE;
	return question ? question_refs(r->store, question, &filter, &r->refs, &r->n_refs, err)
	                : store_chunk_refs(r->store, &filter, &r->refs, &r->n_refs, err);
}

int ranker_open(struct ranker *r, struct store *store, const struct search_options *opt,
                const struct question *question, struct err *err)
{
	struct store_ranking own;
	*r = (struct ranker){ .store = store, .opt = opt };
	r->must_hold = question && question->n_phrases;
	if (store_ranking(store, &own, err) < 0)
		return -1;
	r->weights.lexical = FUSE_LEXICAL_WEIGHT * (opt->lexical_weight  ? *opt->lexical_weight
	                                            : own.n_questions ? own.lexical_weight
	                                                              : 1);
	if (store_model(store, &r->model, err) < 0 ||
	    select_passages(r, question, err) < 0 ||
	    background_load(store, &r->background, err) < 0)
		return -1;
	r->weights.familiarity = r->background.dim ? r->background.familiarity : 1;
	if (opt->mode == SEARCH_DENSE)
		return 0;
	r->lexical = lexical_open(store, r->refs, r->n_refs, err);
	return r->lexical ? 0 : -1;
}

void ranker_close(struct ranker *r)
{
	lexical_close(r->lexical);
	background_free(&r->background);
	free(r->refs);
	*r = (struct ranker){ 0 };
}

void ranked_free(struct ranked *ranked)
{
	free(ranked->dense);
	free(ranked->lexical);
	free(ranked->whole);
	topk_free(&ranked->best);
	lexical_words_free(&ranked->words);
	*ranked = (struct ranked){ 0 };
}

/* The words' scores that the order goes by. */
static const float *by_words(const struct ranked *ranked)
{
	return ranked->whole ? ranked->whole : ranked->lexical;
}

/* --- exact scores of all ------------------------------------------------------------------- */

/* How much the best passage stands out, in deviations of random pairs, and by words. */
static double best_evidence(const struct ranker *r, const struct ranked *ranked)
{
	const struct background *b = &r->background;
	double best = -INFINITY;
	for (size_t i = 0; i < r->n_refs; i++) {
		double cosine = ranked->dense ? (double)ranked->dense[i] : b->pair_mean;
		double words = ranked->lexical ? ranked->spread.lexical_scale * (double)ranked->lexical[i] : 0;
		double x = r->weights.familiarity * cosine / b->pair_deviation +
		           RANK_WORDS * fmin(words, most_words);
		best = x > best ? x : best;
	}
	return best;
}

/* evidence is best_evidence's: two deviations of random pairs for the best passage, where the
 * model finds it as near as general questions are. */
static double level_of(const struct ranker *r, double evidence, double level, double best_fused)
{
	const struct background *b = &r->background;
	return 2 + evidence - r->weights.familiarity * (b->pair_mean / b->pair_deviation + level) - best_fused;
}

static void measure_spread(const struct ranker *r, const struct dense_answer *dense, double best,
                           struct ranked *ranked)
{
	const struct fuse_dense d = { .mean = dense->mean, .variance = dense->variance, .best = best,
		                      .n = r->n_refs };
	ranked->spread = fuse_spread_of(ranked->dense && r->n_refs ? &d : NULL,
	                                ranked->lexical ? &ranked->evidence : NULL, &r->weights);
}

static void rank_all(const struct ranker *r, const struct dense_answer *dense, struct ranked *ranked)
{
	double best = -INFINITY;
	float *fused = mem_floats(r->n_refs);
	for (size_t i = 0; ranked->dense && i < r->n_refs; i++)
		best = (double)ranked->dense[i] > best ? (double)ranked->dense[i] : best;
	measure_spread(r, dense, best, ranked);
	fuse_apply(&ranked->spread, ranked->dense, by_words(ranked), r->n_refs, fused);
	struct topk top;
	topk_init(&top, 1, 0);
	for (size_t i = 0; i < r->n_refs; i++)
		topk_push(&top, (double)fused[i], (int64_t)i, 0);
	double best_fused = top.n ? top.items[0].score : 0;
	topk_free(&top);
	if (r->opt->mode == SEARCH_HYBRID && r->opt->fusion == FUSION_RANKS)
		fuse_ranks(ranked->dense, ranked->lexical, r->n_refs, fused);
	const float *by = r->opt->mode == SEARCH_LEXICAL ? ranked->lexical : fused;
	for (size_t i = 0; i < r->n_refs; i++)
		if (r->opt->mode != SEARCH_LEXICAL || ranked->lexical[i] > 0)
			topk_push(&ranked->best, (double)by[i], (int64_t)i, r->refs[i].doc_id);
	topk_sort(&ranked->best);
	free(fused);
	if (r->n_refs && r->background.dim == r->model.dim)
		ranked->level = level_of(r, best_evidence(r, ranked), dense->level, best_fused);
}

/* --- estimates -------------------------------------------------------------------------------- */

static float error_at(const void *ctx, size_t place, float score)
{
	const struct dense_answer *dense = ctx;
	return estimate_error(dense->estimates, dense->at, place, score);
}

static int exact_of(const void *ctx, int64_t vector_id, float *score, struct err *err)
{
	const struct dense_answer *dense = ctx;
	return dense_question_score(dense->question, vector_id, score, err);
}

/* The best by meaning and words, their values made fused scores. */
static int settle_fused(struct settling *s, struct ranked *ranked, struct err *err)
{
	const struct fuse_spread *spread = &ranked->spread;
	size_t k = ranked->best.k, per_doc = ranked->best.per_group;
	double slope = spread->contrast / spread->deviation;
	const struct settle_by fused = { .dense = slope > 1e-9 ? slope : 1e-9, .lexical = spread->lexical_scale,
		                         .most = INFINITY, .k = k, .per_doc = per_doc };
	topk_free(&ranked->best);
	int rc = settle(s, &fused, &ranked->best, err);
	for (size_t i = 0; i < ranked->best.n; i++) {
		float x;
		size_t at = (size_t)ranked->best.items[i].id;
		fuse_apply(spread, s->dense + at, s->lexical ? s->lexical + at : NULL, 1, &x);
		ranked->best.items[i].score = (double)x;
	}
	return rc;
}

/* Makes exact what the order, its spread and the evidence rest on. */
static int settle_all(const struct ranker *r, const struct dense_answer *dense, struct ranked *ranked,
                      struct err *err)
{
	const struct background *b = &r->background;
	struct topk top = { 0 };
	struct settling s = {
		.refs = r->refs, .n = r->n_refs, .dense = dense->scores, .lexical = ranked->lexical,
		.most_error = estimate_most_error(dense->estimates, dense->at),
		.outliers = dense->estimates->outliers, .n_outliers = dense->estimates->n_outliers,
		.error = error_at, .exact = exact_of, .ctx = dense,
		.is_exact = mem_zalloc(r->n_refs / 8 + 1, 1),
	};
	const struct settle_by nearest = { .dense = 1, .k = 1 };
	int rc = settle(&s, &nearest, &top, err);
	measure_spread(r, dense, top.n ? top.items[0].score : 0, ranked);
	s.lexical = by_words(ranked);
	if (rc == 0)
		rc = settle_fused(&s, ranked, err);
	s.lexical = ranked->lexical;
	topk_free(&top);
	if (rc == 0 && b->dim == r->model.dim) {
		const struct settle_by evidence = { .dense = r->weights.familiarity / b->pair_deviation,
			                            .lexical = RANK_WORDS * ranked->spread.lexical_scale,
			                            .most = RANK_WORDS * most_words, .k = 1 };
		rc = settle(&s, &evidence, &top, err);
		if (rc == 0 && top.n)
			ranked->level = level_of(r, top.items[0].score, dense->level, ranked->best.items[0].score);
		topk_free(&top);
	}
	ranked->n_exact = s.n_exact;
	free(s.is_exact);
	return rc;
}

/* --- a question --------------------------------------------------------------------------------- */

/* What a document as a whole has of the words counts for each of its passages. */
static void add_documents(const struct ranker *r, struct ranked *ranked)
{
	float *whole = mem_floats(r->n_refs);
	if (!lexical_document_parts(r->lexical, &ranked->evidence, whole)) {
		free(whole);
		return;
	}
	for (size_t i = 0; i < r->n_refs; i++)
		whole[i] = ranked->lexical[i] + (float)RANK_DOCUMENTS * whole[i];
	ranked->whole = whole;
}

static int score_words(struct ranker *r, struct span question, struct ranked *ranked, struct err *err)
{
	if (!r->lexical)
		return 0;
	ranked->lexical = mem_floats(r->n_refs);
	if (lexical_scores(r->lexical, question, ranked->lexical, &ranked->evidence, &ranked->words, err) < 0)
		return -1;
	if (r->opt->mode == SEARCH_HYBRID)
		add_documents(r, ranked);
	return 0;
}

int rank_question(struct ranker *r, struct span question, const struct dense_answer *dense, size_t k,
                  size_t per_doc, struct ranked *ranked, struct err *err)
{
	*ranked = (struct ranked){ .dense = dense->scores };
	topk_init(&ranked->best, k, per_doc);
	int rc = score_words(r, question, ranked, err);
	if (rc == 0 && dense->estimates)
		rc = settle_all(r, dense, ranked, err);
	else if (rc == 0)
		rank_all(r, dense, ranked);
	if (rc < 0)
		ranked_free(ranked);
	return rc;
}

/* Five for each factor of ten by which the upper tail of a normal distribution beyond z
 * is rarer than one. */
static double rarity(double z)
{
	double share = 0.5 * erfc(z * 0.70710678118654752440);
	return share >= 1 ? 0 : share > 1e-20 ? -5 * log10(share) : 100;
}

/* Without a background a fused score stands for itself: how far a passage stands out among
 * those of this question. */
double rank_score(const struct ranker *r, const struct ranked *ranked, double fused)
{
	if (r->opt->mode == SEARCH_LEXICAL)
		return ranked->evidence.ideal > 0 ? fmin(100, 100 * fused / ranked->evidence.ideal) : 0;
	if (r->opt->mode == SEARCH_HYBRID && r->opt->fusion == FUSION_RANKS)
		return fused;
	return rarity(ranked->level + fused);
}

double rank_least_score(const struct ranker *r)
{
	if (!isnan(r->opt->min_score))
		return r->opt->min_score;
	/* nothing is refused where no general questions could be compared with */
	bool has_scale = !r->must_hold && r->opt->mode != SEARCH_LEXICAL && r->opt->fusion == FUSION_SCORES &&
	                 r->background.n_cohort && r->background.dim == r->model.dim;
	return has_scale ? SEARCH_LEAST_SCORE : -INFINITY;
}
