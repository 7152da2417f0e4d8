/* bench_scan: how fast and how rightly codes find the nearest (store/quantise.h), in memory: of
 * $AKIN_BENCH_VECTORS made-up vectors (default 100,000) of 1,024 numbers, in clusters and
 * without any, or with $AKIN_BENCH_INDEX the vectors of an index, each 50th asked for. Beside the
 * table a line of JSON for each case. One thread but for batches, which take two. */
#define _DEFAULT_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/f16.h"
#include "base/mem.h"
#include "query/topk.h"
#include "tests/bench/vector_set.h"

enum { K = 10, QUESTIONS = SET_QUESTIONS, EXACT_AT_ONCE = 4, GROUPS_AT_ONCE = 256, FIRST = 64 };

struct bench {
	struct vector_set set;
	int64_t best[QUESTIONS][K];
	float worst[QUESTIONS]; /* score of the K-th */
	float *estimates;       /* [n] */
};

/* --- searches ------------------------------------------------------------------------------ */

static float score_of(const struct bench *b, size_t q, size_t row, float product)
{
	return (float)(((double)product - b->set.offsets[q]) / (double)b->set.lengths[row]);
}

static float score(const struct bench *b, size_t q, size_t row)
{
	float product;
	f16_dots(b->set.questions + q * b->set.dim, 1, b->set.rows + row * b->set.dim, 1, b->set.dim, &product);
	return score_of(b, q, row, product);
}

static void keep_best(struct bench *b, size_t q, struct topk *top)
{
	topk_sort(top);
	for (size_t i = 0; i < K; i++)
		b->best[q][i] = top->items[i].id;
	b->worst[q] = (float)top->items[K - 1].score;
	topk_free(top);
}

/* Some questions at a time, over all rows. */
static void search_exactly(struct bench *b, size_t first, size_t n)
{
	enum { ROWS = 256 };
	float products[EXACT_AT_ONCE * ROWS];
	struct topk top[EXACT_AT_ONCE];
	for (size_t q = 0; q < n; q++)
		topk_init(&top[q], K, 0);
	for (size_t row = 0; row < b->set.n; row += ROWS) {
		size_t rows = b->set.n - row < ROWS ? b->set.n - row : ROWS;
		f16_dots(b->set.questions + first * b->set.dim, n, b->set.rows + row * b->set.dim, rows,
		         b->set.dim, products);
		for (size_t q = 0; q < n; q++)
			for (size_t i = 0; i < rows; i++)
				topk_push(&top[q], (double)score_of(b, first + q, row + i, products[q * rows + i]),
				          (int64_t)(row + i), 0);
	}
	for (size_t q = 0; q < n; q++)
		keep_best(b, first + q, &top[q]);
}

static float factor_of(const struct bench *b, int64_t row)
{
	size_t group = (size_t)row / QUANTISE_GROUP_ROWS * quantise_group_bytes(b->set.dim);
	return quantise_factor(b->set.groups + group, b->set.dim, (size_t)row % QUANTISE_GROUP_ROWS);
}

static void scan(struct bench *b, size_t q)
{
	quantise_scan((const struct quantised_question *const *)&b->set.quantised[q], 1, b->set.groups,
	              b->set.n_groups, b->estimates);
}

/* The rows by estimate, at most `most` of those above `least`, best first. */
static struct topk candidates(const struct bench *b, size_t most, double least)
{
	struct topk top;
	topk_init(&top, most, 0);
	for (size_t i = 0; i < b->set.n; i++)
		if ((double)b->estimates[i] >= least)
			topk_push(&top, (double)b->estimates[i], (int64_t)i, 0);
	topk_sort(&top);
	return top;
}

/* Scores candidates; n 0: until the bound says that no more can be among the best. Returns
 * how many, and counts what was found of the exact ones. */
