#include "query/cohort.h"

#include <string.h>

struct list {
	const char *language;
	const char *const *texts; /* ends with NULL */
};

#include "query/cohort_questions.h"

enum { N_LISTS = sizeof lists / sizeof *lists };

size_t cohort_questions(const char *language, struct span *texts)
{
	size_t n = 0;
	for (size_t i = 0; i < N_LISTS; i++)
		if (strcmp(lists[i].language, language) == 0)
			for (const char *const *t = lists[i].texts; *t && n < COHORT_MAX; t++)
				texts[n++] = span_of(*t);
	return n;
}

static double dot(const float *a, const float *b, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (double)a[i] * (double)b[i];
	return sum;
}

double cohort_nearness(const float *cohort, size_t n, size_t dim, const float *question)
{
	double nearest[COHORT_NEAREST], sum = 0; /* the first is the highest */
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		double cosine = dot(cohort + i * dim, question, dim);
		if (kept == COHORT_NEAREST && cosine <= nearest[kept - 1])
			continue;
		size_t at = kept < COHORT_NEAREST ? kept++ : kept - 1;
		for (; at > 0 && nearest[at - 1] < cosine; at--)
			nearest[at] = nearest[at - 1];
		nearest[at] = cosine;
	}
	for (size_t i = 0; i < kept; i++)
		sum += nearest[i];
	return kept ? sum / (double)kept : 0;
}
