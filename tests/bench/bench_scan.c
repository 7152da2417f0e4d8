/* bench_scan: how fast and how rightly codes find the nearest (store/quantise.h), in memory: of
 * $AKIN_BENCH_VECTORS made-up vectors (default 100,000) of 1,024 numbers, in clusters and
 * without any, or with $AKIN_BENCH_INDEX the vectors of an index, each 50th asked for. Beside the
 * table a line of JSON for each case. One thread but for batches, which take two. */
#define _DEFAULT_SOURCE
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/f16.h"
#include "base/mem.h"
#include "query/topk.h"
#include "store/quantise.h"
#include "store/store.h"
#include "tests/support/synthetic.h"

enum { K = 10, QUESTIONS = 64, EXACT_AT_ONCE = 4, GROUPS_AT_ONCE = 256, THREADS = 2, FIRST = 64 };

struct set {
	const char *name;
	size_t n, dim, n_groups; /* n is rounded down to whole groups */
	uint16_t *rows;          /* [n, dim] as an index stores them */
	float *lengths;          /* [n] |v - m| */
	float *mean;             /* [dim] half of the rows' */
	float *questions;        /* [QUESTIONS, dim] centred, unit length */
	double offsets[QUESTIONS]; /* question . m */
	char *groups;
	struct quantised_question *quantised[QUESTIONS];
	int64_t best[QUESTIONS][K];
	float worst[QUESTIONS]; /* score of the K-th */
	float *estimates;       /* [n] */
};

/* --- the vectors ------------------------------------------------------------------------- */

struct part {
	struct set *set;
	enum synthetic_kind kind;
	const struct quantiser *quantiser;
	int number;
};

