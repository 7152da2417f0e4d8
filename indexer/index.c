#define _POSIX_C_SOURCE 200809L
#include "indexer/index.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "indexer/conduct.h"
#include "indexer/dry_run.h"
#include "indexer/plan.h"
#include "indexer/prepare.h"
#include "indexer/room.h"
#include "indexer/tally.h"
#include "indexer/vision.h"

/* Part of every document's recipe: raise it when chunks of the same text change, or what
 * is kept of a document does (2: its language, 3: the header of a table with its rows). */
enum { CHUNKER_VERSION = 3 };
/* Vectors that no chunk uses any more are kept for a branch that is switched back,
 * a file that returns: this many, or a quarter of those in use. */
enum { UNUSED_KEPT = 20000 };
enum { FLAG_HIDDEN = 1, FLAG_NO_IGNORE = 2, FLAG_FOLLOW = 4, FLAG_SECRETS = 8 };
enum { MAX_PREPARERS = 16 };
/* Files from SMALL_FILE bytes on may be in memory together up to LARGE_FILES bytes:
 * an HTML file takes about six times its size while it is taken apart. */
enum { SMALL_FILE = 256 << 10, LARGE_FILES = 8 << 20 };

struct run {
	struct store *store;
	struct embedder *embedder;
	const struct index_options *opt;
	struct tally tally;
	struct plan plan;
	struct conductor conductor;
	struct prepare_options prepare;
	struct queue *work, *images, *prepared;
	pthread_t planner, preparers[MAX_PREPARERS], describers[VISION_REQUESTS_MAX];
	struct vision vision;
	struct vision_thread vision_threads[VISION_REQUESTS_MAX];
	struct room *room; /* for large files, until they are written */
	size_t n_preparers, n_preparing, n_describers;
	pthread_mutex_t mutex; /* of n_preparing */
};

/* --- roots ------------------------------------------------------------------------ */

static struct walk_options root_walk(const struct store_root *root)
{
	return (struct walk_options){
		.hidden = root->flags & FLAG_HIDDEN,
		.no_ignore = root->flags & FLAG_NO_IGNORE,
		.follow = root->flags & FLAG_FOLLOW,
		.secrets = root->flags & FLAG_SECRETS,
		.max_file_bytes = root->max_file_bytes,
	};
}

static struct store_root new_root(const char *path, const struct walk_options *walk)
{
	return (struct store_root){
		.path = mem_strdup(path),
		.flags = (walk->hidden ? FLAG_HIDDEN : 0u) | (walk->no_ignore ? FLAG_NO_IGNORE : 0u) |
		         (walk->follow ? FLAG_FOLLOW : 0u) | (walk->secrets ? FLAG_SECRETS : 0u),
		.max_file_bytes = walk->max_file_bytes,
	};
}

static void add_target(struct plan *plan, const char *path, const struct walk_options *walk)
{
	for (size_t i = 0; i < plan->n_targets; i++)
		if (plan_is_below(path, plan->targets[i].path))
			return; /* it is walked already */
	plan->targets = mem_realloc(plan->targets, plan->n_targets + 1, sizeof *plan->targets);
	plan->targets[plan->n_targets++] = (struct plan_target){ .path = mem_strdup(path), .walk = *walk };
}

/* A path in a known root is a part of it; else it is a new root, and takes in the
 * roots below it. */
