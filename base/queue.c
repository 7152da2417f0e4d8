#define _POSIX_C_SOURCE 200809L
#include "base/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"

struct entry {
	void *item;
	size_t weight;
};

struct queue {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	struct entry *ring;
	size_t max_items, max_weight, first, n, weight;
	bool closed, cancelled;
};

struct queue *queue_new(size_t max_items, size_t max_weight)
{
	struct queue *q = mem_zalloc(1, sizeof *q);
	q->ring = mem_zalloc(max_items, sizeof *q->ring);
	q->max_items = max_items;
	q->max_weight = max_weight;
	pthread_mutex_init(&q->mutex, NULL);
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&q->changed, &attr);
	pthread_condattr_destroy(&attr);
	return q;
}

void queue_free(struct queue *q)
{
	if (!q)
		return;
	pthread_cond_destroy(&q->changed);
	pthread_mutex_destroy(&q->mutex);
	free(q->ring);
	free(q);
}

static bool has_room(const struct queue *q, size_t weight)
{
	return q->n == 0 || (q->n < q->max_items && q->weight + weight <= q->max_weight);
}

bool queue_push(struct queue *q, void *item, size_t weight)
{
	pthread_mutex_lock(&q->mutex);
	while (!q->cancelled && !has_room(q, weight))
		pthread_cond_wait(&q->changed, &q->mutex);
	bool pushed = !q->cancelled;
	if (pushed) {
		q->ring[(q->first + q->n++) % q->max_items] = (struct entry){ item, weight };
		q->weight += weight;
		pthread_cond_broadcast(&q->changed);
	}
	pthread_mutex_unlock(&q->mutex);
	return pushed;
}

static struct timespec deadline(int timeout_ms)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += timeout_ms / 1000;
	t.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

void *queue_pop(struct queue *q, int timeout_ms)
{
	struct timespec until = deadline(timeout_ms > 0 ? timeout_ms : 0);
	pthread_mutex_lock(&q->mutex);
	int rc = timeout_ms == 0 ? ETIMEDOUT : 0;
	while (q->n == 0 && !q->closed && !q->cancelled && rc != ETIMEDOUT)
		rc = timeout_ms < 0 ? pthread_cond_wait(&q->changed, &q->mutex)
		                    : pthread_cond_timedwait(&q->changed, &q->mutex, &until);
	void *item = NULL;
	if (q->n > 0) {
		item = q->ring[q->first].item;
		q->weight -= q->ring[q->first].weight;
		q->first = (q->first + 1) % q->max_items;
		q->n--;
		pthread_cond_broadcast(&q->changed);
	}
	pthread_mutex_unlock(&q->mutex);
	return item;
}

void queue_close(struct queue *q)
{
	pthread_mutex_lock(&q->mutex);
	q->closed = true;
	pthread_cond_broadcast(&q->changed);
	pthread_mutex_unlock(&q->mutex);
}

void queue_cancel(struct queue *q)
{
	pthread_mutex_lock(&q->mutex);
	q->cancelled = true;
	pthread_cond_broadcast(&q->changed);
	pthread_mutex_unlock(&q->mutex);
}

bool queue_is_over(struct queue *q)
{
	pthread_mutex_lock(&q->mutex);
	bool over = q->n == 0 && (q->closed || q->cancelled);
	pthread_mutex_unlock(&q->mutex);
	return over;
}

size_t queue_count(struct queue *q)
{
	pthread_mutex_lock(&q->mutex);
	size_t n = q->n;
	pthread_mutex_unlock(&q->mutex);
	return n;
}
