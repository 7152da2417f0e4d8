#include "query/estimate.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/queue.h"
#include "query/dense.h"
#include "store/quantise.h"

/* One thread reads, the other reckons; so few blocks are not worth one. */
enum { LEAST_BLOCKS_FOR_THREAD = 16, BUFFERS = 4 };

struct block {
	size_t number;
	size_t first, last; /* its refs */
	void *groups;
};

struct scan {
	struct store *store;
	const struct store_chunk_ref *refs;
	size_t dim;
	struct estimates *e;
	float *estimates; /* [n_questions, STORE_CODE_ROWS] */
	struct block blocks[BUFFERS];
	struct queue *empty, *full;
};

void estimates_free(struct estimates *e)
{
	for (size_t i = 0; i < e->n_questions; i++)
		quantised_question_free(e->questions[i]);
	free(e->questions);
	free(e->scores);
	free(e->factors);
	*e = (struct estimates){ 0 };
}

/* --- a block --------------------------------------------------------------------------- */

static void reckon(struct scan *s, const struct block *b)
{
	struct estimates *e = s->e;
	const size_t group_bytes = quantise_group_bytes(s->dim);
	int64_t low = (int64_t)(b->number * STORE_CODE_ROWS) + 1;
	quantise_scan((const struct quantised_question *const *)e->questions, e->n_questions, b->groups,
	              STORE_CODE_ROWS / QUANTISE_GROUP_ROWS, s->estimates);
	for (size_t i = b->first; i < b->last; i++) {
		size_t row = (size_t)(s->refs[i].vector_id - low);
		const char *group = (const char *)b->groups + row / QUANTISE_GROUP_ROWS * group_bytes;
		e->factors[i] = quantise_factor(group, s->dim, row % QUANTISE_GROUP_ROWS);
		for (size_t q = 0; q < e->n_questions; q++)
			e->scores[q * e->n_refs + i] = s->estimates[q * STORE_CODE_ROWS + row];
	}
}

static void *reckon_all(void *self)
{
	struct scan *s = self;
	struct block *b;
	while ((b = queue_pop(s->full, -1))) {
		reckon(s, b);
		queue_push(s->empty, b, 1);
	}
	return NULL;
}

/* --- all of them ----------------------------------------------------------------------- */

static size_t block_of(const struct store_chunk_ref *ref)
{
	return (size_t)(ref->vector_id - 1) / STORE_CODE_ROWS;
}

/* The refs that lie in one block, from `first` on. */
static void take_refs(const struct scan *s, size_t first, struct block *b)
{
	size_t low = first, high = s->e->n_refs;
	b->first = first;
	b->number = block_of(&s->refs[first]);
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (block_of(&s->refs[mid]) > b->number)
			high = mid;
		else
			low = mid + 1;
	}
	b->last = low;
}

static int read_blocks(struct scan *s, size_t first, bool has_thread, struct err *err)
{
	struct block *b = &s->blocks[0];
	for (; first < s->e->n_refs; first = b->last) {
		if (has_thread)
			b = queue_pop(s->empty, -1);
		take_refs(s, first, b);
		if (store_code_block(s->store, b->number, b->groups, err) < 0)
			return -1;
		if (has_thread)
			queue_push(s->full, b, 1);
		else
			reckon(s, b);
	}
	return 0;
}

static int scan_in_two(struct scan *s, size_t first, struct err *err)
{
	pthread_t thread;
	s->empty = queue_new(BUFFERS, BUFFERS);
	s->full = queue_new(BUFFERS, BUFFERS);
	for (size_t i = 0; i < BUFFERS; i++)
		queue_push(s->empty, &s->blocks[i], 1);
	bool has_thread = pthread_create(&thread, NULL, reckon_all, s) == 0;
	int rc = read_blocks(s, first, has_thread, err);
	queue_close(s->full);
	if (has_thread)
		pthread_join(thread, NULL);
	queue_free(s->empty);
	queue_free(s->full);
	return rc;
}

