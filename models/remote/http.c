#define _GNU_SOURCE
#include "models/remote/http.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include "base/clock.h"
#include "base/mem.h"
#include "models/remote/headers.h"

/* ---- the library, loaded when it is first needed ---- */

static struct {
	CURLcode (*global_init)(long flags);
	CURL *(*easy_init)(void);
	CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
	CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
	void (*easy_cleanup)(CURL *);
	const char *(*easy_strerror)(CURLcode);
	struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
	void (*slist_free_all)(struct curl_slist *);
	CURLM *(*multi_init)(void);
	CURLMcode (*multi_setopt)(CURLM *, CURLMoption, ...);
	CURLMcode (*multi_add_handle)(CURLM *, CURL *);
	CURLMcode (*multi_remove_handle)(CURLM *, CURL *);
	CURLMcode (*multi_perform)(CURLM *, int *);
	CURLMcode (*multi_poll)(CURLM *, struct curl_waitfd[], unsigned, int, int *);
	CURLMcode (*multi_wakeup)(CURLM *);
	CURLMsg *(*multi_info_read)(CURLM *, int *);
	CURLMcode (*multi_cleanup)(CURLM *);
} curl;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char load_fault[200];

static void find(void *library, const char *name, void *to)
{
	/* an object pointer to a function pointer: POSIX allows it, ISO C wants it this way */
	void *p = dlsym(library, name);
	if (!p && !load_fault[0])
		snprintf(load_fault, sizeof load_fault, "it has no %s", name);
	memcpy(to, &p, sizeof p);
}

static void load(void)
{
	void *lib = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
	if (!lib)
		lib = dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
	if (!lib) {
		snprintf(load_fault, sizeof load_fault, "%s", dlerror());
		return;
	}
	find(lib, "curl_global_init", &curl.global_init);
	find(lib, "curl_easy_init", &curl.easy_init);
	find(lib, "curl_easy_setopt", &curl.easy_setopt);
	find(lib, "curl_easy_getinfo", &curl.easy_getinfo);
	find(lib, "curl_easy_cleanup", &curl.easy_cleanup);
	find(lib, "curl_easy_strerror", &curl.easy_strerror);
	find(lib, "curl_slist_append", &curl.slist_append);
	find(lib, "curl_slist_free_all", &curl.slist_free_all);
	find(lib, "curl_multi_init", &curl.multi_init);
	find(lib, "curl_multi_setopt", &curl.multi_setopt);
	find(lib, "curl_multi_add_handle", &curl.multi_add_handle);
	find(lib, "curl_multi_remove_handle", &curl.multi_remove_handle);
	find(lib, "curl_multi_perform", &curl.multi_perform);
	find(lib, "curl_multi_poll", &curl.multi_poll);
	find(lib, "curl_multi_wakeup", &curl.multi_wakeup);
	find(lib, "curl_multi_info_read", &curl.multi_info_read);
	find(lib, "curl_multi_cleanup", &curl.multi_cleanup);
	if (!load_fault[0] && curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		snprintf(load_fault, sizeof load_fault, "it does not start");
}

/* ---- transfers ---- */

enum { DEFAULT_CONNECT_MS = 10000, DEFAULT_TOTAL_MS = 120000, MAX_CONNECTIONS = 64 };
static const size_t default_max_reply = (size_t)64 << 20;

struct transfer {
	struct transfer *next;
	CURL *easy;
	struct curl_slist *headers;
	struct http_reply reply;
	http_sink *on_body;
	int64_t start_ms, byte_ms; /* byte_ms: the last one came, or the start */
	bool first_byte, too_slow, ended;
	char error[CURL_ERROR_SIZE];
};

struct http {
	CURLM *multi;
	struct http_options opt;
	char *ca_file;
	struct transfer *transfers;
	CURL **idle; /* easy handles to use again */
	size_t n_idle, cap_idle, n_in_flight;
	atomic_bool woken; /* http_wait is to return */
};

void http_reply_release(struct http_reply *r)
{
	buf_free(&r->body);
}

static size_t on_body(char *p, size_t size, size_t n, void *user)
{
	struct transfer *t = user;
	struct http_reply *r = &t->reply;
	t->first_byte = true;
	t->byte_ms = clock_ms();
	if (r->status == 0) {
		long status = 0;
		curl.easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
		r->status = (int)status;
	}
	if (!t->on_body || r->status < 200 || r->status >= 300)
		return buf_add(&r->body, p, size * n) < 0 ? 0 : size * n;
	t->ended = t->on_body(r->user, r, (struct span){ p, size * n }) != 0;
	return t->ended ? 0 : size * n;
}

static size_t on_header(char *p, size_t size, size_t n, void *user)
{
	struct transfer *t = user;
	t->first_byte = true;
	t->byte_ms = clock_ms();
	headers_read((struct span){ p, size * n }, time(NULL), &t->reply);
	return size * n;
}

struct http *http_open(const struct http_options *opt, struct err *err)
{
	pthread_once(&once, load);
	if (load_fault[0]) {
		err_set(err, ERR_IO, "cannot load libcurl (%s); install it, e.g. apt-get install libcurl4",
		        load_fault);
		return NULL;
	}
	struct http *h = mem_zalloc(1, sizeof *h);
	h->opt = *opt;
	const char *ca = opt->ca_file ? opt->ca_file : getenv("SSL_CERT_FILE");
	h->ca_file = ca && *ca ? mem_strdup(ca) : NULL;
	if (h->opt.connect_timeout_ms <= 0)
		h->opt.connect_timeout_ms = DEFAULT_CONNECT_MS;
	if (h->opt.total_timeout_ms <= 0)
		h->opt.total_timeout_ms = DEFAULT_TOTAL_MS;
	if (!h->opt.max_reply)
		h->opt.max_reply = default_max_reply;
	h->multi = curl.multi_init();
	if (!h->multi) {
		http_close(h);
		err_set(err, ERR_IO, "libcurl does not start");
		return NULL;
	}
	curl.multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)MAX_CONNECTIONS);
	return h;
}

