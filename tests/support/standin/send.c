/* How an answer travels. */
#define _GNU_SOURCE
#include "tests/support/standin/send.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/support/standin/chat.h"

struct trickle {
	struct buf body; /* first: both kinds are freed alike */
	int ms;
};

/* Half of the body, then the end of the connection. */
static ssize_t read_half(void *cls, uint64_t pos, char *out, size_t max)
{
	struct buf *b = cls;
	if (pos >= b->len / 2)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	size_t n = b->len / 2 - (size_t)pos;
	n = n < max ? n : max;
	memcpy(out, b->p + pos, n);
	return (ssize_t)n;
}

/* A byte now and then. */
static ssize_t read_trickle(void *cls, uint64_t pos, char *out, size_t max)
{
	struct trickle *t = cls;
	(void)max;
	if (pos >= t->body.len)
		return MHD_CONTENT_READER_END_OF_STREAM;
	clock_sleep_ms(t->ms);
	*out = t->body.p[pos];
	return 1;
}

/* A chat's reply, in its time. */
struct paced {
	struct buf body;
	struct pace *pace;
};

static ssize_t read_paced(void *cls, uint64_t pos, char *out, size_t max)
{
	struct paced *p = cls;
	ssize_t n = pace_next(p->pace, p->body.len, (size_t)pos, max);
	if (n == 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (n < 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	memcpy(out, p->body.p + pos, (size_t)n);
	return n;
}

static void free_paced(void *cls)
{
	struct paced *p = cls;
	pace_free(p->pace);
	buf_free(&p->body);
	free(p);
}

static void free_half(void *cls)
{
	buf_free(cls);
	free(cls);
}

static struct MHD_Response *make_response(struct answer *a)
{
	if (a->pace) {
		struct paced *p = mem_zalloc(1, sizeof *p);
		*p = (struct paced){ a->body, a->pace };
		a->body = buf_new(0);
		return MHD_create_response_from_callback(a->pace->stream ? MHD_SIZE_UNKNOWN : p->body.len,
		                                         1 << 16, read_paced, p, free_paced);
	}
	if (a->cut) {
		struct buf *whole = mem_zalloc(1, sizeof *whole);
		*whole = a->body;
		a->body = buf_new(0);
		return MHD_create_response_from_callback(whole->len, 1 << 16, read_half, whole, free_half);
	}
	if (a->trickle_ms) {
		struct trickle *t = mem_zalloc(1, sizeof *t);
		*t = (struct trickle){ a->body, a->trickle_ms };
		a->body = buf_new(0);
		return MHD_create_response_from_callback(t->body.len, 1024, read_trickle, t, free_half);
	}
	size_t len;
	char *p = buf_take(&a->body, &len);
	return MHD_create_response_from_buffer(len, p, MHD_RESPMEM_MUST_FREE);
}

enum MHD_Result send_answer(struct MHD_Connection *conn, struct answer *a)
{
	if (a->close) {
		buf_free(&a->body);
		return MHD_NO;
	}
	struct MHD_Response *response = make_response(a);
	MHD_add_response_header(response, "Content-Type", a->content_type);
	if (a->gzip)
		MHD_add_response_header(response, "Content-Encoding", "gzip");
	if (a->location)
		MHD_add_response_header(response, "Location", a->location);
	if (a->retry_after >= 0) {
		char seconds[16];
		snprintf(seconds, sizeof seconds, "%d", a->retry_after);
		MHD_add_response_header(response, "Retry-After", seconds);
	}
	enum MHD_Result rc = MHD_queue_response(conn, (unsigned)a->status, response);
	MHD_destroy_response(response);
	return rc;
}