static int target_path(struct run *r, const struct store_roots *roots, const char *path,
                       struct err *err)
{
	for (size_t i = 0; i < roots->n; i++) {
		if (!plan_is_below(path, roots->items[i].path) || strcmp(path, roots->items[i].path) == 0)
			continue;
		struct walk_options walk = root_walk(&roots->items[i]);
		add_target(&r->plan, path, &walk);
		return 0;
	}
	add_target(&r->plan, path, &r->opt->walk);
	if (r->opt->dry_run)
		return 0;
	for (size_t i = 0; i < roots->n; i++)
		if (plan_is_below(roots->items[i].path, path) &&
		    store_root_delete(r->store, roots->items[i].path, err) < 0)
			return -1;
	struct store_root root = new_root(path, &r->opt->walk);
	int rc = store_root_put(r->store, &root, err);
	free(root.path);
	return rc;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int choose_targets(struct run *r, struct err *err)
{
	struct store_roots roots;
	if (store_roots(r->store, &roots, err) < 0 || store_begin(r->store, err) < 0)
		return -1;
	int rc = 0;
	/* in order, a folder comes before what lies in it */
	const char **paths = mem_alloc(r->opt->n_paths, sizeof *paths);
	for (size_t i = 0; i < r->opt->n_paths; i++)
		paths[i] = r->opt->paths[i];
	qsort(paths, r->opt->n_paths, sizeof *paths, by_path);
	for (size_t i = 0; i < r->opt->n_paths && rc == 0; i++)
		rc = target_path(r, &roots, paths[i], err);
	for (size_t i = 0; i < roots.n && r->opt->n_paths == 0; i++) {
		struct walk_options walk = root_walk(&roots.items[i]);
		add_target(&r->plan, roots.items[i].path, &walk);
	}
	free(paths);
	store_roots_free(&roots);
	if (rc == 0 && r->plan.n_targets == 0)
		rc = err_set(err, ERR_USAGE, "the index knows no folder yet; name one: akin index FOLDER");
	if (rc == 0)
		return store_commit(r->store, err);
	store_rollback(r->store);
	return rc;
}

/* --- threads ------------------------------------------------------------------------ */

/* Small ones are bounded by the queues. */
static size_t room_for(const struct planned_file *plan)
{
	return plan->size < SMALL_FILE ? 0 : (size_t)plan->size;
}

/* Images have threads of their own: a model takes seconds for one. Those read it again. */
static void hand_on(struct run *r, struct prepared_file *file)
{
	struct planned_file *plan = mem_alloc(1, sizeof *plan);
	*plan = file->plan;
	if (queue_push(r->images, plan, 1))
		file->plan.path = NULL; /* it is theirs now */
	else
		free(plan);
	prepared_free(file);
}

static void *prepare_run(void *ctx)
{
	struct run *r = ctx;
	struct planned_file *plan;
	while ((plan = queue_pop(r->work, -1))) {
		struct prepared_file *file = mem_alloc(1, sizeof *file);
		size_t bytes = room_for(plan);
		room_take(r->room, bytes);
		prepare_file(plan, &r->prepare, file);
		file->room = r->room;
		file->room_taken = bytes;
		free(plan);
		if (file->kind == PREPARED_IMAGE)
			hand_on(r, file);
		else if (!queue_push(r->prepared, file, prepared_weight(file)))
			prepared_free(file);
	}
	pthread_mutex_lock(&r->mutex);
	bool last = --r->n_preparing == 0;
	pthread_mutex_unlock(&r->mutex);
	if (last)
		queue_close(r->images); /* whose threads close the next */
	return NULL;
}

static size_t thread_count(const struct index_options *opt)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = opt->threads ? opt->threads : cores > 0 ? (size_t)cores : 1;
	return n < MAX_PREPARERS ? n : MAX_PREPARERS;
}

static int start_vision(struct run *r, struct err *err)
{
	size_t n = r->opt->n_vision ? r->opt->n_vision : r->opt->ocr ? thread_count(r->opt) : 1;
	if (n > VISION_REQUESTS_MAX)
		n = VISION_REQUESTS_MAX;
	r->vision.n_running = n;
	for (size_t i = 0; i < n; i++) {
		struct vision_thread *t = &r->vision_threads[i];
		*t = (struct vision_thread){ .vision = &r->vision };
		if (r->opt->n_vision)
			t->chat = r->opt->vision[i];
		if (pthread_create(&r->describers[r->n_describers++], NULL, vision_run, t) != 0) {
			r->n_describers--;
			return err_set(err, ERR_IO, "cannot start a thread");
		}
	}
	return 0;
}

static int start(struct run *r, struct err *err)
{
	if (start_vision(r, err) < 0)
		return -1;
	size_t n = thread_count(r->opt);
	r->n_preparing = n;
	for (size_t i = 0; i < n; i++)
		if (pthread_create(&r->preparers[r->n_preparers++], NULL, prepare_run, r) != 0) {
			r->n_preparers--;
			return err_set(err, ERR_IO, "cannot start a thread");
		}
	if (pthread_create(&r->planner, NULL, plan_run, &r->plan) != 0)
		return err_set(err, ERR_IO, "cannot start a thread");
	return 1; /* the planner runs, too */
}

static void drain_plans(struct queue *plans)
{
	struct planned_file *plan;
	while ((plan = queue_pop(plans, 0))) {
		free(plan->path);
		free(plan);
	}
}

static void drain(struct run *r)
{
	drain_plans(r->work);
	drain_plans(r->images);
	struct prepared_file *file;
	while ((file = queue_pop(r->prepared, 0)))
		prepared_free(file);
}

