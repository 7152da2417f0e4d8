#define _POSIX_C_SOURCE 200809L
#include "models/remote/drive.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "models/remote/embeddings_wire.h"

enum { MAX_BODY = 64 << 20, LONGEST_WAIT_MS = 60000 };

/* ---- requests ---- */

static struct span *texts_of(const struct unit *u)
{
	struct span *texts = mem_alloc(u->n, sizeof *texts);
	for (size_t i = 0; i < u->n; i++)
		texts[i] = u->job->batch->texts[u->at[i]];
	return texts;
}

static int send_unit(struct remote *r, struct unit *u, struct err *err)
{
	struct span *texts = texts_of(u);
	buf_free(&u->body);
	u->body = buf_new(MAX_BODY);
	int rc = wire_request(&u->body, r->model, remote_prefix(r, u->job->batch->kind), texts, u->n);
	free(texts);
	if (rc < 0)
		err_set(err, ERR_LIMIT, "a request of more than %d bytes", (int)MAX_BODY);
	else
		rc = http_start(r->http, &(struct http_request){ .url = r->server.url, .key = r->server.key,
		                                                 .body = u->body.p,
		                                                 .body_len = u->body.len, .user = u },
		                err);
	if (rc < 0) {
		unit_push_front(&r->ready, u);
		return rc;
	}
	pacer_sent(&r->pacer, clock_ms());
	u->next = r->flying;
	r->flying = u;
	return 0;
}

/* Limits may have tightened since the batch was submitted. */
static void keep_to_limits(struct remote *r, struct unit *u)
{
	const struct embed_limits *l = &r->limits;
	size_t n = unit_fitting(u, l->max_batch_texts, l->max_batch_bytes,
	                        strlen(remote_prefix(r, u->job->batch->kind)), strlen(r->model) + 32);
	if (n < u->n)
		unit_push_front(&r->ready, unit_split(u, n));
}

/* Sends what may go now. Returns the milliseconds until more may, at most
 * LONGEST_WAIT_MS. */
static int send_ready(struct remote *r)
{
	while (r->ready.first && !r->stopped && !r->draining) {
		int64_t now_ms = clock_ms(), next_ms = now_ms + LONGEST_WAIT_MS;
		int64_t wait_ms = pacer_wait_ms(&r->pacer, now_ms);
		if (wait_ms > 0)
			return wait_ms < LONGEST_WAIT_MS ? (int)wait_ms : LONGEST_WAIT_MS;
		struct unit *u = unit_take(&r->ready, now_ms, &next_ms);
		if (!u)
			return (int)(next_ms - now_ms);
		keep_to_limits(r, u);
		struct err why;
		if (send_unit(r, u, &why) < 0)
			outcome_stop(r, &why);
	}
	return LONGEST_WAIT_MS;
}

/* ---- the thread ---- */

static bool has_work(const struct remote *r)
{
	return r->n_jobs > 0 && !r->stopped && !(r->draining && !r->flying);
}

static void *run(void *self)
{
	struct remote *r = self;
	pthread_mutex_lock(&r->mutex);
	while (!r->closing) {
		if (!has_work(r)) {
			pthread_cond_broadcast(&r->moved);
			pthread_cond_wait(&r->work, &r->mutex);
			continue;
		}
		int wait_ms = send_ready(r);
		struct http_reply reply;
		pthread_mutex_unlock(&r->mutex);
		int came = http_wait(r->http, wait_ms, &reply);
		pthread_mutex_lock(&r->mutex);
		if (!came)
			continue;
		outcome_take(r, &reply);
		http_reply_release(&reply);
		pthread_cond_broadcast(&r->moved);
	}
	pthread_mutex_unlock(&r->mutex);
	return NULL;
}

void drive_init(struct remote *r)
{
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&r->mutex, NULL);
	pthread_cond_init(&r->moved, &attr);
	pthread_cond_init(&r->work, NULL);
	pthread_condattr_destroy(&attr);
}

int drive_start(struct remote *r, struct err *err)
{
	if (!r->http)
		r->http = http_open(&r->http_options, err);
	if (!r->http)
		return -1;
	if (!r->has_thread && pthread_create(&r->thread, NULL, run, r) != 0)
		return err_set(err, ERR_IO, "cannot start a thread");
	r->has_thread = true;
	return 0;
}

void drive_wake(struct remote *r)
{
	pthread_cond_signal(&r->work);
	if (r->http)
		http_wake(r->http);
}

void drive_await(struct remote *r, int timeout_ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += timeout_ms / 1000;
	until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_cond_timedwait(&r->moved, &r->mutex, &until);
}

void drive_end(struct remote *r)
{
	pthread_mutex_lock(&r->mutex);
	r->closing = true;
	drive_wake(r);
	pthread_mutex_unlock(&r->mutex);
	if (r->has_thread)
		pthread_join(r->thread, NULL);
	http_close(r->http);
	pthread_cond_destroy(&r->work);
	pthread_cond_destroy(&r->moved);
	pthread_mutex_destroy(&r->mutex);
}