/* Takes t out of everything; its easy handle stays for the next. */
static void transfer_end(struct http *h, struct transfer *t)
{
	struct transfer **at = &h->transfers;
	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	h->n_in_flight--;
	curl.multi_remove_handle(h->multi, t->easy);
	curl.easy_setopt(t->easy, CURLOPT_HTTPHEADER, (struct curl_slist *)NULL);
	curl.easy_setopt(t->easy, CURLOPT_POSTFIELDS, (char *)NULL);
	curl.easy_setopt(t->easy, CURLOPT_ERRORBUFFER, (char *)NULL);
	curl.slist_free_all(t->headers);
	h->idle = mem_grow(h->idle, &h->cap_idle, h->n_idle + 1, sizeof *h->idle);
	h->idle[h->n_idle++] = t->easy;
	http_reply_release(&t->reply);
	free(t);
}

void http_cancel(struct http *h)
{
	while (h->transfers)
		transfer_end(h, h->transfers);
}

void http_close(struct http *h)
{
	if (!h)
		return;
	http_cancel(h);
	for (size_t i = 0; i < h->n_idle; i++)
		curl.easy_cleanup(h->idle[i]);
	if (h->multi)
		curl.multi_cleanup(h->multi);
	free(h->idle);
	free(h->ca_file);
	free(h);
}

static void add_header(struct transfer *t, const char *line)
{
	struct curl_slist *longer = curl.slist_append(t->headers, line);
	if (longer)
		t->headers = longer;
}

static void set_headers(struct transfer *t, const struct http_request *q, const char *more)
{
	char accept[128];
	snprintf(accept, sizeof accept, "Accept: %s", q->accept ? q->accept : "application/json");
	if (more)
		add_header(t, more);
	add_header(t, accept);
	if (q->body)
		add_header(t, "Content-Type: application/json");
	add_header(t, "Expect:"); /* no round trip before the body */
	if (!q->key)
		return;
	struct buf line = buf_new(8192);
	if (buf_printf(&line, "Authorization: Bearer %s", q->key) == 0)
		add_header(t, line.p);
	if (line.p)
		memset(line.p, 0, line.len);
	buf_free(&line);
}

