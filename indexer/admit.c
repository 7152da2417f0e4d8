#define _POSIX_C_SOURCE 200809L
#include "indexer/admit.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"

/* Documents wait in memory until their last vector has come: this much of them. */
static const size_t max_open_weight = 8 << 20;

/* Whole documents are written in lots of so many chunks: each lot takes the full text's
 * tables through the processor's caches, where replies have been since the last. Larger
 * lots save more, and leave the endpoint waiting. */
enum { LOT_CHUNKS = 64 };

/* --- documents ------------------------------------------------------------------ */

static void close_document(struct conductor *c, struct open_document *d)
{
	if (d->prev)
		d->prev->next = d->next;
	else
		c->documents = d->next;
	if (d->next)
		d->next->prev = d->prev;
	c->open_weight -= d->weight;
	for (size_t i = 0; i < d->file->chunks.n; i++)
		free(d->failures[i]);
	free(d->failures);
	free(d->vector_ids);
	prepared_free(d->file);
	free(d);
}

static struct open_document *open_document(struct conductor *c, struct prepared_file *file)
{
	struct open_document *d = mem_zalloc(1, sizeof *d);
	d->file = file;
	d->vector_ids = mem_zalloc(file->chunks.n, sizeof *d->vector_ids);
	d->failures = mem_zalloc(file->chunks.n, sizeof *d->failures);
	d->weight = prepared_weight(file) + file->chunks.n * (sizeof(struct wanted) + 64);
	d->next = c->documents;
	if (d->next)
		d->next->prev = d;
	c->documents = d;
	c->open_weight += d->weight;
	return d;
}

static void done(struct conductor *c, const struct prepared_file *file, uint64_t *counter)
{
	pthread_mutex_lock(&c->tally->mutex);
	++*counter;
	c->tally->p.bytes_done += file->plan.size;
	pthread_mutex_unlock(&c->tally->mutex);
}

static int put_document(struct conductor *c, struct open_document *d, struct err *err)
{
	struct prepared_file *f = d->file;
	struct store_document doc = {
		.path = f->plan.path, .size = f->plan.size, .mtime_ns = f->plan.mtime_ns,
		.read_ns = f->read_ns, .content = f->content, .recipe = c->recipe, .title = f->doc.title,
		.author = f->doc.author, .date = f->doc.date, .n_pages = (uint32_t)f->doc.n_pages,
		.derived = f->doc.derived, .text_by = f->doc.text_by,
	};
	strncpy(doc.format, f->doc.format ? f->doc.format : "", sizeof doc.format - 1);
	strncpy(doc.language, f->language, sizeof doc.language - 1);
	struct store_chunk_in *in = mem_zalloc(f->chunks.n, sizeof *in);
	for (size_t i = 0; i < f->chunks.n; i++) {
		const struct chunk *k = &f->chunks.items[i];
		in[i] = (struct store_chunk_in){
			.byte_start = k->byte_start, .byte_end = k->byte_end,
			.line_start = k->line_start, .line_end = k->line_end,
			.page = k->page, .n_tokens = k->n_tokens, .heading = k->heading,
			.text = { f->doc.text + k->start, k->end - k->start },
			.vector_id = d->vector_ids[i], .failure = d->failures[i],
		};
	}
	int rc = store_document_put(c->store, &doc, in, f->chunks.n, err);
	free(in);
	return rc;
}

static int write_document(struct conductor *c, struct open_document *d, struct err *err)
{
	if (put_document(c, d, err) < 0)
		return -1;
	size_t n_failed = 0;
	for (size_t i = 0; i < d->file->chunks.n; i++)
		n_failed += d->vector_ids[i] == 0;
	if (n_failed)
		tally_add(c->tally, &c->tally->p.files_partial, 1);
	done(c, d->file, d->file->plan.doc_id ? &c->tally->p.files_changed : &c->tally->p.files_new);
	close_document(c, d);
	return 0;
}

int admit_write_whole(struct conductor *c, struct err *err)
{
	while (c->whole) {
		struct open_document *d = c->whole;
		c->whole = d->next_whole;
		c->n_whole -= d->file->chunks.n;
		if (write_document(c, d, err) < 0)
			return -1;
	}
	return 0;
}

static int finish_document(struct conductor *c, struct open_document *d, struct err *err)
{
	if (conduct_write(c, err) < 0)
		return -1;
	if (c->whole)
		c->last_whole->next_whole = d;
	else
		c->whole = d;
	c->last_whole = d;
	c->n_whole += d->file->chunks.n;
	return c->n_whole < LOT_CHUNKS ? 0 : admit_write_whole(c, err);
}

/* --- admission: what came from the preparing threads ------------------------------ */