static size_t settle(const struct bench *b, size_t q, size_t n, size_t *found)
{
	struct topk top, rows = candidates(b, n ? n : FIRST, -2);
	size_t scored = 0;
	topk_init(&top, K, 0);
	for (int round = 0; round < (n ? 1 : 2); round++) {
		for (; scored < rows.n; scored++) {
			int64_t row = rows.items[scored].id;
			float least = top.n == K ? (float)top.items[0].score : -1;
			if (!n && round && rows.items[scored].score +
			    (double)quantise_error(b->set.quantised[q], factor_of(b, row), least) < (double)least)
				continue;
			topk_push(&top, (double)score(b, q, (size_t)row), row, 0);
		}
		if (n)
			break;
		/* factors differ by a few percent: 1.1 times one's bound is enough for all */
		float least = (float)top.items[0].score;
		double error = 1.1 * (double)quantise_error(b->set.quantised[q], factor_of(b, 0), least);
		if (round == 0) {
			topk_free(&rows);
			rows = candidates(b, b->set.n, (double)least - error);
		}
	}
	topk_sort(&top);
	*found = 0;
	for (size_t i = 0; i < top.n; i++)
		for (size_t j = 0; j < K; j++)
			*found += b->best[q][j] == top.items[i].id;
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

static void report(const struct bench *b, const char *what, double recall, double *ms, double *scored)
{
	double median = at(ms, 0.5), p95 = at(ms, 0.95), count = at(scored, 0.5);
	printf("%s, %s\t%.4f\trecall@10\t%.2f ms (95 of 100: %.2f), %.0f scored\n", b->set.name, what, recall,
	       median, p95, count);
	printf("{\"data\":\"%s\",\"n\":%zu,\"dim\":%zu,\"case\":\"%s\",\"recall@10\":%.4f,\"median_ms\":%.3f,"
	       "\"p95_ms\":%.3f,\"scored_median\":%.0f,\"scored_p95\":%.0f,\"bytes_per_vector\":%zu,"
	       "\"resident_mb\":%.0f}\n", b->set.name, b->set.n, b->set.dim, what, recall, median, p95, count,
	       at(scored, 0.95), quantise_group_bytes(b->set.dim) / QUANTISE_GROUP_ROWS + b->set.dim * 2,
	       resident_mb());
}

static void run_exact(struct bench *b)
{
	double ms[QUESTIONS], scored[QUESTIONS];
	for (size_t q = 0; q < QUESTIONS; q += EXACT_AT_ONCE)
		search_exactly(b, q, EXACT_AT_ONCE);
	for (size_t q = 0; q < QUESTIONS; q++)
		scored[q] = (double)b->set.n;
	for (size_t q = 0; q < QUESTIONS; q++) {
		double start = clock_seconds();
		if (q < 5)
			search_exactly(b, q, 1);
		ms[q] = q < 5 ? (clock_seconds() - start) * 1e3 : ms[q % 5];
	}
	report(b, "every vector", 1, ms, scored);
}

static void run_codes(struct bench *b, const char *what, size_t n_scored)
{
	double ms[QUESTIONS], scored[QUESTIONS];
	size_t total = 0, found;
	for (size_t q = 0; q < QUESTIONS; q++) {
		double start = clock_seconds();
		scan(b, q);
		scored[q] = (double)settle(b, q, n_scored, &found);
		ms[q] = (clock_seconds() - start) * 1e3;
		total += found;
	}
	report(b, what, (double)total / (QUESTIONS * K), ms, scored);
}

static void *batch_part(void *of)
{
	const struct set_part *p = of;
	const struct vector_set *s = p->set;
	size_t size = quantise_group_bytes(s->dim), above = 0;
	float *out = mem_floats(QUESTIONS * GROUPS_AT_ONCE * QUANTISE_GROUP_ROWS);
	for (size_t g = (size_t)p->number * GROUPS_AT_ONCE; g < s->n_groups; g += SET_THREADS * GROUPS_AT_ONCE) {
		size_t n = s->n_groups - g < GROUPS_AT_ONCE ? s->n_groups - g : GROUPS_AT_ONCE;
		size_t rows = n * QUANTISE_GROUP_ROWS;
		quantise_scan((const struct quantised_question *const *)s->quantised, QUESTIONS,
		              s->groups + g * size, n, out);
		for (size_t q = 0; q < QUESTIONS; q++)
			for (size_t i = 0; i < rows; i++)
				above += out[q * rows + i] > 0.5f;
	}
	free(out);
	return above ? of : NULL;
}

typedef uint64_t words __attribute__((vector_size(16)));

static words words_at(const char *p)
{
	words w;
	memcpy(&w, p, sizeof w);
	return w;
}

/* Sums of all words, a line of the cache at a time: as fast as one thread reads memory. */
static double read_seconds(const struct bench *b)
{
	const char *p = b->set.groups, *end = p + b->set.n_groups * quantise_group_bytes(b->set.dim);
	words sum[4] = { { 0 } };
	double start = clock_seconds();
	for (; p + 64 <= end; p += 64) {
		__builtin_prefetch(p + 2048);
		sum[0] += words_at(p);
		sum[1] += words_at(p + 16);
		sum[2] += words_at(p + 32);
		sum[3] += words_at(p + 48);
	}
	double took = clock_seconds() - start;
	volatile words sink = (sum[0] + sum[1]) + (sum[2] + sum[3]);
	(void)sink;
	return took;
}

static double least(double a, double b)
{
	return a < b ? a : b;
}

/* The share of the estimates that lie further off than the bound says. */
static void run_bound(struct bench *b)
{
	size_t outside = 0, total = 0, step = b->set.n / 20000 + 1;
	for (size_t q = 0; q < QUESTIONS; q++) {
		scan(b, q);
		for (size_t i = 0; i < b->set.n; i += step, total++) {
			float truth = score(b, q, i);
			outside += fabsf(b->estimates[i] - truth) >
			           quantise_error(b->set.quantised[q], factor_of(b, (int64_t)i), truth);
		}
	}
	printf("%s, outside the bound\t%.3f\t%%\tof %zu estimates; a normal error would be 0.270\n", b->set.name,
	       100 * (double)outside / (double)total, total);
}

static void run_bandwidth(struct bench *b)
{
	double bytes = (double)(b->set.n_groups * quantise_group_bytes(b->set.dim)) / 1e9;
	double codes = 1e9, reads = 1e9, batch = 1e9, exact = 1e9;
	for (size_t i = 0; i < 9; i++) {
		double start = clock_seconds();
		scan(b, i);
		codes = least(codes, clock_seconds() - start);
		reads = least(reads, read_seconds(b));
		start = clock_seconds();
		if (i % 3 == 0)
			search_exactly(b, i, 1);
		exact = i % 3 ? exact : least(exact, clock_seconds() - start);
		start = clock_seconds();
		if (i % 3 == 0)
			in_parts((struct set_part){ .set = &b->set }, batch_part);
		batch = i % 3 ? batch : least(batch, clock_seconds() - start);
	}
	double vectors = (double)b->set.n * (double)b->set.dim * 2e-9;
	printf("%s, a batch of 64\t%.2f\tms a question\ttwo threads, codes alone\n", b->set.name,
	       batch * 1e3 / QUESTIONS);
	printf("%s, codes from memory\t%.0f\t%% of bandwidth\t%.1f GB/s, a plain loop %.1f; vectors %.1f\n",
	       b->set.name, 100 * reads / codes, bytes / codes, bytes / reads, vectors / exact);
	printf("{\"data\":\"%s\",\"n\":%zu,\"dim\":%zu,\"case\":\"memory\",\"codes_gb_s\":%.2f,"
	       "\"read_gb_s\":%.2f,\"vectors_gb_s\":%.2f,\"batch_ms\":%.3f}\n", b->set.name,
	       b->set.n, b->set.dim, bytes / codes, bytes / reads, vectors / exact, batch * 1e3 / QUESTIONS);
}

static void run(const struct vector_set *set)
{
	struct bench *b = mem_zalloc(1, sizeof *b);
	b->set = *set;
	b->estimates = mem_floats(set->n);
	memset(b->estimates, 0, set->n * sizeof *b->estimates);
	run_exact(b);
	run_codes(b, "100 scored", 100);
	run_codes(b, "200 scored", 200);
	run_codes(b, "500 scored", 500);
	run_codes(b, "by the bound", 0);
	run_bound(b);
	run_bandwidth(b);
	free(b->estimates);
	vector_set_free(&b->set);
	free(b);
}

int main(void)
{
	struct err err = { 0 };
	const char *index = getenv("AKIN_BENCH_INDEX"), *vectors = getenv("AKIN_BENCH_VECTORS");
	size_t n = vectors ? strtoull(vectors, NULL, 10) : 100000;
	struct vector_set set;
	if (index) {
		if (vector_set_of_index(&set, index, &err) < 0) {
			fprintf(stderr, "bench_scan: %s\n", err.text);
			return 2;
		}
		run(&set);
		return 0;
	}
	if (n < 1000) {
		fprintf(stderr, "bench_scan: AKIN_BENCH_VECTORS must be at least 1000\n");
		return 2;
	}
	for (int kind = 0; kind < 2; kind++) {
		set = vector_set_new(kind ? SYNTHETIC_HARD : SYNTHETIC_CLUSTERED, n);
		run(&set);
	}
	return 0;
}
