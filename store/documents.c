#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "store/db.h"

#define DOCUMENT_COLUMNS \
	"id, path, size, mtime_ns, read_ns, content, recipe, title, format, n_chunks, n_failed," \
	" language, author, date, n_pages, derived, text_by"

static void read_document(sqlite3_stmt *q, struct store_document *doc)
{
	*doc = (struct store_document){
		.id = sqlite3_column_int64(q, 0),
		.path = db_column_string(q, 1),
		.size = (uint64_t)sqlite3_column_int64(q, 2),
		.mtime_ns = sqlite3_column_int64(q, 3),
		.read_ns = sqlite3_column_int64(q, 4),
		.content = db_column_hash(q, 5),
		.recipe = db_column_hash(q, 6),
		.title = db_column_string(q, 7),
		.author = db_column_string(q, 12),
		.date = db_column_string(q, 13),
		.n_pages = (uint32_t)sqlite3_column_int64(q, 14),
		.derived = sqlite3_column_int(q, 15) != 0,
		.n_chunks = (uint32_t)sqlite3_column_int64(q, 9),
		.n_failed = (uint32_t)sqlite3_column_int64(q, 10),
		.text_by = db_column_string(q, 16),
	};
	const char *format = (const char *)sqlite3_column_text(q, 8);
	snprintf(doc->format, sizeof doc->format, "%s", format ? format : "");
	const char *language = (const char *)sqlite3_column_text(q, 11);
	snprintf(doc->language, sizeof doc->language, "%s", language ? language : "");
	if (!doc->path)
		doc->path = mem_strdup("");
}

void store_document_free(struct store_document *doc)
{
	free(doc->path);
	free(doc->title);
	free(doc->author);
	free(doc->date);
	free(doc->text_by);
	*doc = (struct store_document){ 0 };
}

static int one_document(struct store *s, sqlite3_stmt *q, struct store_document *doc, struct err *err)
{
	*doc = (struct store_document){ 0 };
	int rc = db_step(s, q, err);
	if (rc > 0) {
		read_document(q, doc);
		sqlite3_reset(q);
	}
	return rc;
}

int store_document_by_path(struct store *s, const char *path, struct store_document *doc,
                           struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "SELECT " DOCUMENT_COLUMNS " FROM documents WHERE path = ?1", err);
	if (!q)
		return -1;
	db_bind_path(q, 1, path);
	return one_document(s, q, doc, err);
}

int store_document_by_content(struct store *s, const struct hash *content,
                              struct store_document *doc, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "SELECT " DOCUMENT_COLUMNS
	                                " FROM documents WHERE content = ?1 ORDER BY id LIMIT 1", err);
	if (!q)
		return -1;
	db_bind_hash(q, 1, content);
	return one_document(s, q, doc, err);
}

int store_documents(struct store *s, const char *prefix, store_document_visit *visit, void *ctx,
                    struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "SELECT " DOCUMENT_COLUMNS " FROM documents"
	                                " WHERE path = ?1 OR (path >= ?2 AND path < ?3) OR ?1 IS NULL"
	                                " ORDER BY path", err);
	if (!q)
		return -1;
	if (prefix) {
		db_bind_path(q, 1, prefix);
		db_bind_below(q, 2, prefix);
	}
	int rc;
	while ((rc = db_step(s, q, err)) > 0) {
		struct store_document doc;
		read_document(q, &doc);
		int stop = visit(ctx, &doc);
		store_document_free(&doc);
		if (stop) {
			sqlite3_reset(q);
			return stop;
		}
	}
	return rc;
}

int store_last_document(struct store *s, int64_t *id, struct err *err)
{
	*id = 0;
	return db_int(s, "SELECT max(id) FROM documents", id, err);
}

static int next_chunk_id(struct store *s, int64_t *id, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "SELECT coalesce(max(id), 0) + 1 FROM chunks", err);
	if (!q || db_step(s, q, err) < 0)
		return -1;
	*id = sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return 0;
}

/* Full text first: it counts the words. */
static int put_chunk(struct store *s, int64_t id, int64_t doc_id, size_t seq,
                     const struct store_document *doc, const struct store_chunk_in *c, struct err *err)
{
	struct text_row row = { .chunk_id = id, .language = doc->language, .title = doc->title,
		                .heading = c->heading, .path = doc->path, .text = c->text };
	int64_t n_words;
	if (text_add(s, &row, &n_words, err) < 0)
		return -1;
	sqlite3_stmt *q = db_prepare(s, "INSERT INTO chunks(document_id, seq, byte_start, byte_end,"
	                                " line_start, line_end, page, n_tokens, vector_id, failure,"
	                                " heading, text, id, n_words) VALUES(?1, ?2, ?3, ?4, ?5, ?6,"
	                                " ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)", err);
	if (!q)
		return -1;
	sqlite3_bind_int64(q, 13, id);
	sqlite3_bind_int64(q, 14, n_words);
	sqlite3_bind_int64(q, 1, doc_id);
	sqlite3_bind_int64(q, 2, (int64_t)seq);
	sqlite3_bind_int64(q, 3, (int64_t)c->byte_start);
	sqlite3_bind_int64(q, 4, (int64_t)c->byte_end);
	sqlite3_bind_int64(q, 5, c->line_start);
	sqlite3_bind_int64(q, 6, c->line_end);
	if (c->page)
		sqlite3_bind_int64(q, 7, c->page);
	sqlite3_bind_int64(q, 8, c->n_tokens);
	if (c->vector_id)
		sqlite3_bind_int64(q, 9, c->vector_id);
	db_bind_text(q, 10, c->vector_id ? NULL : c->failure ? c->failure : "not embedded");
	db_bind_text(q, 11, c->heading);
	sqlite3_bind_text64(q, 12, c->text.p, c->text.len, SQLITE_STATIC, SQLITE_UTF8);
	if (db_step(s, q, err) < 0)
		return -1;
	return c->vector_id ? slots_refresh(s, c->vector_id, err) : 0;
}

