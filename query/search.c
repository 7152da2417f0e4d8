#include "query/search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "query/scan.h"
#include "query/topk.h"

/* Questions that are compared with a block at once: bounds the memory. */
enum { QUESTIONS_AT_ONCE = 1024 };

/* --- dense ------------------------------------------------------------------------ */

struct dense {
	const struct store_chunk_ref *refs; /* by ascending vector_id */
	size_t n_refs, at;                  /* refs[at] is the next to be compared */
	const float *questions;             /* [n_questions, dim] */
	size_t n_questions, dim;
	scan_fn *scan;
	float *scores;                      /* [n_questions, STORE_BLOCK_ROWS] */
	struct topk *best;                  /* [n_questions] */
	bool documents;                     /* rank documents, not chunks */
};

static void push(struct dense *d, size_t first, size_t last, int64_t first_id, size_t n_rows)
{
	for (size_t q = 0; q < d->n_questions; q++) {
		const float *scores = d->scores + q * n_rows;
		for (size_t i = first; i < last; i++) {
			const struct store_chunk_ref *ref = &d->refs[i];
			topk_push(&d->best[q], (double)scores[ref->vector_id - first_id],
			          d->documents ? ref->doc_id : ref->chunk_id, ref->doc_id);
		}
	}
}

/* At most STORE_BLOCK_ROWS rows. Only the stretch of rows that a chunk uses is
 * multiplied, so that a filter saves the work. */
static void compare_rows(struct dense *d, int64_t first_id, size_t n, const float *rows)
{
	while (d->at < d->n_refs && d->refs[d->at].vector_id < first_id)
		d->at++;
	size_t first = d->at;
	while (d->at < d->n_refs && d->refs[d->at].vector_id < first_id + (int64_t)n)
		d->at++;
	if (d->at == first)
		return;
	size_t low = (size_t)(d->refs[first].vector_id - first_id);
	size_t high = (size_t)(d->refs[d->at - 1].vector_id - first_id) + 1;
	d->scan(d->questions, d->n_questions, rows + low * d->dim, high - low, d->dim, d->scores);
	push(d, first, d->at, first_id + (int64_t)low, high - low);
}

static int compare_block(void *ctx, int64_t first_id, size_t n, const float *rows)
{
	struct dense *d = ctx;
	for (size_t row = 0; row < n; row += STORE_BLOCK_ROWS) {
		size_t left = n - row;
		compare_rows(d, first_id + (int64_t)row, left < STORE_BLOCK_ROWS ? left : STORE_BLOCK_ROWS,
		             rows + row * d->dim);
	}
	return 0;
}

static int dense_scan(struct store *store, struct dense *d, struct err *err)
{
	d->at = 0;
	d->scan = scan_choose(d->n_questions, d->n_refs, d->dim);
	d->scores = mem_floats(d->n_questions * STORE_BLOCK_ROWS);
	int rc = d->n_refs ? store_vector_blocks(store, compare_block, d, err) : 0;
	free(d->scores);
	return rc;
}

/* The model of the index, checked against the embedder. */
static int check_model(struct store *store, const struct embedder *e, struct store_model *model,
                       struct err *err)
{
	if (store_model(store, model, err) < 0)
		return -1;
	if (model->name[0] && strcmp(model->name, e->model) != 0)
		return err_set(err, ERR_MODEL, "the index was made with '%s', not '%s'", model->name,
		               e->model);
	return 0;
}

/* Vectors of the questions, [n, dim]. */
static int embed_questions(struct embedder *e, const struct store_model *model,
                           const struct span *questions, size_t n, float **vectors, struct err *err)
{
	if (embedder_embed(e, EMBED_QUERY, questions, n, vectors, err) < 0)
		return err->code == ERR_REPLY ? err_wrap(err, "cannot embed the question") : -1;
	if (e->limits.dim == model->dim)
		return 0;
	free(*vectors);
	*vectors = NULL;
	return err_set(err, ERR_MODEL, "'%s' gives %zu dimensions, the index has %zu; was it another "
	               "server's model? make a new index, or use the server of the first run",
	               e->model, e->limits.dim, model->dim);
}

static int check_question(struct span question, struct err *err)
{
	size_t white = 0;
	while (white < question.len && (unsigned char)question.p[white] <= ' ')
		white++;
	if (white == question.len)
		return err_set(err, ERR_USAGE, "the question is empty");
	if (!utf8_is_valid(question.p, question.len) || memchr(question.p, '\0', question.len))
		return err_set(err, ERR_USAGE, "the question is not valid UTF-8");
	return 0;
}

/* --- questions that were asked before ---------------------------------------------- */

/* A question's vector that is to be kept when the search is over. */
struct fresh {
	struct hash key;
	float *vector; /* NULL: nothing to keep */
	size_t dim;
};

static struct hash question_key(const struct embedder *e, struct span question)
{
	struct span parts[] = { span_of(e->model), { "\0query\0", 7 }, question };
	return hash_parts(parts, 3);
}