static int admit_skipped(struct conductor *c, struct prepared_file *f, struct err *err)
{
	tally_skip(c->tally, f->plan.path, false, f->skip, f->why);
	tally_add(c->tally, &c->tally->p.bytes_done, f->plan.size);
	/* what cannot be read just now keeps what is known of it; what is no text (any
	 * more) does not */
	bool keeps = f->skip == SKIP_CHANGED || f->skip == SKIP_UNREADABLE;
	if (!f->plan.doc_id || keeps)
		return 0;
	if (conduct_write(c, err) < 0)
		return -1;
	return store_document_delete(c->store, f->plan.doc_id, err);
}

static int admit_touched(struct conductor *c, struct prepared_file *f, struct err *err)
{
	done(c, f, &c->tally->p.files_touched);
	if (conduct_write(c, err) < 0)
		return -1;
	return store_document_update(c->store, f->plan.doc_id, f->plan.path, f->plan.size,
	                             f->plan.mtime_ns, f->read_ns, err);
}

static bool is_gone(const char *path)
{
	struct stat st;
	return lstat(path, &st) < 0 && (errno == ENOENT || errno == ENOTDIR);
}

/* A new path with the content of a document whose file is gone: it moved. 1: done. */
static int admit_moved(struct conductor *c, struct prepared_file *f, struct err *err)
{
	struct store_document old;
	if (f->plan.doc_id)
		return 0;
	int rc = store_document_by_content(c->store, &f->content, &old, err);
	if (rc <= 0)
		return rc;
	bool moved = old.n_failed == 0 && hash_compare(&old.recipe, &c->recipe) == 0 && is_gone(old.path);
	if (moved) {
		done(c, f, &c->tally->p.files_moved);
		c->moved = mem_grow(c->moved, &c->moved_cap, c->n_moved + 1, sizeof *c->moved);
		c->moved[c->n_moved++] = old.id;
		rc = conduct_write(c, err) < 0 ? -1
		                         : store_document_update(c->store, old.id, f->plan.path, f->plan.size,
		                                                 f->plan.mtime_ns, f->read_ns, err);
	}
	store_document_free(&old);
	return rc < 0 ? -1 : moved;
}

static int admit_new(struct conductor *c, struct prepared_file *f, struct err *err)
{
	struct open_document *d = open_document(c, f);
	uint64_t n_reused = 0;
	for (size_t i = 0; i < f->chunks.n; i++) {
		d->vector_ids[i] = store_vector_find(c->store, &f->keys[i], err);
		if (d->vector_ids[i] < 0)
			return -1;
		if (d->vector_ids[i] > 0) {
			n_reused++;
			continue;
		}
		const struct chunk *k = &f->chunks.items[i];
		size_t n_bytes = k->end - k->start + (k->heading ? strlen(k->heading) : 0) +
		                 (f->doc.title ? strlen(f->doc.title) : 0) + 8;
		d->n_missing++;
		if (!wanted_add(&c->wanted, &f->keys[i], k->n_tokens, n_bytes, (struct waiter){ d, i })) {
			n_reused++;
			continue;
		}
		c->work.texts++;
		c->work.tokens += k->n_tokens;
		c->work.text_bytes += n_bytes;
	}
	tally_add(c->tally, &c->tally->p.chunks, f->chunks.n);
	tally_add(c->tally, &c->tally->p.chunks_reused, n_reused);
	return d->n_missing ? 0 : finish_document(c, d, err);
}

static int admit(struct conductor *c, struct prepared_file *f, struct err *err)
{
	int rc;
	c->work.bytes_read += f->plan.size;
	if (f->kind == PREPARED_NEW) {
		rc = admit_moved(c, f, err);
		if (rc == 0)
			return admit_new(c, f, err); /* the document owns the file now */
	} else {
		rc = f->kind == PREPARED_SKIPPED ? admit_skipped(c, f, err) : admit_touched(c, f, err);
	}
	prepared_free(f);
	return rc < 0 ? -1 : 0;
}

bool admit_is_full(const struct conductor *c)
{
	return c->open_weight >= max_open_weight;
}

int admit_waiting(struct conductor *c, int timeout_ms, struct err *err)
{
	while (!c->tokens_are_spent && !admit_is_full(c) && c->wanted.n_queued < 4096) {
		struct prepared_file *f = queue_pop(c->prepared, timeout_ms);
		if (!f)
			return 0;
		if (admit(c, f, err) < 0)
			return -1;
		timeout_ms = 0;
	}
	return 0;
}

/* --- vectors ---------------------------------------------------------------------- */

int admit_vector(struct conductor *c, struct waiter w, int64_t vector_id, const char *failure,
                 struct err *err)
{
	w.doc->vector_ids[w.chunk] = vector_id;
	if (failure)
		w.doc->failures[w.chunk] = mem_strdup(failure);
	return --w.doc->n_missing == 0 ? finish_document(c, w.doc, err) : 0;
}

void admit_release(struct conductor *c)
{
	while (c->documents)
		close_document(c, c->documents);
}