static int put_document_row(struct store *s, const struct store_document *doc, size_t n_chunks,
                            size_t n_failed, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "INSERT INTO documents(path, size, mtime_ns, read_ns, content,"
	                                " recipe, title, format, n_chunks, n_failed, language, author,"
	                                " date, n_pages, derived, text_by) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7,"
	                                " ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)", err);
	if (!q)
		return -1;
	db_bind_path(q, 1, doc->path);
	sqlite3_bind_int64(q, 2, (int64_t)doc->size);
	sqlite3_bind_int64(q, 3, doc->mtime_ns);
	sqlite3_bind_int64(q, 4, doc->read_ns);
	db_bind_hash(q, 5, &doc->content);
	db_bind_hash(q, 6, &doc->recipe);
	db_bind_text(q, 7, doc->title);
	db_bind_text(q, 8, doc->format);
	sqlite3_bind_int64(q, 9, (int64_t)n_chunks);
	sqlite3_bind_int64(q, 10, (int64_t)n_failed);
	db_bind_text(q, 11, doc->language);
	db_bind_text(q, 12, doc->author);
	db_bind_text(q, 13, doc->date);
	sqlite3_bind_int64(q, 14, doc->n_pages);
	sqlite3_bind_int64(q, 15, doc->derived);
	db_bind_text(q, 16, doc->text_by);
	return db_step(s, q, err);
}

int store_document_put(struct store *s, const struct store_document *doc,
                       const struct store_chunk_in *chunks, size_t n, struct err *err)
{
	struct store_document old;
	int found = store_document_by_path(s, doc->path, &old, err);
	if (found < 0)
		return -1;
	int rc = found ? store_document_delete(s, old.id, err) : 0;
	store_document_free(&old);
	size_t n_failed = 0;
	for (size_t i = 0; i < n; i++)
		n_failed += chunks[i].vector_id == 0;
	if (rc < 0 || put_document_row(s, doc, n, n_failed, err) < 0)
		return -1;
	int64_t id = sqlite3_last_insert_rowid(s->db), chunk_id;
	if (next_chunk_id(s, &chunk_id, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (put_chunk(s, chunk_id + (int64_t)i, id, i, doc, &chunks[i], err) < 0)
			return -1;
	return 0;
}

/* The file's name is part of the full text: 1 when it is another under path. */
static int has_other_name(struct store *s, int64_t id, const char *path, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "SELECT " SQL_NAME_OF("path") " IS NOT " SQL_NAME_OF("?2")
	                                " FROM documents WHERE id = ?1", err);
	if (!q)
		return -1;
	sqlite3_bind_int64(q, 1, id);
	db_bind_path(q, 2, path);
	int rc = db_step(s, q, err);
	if (rc <= 0)
		return rc;
	rc = sqlite3_column_int(q, 0);
	sqlite3_reset(q);
	return rc;
}

static int update_row(struct store *s, int64_t id, const char *path, uint64_t size,
                      int64_t mtime_ns, int64_t read_ns, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "UPDATE documents SET path = ?2, size = ?3, mtime_ns = ?4,"
	                                " read_ns = ?5 WHERE id = ?1", err);
	if (!q)
		return -1;
	sqlite3_bind_int64(q, 1, id);
	db_bind_path(q, 2, path);
	sqlite3_bind_int64(q, 3, (int64_t)size);
	sqlite3_bind_int64(q, 4, mtime_ns);
	sqlite3_bind_int64(q, 5, read_ns);
	return db_step(s, q, err);
}

int store_document_update(struct store *s, int64_t id, const char *path, uint64_t size,
                          int64_t mtime_ns, int64_t read_ns, struct err *err)
{
	int renamed = has_other_name(s, id, path, err);
	if (renamed < 0 || (renamed && text_remove_document(s, id, err) < 0) ||
	    update_row(s, id, path, size, mtime_ns, read_ns, err) < 0)
		return -1;
	return renamed ? text_add_document(s, id, err) : 0;
}

static int delete_row(struct store *s, int64_t id, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "DELETE FROM documents WHERE id = ?1", err);
	if (!q)
		return -1;
	sqlite3_bind_int64(q, 1, id);
	return db_step(s, q, err);
}

int store_document_delete(struct store *s, int64_t id, struct err *err)
{
	int64_t *slots = NULL;
	size_t n = 0;
	int rc = text_remove_document(s, id, err);
	if (rc == 0)
		rc = slots_of_document(s, id, &slots, &n, err);
	if (rc == 0)
		rc = delete_row(s, id, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = slots_refresh(s, slots[i], err);
	free(slots);
	return rc;
}
