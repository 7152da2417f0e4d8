#define _POSIX_C_SOURCE 200809L
#include "indexer/conduct.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"

/* Documents wait in memory until their last vector has come: this much of them. */
static const size_t max_open_weight = 8 << 20;
/* Replies that are under way take this much, a number in them about 16 bytes: its
 * digits and a float. */
static const size_t max_replies = 32 << 20;
enum { BYTES_PER_NUMBER = 16 };
/* A batch that is not full leaves after this long, if there is nothing else to do. */
enum { PATIENCE_MS = 200, TICK_MS = 100, GRACE_MS = 1500 };
/* A transaction lasts while replies come one upon the other, at most so long: the
 * full text is written and merged once for many batches. In a lull of LULL_MS what
 * has arrived is committed at once. */
enum { COMMIT_MS = 250, LULL_MS = 2 };

struct open_document {
	struct prepared_file *file;
	int64_t *vector_ids; /* [chunks.n]; 0: not yet, or failed */
	char **failures;     /* [chunks.n] */
	size_t n_missing, weight;
	struct open_document *prev, *next;
};

struct open_batch {
	struct embed_batch batch; /* first: the embedder gives this pointer back */
	struct wanted **items;
	uint64_t tokens; /* as the chunker counted them */
	struct span *texts;
	char *bytes;
	struct open_batch *prev, *next;
};

/* --- transactions: open only while there is something to write ---------------- */

static int writing(struct conductor *c, struct err *err)
{
	if (c->in_transaction)
		return 0;
	if (store_begin(c->store, err) < 0)
		return -1;
	c->in_transaction = true;
	c->begun_ms = clock_ms();
	return 0;
}

static int commit(struct conductor *c, struct err *err)
{
	if (!c->in_transaction)
		return 0;
	c->in_transaction = false;
	return store_commit(c->store, err);
}

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
	};
	strncpy(doc.format, f->doc.format ? f->doc.format : "", sizeof doc.format - 1);
	strncpy(doc.language, f->language, sizeof doc.language - 1);
	struct store_chunk_in *in = mem_zalloc(f->chunks.n, sizeof *in);
	for (size_t i = 0; i < f->chunks.n; i++) {
		const struct chunk *k = &f->chunks.items[i];
		in[i] = (struct store_chunk_in){
			.byte_start = k->byte_start, .byte_end = k->byte_end,
			.line_start = k->line_start, .line_end = k->line_end,
			.n_tokens = k->n_tokens, .heading = k->heading,
			.text = { f->doc.text + k->start, k->end - k->start },
			.vector_id = d->vector_ids[i], .failure = d->failures[i],
		};
	}
	int rc = store_document_put(c->store, &doc, in, f->chunks.n, err);
	free(in);
	return rc;
}

static int finish_document(struct conductor *c, struct open_document *d, struct err *err)
{
	if (writing(c, err) < 0 || put_document(c, d, err) < 0)
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
	if (writing(c, err) < 0)
		return -1;
	return store_document_delete(c->store, f->plan.doc_id, err);
}

static int admit_touched(struct conductor *c, struct prepared_file *f, struct err *err)
{
	done(c, f, &c->tally->p.files_touched);
	if (writing(c, err) < 0)
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
		rc = writing(c, err) < 0 ? -1
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
		if (!wanted_add(&c->wanted, &f->keys[i], k->n_tokens, n_bytes, (struct waiter){ d, i }))
			n_reused++;
	}
	tally_add(c->tally, &c->tally->p.chunks, f->chunks.n);
	tally_add(c->tally, &c->tally->p.chunks_reused, n_reused);
	return d->n_missing ? 0 : finish_document(c, d, err);
}