static void in_parts(struct part part, void *(*work)(void *part))
{
	pthread_t threads[THREADS];
	struct part parts[THREADS];
	for (int i = 0; i < THREADS; i++) {
		parts[i] = part;
		parts[i].number = i;
		pthread_create(&threads[i], NULL, work, &parts[i]);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static void *make_part(void *of)
{
	struct part *p = of;
	struct set *s = p->set;
	struct synthetic synthetic = synthetic_new(p->kind, s->dim, 1);
	float *v = mem_floats(s->dim);
	for (size_t i = (size_t)p->number; i < s->n; i += THREADS) {
		synthetic_vector(&synthetic, i, v);
		f16_from_f32(v, s->dim, s->rows + i * s->dim);
	}
	for (size_t q = 0; p->number == 0 && q < QUESTIONS; q++)
		synthetic_question(&synthetic, q, s->n, s->questions + q * s->dim);
	synthetic_free(&synthetic);
	free(v);
	return NULL;
}

static int take_rows(void *ctx, int64_t first_id, size_t n, const float *rows)
{
	struct set *s = ctx;
	for (size_t i = 0; i < n && (size_t)first_id - 1 + i < s->n; i++)
		f16_from_f32(rows + i * s->dim, s->dim, s->rows + ((size_t)first_id - 1 + i) * s->dim);
	return 0;
}

static int read_index(struct set *s, const char *path, struct err *err)
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
	s->questions = mem_floats(QUESTIONS * s->dim);
	int rc = store_vector_blocks(store, take_rows, s, err);
	store_close(store);
	if (rc == 0 && s->n < 1000)
		rc = err_set(err, ERR_INPUT, "index '%s' has fewer than 1,000 vectors", path);
	for (size_t q = 0; rc == 0 && q < QUESTIONS; q++)
		f32_from_f16(s->rows + s->n / QUESTIONS * q * s->dim, s->dim, s->questions + q * s->dim);
	return rc;
}

static double dot(const float *a, const float *b, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (double)a[i] * (double)b[i];
	return sum;
}

static void centre(struct set *s)
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
	for (size_t q = 0; q < QUESTIONS; q++) {
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
	struct part *p = of;
	struct set *s = p->set;
	size_t size = quantise_group_bytes(s->dim);
	float *v = mem_floats(s->dim);
	for (size_t g = (size_t)p->number; g < s->n_groups; g += THREADS)
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

static void encode(struct set *s)
{
	struct quantiser *q = quantiser_new(s->dim, 1, s->mean);
	s->n_groups = s->n / QUANTISE_GROUP_ROWS;
	s->groups = mem_zalloc(s->n_groups, quantise_group_bytes(s->dim));
	s->lengths = mem_floats(s->n);
	s->estimates = mem_floats(s->n);
	memset(s->estimates, 0, s->n * sizeof *s->estimates);
	in_parts((struct part){ .set = s, .quantiser = q }, encode_part);
	for (size_t i = 0; i < QUESTIONS; i++)
		s->quantised[i] = quantise_question(q, s->questions + i * s->dim);
	quantiser_free(q);
}

static void set_free(struct set *s)
{
	for (size_t i = 0; i < QUESTIONS; i++)
		quantised_question_free(s->quantised[i]);
	free(s->rows);
	free(s->lengths);
	free(s->mean);
	free(s->questions);
	free(s->groups);
	free(s->estimates);
}

/* --- searches ------------------------------------------------------------------------------ */

static float score_of(const struct set *s, size_t q, size_t row, float product)
{
	return (float)(((double)product - s->offsets[q]) / (double)s->lengths[row]);
}

static float score(const struct set *s, size_t q, size_t row)
{
	float product;
	f16_dots(s->questions + q * s->dim, 1, s->rows + row * s->dim, 1, s->dim, &product);
	return score_of(s, q, row, product);
}

static void keep_best(struct set *s, size_t q, struct topk *top)
{
	topk_sort(top);
	for (size_t i = 0; i < K; i++)
		s->best[q][i] = top->items[i].id;
	s->worst[q] = (float)top->items[K - 1].score;
	topk_free(top);
}

/* Some questions at a time, over all rows. */
static void search_exactly(struct set *s, size_t first, size_t n)
{
	enum { ROWS = 256 };
	float products[EXACT_AT_ONCE * ROWS];
	struct topk top[EXACT_AT_ONCE];
	for (size_t q = 0; q < n; q++)
		topk_init(&top[q], K, 0);
	for (size_t row = 0; row < s->n; row += ROWS) {
		size_t rows = s->n - row < ROWS ? s->n - row : ROWS;
		f16_dots(s->questions + first * s->dim, n, s->rows + row * s->dim, rows, s->dim, products);
		for (size_t q = 0; q < n; q++)
			for (size_t i = 0; i < rows; i++)
				topk_push(&top[q], (double)score_of(s, first + q, row + i, products[q * rows + i]),
				          (int64_t)(row + i), 0);
	}
	for (size_t q = 0; q < n; q++)
		keep_best(s, first + q, &top[q]);
}

static float factor_of(const struct set *s, int64_t row)
{
	size_t group = (size_t)row / QUANTISE_GROUP_ROWS * quantise_group_bytes(s->dim);
	return quantise_factor(s->groups + group, s->dim, (size_t)row % QUANTISE_GROUP_ROWS);
}

static void scan(struct set *s, size_t q)
{
	quantise_scan((const struct quantised_question *const *)&s->quantised[q], 1, s->groups, s->n_groups,
	              s->estimates);
}

/* The rows by estimate, at most `most` of those above `least`, best first. */
static struct topk candidates(const struct set *s, size_t most, double least)
{
	struct topk top;
	topk_init(&top, most, 0);
	for (size_t i = 0; i < s->n; i++)
		if ((double)s->estimates[i] >= least)
			topk_push(&top, (double)s->estimates[i], (int64_t)i, 0);
	topk_sort(&top);
	return top;
}

/* Scores candidates; n 0: until the bound says that no more can be among the best. Returns
 * how many, and counts what was found of the exact ones. */
static size_t settle(const struct set *s, size_t q, size_t n, size_t *found)
{
	struct topk top, rows = candidates(s, n ? n : FIRST, -2);
	size_t scored = 0;
	topk_init(&top, K, 0);
	for (int round = 0; round < (n ? 1 : 2); round++) {
		for (; scored < rows.n; scored++) {
			int64_t row = rows.items[scored].id;
			float least = top.n == K ? (float)top.items[0].score : -1;
			if (!n && round && rows.items[scored].score +
			    (double)quantise_error(s->quantised[q], factor_of(s, row), least) < (double)least)
				continue;
			topk_push(&top, (double)score(s, q, (size_t)row), row, 0);
		}
		if (n)
			break;
		/* factors differ by a few percent: 1.1 times one's bound is enough for all */
		float least = (float)top.items[0].score;
		double error = 1.1 * (double)quantise_error(s->quantised[q], factor_of(s, 0), least);
		if (round == 0) {
			topk_free(&rows);
			rows = candidates(s, s->n, (double)least - error);
		}
	}
	topk_sort(&top);
	*found = 0;
	for (size_t i = 0; i < top.n; i++)
		for (size_t j = 0; j < K; j++)
			*found += s->best[q][j] == top.items[i].id;
	topk_free(&top);
	topk_free(&rows);
	return scored;
}

/* --- figures --------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double at(double *values, double share)
{
	qsort(values, QUESTIONS, sizeof *values, by_size);
	return values[(size_t)((QUESTIONS - 1) * share + 0.5)];
}

static double resident_mb(void)
{
	long pages = 0, total;
	FILE *f = fopen("/proc/self/statm", "r");
	if (!f || fscanf(f, "%ld %ld", &total, &pages) != 2)
		pages = 0;
	if (f)
		fclose(f);
	return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

static void report(const struct set *s, const char *what, double recall, double *ms, double *scored)
{
	double median = at(ms, 0.5), p95 = at(ms, 0.95), count = at(scored, 0.5);
	printf("%s, %s\t%.4f\trecall@10\t%.2f ms (95 of 100: %.2f), %.0f scored\n", s->name, what, recall,
	       median, p95, count);
	printf("{\"data\":\"%s\",\"n\":%zu,\"dim\":%zu,\"case\":\"%s\",\"recall@10\":%.4f,\"median_ms\":%.3f,"
	       "\"p95_ms\":%.3f,\"scored_median\":%.0f,\"scored_p95\":%.0f,\"bytes_per_vector\":%zu,"
	       "\"resident_mb\":%.0f}\n", s->name, s->n, s->dim, what, recall, median, p95, count,
	       at(scored, 0.95), quantise_group_bytes(s->dim) / QUANTISE_GROUP_ROWS + s->dim * 2, resident_mb());
}

static void run_exact(struct set *s)
{
	double ms[QUESTIONS], scored[QUESTIONS];
	for (size_t q = 0; q < QUESTIONS; q += EXACT_AT_ONCE)
		search_exactly(s, q, EXACT_AT_ONCE);
	for (size_t q = 0; q < QUESTIONS; q++)
		scored[q] = (double)s->n;
	for (size_t q = 0; q < QUESTIONS; q++) {
		double start = clock_seconds();
		if (q < 5)
			search_exactly(s, q, 1);
		ms[q] = q < 5 ? (clock_seconds() - start) * 1e3 : ms[q % 5];
	}
	report(s, "every vector", 1, ms, scored);
}

static void run_codes(struct set *s, const char *what, size_t n_scored)
{
	double ms[QUESTIONS], scored[QUESTIONS];
	size_t total = 0, found;
	for (size_t q = 0; q < QUESTIONS; q++) {
		double start = clock_seconds();
		scan(s, q);
		scored[q] = (double)settle(s, q, n_scored, &found);
		ms[q] = (clock_seconds() - start) * 1e3;
		total += found;
	}
	report(s, what, (double)total / (QUESTIONS * K), ms, scored);
}

static void *batch_part(void *of)
{
	struct part *p = of;
	struct set *s = p->set;
	size_t size = quantise_group_bytes(s->dim), above = 0;
	float *out = mem_floats(QUESTIONS * GROUPS_AT_ONCE * QUANTISE_GROUP_ROWS);
	for (size_t g = (size_t)p->number * GROUPS_AT_ONCE; g < s->n_groups; g += THREADS * GROUPS_AT_ONCE) {
		size_t n = s->n_groups - g < GROUPS_AT_ONCE ? s->n_groups - g : GROUPS_AT_ONCE;
		size_t rows = n * QUANTISE_GROUP_ROWS;
		quantise_scan((const struct quantised_question *const *)s->quantised, QUESTIONS,
		              s->groups + g * size, n, out);
		for (size_t q = 0; q < QUESTIONS; q++)
			for (size_t i = 0; i < rows; i++)
				above += out[q * rows + i] > s->worst[q];
	}
	free(out);
	return above ? of : NULL;
}

/* Sums of all words, on four chains: as fast as one thread reads memory. */
static double read_seconds(const struct set *s)
{
	const char *p = s->groups, *end = p + s->n_groups * quantise_group_bytes(s->dim);
	volatile uint64_t sink;
	uint64_t sum[4] = { 0 }, words[4];
	double start = clock_seconds();
	for (; p + sizeof words <= end; p += sizeof words) {
		memcpy(words, p, sizeof words);
		__builtin_prefetch(p + 2048);
		for (int i = 0; i < 4; i++)
			sum[i] += words[i];
	}
	sink = sum[0] + sum[1] + sum[2] + sum[3];
	(void)sink;
	return clock_seconds() - start;
}

static double least(double a, double b)
{
	return a < b ? a : b;
}

/* The share of the estimates that lie further off than the bound says. */
static void run_bound(struct set *s)
{
	size_t outside = 0, total = 0, step = s->n / 20000 + 1;
	for (size_t q = 0; q < QUESTIONS; q++) {
		scan(s, q);
		for (size_t i = 0; i < s->n; i += step, total++) {
			float truth = score(s, q, i);
			outside += fabsf(s->estimates[i] - truth) >
			           quantise_error(s->quantised[q], factor_of(s, (int64_t)i), truth);
		}
	}
	printf("%s, outside the bound\t%.3f\t%%\tof %zu estimates; a normal error would be 0.270\n", s->name,
	       100 * (double)outside / (double)total, total);
}

static void run_bandwidth(struct set *s)
{
	double bytes = (double)(s->n_groups * quantise_group_bytes(s->dim)) / 1e9;
	double codes = 1e9, reads = 1e9, batch = 1e9, exact = 1e9;
	for (size_t i = 0; i < 9; i++) {
		double start = clock_seconds();
		scan(s, i);
		codes = least(codes, clock_seconds() - start);
		reads = least(reads, read_seconds(s));
		start = clock_seconds();
		if (i % 3 == 0)
			search_exactly(s, i, 1);
		exact = i % 3 ? exact : least(exact, clock_seconds() - start);
		start = clock_seconds();
		if (i % 3 == 0)
			in_parts((struct part){ .set = s }, batch_part);
		batch = i % 3 ? batch : least(batch, clock_seconds() - start);
	}
	double vectors = (double)s->n * (double)s->dim * 2e-9;
	printf("%s, a batch of 64\t%.2f\tms a question\ttwo threads, codes alone\n", s->name,
	       batch * 1e3 / QUESTIONS);
	printf("%s, codes from memory\t%.0f\t%% of bandwidth\t%.1f GB/s, a plain loop %.1f; vectors %.1f\n",
	       s->name, 100 * reads / codes, bytes / codes, bytes / reads, vectors / exact);
	printf("{\"data\":\"%s\",\"n\":%zu,\"dim\":%zu,\"case\":\"memory\",\"codes_gb_s\":%.2f,\"read_gb_s\":%.2f,"
	       "\"vectors_gb_s\":%.2f,\"batch_ms\":%.3f}\n", s->name, s->n, s->dim, bytes / codes,
	       bytes / reads, vectors / exact, batch * 1e3 / QUESTIONS);
}

static void run(struct set *s)
{
	centre(s);
	encode(s);
	run_exact(s);
	run_codes(s, "100 scored", 100);
	run_codes(s, "200 scored", 200);
	run_codes(s, "500 scored", 500);
	run_codes(s, "by the bound", 0);
	run_bound(s);
	run_bandwidth(s);
	set_free(s);
}

int main(void)
{
	struct err err = { 0 };
	const char *index = getenv("AKIN_BENCH_INDEX"), *n = getenv("AKIN_BENCH_VECTORS");
	if (index) {
		struct set s = { .name = "index" };
		if (read_index(&s, index, &err) < 0) {
			fprintf(stderr, "bench_scan: %s\n", err.text);
			return 2;
		}
		run(&s);
		return 0;
	}
	for (int kind = 0; kind < 2; kind++) {
		struct set s = { .name = kind ? "hard" : "clustered", .dim = 1024 };
		s.n = (n ? strtoull(n, NULL, 10) : 100000) / QUANTISE_GROUP_ROWS * QUANTISE_GROUP_ROWS;
		s.rows = mem_alloc(s.n * s.dim, sizeof *s.rows);
		s.questions = mem_floats(QUESTIONS * s.dim);
		in_parts((struct part){ .set = &s, .kind = kind ? SYNTHETIC_HARD : SYNTHETIC_CLUSTERED }, make_part);
		run(&s);
	}
	return 0;
}
