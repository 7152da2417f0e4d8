/* bench_words LANGUAGE FILE...: megabytes and words a second of processor time, the texts
 * one after the other, with the stems of LANGUAGE ("" for none). -v LANGUAGE TEXT...:
 * prints the terms of each text instead. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/file.h"
#include "words/terms.h"

#define ROUNDS 5

static int count(void *ctx, const struct term *term)
{
	size_t *n = ctx;
	n[0]++;
	n[1] += !term->colocated;
	return 0;
}

static int print(void *ctx, const struct term *term)
{
	static const char marks[] = { '=', 's', 'x', 'w', 'g' };
	(void)ctx;
	unsigned char c = (unsigned char)term->text.p[0];
	printf("%s", term->colocated ? "," : " ");
	if (c < 0x20)
		printf("%c:", marks[c]);
	printf("%.*s", (int)term->text.len - (c < 0x20), term->text.p + (c < 0x20));
	return 0;
}

static double processor_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static int show(int argc, char **argv)
{
	struct terms *t = terms_new();
	for (int i = 3; i < argc; i++) {
		for (int use = TERMS_INDEX; use <= TERMS_QUERY; use++) {
			terms_each(t, span_of(argv[i]), argv[2], (enum terms_use)use, print, NULL);
			putchar('\n');
		}
	}
	terms_free(t);
	return 0;
}

int main(int argc, char **argv)
{
	struct err err = { 0 };
	double times[ROUNDS];
	size_t n[2] = { 0 };
	if (argc < 3) {
		fputs("usage: bench_words [-v] LANGUAGE FILE...\n", stderr);
		return 77;
	}
	if (argc > 3 && strcmp(argv[1], "-v") == 0)
		return show(argc, argv);
	struct buf text = buf_new(1u << 30);
	for (int i = 2; i < argc; i++)
		if (file_read(argv[i], &text, NULL, &err) < 0)
			fprintf(stderr, "bench_words: %s\n", err.text);
	for (int i = 0; i < ROUNDS; i++) {
		struct terms *t = terms_new();
		double start = processor_seconds();
		n[0] = n[1] = 0;
		terms_each(t, buf_span(&text), argv[1], TERMS_INDEX, count, n);
		times[i] = processor_seconds() - start;
		terms_free(t);
	}
	qsort(times, ROUNDS, sizeof *times, by_size);
	double median = times[ROUNDS / 2];
	printf("terms\t%.1f\tMB/s\t%.2f M words/s, %.2f terms a word; median of %d on %.1f MB\n",
	       (double)text.len / median / 1e6, (double)n[1] / median / 1e6, (double)n[0] / (double)n[1],
	       ROUNDS, (double)text.len / 1e6);
	buf_free(&text);
	return 0;
}
