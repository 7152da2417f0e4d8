/* HTTP requests, several at once, on the caller's thread (one at a time; http_wake is
 * for any): the only door to libcurl, which is loaded at first use because linking it
 * costs 3 ms at every start (measured).
 *
 * TLS is always verified and redirects are not followed, so that a key reaches
 * no other host. HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY hold, in small letters too.
 * Connections are kept and reused; HTTP/2 where the server offers it; gzip. */
#ifndef AKIN_MODELS_REMOTE_HTTP_H
#define AKIN_MODELS_REMOTE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

struct http_options {
	const char *ca_file;       /* NULL: $SSL_CERT_FILE, the system's */
	int connect_timeout_ms;    /* 0: 10,000 */
	int first_byte_timeout_ms; /* from the start of the request; 0: no own limit */
	int idle_timeout_ms;       /* without a byte, from the start on; 0: no own limit */
	int total_timeout_ms;      /* 0: 120,000 */
	const char *header;        /* one more, sent with each request; NULL; a constant */
	size_t max_reply;          /* bytes of a decoded body; 0: 64 MB */
};

/* Why there is no reply. */
enum http_fault {
	HTTP_OK,       /* there is one: look at the status */
	HTTP_CONNECT,  /* nobody listens, or the way is blocked */
	HTTP_RESOLVE,  /* no such host */
	HTTP_TLS,      /* the server's certificate is not trusted, or no TLS at all */
	HTTP_TIMEOUT,
	HTTP_CUT,      /* the connection ended before the reply did */
	HTTP_STALE,    /* a kept connection was closed by the server: send it again at once */
	HTTP_TOO_LARGE, /* the reply is larger than max_reply */
	HTTP_ENDED     /* the request's on_body wanted no more */
};

/* What headers say about the rate; -1 where they say nothing. Both spellings are
 * read: a LiteLLM proxy puts "llm_provider-" before those of the server behind it. */
struct http_hints {
	int64_t retry_after_ms;
	int64_t limit, remaining; /* x-ratelimit-{limit,remaining}-requests */
	int64_t reset_ms;         /* x-ratelimit-reset-requests */
};

struct http_reply {
	void *user;
	enum http_fault fault;
	char fault_text[200]; /* libcurl's words */
	int status;
	const char *protocol; /* "HTTP/1.1", a constant; NULL: no reply */
	struct buf body;      /* http_reply_release() frees it */
	char content_type[80];
	char location[200];   /* of a redirect */
	struct http_hints hints;
	int64_t latency_ms;
};

void http_reply_release(struct http_reply *r);

struct http;

/* ERR_IO when there is no libcurl on this machine. */
struct http *http_open(const struct http_options *opt, struct err *err);
void http_close(struct http *h); /* ends what is under way; NULL is fine */

/* Bytes of a body as they come. so_far holds status, content_type and hints, and is valid
 * during the call, as the bytes are. Non-zero ends the request: HTTP_ENDED. */
typedef int http_sink(void *user, const struct http_reply *so_far, struct span bytes);

/* Strings and body are borrowed: url, key and accept for the call of http_start, body until the
 * reply is there. */
struct http_request {
	const char *url;
	const char *key;    /* NULL: none. Sent as a bearer token; stands in no error */
	const char *body;   /* JSON, for a POST; NULL: a GET */
	size_t body_len;
	const char *accept; /* NULL: application/json */
	/* Not NULL: gets the body of a 2xx, which is not collected in the reply then, and is asked
	 * for uncompressed, so that no server waits until a block is full. Called from http_start
	 * and http_wait; starts and cancels nothing. */
	http_sink *on_body;
	void *user;
};

int http_start(struct http *h, const struct http_request *q, struct err *err);

/* Ends what is under way; no reply comes of it. */
void http_cancel(struct http *h);

/* Requests under way. */
size_t http_in_flight(const struct http *h);

/* Moves bytes for up to timeout_ms (0: what can be done without waiting) until
 * a reply is there. 1 and *reply, or 0. */
int http_wait(struct http *h, int timeout_ms, struct http_reply *reply);

/* Ends http_wait's waiting, the present one's or the next one's. From any thread. */
void http_wake(struct http *h);

/* Cuts a URL: "https://host:8080/v1/" gives "host:8080". ERR_USAGE when it is no
 * http or https URL, or holds a password, which would show up in errors. */
int http_url_host(const char *url, char *host, size_t size, struct err *err);

/* The seconds or the date of a Retry-After, or a duration like "1m30s" or
 * "250ms", as milliseconds; -1 when it is none of them. now_unix_s is for dates. */
int64_t http_duration_ms(const char *text, int64_t now_unix_s);

#endif
