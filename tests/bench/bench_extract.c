/* bench_extract PATH...: walks and extracts; prints the files by reason and the
 * rate. Checks what must hold of every document, so that it serves as a test
 * over files that nobody here wrote. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "indexer/extract/document_check.h"
#include "indexer/extract/extract.h"
#include "indexer/walk/walk.h"

#define FILE_MAX_BYTES (64u << 20)

struct totals {
	size_t files[N_SKIP_REASONS];
	size_t bytes, blocks, runs, named, titled;
	double seconds;
	struct buf in;
};

static void fail(const char *path, const char *what)
{
	fprintf(stderr, "%s: %s\n", path, what);
	abort();
}

static enum skip_reason read_one(struct totals *t, const char *path)
{
	struct err err = { 0 };
	buf_clear(&t->in);
	if (file_read(path, &t->in, NULL, &err))
		return SKIP_UNREADABLE;
	struct document doc;
	char why[EXTRACT_WHY];
	double start = clock_seconds();
	enum skip_reason reason = extract(span_of(path), buf_span(&t->in), &doc, why);
	t->seconds += clock_seconds() - start;
	if (reason)
		return reason;
	const char *fault = document_fault(&doc, buf_span(&t->in));
	if (fault)
		fail(path, fault);
	t->bytes += t->in.len;
	t->blocks += doc.n_blocks;
	t->runs += doc.n_runs;
	t->titled += doc.title != NULL;
	if (getenv("AKIN_LIST"))
		printf("%s\t%s\t%s\t%zu\n", path, doc.format, doc.title ? doc.title : "-", doc.n_blocks);
	document_free(&doc);
	return SKIP_NONE;
}

static int visit(void *ctx, const struct walk_entry *entry)
{
	struct totals *t = ctx;
	t->files[entry->skip ? entry->skip : read_one(t, entry->path)]++;
	return 0;
}

static int count(void *ctx, const struct walk_entry *entry)
{
	(void)entry;
	++*(size_t *)ctx;
	return 0;
}

int main(int argc, char **argv)
{
	struct totals t = { .in = buf_new(FILE_MAX_BYTES) };
	struct walk_options opt = { .max_file_bytes = FILE_MAX_BYTES };
	struct err err = { 0 };
	size_t n = 0;
	double walking = 0;
	for (int i = 1; i < argc; i++) {
		char *root = file_real_path(argv[i], &err);
		double start = clock_seconds();
		if (!root || walk(root, &opt, count, &n, &err))
			fail(argv[i], err.text);
		walking += clock_seconds() - start;
		if (walk(root, &opt, visit, &t, &err))
			fail(argv[i], err.text);
		free(root);
	}
	printf("walk\t%zu entries\t%.1f ms\n", n, walking * 1e3);
	for (int r = 0; r < N_SKIP_REASONS; r++) {
		if (t.files[r])
			printf("%s\t%zu\n", skip_reason_name(r), t.files[r]);
	}
	printf("extract\t%.1f MB\t%.1f MB/s\t%zu blocks\t%zu runs\t%zu titles\n", (double)t.bytes / 1e6,
	       (double)t.bytes / 1e6 / t.seconds, t.blocks, t.runs, t.titled);
	buf_free(&t.in);
	return 0;
}