bool search_is_kept(struct store *store, const struct embedder *e, struct span question)
{
	struct store_model model;
	struct hash key = question_key(e, question);
	if (!e->host[0] || store_model(store, &model, NULL) < 0 || model.dim == 0)
		return false;
	float *vector = mem_floats(model.dim);
	bool kept = store_query_vector_get(store, &key, model.dim, vector);
	free(vector);
	return kept;
}

/* Only what would go over the network is worth keeping. */
static int embed_or_recall(struct store *store, struct embedder *e, const struct store_model *model,
                           struct span question, float **vector, struct fresh *fresh,
                           struct err *err)
{
	if (!e->host[0])
		return embed_questions(e, model, &question, 1, vector, err);
	fresh->key = question_key(e, question);
	*vector = mem_floats(model->dim);
	if (store_query_vector_get(store, &fresh->key, model->dim, *vector))
		return 0;
	free(*vector);
	*vector = NULL;
	if (embed_questions(e, model, &question, 1, vector, err) < 0)
		return -1;
	fresh->dim = model->dim;
	fresh->vector = mem_floats(model->dim);
	memcpy(fresh->vector, *vector, model->dim * sizeof(float));
	return 0;
}

static int search_dense(struct store *store, struct embedder *e, struct span question,
                        const struct search_options *opt, struct topk *best, struct hits *hits,
                        struct fresh *fresh, struct err *err)
{
	struct store_model model;
	struct store_chunk_ref *refs = NULL;
	float *vector = NULL;
	double start = clock_seconds();
	int rc = check_model(store, e, &model, err);
	if (rc == 0)
		rc = store_chunk_refs(store, &opt->filter, &refs, &hits->n_candidates, err);
	double scanned = clock_seconds() - start;
	/* nothing to compare with: no text needs to leave the machine */
	if (rc == 0 && hits->n_candidates) {
		start = clock_seconds();
		rc = embed_or_recall(store, e, &model, question, &vector, fresh, err);
		hits->timings.embed_ms = 1e3 * (clock_seconds() - start);
		start = clock_seconds();
		struct dense d = { .refs = refs, .n_refs = hits->n_candidates, .questions = vector,
			           .n_questions = 1, .dim = model.dim, .best = best };
		if (rc == 0)
			rc = dense_scan(store, &d, err);
		scanned += clock_seconds() - start;
	}
	hits->timings.scan_ms = 1e3 * scanned;
	free(vector);
	free(refs);
	return rc;
}

/* --- lexical ------------------------------------------------------------------------- */

/* Asks for more chunks until k groups are full or there are no more. */
static int search_lexical(struct store *store, struct span question, const struct search_options *opt,
                          bool documents, struct topk *best, size_t *n_candidates, struct err *err)
{
	for (size_t want = opt->k * 4 + 16;; want *= 4) {
		struct store_text_hit *found = NULL;
		size_t n = 0;
		if (store_text_search(store, question, &opt->filter, want, &found, &n, err) < 0)
			return -1;
		best->n = 0;
		for (size_t i = 0; i < n; i++)
			topk_push(best, found[i].score, documents ? found[i].doc_id : found[i].chunk_id,
			          found[i].doc_id);
		free(found);
		*n_candidates = n;
		if (n < want || best->n == best->k)
			return 0;
	}
}

/* --- hits ------------------------------------------------------------------------------ */

static void hit_free(struct hit *h)
{
	free(h->path);
	free(h->title);
	free(h->heading);
	free(h->text);
}

void hits_free(struct hits *hits)
{
	for (size_t i = 0; i < hits->n; i++)
		hit_free(&hits->items[i]);
	free(hits->items);
	*hits = (struct hits){ 0 };
}

static char *take(char **p)
{
	char *taken = *p;
	*p = NULL;
	return taken;
}

static void fill(struct hit *h, struct store_chunk *c)
{
	h->chunk_id = c->id;
	h->doc_id = c->doc_id;
	h->path = take(&c->path);
	h->title = take(&c->title);
	h->heading = take(&c->heading);
	h->text = take(&c->text);
	h->text_len = c->text_len;
	h->byte_start = c->byte_start;
	h->byte_end = c->byte_end;
	h->line_start = c->line_start;
	h->line_end = c->line_end;
	h->page = c->page;
}

static void find_evidence(struct hits *hits, struct span question)
{
	struct span *texts = mem_alloc(hits->n, sizeof *texts);
	struct evidence *found = mem_alloc(hits->n, sizeof *found);
	for (size_t i = 0; i < hits->n; i++)
		texts[i] = (struct span){ hits->items[i].text, hits->items[i].text_len };
	evidence_find(question, texts, hits->n, found);
	for (size_t i = 0; i < hits->n; i++)
		hits->items[i].evidence = found[i];
	free(found);
	free(texts);
}