static int admit(struct conductor *c, struct prepared_file *f, struct err *err)
{
	int rc;
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

static int admit_waiting(struct conductor *c, int timeout_ms, struct err *err)
{
	while (!c->tokens_are_spent && c->open_weight < max_open_weight && c->wanted.n_queued < 4096) {
		struct prepared_file *f = queue_pop(c->prepared, timeout_ms);
		if (!f)
			return 0;
		if (admit(c, f, err) < 0)
			return -1;
		timeout_ms = 0;
	}
	return 0;
}

/* --- batches -------------------------------------------------------------------- */

static void drop_batch(struct conductor *c, struct open_batch *b)
{
	if (b->prev)
		b->prev->next = b->next;
	else
		c->batches = b->next;
	if (b->next)
		b->next->prev = b->prev;
	c->n_batches--;
	c->tokens_in_flight -= b->tokens;
	embed_batch_release(&b->batch);
	free(b->items);
	free(b->texts);
	free(b->bytes);
	free(b);
}

static struct open_batch *make_batch(struct conductor *c)
{
	const struct embed_limits *limits = &c->embedder->limits;
	struct open_batch *b = mem_zalloc(1, sizeof *b);
	b->items = mem_alloc(limits->max_batch_texts, sizeof *b->items);
	size_t n = wanted_take(&c->wanted, limits, b->items);
	b->texts = mem_zalloc(n, sizeof *b->texts);
	struct buf bytes = buf_new(SIZE_MAX / 2);
	for (size_t i = 0; i < n; i++) {
		const struct waiter *w = &b->items[i]->waiters[0];
		size_t before = bytes.len;
		chunk_embedded_text(&w->doc->file->doc, &w->doc->file->chunks.items[w->chunk], &bytes);
		b->texts[i].len = bytes.len - before;
		b->tokens += b->items[i]->n_tokens;
	}
	b->bytes = buf_take(&bytes, NULL);
	const char *at = b->bytes;
	for (size_t i = 0; i < n; i++) {
		b->texts[i].p = at;
		at += b->texts[i].len;
	}
	b->batch = (struct embed_batch){ .kind = EMBED_PASSAGE, .n = n, .texts = b->texts };
	b->next = c->batches;
	if (b->next)
		b->next->prev = b;
	c->batches = b;
	c->n_batches++;
	c->tokens_in_flight += b->tokens;
	return b;
}

/* Batches that wait behind those in flight keep an encoder or a connection from
 * idling while results are written; but large batches of long vectors are fewer. */
static size_t batches_wanted(const struct conductor *c)
{
	const struct embed_limits *limits = &c->embedder->limits;
	size_t n = limits->max_in_flight;
	size_t numbers = limits->max_batch_texts * (limits->dim ? limits->dim : 1024);
	size_t fit = max_replies / (numbers * BYTES_PER_NUMBER) + 1;
	n += n < 16 ? n : 16;
	return n < fit ? n : fit;
}

static bool should_send(struct conductor *c)
{
	if (c->wanted.n_queued == 0 || c->n_batches >= batches_wanted(c) || c->tokens_are_spent)
		return false;
	if (wanted_fills(&c->wanted, &c->embedder->limits) || queue_is_over(c->prepared) ||
	    c->open_weight >= max_open_weight)
		return true;
	if (c->n_batches > 0)
		return false;
	int64_t now = clock_ms();
	if (!c->waiting_since_ms)
		c->waiting_since_ms = now;
	return now - c->waiting_since_ms >= PATIENCE_MS;
}

static int send_batches(struct conductor *c, struct err *err)
{
	while (should_send(c)) {
		c->waiting_since_ms = 0;
		struct open_batch *b = make_batch(c);
		uint64_t most = c->opt->max_tokens;
		/* only this thread changes the tally's tokens */
		if (most && c->tally->p.tokens_embedded + c->tokens_in_flight > most) {
			c->tokens_are_spent = true;
			drop_batch(c, b);
			return 0;
		}
		if (embedder_submit(c->embedder, &b->batch, err) < 0)
			return -1;
	}
	return 0;
}

static int settle(struct conductor *c, struct wanted *w, int64_t vector_id, const char *failure,
                  struct err *err)
{
	for (size_t i = 0; i < w->n_waiters; i++) {
		struct open_document *d = w->waiters[i].doc;
		d->vector_ids[w->waiters[i].chunk] = vector_id;
		if (failure)
			d->failures[w->waiters[i].chunk] = mem_strdup(failure);
		if (--d->n_missing == 0 && finish_document(c, d, err) < 0)
			return -1;
	}
	return 0;
}

static int check_dimension(struct conductor *c, size_t dim, struct err *err)
{
	struct store_model model;
	if (store_model(c->store, &model, err) < 0)
		return -1;
	if (model.dim == dim)
		return 0;
	if (model.dim != 0)
		return err_set(err, ERR_MODEL,
		               "the vectors of '%s' have %zu dimensions now, but the index has %zu; use "
		               "another --db, or the server that made it",
		               model.name, dim, model.dim);
	model.dim = dim;
	return store_set_model(c->store, &model, err);
}

static int write_batch(struct conductor *c, struct open_batch *b, struct err *err)
{
	struct embed_batch *e = &b->batch;
	size_t n_failed = 0;
	if (writing(c, err) < 0)
		return -1;
	for (size_t i = 0; i < e->n; i++) {
		const char *failure = e->failures ? e->failures[i] : NULL;
		int64_t id = 0;
		if (failure) {
			n_failed++;
		} else {
			if (check_dimension(c, e->dim, err) < 0)
				return -1;
			id = store_vector_put(c->store, &b->items[i]->key, e->vectors + i * e->dim, err);
			if (id < 0)
				return -1;
		}
		if (settle(c, b->items[i], id, failure, err) < 0)
			return -1;
		wanted_remove(&c->wanted, b->items[i]);
	}
	tally_add(c->tally, &c->tally->p.chunks_embedded, e->n - n_failed);
	tally_add(c->tally, &c->tally->p.chunks_failed, n_failed);
	tally_add(c->tally, &c->tally->p.tokens_embedded, e->tokens);
	drop_batch(c, b);
	return 0;
}

/* Writes one batch that is done. 1, 0: none came in time, -1. */
static int receive(struct conductor *c, int timeout_ms, struct err *err)
{
	struct embed_batch *batch;
	int rc = embedder_collect(c->embedder, timeout_ms, &batch, err);
	return rc <= 0 ? rc : write_batch(c, (struct open_batch *)batch, err) < 0 ? -1 : 1;
}

/* --- the loop --------------------------------------------------------------------- */

static void tell(struct conductor *c, bool now)
{
	int64_t ms = clock_ms();
	if (!c->opt->progress || (!now && ms - c->progress_ms < TICK_MS))
		return;
	c->progress_ms = ms;
	struct index_progress p = tally_now(c->tally);
	p.seconds = clock_seconds() - c->begin;
	c->opt->progress(c->opt->ctx, &p);
}

/* Waits on whichever side has to move. 1: a batch was written, 0, -1. */
static int wait_for_something(struct conductor *c, int most_ms, struct err *err)
{
	if (c->n_batches == 0)
		return admit_waiting(c, queue_is_over(c->prepared) ? 0 : most_ms < 20 ? most_ms : 20, err);
	bool could_send_more = c->n_batches < batches_wanted(c) && !queue_is_over(c->prepared);
	int wait_ms = could_send_more ? 5 : TICK_MS;
	return receive(c, wait_ms < most_ms ? wait_ms : most_ms, err);
}

/* Never a transaction open while waiting long for somebody else. */
static int wait_or_commit(struct conductor *c, struct err *err)
{
	if (c->in_transaction && clock_ms() - c->begun_ms < COMMIT_MS) {
		int rc = wait_for_something(c, LULL_MS, err);
		if (rc != 0)
			return rc;
	}
	return commit(c, err) < 0 ? -1 : wait_for_something(c, TICK_MS, err);
}

static int end_early(struct conductor *c, struct err *err)
{
	int64_t until = clock_ms() + GRACE_MS;
	while (c->n_batches > 0 && clock_ms() < until)
		if (receive(c, (int)(until - clock_ms()), err) < 0)
			return -1;
	if (commit(c, err) < 0)
		return -1;
	return err_set(err, ERR_INTERRUPTED,
	               "stopped; what is done is kept, and the same command goes on from here");
}

static int step(struct conductor *c, struct err *err)
{
	/* one batch at a time, so that new ones leave before the next is written */
	if (admit_waiting(c, 0, err) < 0 || send_batches(c, err) < 0 || wait_or_commit(c, err) < 0)
		return -1;
	tell(c, false);
	return 0;
}

/* What was paid for is kept, unless it is the writing that failed: then half of a
 * document may be in the transaction. */
static void give_up(struct conductor *c, const struct err *err)
{
	if (err->code != ERR_STORE && err->code != ERR_BUSY) {
		commit(c, NULL);
		return;
	}
	store_rollback(c->store);
	c->in_transaction = false;
}

static int stop_spent(struct conductor *c, struct err *err)
{
	if (commit(c, err) < 0)
		return -1;
	tell(c, true);
	return err_set(err, ERR_LIMIT,
	               "stopped before more than %llu tokens; what is done is kept, and the same "
	               "command goes on from here",
	               (unsigned long long)c->opt->max_tokens);
}

int conduct(struct conductor *c, struct err *err)
{
	while (c->n_batches > 0 || c->wanted.n_queued > 0 || !queue_is_over(c->prepared)) {
		if (c->opt->interrupted && c->opt->interrupted(c->opt->ctx))
			return end_early(c, err);
		if (c->tokens_are_spent && c->n_batches == 0)
			return stop_spent(c, err);
		if (step(c, err) < 0) {
			give_up(c, err);
			return -1;
		}
	}
	if (commit(c, err) < 0)
		return -1;
	tell(c, true);
	return 0;
}

void conductor_release(struct conductor *c)
{
	while (c->batches)
		drop_batch(c, c->batches);
	while (c->documents)
		close_document(c, c->documents);
	wanted_free(&c->wanted);
	free(c->moved);
}
