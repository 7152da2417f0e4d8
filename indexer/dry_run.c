#include "indexer/dry_run.h"

#include <stdlib.h>

#include "base/mem.h"
#include "indexer/vision.h"

/* A text that is in several files is sent once: the first halves of the keys of
 * those counted, by open addressing. 0 is no key. */
struct seen {
	uint64_t *slots;
	size_t n_slots, n;
};

static uint64_t *slot_of(const struct seen *seen, uint64_t key)
{
	size_t at = (size_t)key & (seen->n_slots - 1);
	while (seen->slots[at] && seen->slots[at] != key)
		at = (at + 1) & (seen->n_slots - 1);
	return &seen->slots[at];
}

static void grow(struct seen *seen)
{
	struct seen bigger = { .n_slots = seen->n_slots ? seen->n_slots * 2 : 1024, .n = seen->n };
	bigger.slots = mem_zalloc(bigger.n_slots, sizeof *bigger.slots);
	for (size_t i = 0; i < seen->n_slots; i++)
		if (seen->slots[i])
			*slot_of(&bigger, seen->slots[i]) = seen->slots[i];
	free(seen->slots);
	*seen = bigger;
}

/* true: for the first time. */
static bool add_seen(struct seen *seen, const struct hash *hash)
{
	uint64_t key;
	memcpy(&key, hash->b, sizeof key);
	key += key == 0;
	if (seen->n * 2 >= seen->n_slots)
		grow(seen);
	uint64_t *slot = slot_of(seen, key);
	if (*slot)
		return false;
	*slot = key;
	seen->n++;
	return true;
}

/* A batch that is being filled. */
struct batch {
	size_t n, tokens, bytes;
};

static void count_text(struct conductor *c, const struct document *doc, const struct chunk *k,
                       struct batch *b)
{
	const struct embed_limits *l = &c->embedder->limits;
	struct index_progress *p = &c->tally->p;
	size_t bytes = k->end - k->start + (k->heading ? strlen(k->heading) : 0) +
	               (doc->title ? strlen(doc->title) : 0) + 8;
	bool full = b->n >= l->max_batch_texts || b->tokens + k->n_tokens > l->max_batch_tokens ||
	            b->bytes + bytes > l->max_batch_bytes;
	if (b->n == 0 || full) {
		p->requests++;
		*b = (struct batch){ 0 };
	}
	b->n++;
	b->tokens += k->n_tokens;
	b->bytes += bytes;
	p->chunks_embedded++;
	p->tokens_embedded += k->n_tokens;
}

static int count_new(struct conductor *c, const struct prepared_file *f, struct seen *seen,
                     struct batch *b, struct err *err)
{
	struct index_progress *p = &c->tally->p;
	for (size_t i = 0; i < f->chunks.n; i++) {
		int64_t id = store_vector_find(c->store, &f->keys[i], err);
		if (id < 0)
			return -1;
		if (id > 0 || !add_seen(seen, &f->keys[i]))
			p->chunks_reused++;
		else
			count_text(c, &f->doc, &f->chunks.items[i], b);
	}
	p->chunks += f->chunks.n;
	++*(f->plan.doc_id ? &p->files_changed : &p->files_new);
	return 0;
}

static void count_image(struct conductor *c, const struct prepared_file *f, struct seen *seen)
{
	struct index_progress *p = &c->tally->p;
	size_t n = f->n_pages ? f->n_pages : 1;
	struct vision_cost cost = f->n_pages ? vision_cost(UINT16_MAX, UINT16_MAX)
	                                     : vision_cost(f->image.width, f->image.height);
	++*(f->plan.doc_id ? &p->files_changed : &p->files_new);
	if (!add_seen(seen, &f->content)) {
		p->images_known += n;
		return;
	}
	p->images_described += n;
	if (!c->opt->n_vision)
		return;
	p->images_prompt_tokens += n * cost.prompt_tokens;
	p->images_completion_tokens += n * cost.completion_tokens;
}

static int count_file(struct conductor *c, const struct prepared_file *f, struct seen *seen,
                      struct batch *b, struct err *err)
{
	if (f->kind == PREPARED_SKIPPED)
		tally_skip(c->tally, f->plan.path, false, f->skip, f->why);
	pthread_mutex_lock(&c->tally->mutex);
	int rc = 0;
	c->tally->p.bytes_done += f->plan.size;
	if (f->kind == PREPARED_SAME_CONTENT)
		c->tally->p.files_touched++;
	else if (f->kind == PREPARED_NEW)
		rc = count_new(c, f, seen, b, err);
	else if (f->kind == PREPARED_IMAGE)
		count_image(c, f, seen);
	pthread_mutex_unlock(&c->tally->mutex);
	return rc;
}

int dry_run(struct conductor *c, struct err *err)
{
	struct seen seen = { 0 };
	struct batch batch = { 0 };
	int rc = 0;
	while (rc == 0 && !queue_is_over(c->prepared)) {
		if (c->opt->interrupted && c->opt->interrupted(c->opt->ctx)) {
			rc = err_set(err, ERR_INTERRUPTED, "stopped; nothing was sent or written");
			break;
		}
		struct prepared_file *f = queue_pop(c->prepared, 100);
		if (f)
			rc = count_file(c, f, &seen, &batch, err);
		prepared_free(f);
	}
	free(seen.slots);
	return rc;
}
