/* bench_duplicates [N [BYTES]]: what folding the near-duplicates of a list of N passages
 * costs: different ones, and half of them copies with a word changed. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "query/duplicates.h"

enum { ROUNDS = 21 };

static uint32_t seed = 1;

static uint32_t random_below(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)seed * n >> 32);
}

static void fill(char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		text[i] = random_below(6) ? (char)('a' + random_below(26)) : ' ';
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void measure(const char *what, const struct span *texts, size_t n)
{
	double times[ROUNDS];
	size_t *found = mem_alloc(n, sizeof *found), n_folded = 0;
	for (int i = 0; i < ROUNDS; i++) {
		double start = clock_seconds();
		duplicates_find(texts, n, found);
		times[i] = 1e3 * (clock_seconds() - start);
	}
	qsort(times, ROUNDS, sizeof *times, by_size);
	for (size_t i = 0; i < n; i++)
		n_folded += found[i] != i;
	printf("%s\t%.3f\tms\tmedian; %zu of %zu passages of %zu bytes folded\n", what,
	       times[ROUNDS / 2], n_folded, n, texts[0].len);
	free(found);
}

int main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 100;
	size_t bytes = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000;
	if (n < 2 || n > 10000 || bytes < 100 || bytes > 1000000)
		return 2;
	char *all = mem_alloc(n, bytes);
	struct span *texts = mem_alloc(n, sizeof *texts);
	for (size_t i = 0; i < n; i++) {
		fill(all + i * bytes, bytes);
		texts[i] = (struct span){ all + i * bytes, bytes };
	}
	measure("duplicates, different texts", texts, n);
	for (size_t i = n / 2; i < n; i++) {
		memcpy(all + i * bytes, all + (i - n / 2) * bytes, bytes);
		fill(all + i * bytes + bytes / 2, 5);
	}
	measure("duplicates, half of them copies", texts, n);
	free(texts);
	free(all);
	return 0;
}
