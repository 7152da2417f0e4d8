#include "query/similar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "query/dense.h"
#include "query/hits.h"
#include "query/topk.h"

/* --- the search ------------------------------------------------------------------ */

static size_t leave_out(struct store_chunk_ref *refs, size_t n, const struct similar_options *opt)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (refs[i].chunk_id != opt->without_chunk && refs[i].doc_id != opt->without_doc)
			refs[kept++] = refs[i];
	return kept;
}

static int compare_all(struct store *store, const float *vector, const struct similar_options *opt,
                       struct topk *best, struct hits *hits, struct err *err)
{
	struct store_model model;
	struct store_chunk_ref *refs = NULL;
	size_t n = 0;
	double start = clock_seconds();
	int rc = store_model(store, &model, err);
	if (rc == 0)
		rc = store_chunk_refs(store, &opt->filter, &refs, &n, err);
	if (rc == 0)
		hits->n_candidates = n = leave_out(refs, n, opt);
	float *scores = mem_floats(n);
	if (rc == 0 && n)
		rc = dense_scores(store, NULL, vector, 1, model.dim, refs, n, scores, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		topk_push(best, (double)scores[i], refs[i].chunk_id, refs[i].doc_id);
	free(scores);
	free(refs);
	hits->timings.dense_ms = 1e3 * (clock_seconds() - start);
	return rc;
}

static int fill_hits(struct store *store, struct topk *best, struct hits *hits, struct err *err)
{
	topk_sort(best);
	hits->best_score = best->n ? best->items[0].score : NAN;
	hits->items = mem_zalloc(best->n, sizeof *hits->items);
	for (size_t i = 0; i < best->n; i++) {
		struct hit *h = &hits->items[hits->n];
		if (hit_fill(store, best->items[i].id, h, err) < 0)
			return -1;
		h->rank = ++hits->n;
		h->score = h->fused = h->dense = best->items[i].score;
		h->lexical = NAN;
	}
	return 0;
}

int search_vector(struct store *store, const float *vector, const struct similar_options *opt,
                  struct hits *hits, struct err *err)
{
	*hits = (struct hits){ .best_score = NAN, .least_score = -INFINITY };
	if (store_begin(store, err) < 0)
		return -1;
	struct topk best;
	topk_init(&best, opt->k, opt->per_doc);
	int rc = compare_all(store, vector, opt, &best, hits, err);
	double start = clock_seconds();
	if (rc == 0)
		rc = fill_hits(store, &best, hits, err);
	hits->timings.rest_ms = 1e3 * (clock_seconds() - start);
	store_rollback(store);
	topk_free(&best);
	if (rc < 0)
		hits_free(hits);
	return rc;
}

/* --- what is compared with ----------------------------------------------------------- */

void similar_source_free(struct similar_source *source)
{
	free(source->vector);
	*source = (struct similar_source){ 0 };
}

static int in_order(const void *a, const void *b)
{
	int64_t x = ((const struct store_chunk_ref *)a)->chunk_id;
	int64_t y = ((const struct store_chunk_ref *)b)->chunk_id;
	return (x > y) - (x < y);
}

/* The document's chunks with a vector, in their order: a document's chunks are written
 * at once, so their ids ascend. */
static int own_refs(struct store *store, const struct store_document *doc,
                    struct store_chunk_ref **refs, size_t *n, struct err *err)
{
	const char *paths[] = { doc->path };
	struct store_filter filter = { .paths = paths, .n_paths = 1 };
	size_t all = 0;
	*n = 0;
	if (store_chunk_refs(store, &filter, refs, &all, err) < 0)
		return -1;
	for (size_t i = 0; i < all; i++) /* what lies below a path of that name is another's */
		if ((*refs)[i].doc_id == doc->id)
			(*refs)[(*n)++] = (*refs)[i];
	if (*n > 1)
		qsort(*refs, *n, sizeof **refs, in_order);
	return 0;
}

static int add_vector(struct store *store, int64_t id, float *vector, size_t dim, double *sum,
                      struct err *err)
{
	int found = store_vector_get(store, id, vector, err);
	if (found == 0)
		err_set(err, ERR_STORE, "vector %lld is missing from the index; run: akin doctor",
		        (long long)id);
	if (found <= 0)
		return -1;
	for (size_t i = 0; i < dim; i++)
		sum[i] += (double)vector[i];
	return 0;
}

/* vector[dim]: the sum of the refs' vectors, scaled to unit length. */
static int mean_vector(struct store *store, const struct store_chunk_ref *refs, size_t n,
                       size_t dim, float *vector, struct err *err)
{
	double *sum = mem_zalloc(dim, sizeof *sum), squares = 0;
	int rc = 0;
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = add_vector(store, refs[i].vector_id, vector, dim, sum, err);
	for (size_t i = 0; i < dim; i++)
		squares += sum[i] * sum[i];
	/* opposite vectors, or zeros in a damaged file */
	if (rc == 0 && !(squares > 1e-12))
		rc = err_set(err, ERR_STORE, "the vectors of the document have no mean direction");
	for (size_t i = 0; rc == 0 && i < dim; i++)
		vector[i] = (float)(sum[i] / sqrt(squares));
	free(sum);
	return rc;
}

struct failed_at {
	const struct store_document *doc;
	uint64_t line;
	struct err *err;
};

static int tell_failure(void *ctx, const struct store_chunk *c)
{
	struct failed_at *f = ctx;
	if (c->doc_id != f->doc->id || c->line_start > f->line || c->line_end < f->line)
		return 0;
	return err_set(f->err, ERR_INPUT, "the passage of '%s' at line %llu could not be embedded: %s",
	               f->doc->path, (unsigned long long)f->line, c->failure ? c->failure : "");
}

/* The first ref whose passage ends at the line or behind it, by halving, since lines
 * ascend; *ref == n: the document ends before. */
static int find_line(struct store *store, const struct store_chunk_ref *refs, size_t n,
                     uint64_t line, size_t *ref, struct similar_source *source, struct err *err)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct store_chunk chunk = { 0 };
		int found = store_chunk(store, refs[middle].chunk_id, &chunk, err);
		if (found < 0)
			return -1;
		if (found && chunk.line_end >= line) {
			high = middle;
			source->line_start = chunk.line_start;
			source->line_end = chunk.line_end;
		} else {
			low = middle + 1;
		}
		store_chunk_free(&chunk);
	}
	*ref = low;
	return 0;
}

