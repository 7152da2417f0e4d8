#define _XOPEN_SOURCE 700
#include "models/local/local.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "models/local/batch.h"
#include "models/local/model_config.h"

/* A worker of the default model has about 6 MB: so many stay below 100 MB. */
#define MAX_THREADS 16
#define BATCH_TEXTS 64
#define BATCH_TOKENS 1024
#define BATCH_BYTES ((size_t)1 << 20)

/* A list of batches, first in, first out. */
struct queue {
	struct embed_batch **items;
	size_t first, n, cap; /* of items: those from first to n wait */
};

struct local {
	struct local_model model;
	size_t max_threads;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t work, finished;
	pthread_t threads[MAX_THREADS];
	size_t n_threads, idle;
	struct queue waiting, done;
	size_t under_way; /* submitted and not collected */
	bool stop, prepared;
};

static void queue_push(struct queue *q, struct embed_batch *b)
{
	if (q->first && q->n == q->cap) {
		q->n -= q->first;
		memmove(q->items, q->items + q->first, q->n * sizeof *q->items);
		q->first = 0;
	}
	q->items = mem_grow(q->items, &q->cap, q->n + 1, sizeof(struct embed_batch *));
	q->items[q->n++] = b;
}

static struct embed_batch *queue_pop(struct queue *q)
{
	return q->first < q->n ? q->items[q->first++] : NULL;
}

static void *work(void *arg)
{
	struct local *l = arg;
	struct local_worker *w = NULL;
	pthread_mutex_lock(&l->lock);
	while (!l->stop) {
		struct embed_batch *b = queue_pop(&l->waiting);
		if (!b) {
			l->idle++;
			pthread_cond_wait(&l->work, &l->lock);
			l->idle--;
			continue;
		}
		pthread_mutex_unlock(&l->lock);
		if (!w)
			w = local_worker_new(&l->model);
		local_worker_run(w, b);
		pthread_mutex_lock(&l->lock);
		queue_push(&l->done, b);
		pthread_cond_signal(&l->finished);
	}
	pthread_mutex_unlock(&l->lock);
	local_worker_free(w);
	return NULL;
}

/* Threads are made when there is work for one more: a query needs only one. */
static int start_thread(struct local *l, struct err *err)
{
	if (l->idle || l->n_threads == l->max_threads)
		return 0;
	int fault = pthread_create(&l->threads[l->n_threads], NULL, work, l);
	if (fault == 0)
		l->n_threads++;
	else if (l->n_threads == 0)
		return err_set(err, ERR_IO, "cannot start a thread: %s", strerror(fault));
	return 0;
}

static int local_submit(void *self, struct embed_batch *batch, struct err *err)
{
	struct local *l = self;
	if (!l->prepared && encoder_prepare(l->model.encoder, err) < 0)
		return -1;
	l->prepared = true;
	batch->vectors = NULL;
	batch->failures = NULL;
	batch->unsent = NULL;
	pthread_mutex_lock(&l->lock);
	int rc = start_thread(l, err);
	if (rc == 0) {
		queue_push(&l->waiting, batch);
		l->under_way++;
		pthread_cond_signal(&l->work);
	}
	pthread_mutex_unlock(&l->lock);
	return rc;
}

static struct timespec deadline(int timeout_ms)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += timeout_ms / 1000;
	t.tv_nsec += timeout_ms % 1000 * 1000000L;
	if (t.tv_nsec >= 1000000000L) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000L;
	}
	return t;
}

static int local_collect(void *self, int timeout_ms, struct embed_batch **batch, struct err *err)
{
	(void)err;
	struct local *l = self;
	struct timespec until = deadline(timeout_ms > 0 ? timeout_ms : 0);
	int fault = 0;
	pthread_mutex_lock(&l->lock);
	while (l->under_way && !(*batch = queue_pop(&l->done)) && timeout_ms && fault == 0)
		fault = timeout_ms < 0 ? pthread_cond_wait(&l->finished, &l->lock)
		                       : pthread_cond_timedwait(&l->finished, &l->lock, &until);
	if (!*batch)
		*batch = queue_pop(&l->done);
	if (*batch)
		l->under_way--;
	pthread_mutex_unlock(&l->lock);
	return *batch ? 1 : 0;
}

static void local_drain(void *self)
{
	struct local *l = self;
	pthread_mutex_lock(&l->lock);
	l->under_way -= l->waiting.n - l->waiting.first;
	l->waiting.first = l->waiting.n = 0;
	pthread_mutex_unlock(&l->lock);
}

