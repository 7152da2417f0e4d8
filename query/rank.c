#include "query/rank.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "query/dense.h"
#include "query/select.h"

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
	free(ranked->fused);
	lexical_words_free(&ranked->words);
	*ranked = (struct ranked){ 0 };
}

/* How much the best passage stands out: two deviations of random pairs where the model finds
 * it as near as general questions are. */
static double best_evidence(const struct ranker *r, const struct ranked *ranked, double level)
{
	const struct background *b = &r->background;
	double best = -INFINITY;
	for (size_t i = 0; i < r->n_refs; i++) {
		double cosine = ranked->dense ? (double)ranked->dense[i] : b->pair_mean;
		double meaning = (cosine - b->pair_mean) / b->pair_deviation - level;
		double words = ranked->lexical ? ranked->spread.lexical_scale * (double)ranked->lexical[i] : 0;
		double x = r->weights.familiarity * meaning + RANK_WORDS * fmin(words, most_words);
		best = x > best ? x : best;
	}
	return 2 + best;
}

static double best_fused(const struct ranker *r, const struct ranked *ranked)
{
	double best = -INFINITY;
	for (size_t i = 0; i < r->n_refs; i++)
		best = (double)ranked->fused[i] > best ? (double)ranked->fused[i] : best;
	return best;
}

/* What a document as a whole has of the words counts for each of its passages. */
static void add_documents(const struct ranker *r, struct ranked *ranked)
{
	float *parts = mem_floats(r->n_refs);
	if (lexical_document_parts(r->lexical, &ranked->evidence, parts))
		for (size_t i = 0; i < r->n_refs; i++)
			ranked->fused[i] += (float)(RANK_DOCUMENTS * ranked->spread.lexical_scale) * parts[i];
	free(parts);
}

int rank_question(struct ranker *r, struct span question, struct dense_answer dense,
                  struct ranked *ranked, struct err *err)
{
	*ranked = (struct ranked){ .dense = dense.scores, .fused = mem_floats(r->n_refs) };
	if (r->lexical) {
		ranked->lexical = mem_floats(r->n_refs);
		if (lexical_scores(r->lexical, question, ranked->lexical, &ranked->evidence, &ranked->words,
		                   err) < 0) {
			ranked_free(ranked);
			return -1;
		}
	}
	ranked->spread = fuse_scores(ranked->dense, ranked->lexical, r->n_refs, &ranked->evidence,
	                             &r->weights, ranked->fused);
	if (r->opt->mode == SEARCH_HYBRID && r->lexical)
		add_documents(r, ranked);
	if (r->n_refs && r->background.dim == r->model.dim)
		ranked->level = best_evidence(r, ranked, dense.level) - best_fused(r, ranked);
	if (r->opt->mode == SEARCH_HYBRID && r->opt->fusion == FUSION_RANKS)
		fuse_ranks(ranked->dense, ranked->lexical, r->n_refs, ranked->fused);
	if (r->opt->mode == SEARCH_LEXICAL)
		for (size_t i = 0; i < r->n_refs; i++)
			ranked->fused[i] = ranked->lexical[i];
	return 0;
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