static int fill_hits(struct store *store, struct topk *best, struct span question,
                     enum search_mode mode, struct hits *hits, struct err *err)
{
	topk_sort(best);
	hits->items = mem_zalloc(best->n, sizeof *hits->items);
	for (size_t i = 0; i < best->n; i++) {
		struct store_chunk chunk = { 0 };
		int found = store_chunk(store, best->items[i].id, &chunk, err);
		if (found == 0)
			err_set(err, ERR_STORE, "passage %lld is missing from the index; run: akin doctor",
			        (long long)best->items[i].id);
		if (found <= 0)
			return -1;
		struct hit *h = &hits->items[hits->n++];
		h->rank = hits->n;
		h->score = best->items[i].score;
		h->dense = mode == SEARCH_DENSE ? h->score : NAN;
		h->lexical = mode == SEARCH_LEXICAL ? h->score : NAN;
		fill(h, &chunk);
		store_chunk_free(&chunk);
	}
	find_evidence(hits, question);
	return 0;
}

int search(struct store *store, struct embedder *embedder, struct span question,
           const struct search_options *opt, struct hits *hits, struct err *err)
{
	*hits = (struct hits){ 0 };
	if (check_question(question, err) < 0 || store_begin(store, err) < 0)
		return -1;
	struct topk best;
	topk_init(&best, opt->k, opt->per_doc);
	struct fresh fresh = { .vector = NULL };
	double start = clock_seconds();
	int rc;
	if (opt->mode == SEARCH_DENSE) {
		rc = search_dense(store, embedder, question, opt, &best, hits, &fresh, err);
	} else {
		rc = search_lexical(store, question, opt, false, &best, &hits->n_candidates, err);
		hits->timings.scan_ms = 1e3 * (clock_seconds() - start);
	}
	if (rc == 0)
		rc = fill_hits(store, &best, question, opt->mode, hits, err);
	hits->timings.rest_ms = 1e3 * (clock_seconds() - start) - hits->timings.embed_ms -
	                        hits->timings.scan_ms;
	store_rollback(store);
	if (fresh.vector)
		store_query_vector_put(store, &fresh.key, fresh.dim, fresh.vector);
	free(fresh.vector);
	topk_free(&best);
	if (rc < 0)
		hits_free(hits);
	return rc;
}

/* --- documents, many questions -------------------------------------------------------------- */

static void to_ranking(struct topk *best, struct ranking *ranking)
{
	topk_sort(best);
	ranking->items = mem_alloc(best->n, sizeof *ranking->items);
	ranking->n = best->n;
	for (size_t i = 0; i < best->n; i++)
		ranking->items[i] =
			(struct ranked_document){ best->items[i].group, best->items[i].score };
}

static int rank_dense(struct store *store, struct embedder *e, const struct span *questions, size_t n,
                      const struct search_options *opt, struct topk *best, struct err *err)
{
	struct store_model model;
	struct store_chunk_ref *refs = NULL;
	float *vectors = NULL;
	size_t n_refs = 0;
	int rc = check_model(store, e, &model, err);
	if (rc == 0)
		rc = store_chunk_refs(store, &opt->filter, &refs, &n_refs, err);
	if (rc == 0 && n_refs)
		rc = embed_questions(e, &model, questions, n, &vectors, err);
	for (size_t i = 0; rc == 0 && n_refs && i < n; i += QUESTIONS_AT_ONCE) {
		struct dense d = {
			.refs = refs,
			.n_refs = n_refs,
			.questions = vectors + i * model.dim,
			.n_questions = n - i < QUESTIONS_AT_ONCE ? n - i : QUESTIONS_AT_ONCE,
			.dim = model.dim,
			.best = best + i,
			.documents = true,
		};
		rc = dense_scan(store, &d, err);
	}
	free(vectors);
	free(refs);
	return rc;
}

static int rank_lexical(struct store *store, const struct span *questions, size_t n,
                        const struct search_options *opt, struct topk *best, struct err *err)
{
	int rc = 0;
	size_t n_candidates;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = search_lexical(store, questions[i], opt, true, &best[i], &n_candidates, err);
	return rc;
}

int search_documents(struct store *store, struct embedder *embedder, const struct span *questions,
                     size_t n_questions, const struct search_options *opt,
                     struct ranking *rankings, struct err *err)
{
	memset(rankings, 0, n_questions * sizeof *rankings);
	for (size_t i = 0; i < n_questions; i++)
		if (check_question(questions[i], err) < 0)
			return err_wrap(err, "question %zu", i + 1);
	if (store_begin(store, err) < 0)
		return -1;
	struct topk *best = mem_alloc(n_questions, sizeof *best);
	for (size_t i = 0; i < n_questions; i++)
		topk_init(&best[i], opt->k, 1);
	int rc = opt->mode == SEARCH_DENSE
	                 ? rank_dense(store, embedder, questions, n_questions, opt, best, err)
	                 : rank_lexical(store, questions, n_questions, opt, best, err);
	for (size_t i = 0; i < n_questions; i++) {
		if (rc == 0)
			to_ranking(&best[i], &rankings[i]);
		topk_free(&best[i]);
	}
	free(best);
	store_rollback(store);
	return rc;
}
