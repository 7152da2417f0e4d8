#define _XOPEN_SOURCE 700
#include "indexer/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A file that was written within this time of being read may have been written
 * once more with the same time of change: it is read again. */
enum { RACY_NS = 20 * 1000000 };

static void mark_seen(struct plan *p, int64_t id)
{
	size_t byte = (size_t)id / 8;
	if (byte >= p->seen_bytes) {
		size_t bytes = byte + byte / 2 + 1024;
		p->seen = mem_realloc(p->seen, bytes, 1);
		memset(p->seen + p->seen_bytes, 0, bytes - p->seen_bytes);
		p->seen_bytes = bytes;
	}
	p->seen[byte] |= (uint8_t)(1u << (id % 8));
}

bool plan_is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);
	if (len > 0 && folder[len - 1] == '/')
		len--;
	return strncmp(path, folder, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

bool plan_has_seen(const struct plan *p, int64_t doc_id, const char *path)
{
	size_t byte = (size_t)doc_id / 8;
	if (byte < p->seen_bytes && (p->seen[byte] >> (doc_id % 8) & 1))
		return true;
	for (size_t i = 0; i < p->n_unreadable; i++)
		if (plan_is_below(path, p->unreadable[i]))
			return true;
	return false;
}

static void note_skipped(struct plan *p, const struct walk_entry *e)
{
	if (e->skip == SKIP_UNREADABLE) {
		p->unreadable = mem_grow(p->unreadable, &p->unreadable_cap, p->n_unreadable + 1,
		                         sizeof *p->unreadable);
		p->unreadable[p->n_unreadable++] = mem_strdup(e->path);
	}
	tally_skip(p->tally, e->path, e->is_dir, e->skip, NULL);
}

static bool is_unchanged(const struct plan *p, const struct store_document *doc,
                         const struct walk_entry *e)
{
	return doc->size == e->size && doc->mtime_ns == e->mtime_ns &&
	       doc->read_ns - doc->mtime_ns > RACY_NS && doc->n_failed == 0 &&
	       hash_compare(&doc->recipe, &p->recipe) == 0;
}

static int plan_file(struct plan *p, const struct walk_entry *e, const struct store_document *doc)
{
	struct planned_file *file = mem_alloc(1, sizeof *file);
	*file = (struct planned_file){
		.path = mem_strdup(e->path),
		.size = e->size,
		.mtime_ns = e->mtime_ns,
		.max_bytes = p->at->walk.max_file_bytes,
		.doc_id = doc->id,
		.content = doc->content,
		.complete = doc->n_failed == 0 && hash_compare(&doc->recipe, &p->recipe) == 0,
	};
	tally_add(p->tally, &p->tally->p.bytes_to_do, e->size);
	if (queue_push(p->work, file, 1))
		return 0;
	free(file->path);
	free(file);
	return 1;
}

/* The index may lie in a folder that it indexes: it is no document of that. */
static bool is_own_file(const struct plan *p, const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal", ".lock" };
	size_t len = p->own ? strlen(p->own) : 0;
	if (!len || strncmp(path, p->own, len) != 0)
		return false;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (strcmp(path + len, ends[i]) == 0)
			return true;
	return false;
}

static int visit(void *ctx, const struct walk_entry *e)
{
	struct plan *p = ctx;
	if (is_own_file(p, e->path))
		return 0;
	p->n_met++;
	if (e->skip != SKIP_NONE) {
		note_skipped(p, e);
		return 0;
	}
	struct store_document doc = { 0 };
	int found = store_document_by_path(p->store, e->path, &doc, &p->err);
	if (found < 0)
		return 1;
	if (found)
		mark_seen(p, doc.id);
	tally_add(p->tally, &p->tally->p.files_found, 1);
	int rc = 0;
	if (found && is_unchanged(p, &doc, e))
		tally_add(p->tally, &p->tally->p.files_unchanged, 1);
	else
		rc = plan_file(p, e, &doc);
	store_document_free(&doc);
	return rc;
}

static int stop_at_first(void *ctx, const struct store_document *doc)
{
	(void)ctx, (void)doc;
	return 1;
}

/* An empty folder that had documents is likely to wait for a disk to be mounted on
 * it. Nothing is dropped for that. 1: it is such a one. */
static int is_hollow(struct plan *p, struct err *err)
{
	if (p->n_met > 0)
		return 0;
	int found = store_documents(p->store, p->at->path, stop_at_first, NULL, err);
	if (found > 0)
		err_set(err, ERR_INPUT,
		        "'%s' is empty, but the index holds documents of it, which stay; mount what "
		        "belongs there, or drop them: akin rm FOLDER",
		        p->at->path);
	return found;
}

/* -1: the target could not be walked, but others may be; 1: the run is over */
static int plan_target(struct plan *p, struct plan_target *target, struct err *err)
{
	struct err why = { 0 };
	p->at = target;
	p->n_met = 0;
	int rc = walk(target->path, &target->walk, visit, p, &why);
	if (rc > 0)
		return rc; /* visit has said why, or the run was cancelled */
	if (rc < 0)
		return err_set(err, ERR_INPUT, "%s; what the index holds of it stays (akin rm drops it)",
		               why.text);
	if (is_hollow(p, err) != 0)
		return -1;
	target->complete = true;
	return 0;
}

void *plan_run(void *plan)
{
	struct plan *p = plan;
	struct err err = { 0 };
	p->store = store_open(p->db_path, STORE_READ, &p->err);
	p->own = realpath(p->db_path, NULL);
	for (size_t i = 0; p->store && i < p->n_targets; i++)
		if (plan_target(p, &p->targets[i], &err) > 0)
			break;
	if (p->err.code == ERR_NONE)
		p->err = err;
	store_close(p->store);
	pthread_mutex_lock(&p->tally->mutex);
	p->tally->p.all_found = true;
	pthread_mutex_unlock(&p->tally->mutex);
	queue_close(p->work);
	return NULL;
}

void plan_release(struct plan *p)
{
	for (size_t i = 0; i < p->n_unreadable; i++)
		free(p->unreadable[i]);
	free(p->unreadable);
	free(p->seen);
	free(p->own);
}
