#include "tests/bench/vector_set.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/f16.h"
#include "base/mem.h"
#include "store/store.h"

void in_parts(struct set_part part, void *(*work)(void *part))
{
	pthread_t threads[SET_THREADS];
	struct set_part parts[SET_THREADS];
	for (int i = 0; i < SET_THREADS; i++) {
		parts[i] = part;
		parts[i].number = i;
		pthread_create(&threads[i], NULL, work, &parts[i]);
	}
	for (int i = 0; i < SET_THREADS; i++)
		pthread_join(threads[i], NULL);
}

static void *make_part(void *of)
{
	struct set_part *p = of;
	struct vector_set *s = p->set;
	struct synthetic synthetic = synthetic_new(p->kind, s->dim, 1);
	float *v = mem_floats(s->dim);
	for (size_t i = (size_t)p->number; i < s->n; i += SET_THREADS) {
		synthetic_vector(&synthetic, i, v);
		f16_from_f32(v, s->dim, s->rows + i * s->dim);
	}
	for (size_t q = 0; p->number == 0 && q < SET_QUESTIONS; q++)
		synthetic_question(&synthetic, q, s->n, s->questions + q * s->dim);
	synthetic_free(&synthetic);
	free(v);
	return NULL;
}

static int take_rows(void *ctx, int64_t first_id, size_t n, const float *rows)
{
	struct vector_set *s = ctx;
	for (size_t i = 0; i < n && (size_t)first_id - 1 + i < s->n; i++)
		f16_from_f32(rows + i * s->dim, s->dim, s->rows + ((size_t)first_id - 1 + i) * s->dim);
	return 0;
}

static int read_index(struct vector_set *s, const char *path, struct err *err)
{
	struct store_model model;
	struct store_counts counts;
	struct store *store = store_open(path, STORE_READ, err);
	if (!store || store_model(store, &model, err) < 0 || store_counts(store, &counts, err) < 0) {
		store_close(store);
		return -1;
	}
	s->dim = model.dim;
	s->n = (size_t)counts.vectors / QUANTISE_GROUP_ROWS * QUANTISE_GROUP_ROWS;
	s->rows = mem_zalloc(s->n * s->dim, sizeof *s->rows);
	s->questions = mem_floats(SET_QUESTIONS * s->dim);
	int rc = store_vector_blocks(store, take_rows, s, err);
	store_close(store);
	if (rc == 0 && s->n < 1000)
		rc = err_set(err, ERR_INPUT, "index '%s' has fewer than 1,000 vectors", path);
	for (size_t q = 0; rc == 0 && q < SET_QUESTIONS; q++)
		f32_from_f16(s->rows + s->n / SET_QUESTIONS * q * s->dim, s->dim, s->questions + q * s->dim);
	return rc;
}

static double dot(const float *a, const float *b, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (double)a[i] * (double)b[i];
	return sum;
}

static void centre(struct vector_set *s)
{
	double *sum = mem_zalloc(s->dim, sizeof *sum);
	float *v = mem_floats(s->dim);
	size_t step = s->n / 20000 + 1, n = 0;
	for (size_t i = 0; i < s->n; i += step, n++) {
		f32_from_f16(s->rows + i * s->dim, s->dim, v);
		for (size_t j = 0; j < s->dim; j++)
			sum[j] += (double)v[j];
	}
	s->mean = mem_floats(s->dim);
	for (size_t j = 0; j < s->dim; j++)
		s->mean[j] = (float)(0.5 * sum[j] / (double)n);
	for (size_t q = 0; q < SET_QUESTIONS; q++) {
		float *u = s->questions + q * s->dim;
		for (size_t j = 0; j < s->dim; j++)
			u[j] -= s->mean[j];
		double length = sqrt(dot(u, u, s->dim));
		for (size_t j = 0; j < s->dim; j++)
			u[j] = (float)((double)u[j] / length);
		s->offsets[q] = dot(u, s->mean, s->dim);
	}
	free(v);
	free(sum);
}

static void *encode_part(void *of)
{
	struct set_part *p = of;
	struct vector_set *s = p->set;
	size_t size = quantise_group_bytes(s->dim);
	float *v = mem_floats(s->dim);
	for (size_t g = (size_t)p->number; g < s->n_groups; g += SET_THREADS)
		for (size_t i = 0; i < QUANTISE_GROUP_ROWS; i++) {
			size_t row = g * QUANTISE_GROUP_ROWS + i;
			f32_from_f16(s->rows + row * s->dim, s->dim, v);
			quantise_put(p->quantiser, v, i, s->groups + g * size);
			for (size_t j = 0; j < s->dim; j++)
				v[j] -= s->mean[j];
			s->lengths[row] = (float)sqrt(dot(v, v, s->dim));
		}
	free(v);
	return NULL;
}

static void encode(struct vector_set *s)
{
	struct quantiser *q = quantiser_new(s->dim, 1, s->mean);
	s->n_groups = s->n / QUANTISE_GROUP_ROWS;
	s->groups = mem_zalloc(s->n_groups, quantise_group_bytes(s->dim));
	s->lengths = mem_floats(s->n);
	in_parts((struct set_part){ .set = s, .quantiser = q }, encode_part);
	for (size_t i = 0; i < SET_QUESTIONS; i++)
		s->quantised[i] = quantise_question(q, s->questions + i * s->dim);
	quantiser_free(q);
}

void vector_set_free(struct vector_set *s)
{
	for (size_t i = 0; i < SET_QUESTIONS; i++)
		quantised_question_free(s->quantised[i]);
	free(s->rows);
	free(s->lengths);
	free(s->mean);
	free(s->questions);
	free(s->groups);
}

struct vector_set vector_set_new(enum synthetic_kind kind, size_t n)
{
	struct vector_set s = { .name = kind == SYNTHETIC_HARD ? "hard" : "clustered", .dim = 1024 };
	s.n = n / QUANTISE_GROUP_ROWS * QUANTISE_GROUP_ROWS;
	s.rows = mem_alloc(s.n * s.dim, sizeof *s.rows);
	s.questions = mem_floats(SET_QUESTIONS * s.dim);
	in_parts((struct set_part){ .set = &s, .kind = kind }, make_part);
	centre(&s);
	encode(&s);
	return s;
}

int vector_set_of_index(struct vector_set *s, const char *path, struct err *err)
{
	*s = (struct vector_set){ .name = "index" };
	if (read_index(s, path, err) < 0)
		return -1;
	centre(s);
	encode(s);
	return 0;
}
