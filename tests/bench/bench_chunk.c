/* Megabytes a second that the chunker divides, tokens counted by a stand-in
 * that costs next to nothing: the time of boundaries and division alone.
 *
 *   bench_chunk [-p] [-m MAX] [-t TARGET] FILE…    -p prints the chunks instead
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/utf8.h"
#include "indexer/chunk/chunk.h"
#include "indexer/extract/extract.h"

/* About what a vocabulary of 250,000 pieces makes of a text. */
static size_t estimate_tokens(const void *ctx, struct span text)
{
	(void)ctx;
	size_t quarters = 0;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.p[i];
		quarters += c < 0x80 ? (c == ' ' ? 0 : 1) : c >= 0xC0 ? 2 : 0;
	}
	return quarters / 4 + 1;
}

static void print_chunks(const struct document *doc, const struct chunks *c)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct chunk *k = &c->items[i];
		struct buf text = buf_new((size_t)1 << 30);
		chunk_embedded_text(doc, k, &text);
		printf("──── %zu: lines %u-%u, %u tokens, heading %s\n%s\n", i + 1, k->line_start, k->line_end,
		       k->n_tokens, k->heading ? k->heading : "-", text.p);
		buf_free(&text);
	}
}

static int run(const char *path, const struct chunk_options *opt, bool print)
{
	struct err err = { 0 };
	struct buf file = buf_new((size_t)1 << 30);
	struct document doc = { 0 };
	char why[EXTRACT_WHY];
	if (file_read(path, &file, NULL, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	if (extract(span_of(path), buf_span(&file), &doc, why) != SKIP_NONE) {
		fprintf(stderr, "%s: not read (%s)\n", path, why[0] ? why : "-");
		buf_free(&file);
		return 1;
	}
	struct chunks c;
	double start = clock_seconds();
	chunk_document(&doc, opt, &c);
	double seconds = clock_seconds() - start;
	if (print)
		print_chunks(&doc, &c);
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	printf("%s: %s, %.1f MB, %zu blocks, %zu chunks, %.1f MB/s, %.0f MB resident at most\n", path,
	       doc.format, (double)doc.text_len / 1e6, doc.n_blocks, c.n,
	       (double)doc.text_len / 1e6 / seconds, (double)usage.ru_maxrss / 1e3);
	chunks_free(&c);
	document_free(&doc);
	buf_free(&file);
	return 0;
}

int main(int argc, char **argv)
{
	struct chunk_options opt = { .max_tokens = 504, .target_tokens = 504,
		                     .count_tokens = estimate_tokens };
	bool print = false;
	for (int c; (c = getopt(argc, argv, "pm:t:")) != -1;) {
		if (c == 'p')
			print = true;
		else if (c == 'm')
			opt.max_tokens = opt.target_tokens = (size_t)atol(optarg);
		else if (c == 't')
			opt.target_tokens = (size_t)atol(optarg);
		else
			return 2;
	}
	int bad = 0;
	for (int i = optind; i < argc; i++)
		bad |= run(argv[i], &opt, print);
	return bad;
}