static void stop(struct run *r, bool planner_runs)
{
	queue_cancel(r->work);
	queue_cancel(r->images);
	queue_cancel(r->prepared);
	vision_stop(&r->vision);
	room_cancel(r->room);
	drain(r);
	if (planner_runs)
		pthread_join(r->planner, NULL);
	for (size_t i = 0; i < r->n_preparers; i++)
		pthread_join(r->preparers[i], NULL);
	for (size_t i = 0; i < r->n_describers; i++)
		pthread_join(r->describers[i], NULL);
	drain(r);
}

/* --- what is gone --------------------------------------------------------------------- */

struct gone {
	const struct run *r;
	int64_t last_id; /* documents behind it are of this run */
	int64_t *ids;
	size_t n, cap;
};

static int compare_ids(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

static int collect_gone(void *ctx, const struct store_document *doc)
{
	struct gone *g = ctx;
	const struct conductor *c = &g->r->conductor;
	if (doc->id > g->last_id || plan_has_seen(&g->r->plan, doc->id, doc->path))
		return 0;
	if (c->n_moved && bsearch(&doc->id, c->moved, c->n_moved, sizeof *c->moved, compare_ids))
		return 0;
	g->ids = mem_grow(g->ids, &g->cap, g->n + 1, sizeof *g->ids);
	g->ids[g->n++] = doc->id;
	return 0;
}

static int remove_gone(struct run *r, int64_t last_id, struct err *err)
{
	struct gone g = { .r = r, .last_id = last_id };
	struct conductor *c = &r->conductor;
	if (c->n_moved)
		qsort(c->moved, c->n_moved, sizeof *c->moved, compare_ids);
	int rc = 0;
	for (size_t i = 0; i < r->plan.n_targets && rc == 0; i++)
		if (r->plan.targets[i].complete)
			rc = store_documents(r->store, r->plan.targets[i].path, collect_gone, &g, err);
	if (rc == 0 && g.n > 0)
		rc = store_begin(r->store, err);
	for (size_t i = 0; i < g.n && rc == 0; i++)
		rc = store_document_delete(r->store, g.ids[i], err);
	if (rc == 0 && g.n > 0)
		rc = store_commit(r->store, err);
	if (rc == 0)
		r->tally.p.files_removed += g.n;
	else
		store_rollback(r->store);
	free(g.ids);
	return rc;
}

static int prune(struct run *r, struct err *err)
{
	if (r->tally.p.files_removed + r->tally.p.files_changed == 0)
		return 0;
	struct store_counts counts;
	if (store_counts(r->store, &counts, err) < 0)
		return -1;
	uint64_t keep = counts.vectors / 4 > UNUSED_KEPT ? counts.vectors / 4 : UNUSED_KEPT;
	if (counts.unused_vectors <= keep)
		return 0;
	if (store_begin(r->store, err) < 0)
		return -1;
	if (store_vectors_prune(r->store, keep, err) == 0)
		return store_commit(r->store, err);
	store_rollback(r->store);
	return -1;
}

/* What came while the run ended is paid for, too. */
static int keep_descriptions(struct run *r, struct err *err)
{
	size_t n = vision_arrived(&r->vision);
	if (n == 0)
		return 0;
	if (store_begin(r->store, err) < 0)
		return -1;
	if (vision_write(&r->vision, r->store, n, err) == 0)
		return store_commit(r->store, err);
	store_rollback(r->store);
	return -1;
}

/* --- the run ----------------------------------------------------------------------------- */

static size_t count_tokens(const void *embedder, struct span text)
{
	return embedder_count_tokens(embedder, text);
}

/* Even parts of up to the model's whole window find best where that is 512 tokens
 * (SciFact, nDCG@10: 507 0.662, 384 0.653); a longer window is not filled, since a
 * passage is also what a person reads. */
#ifndef DEFAULT_TARGET
#define DEFAULT_TARGET 512
#endif
static size_t default_target(const struct embed_limits *limits)
{
	return limits->max_text_tokens < DEFAULT_TARGET ? limits->max_text_tokens : DEFAULT_TARGET;
}

static void set_recipe(struct run *r)
{
	const struct embed_limits *limits = &r->embedder->limits;
	size_t asked = r->opt->max_chunk_tokens;
	size_t target = asked ? asked : default_target(limits);
	if (target > limits->max_text_tokens)
		target = limits->max_text_tokens;
	/* room to keep a paragraph whole, but no passage of thousands of tokens */
	size_t most = asked ? target : target + target / 2;
	if (most > limits->max_text_tokens)
		most = limits->max_text_tokens;
	r->prepare = (struct prepare_options){
		.embedder = r->embedder,
		.recipe_seed = hash_bytes(r->embedder->model, strlen(r->embedder->model)),
		.chunk = { .max_tokens = most, .target_tokens = target, .count_tokens = count_tokens,
		           .ctx = r->embedder },
	};
	char recipe[256];
	int len = snprintf(recipe, sizeof recipe, "%s\n%d\n%zu\n%zu", r->embedder->model,
	                   (int)CHUNKER_VERSION, target, most);
	r->plan.recipe = r->conductor.recipe = hash_bytes(recipe, (size_t)len);
}

static int check_model(struct run *r, struct err *err)
{
	struct store_model model;
	if (store_model(r->store, &model, err) < 0)
		return -1;
	if (model.name[0] && strcmp(model.name, r->embedder->model) != 0)
		return err_set(err, ERR_MODEL,
		               "index '%s' was made with '%s', not with '%s'; use that model, or another --db",
		               store_path(r->store), model.name, r->embedder->model);
	if (model.name[0] || r->opt->dry_run)
		return 0;
	model.dim = r->embedder->limits.dim;
	snprintf(model.name, sizeof model.name, "%s", r->embedder->model);
	if (store_begin(r->store, err) < 0)
		return -1;
	if (store_set_model(r->store, &model, err) == 0)
		return store_commit(r->store, err);
	store_rollback(r->store);
	return -1;
}

static int run_threads(struct run *r, struct err *err)
{
	r->plan.db_path = store_path(r->store);
	r->plan.tally = &r->tally;
	r->plan.work = r->work = queue_new(1 << 16, SIZE_MAX);
	r->images = queue_new(1 << 16, SIZE_MAX);
	r->prepared = queue_new(256, 4 << 20);
	vision_use(&r->vision, r->opt);
	r->vision.db_path = store_path(r->store);
	r->vision.tally = &r->tally;
	r->vision.images = r->images;
	r->vision.prepared = r->prepared;
	r->vision.prepare = r->prepare;
	r->conductor.vision = &r->vision;
	r->conductor.store = r->store;
	r->conductor.embedder = r->embedder;
	r->conductor.opt = r->opt;
	r->conductor.prepared = r->prepared;
	r->conductor.tally = &r->tally;
	r->conductor.begin = clock_seconds();
	int started = start(r, err);
	int rc = started < 0 ? -1 : r->opt->dry_run ? dry_run(&r->conductor, err)
	                                            : conduct(&r->conductor, err);
	stop(r, started > 0);
	if (keep_descriptions(r, rc < 0 ? NULL : err) < 0)
		rc = -1;
	return rc;
}

static void release(struct run *r)
{
	embedder_close(r->embedder);
	conductor_release(&r->conductor);
	plan_release(&r->plan);
	for (size_t i = 0; i < r->plan.n_targets; i++)
		free(r->plan.targets[i].path);
	free(r->plan.targets);
	queue_free(r->work);
	queue_free(r->images);
	queue_free(r->prepared);
	vision_release(&r->vision);
	room_free(r->room);
	pthread_mutex_destroy(&r->mutex);
	tally_release(&r->tally);
	free(r);
}

int index_run(struct store *store, struct embedder *embedder, const struct index_options *opt,
              struct index_progress *report, struct err *err)
{
	double begin = clock_seconds();
	struct run *r = mem_zalloc(1, sizeof *r);
	*r = (struct run){ .store = store, .embedder = embedder, .opt = opt };
	tally_init(&r->tally, opt);
	pthread_mutex_init(&r->mutex, NULL);
	vision_init(&r->vision);
	r->room = room_new(LARGE_FILES);
	set_recipe(r);
	int64_t last_id = 0;
	int rc = check_model(r, err);
	if (rc == 0)
		rc = choose_targets(r, err);
	if (rc == 0)
		rc = store_last_document(store, &last_id, err);
	if (rc == 0)
		rc = run_threads(r, err);
	if (rc == 0 && !opt->dry_run)
		rc = remove_gone(r, last_id, err);
	if (rc == 0 && !opt->dry_run)
		rc = prune(r, err);
	if (rc == 0 && !opt->dry_run)
		rc = store_sample_refresh(store, false, err);
	/* a folder that could not be walked is no reason to leave the others undone */
	if (rc == 0 && r->plan.err.code != ERR_NONE) {
		*err = r->plan.err;
		rc = -1;
	}
	*report = tally_now(&r->tally);
	report->seconds = clock_seconds() - begin;
	release(r);
	return rc;
}
