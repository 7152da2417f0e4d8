#define _POSIX_C_SOURCE 200809L
#include "tests/support/small_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

enum { DIM = 4, MAX_PASSAGES = 64 };

/* A vector of unit length that no other text has. */
static int64_t put_vector(struct store *store, struct span text, struct err *err)
{
	struct hash key = hash_bytes(text.p, text.len);
	float vector[DIM] = { 0 };
	vector[key.b[0] % DIM] = 1;
	return store_vector_put(store, &key, vector, err);
}

static int put_document(struct store *store, const struct small_document *d, struct err *err)
{
	struct store_chunk_in chunks[MAX_PASSAGES] = { 0 };
	char *path = mem_strdup(d->path), *title = d->title ? mem_strdup(d->title) : NULL;
	struct store_document doc = { .path = path, .title = title, .size = strlen(d->text), .mtime_ns = 1,
		                      .content = hash_bytes(d->text, strlen(d->text)) };
	size_t n = 0;
	uint32_t line = 1;
	snprintf(doc.format, sizeof doc.format, "%s", d->format);
	snprintf(doc.language, sizeof doc.language, "%s", d->language);
	for (const char *p = d->text; *p && n < MAX_PASSAGES;) {
		const char *end = strstr(p, "\n---\n");
		struct span text = { p, end ? (size_t)(end - p) : strlen(p) };
		struct store_chunk_in *c = &chunks[n++];
		*c = (struct store_chunk_in){ .byte_start = (uint64_t)(p - d->text), .line_start = line,
			                      .line_end = line, .n_tokens = 5, .text = text };
		c->byte_end = c->byte_start + text.len;
		for (size_t i = 0; i < text.len; i++)
			c->line_end += text.p[i] == '\n';
		line = c->line_end + 2;
		c->vector_id = put_vector(store, text, err);
		p = end ? end + 5 : text.p + text.len;
	}
	int rc = store_document_put(store, &doc, chunks, n, err);
	free(path);
	free(title);
	return rc;
}

struct store *small_index(const struct small_document *documents, size_t n, struct err *err)
{
	static int number;
	char path[64];
	snprintf(path, sizeof path, "/tmp/akin_small_%ld_%d.db", (long)getpid(), number++);
	unlink(path);
	struct store *store = store_open(path, STORE_CREATE, err);
	struct store_model model = { "test/fake", DIM };
	int rc = store ? store_begin(store, err) : -1;
	if (rc == 0)
		rc = store_set_model(store, &model, err);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = put_document(store, &documents[i], err);
	if (rc == 0)
		rc = store_commit(store, err);
	if (rc == 0)
		return store;
	if (store)
		small_index_close(store);
	return NULL;
}

void small_index_close(struct store *store)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-lock", ".lock" };
	char path[64];
	snprintf(path, sizeof path, "%s", store_path(store));
	store_close(store);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char name[80];
		snprintf(name, sizeof name, "%s%s", path, ends[i]);
		unlink(name);
	}
}
