/* bench_select [DOCUMENTS]: the processor time it takes to select the chunks that a question may
 * find, in an index of so many documents (default 10,000) of ten chunks each, on
 * $TMPDIR or /tmp. */
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "query/select.h"

enum { CHUNKS = 10, ROUNDS = 5, DIM = 8 };

static int die(const struct err *err)
{
	fprintf(stderr, "bench_select: %s\n", err->text);
	return 2;
}

static int put(struct store *s, int i, struct err *err)
{
	char path[80], title[40], text[CHUNKS][200];
	struct store_chunk_in chunks[CHUNKS] = { 0 };
	snprintf(path, sizeof path, "/archive/%03d/document%06d.%s", i % 1000, i, i % 10 ? "txt" : "md");
	snprintf(title, sizeof title, "Report of unit %d", i % 50);
	for (int k = 0; k < CHUNKS; k++) {
		float vector[DIM] = { 1 };
		struct hash key = { { 0 } };
		int n = snprintf(text[k], sizeof text[k], "In %s the unit %d was measured %d times and the "
		                 "values were written down, as the %s procedure of the house has it.", title,
		                 i, k, i % 100 ? "usual" : "special");
		key = hash_bytes(text[k], (size_t)n);
		chunks[k] = (struct store_chunk_in){ .text = span_of(text[k]), .line_start = 1, .line_end = 1,
			                             .n_tokens = 30,
			                             .vector_id = store_vector_put(s, &key, vector, err) };
	}
	struct store_document doc = { .path = path, .title = title, .format = "text",
		                      .language = "en", .mtime_ns = (int64_t)i * 3600 * 1000000000 };
	return store_document_put(s, &doc, chunks, CHUNKS, err);
}

static int fill(struct store *s, int n_documents, struct err *err)
{
	struct store_model model = { "test/bench", DIM };
	if (store_begin(s, err) < 0 || store_set_model(s, &model, err) < 0)
		return -1;
	for (int i = 0; i < n_documents; i++)
		if (put(s, i, err) < 0)
			return -1;
	return store_commit(s, err);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static int measure(struct store *s, const char *question, struct err *err)
{
	double times[ROUNDS];
	size_t n = 0;
	for (int i = 0; i < ROUNDS; i++) {
		struct question q;
		struct store_chunk_ref *refs = NULL;
		if (question_parse(&q, span_of(question), 0, err) < 0)
			return -1;
		clock_t start = clock();
		int rc = question_refs(s, &q, NULL, &refs, &n, err);
		times[i] = 1e3 * (double)(clock() - start) / CLOCKS_PER_SEC;
		free(refs);
		question_free(&q);
		if (rc < 0)
			return -1;
	}
	qsort(times, ROUNDS, sizeof *times, by_size);
	printf("%s\t%.1f\tms\t%zu chunks pass; median of %d\n", question, times[ROUNDS / 2], n, ROUNDS);
	return 0;
}

int main(int argc, char **argv)
{
	static const char *const questions[] = {
		"all", "ten path:document00000", "tenth type:md", "most -type:md", "title title:\"unit 7\"",
		"\"special procedure\"", "\"special procedure\" type:md path:document00000",
		"\"usual procedure\"", "but -special", "but -usual",
	};
	struct err err = { 0 };
	int n_documents = argc > 1 ? atoi(argv[1]) : 10000;
	const char *dir = getenv("TMPDIR");
	char folder[200], path[240], end[260];
	snprintf(folder, sizeof folder, "%s/bench_select_XXXXXX", dir && strlen(dir) < 150 ? dir : "/tmp");
	if (!mkdtemp(folder))
		return 2;
	snprintf(path, sizeof path, "%s/akin.db", folder);
	struct store *s = store_open(path, STORE_CREATE, &err);
	int rc = s ? fill(s, n_documents, &err) : -1;
	for (size_t i = 0; i < sizeof questions / sizeof *questions && rc == 0; i++)
		rc = measure(s, questions[i], &err);
	store_close(s);
	static const char *const ends[] = { "", "-wal", "-shm", "-lock", ".lock" };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		snprintf(end, sizeof end, "%s%s", path, ends[i]);
		unlink(end);
	}
	rmdir(folder);
	return rc < 0 ? die(&err) : 0;
}