/* libcurl reads the proxy of http:// URLs from http_proxy in small letters only, since
 * HTTP_PROXY could be a header of a request to a CGI program; this is none. NULL: what
 * libcurl finds by itself. NO_PROXY holds for both. */
static const char *proxy_for(const char *url)
{
	bool plain = strncasecmp(url, "http://", 7) == 0 && !getenv("http_proxy");
	return plain ? getenv("HTTP_PROXY") : NULL;
}

static void set_options(struct http *h, struct transfer *t, const char *url)
{
	CURL *e = t->easy;
	curl.easy_setopt(e, CURLOPT_PROXY, proxy_for(url));
	curl.easy_setopt(e, CURLOPT_URL, url);
	curl.easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	curl.easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl.easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	curl.easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	curl.easy_setopt(e, CURLOPT_ACCEPT_ENCODING, t->on_body ? (char *)NULL : "gzip");
	curl.easy_setopt(e, CURLOPT_USERAGENT, "akin/" AKIN_VERSION);
	curl.easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
	curl.easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
	curl.easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)h->opt.connect_timeout_ms);
	curl.easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)h->opt.total_timeout_ms);
	curl.easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L);
	curl.easy_setopt(e, CURLOPT_HTTPHEADER, t->headers);
	curl.easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
	curl.easy_setopt(e, CURLOPT_WRITEDATA, t);
	curl.easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
	curl.easy_setopt(e, CURLOPT_HEADERDATA, t);
	curl.easy_setopt(e, CURLOPT_ERRORBUFFER, t->error);
	curl.easy_setopt(e, CURLOPT_PRIVATE, t);
	if (h->ca_file)
		curl.easy_setopt(e, CURLOPT_CAINFO, h->ca_file);
}

static void set_body(struct transfer *t, const struct http_request *q)
{
	if (!q->body) {
		curl.easy_setopt(t->easy, CURLOPT_HTTPGET, 1L);
		return;
	}
	curl.easy_setopt(t->easy, CURLOPT_POST, 1L);
	curl.easy_setopt(t->easy, CURLOPT_POSTFIELDS, q->body);
	curl.easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body_len);
}

int http_start(struct http *h, const struct http_request *q, struct err *err)
{
	struct transfer *t = mem_zalloc(1, sizeof *t);
	t->easy = h->n_idle ? h->idle[--h->n_idle] : curl.easy_init();
	if (!t->easy) {
		free(t);
		return err_set(err, ERR_IO, "libcurl gives no handle");
	}
	t->reply = (struct http_reply){ .user = q->user, .body = buf_new(h->opt.max_reply),
		                            .hints = { -1, -1, -1, -1 } };
	t->on_body = q->on_body;
	t->start_ms = t->byte_ms = clock_ms();
	set_headers(t, q, h->opt.header);
	set_options(h, t, q->url);
	set_body(t, q);
	t->next = h->transfers;
	h->transfers = t;
	h->n_in_flight++;
	if (curl.multi_add_handle(h->multi, t->easy) != CURLM_OK) {
		transfer_end(h, t);
		return err_set(err, ERR_IO, "libcurl takes no request for '%s'", q->url);
	}
	int running;
	curl.multi_perform(h->multi, &running);
	return 0;
}

size_t http_in_flight(const struct http *h)
{
	return h->n_in_flight;
}

/* ---- replies ---- */

/* A kept connection that died before the first byte: nothing of the request was
 * answered, and the server may have closed it before it came. */
static bool is_stale(const struct transfer *t, CURLcode code)
{
	long new_connections = 1;
	curl.easy_getinfo(t->easy, CURLINFO_NUM_CONNECTS, &new_connections);
	return new_connections == 0 && !t->first_byte &&
	       (code == CURLE_GOT_NOTHING || code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR);
}

