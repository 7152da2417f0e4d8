/* bench_tokenizer TOKENIZER.akt FILE...: what opening costs, and tokens and
 * megabytes a second on one core, encoding the files line by line. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "models/local/tokenizer/tokenizer.h"

#define ROUNDS 5

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static size_t encode_lines(const struct tokenizer *t, struct span text)
{
	size_t n = 0;
	uint32_t ids[512];
	for (size_t at = 0; at < text.len;) {
		const char *end = memchr(text.p + at, '\n', text.len - at);
		size_t len = end ? (size_t)(end - text.p) - at : text.len - at;
		n += tokenizer_encode(t, (struct span){ text.p + at, len }, ids, 512);
		at += len + 1;
	}
	return n;
}

int main(int argc, char **argv)
{
	struct err err = { 0 };
	struct buf text = buf_new(1u << 30);
	double times[ROUNDS];
	size_t tokens = 0;
	if (argc < 3) {
		fputs("usage: bench_tokenizer TOKENIZER.akt FILE...\n", stderr);
		return 2;
	}
	for (int i = 2; i < argc; i++)
		if (file_read(argv[i], &text, NULL, &err) < 0)
			fprintf(stderr, "bench_tokenizer: %s\n", err.text);
	for (int i = 0; i < ROUNDS; i++) {
		double start = clock_seconds();
		tokenizer_close(tokenizer_open(argv[1], &err));
		times[i] = clock_seconds() - start;
	}
	qsort(times, ROUNDS, sizeof *times, by_size);
	printf("open and close: %.3f ms (median), %.3f ms (first or worst)\n", times[ROUNDS / 2] * 1e3,
	       times[ROUNDS - 1] * 1e3);
	struct tokenizer *t = tokenizer_open(argv[1], &err);
	if (!t) {
		fprintf(stderr, "bench_tokenizer: %s\n", err.text);
		return 2;
	}
	for (int i = 0; i < ROUNDS; i++) {
		double start = clock_seconds();
		tokens = encode_lines(t, buf_span(&text));
		times[i] = clock_seconds() - start;
	}
	qsort(times, ROUNDS, sizeof *times, by_size);
	double median = times[ROUNDS / 2];
	printf("%.2f M tokens/s, %.1f MB/s (median of %d; %zu tokens)\n",
	       (double)tokens / median / 1e6, (double)text.len / median / 1e6, ROUNDS, tokens);
	tokenizer_close(t);
	buf_free(&text);
	return 0;
}
