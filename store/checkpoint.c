/* Moves what was committed from the log into the file, beside the writer: SQLite would
 * do it within a commit, which then waits for the disk. */
#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"
#include "store/db.h"

/* Frames (pages) of the log. A log starts again at its beginning only when all of it
 * was in the file as a transaction began, so one that is written without a pause
 * grows: at MOST_FRAMES (32 MB) the commit does the rest itself. */
enum { STEP_FRAMES = 500, MOST_FRAMES = 2000 };

struct checkpointer {
	const char *path; /* the store's */
	pthread_t thread;
	bool has_thread; /* only the writer's thread looks at it */
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool due, busy, stop; /* from here on with the mutex */
	int n_frames, n_moved; /* in the log; of them known to be in the file */
};

static sqlite3 *connect_again(const char *path)
{
	sqlite3 *db = NULL;
	int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		/* the last, since a connection finds the log when it reads */
		rc = sqlite3_exec(db, "PRAGMA trusted_schema=OFF; PRAGMA synchronous=NORMAL;"
		                      "PRAGMA user_version", NULL, NULL, NULL);
	}
	if (rc == SQLITE_OK)
		return db;
	sqlite3_close(db);
	return NULL;
}

/* What fails is tried again with the next commit, and in the end by the closing of the
 * store: the log holds it all. PASSIVE waits for nobody. */
static void move(sqlite3 *db, int *n_moved)
{
	int n_frames, n;
	if (!db)
		return;
	int rc = sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_PASSIVE, &n_frames, &n);
	if (rc == SQLITE_OK)
		*n_moved = n;
}

static void *run(void *self)
{
	struct checkpointer *c = self;
	sqlite3 *db = connect_again(c->path);
	pthread_mutex_lock(&c->mutex);
	for (;;) {
		while (!c->due && !c->stop)
			pthread_cond_wait(&c->changed, &c->mutex);
		if (c->stop)
			break;
		int n_moved = c->n_moved;
		c->due = false;
		c->busy = true;
		pthread_mutex_unlock(&c->mutex);
		move(db, &n_moved);
		pthread_mutex_lock(&c->mutex);
		c->n_moved = n_moved;
		c->busy = false;
		pthread_cond_broadcast(&c->changed);
	}
	pthread_mutex_unlock(&c->mutex);
	sqlite3_close(db);
	return NULL;
}

/* SQLite calls it after each commit, n_frames being those in the log. */
static int committed(void *self, sqlite3 *db, const char *name, int n_frames)
{
	struct checkpointer *c = self;
	(void)name;
	pthread_mutex_lock(&c->mutex);
	if (n_frames < c->n_frames) /* the log began again */
		c->n_moved = 0;
	c->n_frames = n_frames;
	if (n_frames - c->n_moved >= STEP_FRAMES || n_frames >= MOST_FRAMES) {
		if (!c->has_thread)
			c->has_thread = pthread_create(&c->thread, NULL, run, c) == 0;
		if (c->has_thread && n_frames < MOST_FRAMES) {
			c->due = true;
			pthread_cond_broadcast(&c->changed);
		} else {
			while (c->busy)
				pthread_cond_wait(&c->changed, &c->mutex);
			c->due = false;
			move(db, &c->n_moved);
		}
	}
	pthread_mutex_unlock(&c->mutex);
	return SQLITE_OK;
}

struct checkpointer *checkpointer_new(struct store *s)
{
	struct checkpointer *c = mem_zalloc(1, sizeof *c);
	c->path = s->path;
	pthread_mutex_init(&c->mutex, NULL);
	pthread_cond_init(&c->changed, NULL);
	sqlite3_wal_hook(s->db, committed, c);
	return c;
}

void checkpointer_free(struct checkpointer *c)
{
	if (!c)
		return;
	pthread_mutex_lock(&c->mutex);
	c->stop = true;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->mutex);
	if (c->has_thread)
		pthread_join(c->thread, NULL);
	pthread_cond_destroy(&c->changed);
	pthread_mutex_destroy(&c->mutex);
	free(c);
}
