#include "query/measure.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int falling(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x < y) - (x > y);
}

/* Jaervelin and Kekaelaeinen 2002, with trec_eval's discount log2(rank + 1) */
static double gain_10(const double *grades, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n && i < 10; i++)
		sum += grades[i] / log2((double)i + 2);
	return sum;
}

static double ideal_10(const double *judged, size_t n)
{
	double *sorted = mem_alloc(n, sizeof *sorted);
	memcpy(sorted, judged, n * sizeof *sorted);
	qsort(sorted, n, sizeof *sorted, falling);
	double sum = gain_10(sorted, n);
	free(sorted);
	return sum;
}

struct measures measure_ranking(const double *ranked, size_t n, const double *judged, size_t n_judged)
{
	struct measures m = { 0 };
	if (!n_judged)
		return m;
	size_t found = 0;
	double precision = 0;
	for (size_t i = 0; i < n; i++) {
		if (ranked[i] > 0) {
			found++;
			precision += (double)found / ((double)i + 1);
			if (found == 1 && i < 10)
				m.mrr_10 = 1 / ((double)i + 1);
		}
		if (i < 10)
			m.recall_10 = (double)found / (double)n_judged;
		if (i < 100)
			m.recall_100 = (double)found / (double)n_judged;
	}
	m.map = precision / (double)n_judged;
	m.ndcg_10 = gain_10(ranked, n) / ideal_10(judged, n_judged);
	return m;
}

struct estimate estimate_mean(const double *values, size_t n)
{
	struct estimate e = { 0, NAN };
	for (size_t i = 0; i < n; i++)
		e.mean += values[i] / (double)n;
	double squares = 0;
	for (size_t i = 0; i < n; i++)
		squares += (values[i] - e.mean) * (values[i] - e.mean);
	if (n > 1)
		e.error = sqrt(squares / ((double)n - 1) / (double)n);
	return e;
}

struct estimate estimate_difference(const double *a, const double *b, size_t n)
{
	double *d = mem_alloc(n, sizeof *d);
	for (size_t i = 0; i < n; i++)
		d[i] = a[i] - b[i];
	struct estimate e = estimate_mean(d, n);
	free(d);
	return e;
}

struct summary measures_summary(const struct measures *questions, size_t n)
{
	static const size_t fields[] = { offsetof(struct measures, ndcg_10),
		                         offsetof(struct measures, mrr_10),
		                         offsetof(struct measures, recall_10),
		                         offsetof(struct measures, recall_100),
		                         offsetof(struct measures, map) };
	enum { N_FIELDS = sizeof fields / sizeof *fields };
	struct estimate of[N_FIELDS];
	double *values = mem_alloc(n, sizeof *values);
	for (size_t f = 0; f < N_FIELDS; f++) {
		for (size_t i = 0; i < n; i++)
			values[i] = *(const double *)(const void *)((const char *)&questions[i] + fields[f]);
		of[f] = estimate_mean(values, n);
	}
	free(values);
	return (struct summary){ of[0], of[1], of[2], of[3], of[4] };
}