static size_t local_count_tokens(const void *self, struct span text)
{
	return tokenizer_encode(((const struct local *)self)->model.tokenizer, text, NULL, 0);
}

static struct embed_pieces local_pieces(const void *self, struct span text)
{
	struct embed_pieces p = { 0 };
	p.n = tokenizer_count(((const struct local *)self)->model.tokenizer, text, &p.n_unknown);
	return p;
}

static void local_close(void *self)
{
	struct local *l = self;
	pthread_mutex_lock(&l->lock);
	l->stop = true;
	pthread_cond_broadcast(&l->work);
	pthread_mutex_unlock(&l->lock);
	for (size_t i = 0; i < l->n_threads; i++)
		pthread_join(l->threads[i], NULL);
	pthread_cond_destroy(&l->work);
	pthread_cond_destroy(&l->finished);
	pthread_mutex_destroy(&l->lock);
	free(l->waiting.items);
	free(l->done.items);
	encoder_close(l->model.encoder);
	tokenizer_close(l->model.tokenizer);
	free(l);
}

static const struct embedder_ops local_ops = {
	.submit = local_submit, .collect = local_collect, .count_tokens = local_count_tokens,
	.pieces = local_pieces, .close = local_close, .drain = local_drain,
};

static size_t thread_count(const struct model_options *opt)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = opt && opt->threads ? opt->threads : cores > 0 ? (size_t)cores : 1;
	return n < MAX_THREADS ? n : MAX_THREADS;
}

static struct local *local_new(const struct model_options *opt)
{
	struct local *l = mem_zalloc(1, sizeof *l);
	l->max_threads = thread_count(opt);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&l->finished, &attr);
	pthread_condattr_destroy(&attr);
	pthread_cond_init(&l->work, NULL);
	pthread_mutex_init(&l->lock, NULL);
	return l;
}

/* model.safetensors is the size that akin.json says, and no other model's. */
static int open_encoder(struct local_model *m, const char *folder, struct err *err)
{
	char *path = model_path(folder, "model.safetensors");
	m->encoder = encoder_open(path, &m->config.encoder, ENCODER_FAST, err);
	int rc = m->encoder ? 0 : -1;
	if (rc == 0 && encoder_file_bytes(m->encoder) != m->config.weights_bytes)
		rc = err_set(err, ERR_MODEL, "altered weights: '%s' has %zu bytes, akin.json says %llu",
		             path, encoder_file_bytes(m->encoder),
		             (unsigned long long)m->config.weights_bytes);
	if (rc < 0 && err && err->code == ERR_IO)
		err->code = ERR_MODEL;
	free(path);
	return rc;
}

static int open_model(struct local_model *m, const char *folder, struct err *err)
{
	if (model_config_read(&m->config, folder, err) < 0 || open_encoder(m, folder, err) < 0)
		return -1;
	char *path = model_path(folder, "tokenizer.akt");
	m->tokenizer = tokenizer_open(path, err);
	free(path);
	if (!m->tokenizer)
		return -1;
	if (tokenizer_vocab_size(m->tokenizer) > encoder_vocab(m->encoder) ||
	    local_model_max_text_tokens(m) == 0)
		return err_set(err, ERR_MODEL, "tokeniser and weights in '%s' are of different models",
		               folder);
	return 0;
}

static struct embedder *embedder_of(struct local *l, const char *name)
{
	struct embedder *e = mem_zalloc(1, sizeof *e);
	e->ops = &local_ops;
	e->self = l;
	snprintf(e->model, sizeof e->model, "local/%s", name);
	e->limits = (struct embed_limits){
		.dim = encoder_dim(l->model.encoder),
		.max_text_tokens = local_model_max_text_tokens(&l->model),
		.max_batch_texts = BATCH_TEXTS,
		.max_batch_tokens = BATCH_TOKENS,
		.max_batch_bytes = BATCH_BYTES,
		.max_in_flight = l->max_threads,
		.exact_tokens = true,
	};
	return e;
}

struct embedder *local_open(const char *name, const struct model_options *opt, struct err *err)
{
	char *folder = local_model_folder(name, opt, err);
	if (!folder)
		return NULL;
	struct local *l = local_new(opt);
	int rc = open_model(&l->model, folder, err);
	free(folder);
	if (rc == 0)
		return embedder_of(l, name);
	local_close(l);
	return NULL;
}