static int pick_line(struct store *store, const struct store_document *doc, uint64_t line,
                     const struct store_chunk_ref *refs, size_t n, size_t *ref,
                     struct similar_source *source, struct err *err)
{
	if (find_line(store, refs, n, line, ref, source, err) < 0)
		return -1;
	/* a passage that has no vector is not among the refs */
	struct failed_at at = { doc, line, err };
	bool held = *ref < n && source->line_start <= line;
	if (!held && doc->n_failed && store_failed_chunks(store, tell_failure, &at, err) < 0)
		return -1;
	if (*ref == n)
		return err_set(err, ERR_INPUT, "'%s' has no passage at line %llu or behind it", doc->path,
		               (unsigned long long)line);
	source->chunk_id = refs[*ref].chunk_id;
	return 0;
}

static int make_source(struct store *store, const struct store_document *doc, uint64_t line,
                       struct similar_source *source, struct err *err)
{
	struct store_model model;
	struct store_chunk_ref *refs = NULL;
	size_t n = 0, ref = 0;
	int rc = store_model(store, &model, err);
	if (rc == 0)
		rc = own_refs(store, doc, &refs, &n, err);
	if (rc == 0 && line)
		rc = pick_line(store, doc, line, refs, n, &ref, source, err);
	if (rc == 0 && n == 0)
		rc = err_set(err, ERR_INPUT, "'%s' has no passage that was embedded", doc->path);
	if (rc == 0) {
		source->vector = mem_floats(model.dim);
		rc = mean_vector(store, refs + ref, line ? 1 : n, model.dim, source->vector, err);
	}
	free(refs);
	return rc;
}

int similar_source(struct store *store, const struct store_document *doc, uint64_t line,
                   struct similar_source *source, struct err *err)
{
	*source = (struct similar_source){ 0 };
	if (store_begin(store, err) < 0)
		return -1;
	int rc = make_source(store, doc, line, source, err);
	store_rollback(store);
	if (rc < 0)
		similar_source_free(source);
	return rc;
}