static enum http_fault fault_of(const struct transfer *t, CURLcode code)
{
	switch (code) {
	case CURLE_OK: return HTTP_OK;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY: return HTTP_RESOLVE;
	case CURLE_COULDNT_CONNECT: return HTTP_CONNECT;
	case CURLE_OPERATION_TIMEDOUT: return HTTP_TIMEOUT;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_USE_SSL_FAILED: return HTTP_TLS;
	case CURLE_WRITE_ERROR:
		return t->ended ? HTTP_ENDED : t->reply.body.overflow ? HTTP_TOO_LARGE : HTTP_CUT;
	default: return is_stale(t, code) ? HTTP_STALE : HTTP_CUT;
	}
}

static const char *protocol_name(long version)
{
	return version == CURL_HTTP_VERSION_2_0   ? "HTTP/2"
	       : version == CURL_HTTP_VERSION_1_0 ? "HTTP/1.0"
	                                          : "HTTP/1.1";
}

/* How long the server may be silent now; 0: as long as it likes. */
static int patience_ms(const struct http *h, const struct transfer *t)
{
	int first_ms = t->first_byte ? 0 : h->opt.first_byte_timeout_ms, idle_ms = h->opt.idle_timeout_ms;
	return idle_ms <= 0 || (first_ms > 0 && first_ms < idle_ms) ? first_ms : idle_ms;
}

static void finish(struct http *h, struct transfer *t, CURLcode code, struct http_reply *reply)
{
	long status = 0, version = 0;
	curl.easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	curl.easy_getinfo(t->easy, CURLINFO_HTTP_VERSION, &version);
	t->reply.status = (int)status;
	t->reply.protocol = status == 0 ? NULL : protocol_name(version);
	t->reply.fault = fault_of(t, code);
	t->reply.latency_ms = clock_ms() - t->start_ms;
	if (t->too_slow) {
		t->reply.fault = HTTP_TIMEOUT;
		snprintf(t->reply.fault_text, sizeof t->reply.fault_text, "no %sbyte of an answer in %d ms",
		         t->first_byte ? "further " : "", patience_ms(h, t));
	} else if (code != CURLE_OK) {
		snprintf(t->reply.fault_text, sizeof t->reply.fault_text, "%.199s",
		         t->error[0] ? t->error : curl.easy_strerror(code));
	}
	*reply = t->reply;
	t->reply.body = buf_new(0);
	transfer_end(h, t);
}

/* A transfer that waits too long for a byte, or NULL; *wait_ms is shortened to when the next
 * one would. */
static struct transfer *find_slow(const struct http *h, int64_t now_ms, int *wait_ms)
{
	for (struct transfer *t = h->transfers; t; t = t->next) {
		int patience = patience_ms(h, t);
		int64_t left = t->byte_ms + patience - now_ms;
		if (patience <= 0)
			continue;
		if (left <= 0)
			return t;
		if (left < *wait_ms)
			*wait_ms = (int)left;
	}
	return NULL;
}

static bool take_finished(struct http *h, struct http_reply *reply)
{
	int left;
	for (CURLMsg *m; (m = curl.multi_info_read(h->multi, &left));) {
		if (m->msg != CURLMSG_DONE)
			continue;
		struct transfer *t = NULL;
		CURLcode code = m->data.result; /* m dies with the handle's removal */
		curl.easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&t);
		finish(h, t, code, reply);
		return true;
	}
	return false;
}

int http_wait(struct http *h, int timeout_ms, struct http_reply *reply)
{
	int64_t end_ms = clock_ms() + timeout_ms;
	for (;;) {
		int running;
		curl.multi_perform(h->multi, &running);
		if (take_finished(h, reply))
			return 1;
		int64_t now_ms = clock_ms();
		int wait_ms = (int)(end_ms - now_ms);
		struct transfer *slow = find_slow(h, now_ms, &wait_ms);
		if (slow) {
			slow->too_slow = true;
			finish(h, slow, CURLE_OPERATION_TIMEDOUT, reply);
			return 1;
		}
		if (now_ms >= end_ms || atomic_exchange(&h->woken, false))
			return 0;
		curl.multi_poll(h->multi, NULL, 0, wait_ms, NULL);
	}
}

void http_wake(struct http *h)
{
	atomic_store(&h->woken, true);
	curl.multi_wakeup(h->multi);
}
