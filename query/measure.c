#include "query/measure.h"

#include <math.h>
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

void measures_add(struct measures *sum, const struct measures *m)
{
	sum->ndcg_10 += m->ndcg_10;
	sum->mrr_10 += m->mrr_10;
	sum->recall_10 += m->recall_10;
	sum->recall_100 += m->recall_100;
	sum->map += m->map;
}

struct measures measures_mean(const struct measures *sum, size_t n)
{
	double d = n ? (double)n : 1;
	return (struct measures){ sum->ndcg_10 / d, sum->mrr_10 / d, sum->recall_10 / d,
		                  sum->recall_100 / d, sum->map / d };
}
