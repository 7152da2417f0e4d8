#include "query/estimate.h"

#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/queue.h"
#include "query/dense.h"
#include "store/quantise.h"

/* One thread reads, the other reckons; so few blocks are not worth one. */
enum { LEAST_BLOCKS_FOR_THREAD = 16, BUFFERS = 4 };

/* Of a vector and its code; 0.8 is usual. */
static const double least_cosine = 0.7;

struct block {
	size_t number;
	size_t first, last; /* its refs */
	void *groups;
};

struct scan {
	struct store *store;
	const struct store_chunk_ref *refs;
	size_t dim, group_bytes;
	float usual_factor; /* above it a vector is an outlier */
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
	free(e->outliers);
	*e = (struct estimates){ 0 };
}

/* --- a block --------------------------------------------------------------------------- */

static void note_factors(struct scan *s, const struct block *b)
{
	struct estimates *e = s->e;
	for (size_t i = b->first; i < b->last; i++) {
		float f = e->factors[i];
		if (f > 0 && f < s->usual_factor) {
			e->most_factor = f > e->most_factor ? f : e->most_factor;
			continue;
		}
		e->outliers = mem_grow(e->outliers, &e->outliers_cap, e->n_outliers + 1, sizeof *e->outliers);
		e->outliers[e->n_outliers++] = (uint32_t)i;
	}
}

/* Rows that follow one another are copied together. */
static void take_rows(struct scan *s, const struct block *b)
{
	struct estimates *e = s->e;
	int64_t low = (int64_t)(b->number * STORE_CODE_ROWS) + 1;
	size_t row = (size_t)(s->refs[b->first].vector_id - low), n = b->last - b->first;
	bool all = s->refs[b->last - 1].vector_id - s->refs[b->first].vector_id == (int64_t)n - 1;
	for (size_t i = 0; all && i < n; i++) /* no vector twice while another is left out */
		all = s->refs[b->first + i].vector_id == low + (int64_t)(row + i);
	for (size_t q = 0; q < e->n_questions; q++) {
		float *to = e->scores + q * e->n_refs + b->first;
		const float *from = s->estimates + q * STORE_CODE_ROWS;
		for (size_t i = 0; !all && i < n; i++)
			to[i] = from[s->refs[b->first + i].vector_id - low];
		if (all)
			memcpy(to, from + row, n * sizeof *to);
	}
	for (size_t i = 0; i < n; i++) {
		size_t at = (size_t)(s->refs[b->first + i].vector_id - low);
		const char *group = (const char *)b->groups + at / QUANTISE_GROUP_ROWS * s->group_bytes;
		size_t behind = (QUANTISE_GROUP_ROWS - at % QUANTISE_GROUP_ROWS) * sizeof(float);
		memcpy(&e->factors[b->first + i], group + s->group_bytes - behind, sizeof(float));
	}
}

static void reckon(struct scan *s, const struct block *b)
{
	quantise_scan((const struct quantised_question *const *)s->e->questions, s->e->n_questions, b->groups,
	              STORE_CODE_ROWS / QUANTISE_GROUP_ROWS, s->estimates);
	take_rows(s, b);
	note_factors(s, b);
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
	for (; first < n && s->refs[first].vector_id < 1; first++) {
		s->e->factors[first] = 0;
		for (size_t q = 0; q < s->e->n_questions; q++)
			s->e->scores[q * n + first] = 0;
	}
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
	struct scan s = { .store = store, .refs = refs, .dim = dim, .group_bytes = quantise_group_bytes(dim),
		          .e = e };
	double bits = 8 * ((double)s.group_bytes / QUANTISE_GROUP_ROWS - sizeof(float));
	s.usual_factor = (float)(1 / (least_cosine * sqrt(bits)));
	int rc = scan(&s, err);
	if (rc < 0)
		estimates_free(e);
	return rc < 0 ? -1 : 1;
}

float estimate_error(const struct estimates *e, size_t question, size_t place, float score)
{
	return quantise_error(e->questions[question], e->factors[place], score);
}

float estimate_most_error(const struct estimates *e, size_t question)
{
	return e->most_factor > 0 ? quantise_error(e->questions[question], e->most_factor, 0) : 0;
}
