/* bench_text COPIES TERM FILE...: writes each file as a document of one chunk, so many
 * times, and reads the postings of TERM; processor time, full text and rows together. */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "store/store.h"
#include "words/language.h"

enum { ROUNDS = 5, BATCH = 256 };

static double processor_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static void stop(const struct err *err)
{
	fprintf(stderr, "bench_text: %s\n", err->text);
	exit(2);
}

static void put(struct store *s, struct span text, size_t id)
{
	struct err err = { 0 };
	char path[64];
	snprintf(path, sizeof path, "/folder/document-%zu.txt", id);
	struct store_chunk_in chunk = { .byte_end = text.len, .line_start = 1, .line_end = 1,
		                        .n_tokens = 1, .text = text, .failure = "none" };
	struct store_document doc = { .path = path, .size = text.len, .format = "text",
		                      .content = hash_bytes(&id, sizeof id) };
	snprintf(doc.language, sizeof doc.language, "%s", language_detect(text));
	if (store_document_put(s, &doc, &chunk, 1, &err) < 0)
		stop(&err);
}

static void write_all(struct store *s, struct span *texts, size_t n, size_t copies)
{
	struct err err = { 0 };
	size_t bytes = 0;
	double start = processor_seconds();
	for (size_t i = 0; i < n * copies; i++) {
		if (i % BATCH == 0 && ((i && store_commit(s, &err) < 0) || store_begin(s, &err) < 0))
			stop(&err);
		put(s, texts[i % n], i);
		bytes += texts[i % n].len;
	}
	if (store_commit(s, &err) < 0)
		stop(&err);
	double took = processor_seconds() - start;
	printf("text: writing\t%.1f\tus/chunk\t%zu chunks of %zu bytes, %.1f MB/s\n",
	       took * 1e6 / (double)(n * copies), n * copies, bytes / (n * copies), (double)bytes / took / 1e6);
}

static void read_postings(struct store *s, const char *term)
{
	struct err err = { 0 };
	struct store_column_weights w = { 2, 1.5f, 1.5f, 1 };
	double best = 1e9;
	size_t n = 0;
	for (int i = 0; i < ROUNDS; i++) {
		struct store_posting *items;
		double start = processor_seconds();
		if (store_postings(s, span_of(term), &w, 0, &items, &n, &err) < 0)
			stop(&err);
		free(items);
		double took = processor_seconds() - start;
		best = took < best ? took : best;
	}
	printf("text: postings\t%.2f\tM/s\t%zu of '%s', best of %d\n", (double)n / best / 1e6, n, term, ROUNDS);
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fputs("usage: bench_text COPIES TERM FILE...\n", stderr);
		return 77;
	}
	struct err err = { 0 };
	size_t n = (size_t)argc - 3;
	struct buf *files = calloc(n, sizeof *files);
	struct span *texts = calloc(n, sizeof *texts);
	for (size_t i = 0; i < n; i++) {
		files[i] = buf_new(1 << 20);
		if (file_read(argv[i + 3], &files[i], NULL, &err) < 0)
			stop(&err);
		texts[i] = buf_span(&files[i]);
	}
	char path[] = "/tmp/bench_text_XXXXXX", name[64];
	if (!mkdtemp(path))
		return 2;
	snprintf(name, sizeof name, "%s/akin.db", path);
	struct store *s = store_open(name, STORE_CREATE, &err);
	if (!s)
		stop(&err);
	write_all(s, texts, n, strtoul(argv[1], NULL, 10));
	read_postings(s, argv[2]);
	store_close(s);
	for (size_t i = 0; i < n; i++)
		buf_free(&files[i]);
	free(files);
	free(texts);
	char command[128];
	snprintf(command, sizeof command, "rm -r '%s'", path);
	return system(command) != 0;
}
