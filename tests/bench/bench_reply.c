/* How fast replies are read: vectors a second on one core, floats as the servers
 * print them and base64. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "models/remote/embeddings_wire.h"

enum { TEXTS = 25, DIM = 1024, ROUNDS = 200 };

static void add_value(struct buf *b, const char *format, unsigned *seed)
{
	buf_printf(b, format, ((double)rand_r(seed) / RAND_MAX - 0.5) * 0.1);
}

static struct buf make_body(const char *format)
{
	struct buf b = buf_new((size_t)1 << 26);
	unsigned seed = 1;
	buf_add_str(&b, "{\"object\":\"list\",\"data\":[");
	for (int i = 0; i < TEXTS; i++) {
		buf_printf(&b, "%s{\"object\":\"embedding\",\"index\":%d,\"embedding\":", i ? "," : "", i);
		if (!format)
			buf_add_byte(&b, '"');
		else
			buf_add_byte(&b, '[');
		for (int d = 0; d < DIM; d++) {
			if (!format && d % 3 == 0) /* 16 characters are 3 floats */
				buf_add_str(&b, "zcxMPc3MTD3NzEw9");
			if (!format)
				continue;
			if (d)
				buf_add_byte(&b, ',');
			add_value(&b, format, &seed);
		}
		buf_add_str(&b, format ? "]}" : "\"}");
	}
	buf_add_str(&b, "],\"usage\":{\"prompt_tokens\":9,\"total_tokens\":9}}");
	return b;
}

static void measure(const char *name, const char *format)
{
	struct buf body = make_body(format);
	double best = INFINITY, start;
	for (int i = 0; i < ROUNDS; i++) {
		struct wire_reply r;
		bool in_band;
		struct err err;
		start = clock_seconds();
		if (wire_parse(&r, buf_span(&body), TEXTS, 0, &in_band, &err) < 0)
			printf("%s\n", err.text);
		double took = clock_seconds() - start;
		best = took < best ? took : best;
		wire_reply_release(&r);
	}
	printf("%-24s %9.0f vectors/s  %7.0f MB/s  (best of %d, %d x %d)\n", name, TEXTS / best,
	       (double)body.len / best / 1e6, ROUNDS, TEXTS, DIM);
	buf_free(&body);
}

int main(void)
{
	measure("floats, 17 digits", "%.17g");
	measure("floats, 9 digits", "%.9g");
	measure("floats, 6 digits", "%.6f");
	measure("base64", NULL);
	return 0;
}
