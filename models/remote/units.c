#include "models/remote/units.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/remote/embeddings_wire.h"

static size_t bytes_of(const struct unit *u, size_t i)
{
	return wire_text_bytes(u->job->batch->texts[u->at[i]]);
}

static void weigh(struct unit *u)
{
	u->text_bytes = 0;
	for (size_t i = 0; i < u->n; i++)
		u->text_bytes += bytes_of(u, i);
}

struct unit *unit_new(struct job *job, const uint32_t *at, size_t n)
{
	struct unit *u = mem_zalloc(1, sizeof *u);
	u->job = job;
	u->n = n;
	u->at = mem_alloc(n, sizeof *u->at);
	if (n)
		memcpy(u->at, at, n * sizeof *at);
	weigh(u);
	return u;
}

struct unit *unit_whole(struct job *job)
{
	size_t n = job->batch->n;
	uint32_t *at = mem_alloc(n, sizeof *at);
	for (size_t i = 0; i < n; i++)
		at[i] = (uint32_t)i;
	struct unit *u = unit_new(job, at, n);
	free(at);
	return u;
}

void unit_free(struct unit *u)
{
	if (!u)
		return;
	buf_free(&u->body);
	free(u->at);
	free(u);
}

void unit_push(struct unit_queue *q, struct unit *u)
{
	u->next = NULL;
	if (q->last)
		q->last->next = u;
	else
		q->first = u;
	q->last = u;
}

void unit_push_front(struct unit_queue *q, struct unit *u)
{
	u->next = q->first;
	q->first = u;
	if (!q->last)
		q->last = u;
}

struct unit *unit_pop(struct unit_queue *q)
{
	struct unit *u = q->first;
	if (!u)
		return NULL;
	q->first = u->next;
	if (!q->first)
		q->last = NULL;
	u->next = NULL;
	return u;
}

struct unit *unit_take(struct unit_queue *q, int64_t now_ms, int64_t *next_ms)
{
	struct unit *before = NULL;
	for (struct unit *u = q->first; u; before = u, u = u->next) {
		if (u->not_before_ms > now_ms) {
			*next_ms = u->not_before_ms < *next_ms ? u->not_before_ms : *next_ms;
			continue;
		}
		if (before)
			before->next = u->next;
		else
			q->first = u->next;
		if (q->last == u)
			q->last = before;
		u->next = NULL;
		return u;
	}
	return NULL;
}

struct unit *unit_split(struct unit *u, size_t n)
{
	struct unit *rest = unit_new(u->job, u->at + n, u->n - n);
	rest->tries = u->tries;
	rest->not_before_ms = u->not_before_ms;
	rest->failed_ms = u->failed_ms;
	u->n = n;
	weigh(u);
	return rest;
}

size_t unit_fitting(const struct unit *u, size_t max_texts, size_t max_bytes, size_t a_text,
                    size_t a_request)
{
	if (u->n <= max_texts && u->text_bytes + u->n * a_text + a_request <= max_bytes)
		return u->n;
	size_t n = 0, bytes = a_request;
	while (n < u->n && n < max_texts) {
		bytes += bytes_of(u, n) + a_text;
		if (bytes > max_bytes)
			break;
		n++;
	}
	return n ? n : 1;
}