static int scan(struct scan *s, struct err *err)
{
	size_t first = 0, n = s->e->n_refs;
	while (first < n && s->refs[first].vector_id < 1)
		first++;
	if (first == n)
		return 0;
	s->estimates = mem_floats(s->e->n_questions * STORE_CODE_ROWS);
	for (size_t i = 0; i < BUFFERS; i++)
		s->blocks[i].groups = mem_floats(store_code_block_bytes(s->dim) / sizeof(float) + 1);
	bool many = block_of(&s->refs[n - 1]) - block_of(&s->refs[first]) >= LEAST_BLOCKS_FOR_THREAD;
	int rc = many ? scan_in_two(s, first, err) : read_blocks(s, first, false, err);
	for (size_t i = 0; i < BUFFERS; i++)
		free(s->blocks[i].groups);
	free(s->estimates);
	return rc;
}

/* --- questions ------------------------------------------------------------------------- */

/* Ranking's centre is the codes'. */
static bool centres_agree(const float *of_codes, const float *of_ranking, size_t dim)
{
	if (!of_codes || !of_ranking)
		return of_codes == of_ranking;
	return memcmp(of_codes, of_ranking, dim * sizeof *of_codes) == 0;
}

/* A passage without a vector has the mean of the others. */
static void fill_unknown(const struct store_chunk_ref *refs, size_t n, float *scores)
{
	size_t unknown = 0;
	double sum = 0;
	while (unknown < n && refs[unknown].vector_id < 1)
		unknown++;
	for (size_t i = unknown; unknown && i < n; i++)
		sum += (double)scores[i];
	for (size_t i = 0; i < unknown; i++)
		scores[i] = n > unknown ? (float)(sum / (double)(n - unknown)) : 0;
}

int estimate_scores(struct store *store, const struct background *background, const float *questions,
                    size_t n_questions, size_t dim, const struct store_chunk_ref *refs,
                    size_t n_refs, struct estimates *e, struct err *err)
{
	const struct quantiser *quantiser;
	const float *centre;
	*e = (struct estimates){ .n_questions = 0 };
	if (store_code_maker(store, &quantiser, &centre, err) < 0)
		return -1;
	struct dense_question q;
	dense_question_init(&q, store, background, questions, dim);
	bool agree = centres_agree(centre, q.mean, dim);
	dense_question_free(&q);
	if (!agree)
		return 0;
	*e = (struct estimates){ .n_questions = n_questions, .n_refs = n_refs };
	e->scores = mem_floats(n_questions * n_refs);
	e->factors = mem_floats(n_refs);
	e->questions = mem_alloc(n_questions, sizeof *e->questions);
	for (size_t i = 0; i < n_questions; i++) {
		dense_question_init(&q, store, background, questions + i * dim, dim);
		e->questions[i] = quantise_question(quantiser, q.direction);
		dense_question_free(&q);
	}
	struct scan s = { .store = store, .refs = refs, .dim = dim, .e = e };
	int rc = scan(&s, err);
	for (size_t i = 0; rc == 0 && i < n_questions; i++)
		fill_unknown(refs, n_refs, e->scores + i * n_refs);
	if (rc < 0)
		estimates_free(e);
	return rc < 0 ? -1 : 1;
}

/* The square of a bound is linear in that of the factor: two tell the rest. */
void estimate_errors(const struct estimates *e, size_t question,
                       const struct store_chunk_ref *refs, float *errors)
{
	const struct quantised_question *u = e->questions[question];
	size_t unknown = 0;
	float most = 0;
	for (; unknown < e->n_refs && refs[unknown].vector_id < 1; unknown++)
		errors[unknown] = 0;
	for (size_t i = unknown; i < e->n_refs; i++)
		most = e->factors[i] > most ? e->factors[i] : most;
	float high = quantise_error(u, 2 * most, 0), low = quantise_error(u, most, 0);
	float slope = (high * high - low * low) / (3 * most * most), rest = slope * most * most - low * low;
	for (size_t i = unknown; i < e->n_refs; i++) {
		float f = e->factors[i], square = slope * f * f - rest;
		errors[i] = f > 0 ? sqrtf(square > 0 ? square : 0) + 1e-6f : 2;
	}
}
