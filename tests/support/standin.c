#define _GNU_SOURCE
#include "tests/support/standin/standin.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "tests/support/standin/chat.h"
#include "tests/support/standin/send.h"

enum { MAX_BODY = 64 << 20, MAX_TEXTS = 65536 };

struct standin {
	struct options opt;
	struct fault_draw draw;
	struct text_log log, bodies;
	struct window window;
	struct stats stats;
	struct model_vectors model;
	struct chat_side chat;
	struct buf cert, cert_key;
	uint64_t n_requests;
	pthread_mutex_t lock;
};

/* One request, from its first header to its answer. */
struct exchange {
	struct buf body;
	int64_t start_ms;
};

struct input {
	cJSON *tree;
	struct span *texts;
	size_t n, bytes;
	const char *model;
};

static void input_release(struct input *in)
{
	free(in->texts);
	cJSON_Delete(in->tree);
}

static int input_parse(struct input *in, struct span body)
{
	*in = (struct input){ .tree = json_parse(body, "the request", NULL), .bytes = body.len };
	const cJSON *input = json_get(in->tree, "input");
	in->model = json_string(in->tree, "model");
	int n = cJSON_IsString(input) ? 1 : cJSON_GetArraySize(input);
	if (!in->model || n < 1 || n > MAX_TEXTS)
		return -1;
	in->texts = mem_zalloc((size_t)n, sizeof *in->texts);
	const cJSON *item = cJSON_IsString(input) ? input : input->child;
	for (; item && in->n < (size_t)n; item = item->next) {
		if (!cJSON_IsString(item))
			return -1;
		in->texts[in->n++] = span_of(item->valuestring);
	}
	return 0;
}

static size_t count_words(struct span text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++)
		n += text.p[i] != ' ' && (i == 0 || text.p[i - 1] == ' ');
	return n;
}

/* The limits, in the words of text-embeddings-inference. */
static bool refuse_size(const struct options *opt, const struct input *in, struct answer *a)
{
	char words[160] = "";
	if (opt->max_texts && in->n > opt->max_texts)
		snprintf(words, sizeof words, "batch size %zu > maximum allowed batch size %zu", in->n,
		         opt->max_texts);
	else if (opt->max_bytes && in->bytes > opt->max_bytes)
		snprintf(words, sizeof words, "request body is larger than %zu bytes", opt->max_bytes);
	for (size_t i = 0; i < in->n && opt->max_tokens_text && !words[0]; i++) {
		size_t n = count_words(in->texts[i]);
		if (n > opt->max_tokens_text)
			snprintf(words, sizeof words,
			         "`inputs` must have less than %zu tokens. Given: %zu", opt->max_tokens_text, n);
	}
	if (!words[0])
		return false;
	a->status = opt->refusal_status;
	a->content_type = "application/json";
	buf_printf(&a->body, "{\"message\":\"%s\",\"code\":%d,\"type\":\"Validation\"}", words,
	           opt->refusal_status);
	return true;
}

static bool refuse_rate(struct standin *s, struct answer *a)
{
	if (s->opt.limit_per_min <= 0)
		return false;
	int64_t wait = window_take(&s->window, s->opt.limit_per_min, s->opt.window_ms, clock_ms());
	if (wait == 0)
		return false;
	answer_error(a, 429, "throttling_error", "rate limit exceeded");
	a->retry_after = s->opt.no_retry_after ? -1 : (int)((wait + 999) / 1000);
	return true;
}

static bool *find_poison(const struct options *opt, const struct input *in, bool *any)
{
	bool *poisoned = mem_zalloc(in->n, sizeof *poisoned);
	for (size_t i = 0; i < in->n && opt->poison; i++)
		if ((poisoned[i] = strstr(in->texts[i].p, opt->poison) != NULL))
			*any = true;
	return poisoned;
}

static void embed(struct standin *s, const struct input *in, enum fault fault, struct answer *a)
{
	bool any = false, *poisoned = find_poison(&s->opt, in, &any);
	if (any && s->opt.poison_status != 200) {
		answer_error(a, s->opt.poison_status, "invalid_request_error", "a text cannot be embedded");
	} else {
		float *vectors = mem_floats(in->n * s->opt.dim);
		int rc = 0;
		if (s->model.e)
			rc = vectors_model(&s->model, in->texts, in->n, vectors);
		else
			vectors_hash(in->texts, in->n, s->opt.dim, vectors);
		if (rc < 0)
			answer_error(a, 400, "invalid_request_error", "the model cannot embed a text");
		else
			answer_vectors(a, vectors, in->n, s->opt.dim, poisoned, "stand-in", fault);
		free(vectors);
	}
	free(poisoned);
}

static bool key_is_wrong(const struct standin *s, struct MHD_Connection *conn)
{
	char want[512];
	const char *got = MHD_lookup_connection_value(conn, MHD_HEADER_KIND, "Authorization");
	snprintf(want, sizeof want, "Bearer %s", s->opt.key ? s->opt.key : "");
	return s->opt.key && (!got || strcmp(got, want) != 0);
}

static void answer_embeddings(struct standin *s, struct MHD_Connection *conn, struct span body,
                              struct answer *a)
{
	struct input in;
	pthread_mutex_lock(&s->lock);
	uint64_t request = ++s->n_requests;
	pthread_mutex_unlock(&s->lock);
	enum fault fault = fault_draw(&s->draw, &s->opt);
	int rc = input_parse(&in, body);
	log_body(&s->bodies, in.tree, body);
	if (rc < 0)
		answer_error(a, 400, "invalid_request_error", "'input' must be a string or an array of strings");
	else if (key_is_wrong(s, conn))
		answer_fault(a, FAULT_401);
	else if (!refuse_rate(s, a) && !refuse_size(&s->opt, &in, a) && !answer_fault(a, fault))
		embed(s, &in, fault, a);
	int wait = s->opt.latency_ms + (fault == FAULT_SLOW ? s->opt.slow_ms : 0);
	if (a->status != 429 && wait > 0)
		clock_sleep_ms(wait);
	log_texts(&s->log, request, in.texts, in.n, a->close ? 0 : a->status);
	a->n_texts = in.n;
	input_release(&in);
}

static void answer_chat(struct standin *s, struct MHD_Connection *conn, struct span body,
                        struct answer *a)
{
	struct chat_ask ask;
	struct answer refusal = *a;
	bool fine = chat_begin(&s->chat, &s->stats, body, &ask, &refusal);
	enum fault fault = fault_draw(&s->draw, &s->opt);
	/* the key first, as for embeddings */
	if (key_is_wrong(s, conn)) {
		buf_free(&refusal.body);
		answer_fault(a, FAULT_401);
	} else if (!fine) {
		*a = refusal;
	} else if (!refuse_rate(s, a) && !answer_fault(a, fault)) {
		chat_answer(&s->chat, &ask, fault, a);
		clock_sleep_ms(s->opt.latency_ms + (fault == FAULT_SLOW ? s->opt.slow_ms : 0));
	}
	cJSON_Delete(ask.tree);
}

static void answer_models(const struct standin *s, struct answer *a)
{
	buf_add_str(&a->body, "{\"object\":\"list\",\"data\":[{\"id\":\"stand-in\",\"object\":\"model\","
	                      "\"owned_by\":\"tests\"}");
	chat_list_models(&s->chat, &a->body);
	buf_add_str(&a->body, "]}");
}

static void answer_get(struct standin *s, const char *url, struct answer *a)
{
	a->status = 200;
	a->content_type = "application/json";
	if (strcmp(url, "/stats") == 0)
		stats_write(&s->stats, &a->body);
	else if (strcmp(url, "/v1/models") == 0 || strcmp(url, "/models") == 0)
		answer_models(s, a);
	else
		answer_error(a, 404, "not_found_error", "no such path");
}

static bool is_embeddings(const char *url)
{
	return strcmp(url, "/v1/embeddings") == 0 || strcmp(url, "/embeddings") == 0;
}

static bool is_chat(const char *url)
{
	return strcmp(url, "/v1/chat/completions") == 0 || strcmp(url, "/chat/completions") == 0;
}

static bool takes_gzip(struct MHD_Connection *conn)
{
	const char *list = MHD_lookup_connection_value(conn, MHD_HEADER_KIND, "Accept-Encoding");
	return list && strstr(list, "gzip");
}

/* How the reply travels. */
static void wrap(struct standin *s, struct MHD_Connection *conn, struct answer *a)
{
	if (s->opt.gzip && !a->close && !a->pace && takes_gzip(conn) && answer_gzip(a)) {
		pthread_mutex_lock(&s->stats.lock);
		s->stats.gzipped++;
		pthread_mutex_unlock(&s->stats.lock);
	}
	a->trickle_ms = s->opt.trickle_ms;
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *conn, const char *url,
                              const char *method, const char *version, const char *data,
                              size_t *data_len, void **state)
{
	(void)version;
	struct standin *s = cls;
	struct exchange *x = *state;
	if (!x) {
		*state = x = mem_zalloc(1, sizeof *x);
		x->body = buf_new(MAX_BODY);
		return MHD_YES;
	}
	if (*data_len) {
		buf_add(&x->body, data, *data_len);
		*data_len = 0;
		return MHD_YES;
	}
	struct answer a = { .retry_after = -1, .body = buf_new((size_t)256 << 20) };
	if (strcmp(method, "POST") != 0 || !(is_embeddings(url) || is_chat(url))) {
		answer_get(s, url, &a);
		return send_answer(conn, &a);
	}
	stats_begin(&s->stats, clock_ms());
	if (s->opt.redirect) {
		answer_error(&a, 307, "redirect", "moved");
		a.location = s->opt.redirect;
	} else if (is_chat(url)) {
		answer_chat(s, conn, buf_span(&x->body), &a);
	} else {
		answer_embeddings(s, conn, buf_span(&x->body), &a);
	}
	wrap(s, conn, &a);
	stats_end(&s->stats, clock_ms(), a.n_texts, a.close ? 0 : a.status);
	return send_answer(conn, &a);
}

static void finish(void *cls, struct MHD_Connection *conn, void **state,
                   enum MHD_RequestTerminationCode code)
{
	(void)cls, (void)conn, (void)code;
	struct exchange *x = *state;
	if (x)
		buf_free(&x->body);
	free(x);
}

static char *read_pem(const char *path, struct buf *b)
{
	struct err err = { 0 };
	if (file_read(path, b, NULL, &err) == 0 && buf_add_byte(b, '\0') == 0)
		return b->p;
	fprintf(stderr, "standin: %s\n", err.text);
	return NULL;
}

static struct MHD_Daemon *start(struct standin *s)
{
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons((uint16_t)s->opt.port),
		                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)s->opt.port),
		                        .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	s->cert = buf_new(1 << 20);
	s->cert_key = buf_new(1 << 20);
	struct MHD_OptionItem tls[] = { { MHD_OPTION_END, 0, NULL }, { MHD_OPTION_END, 0, NULL },
		                            { MHD_OPTION_END, 0, NULL } };
	unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD;
	if (s->opt.ipv6)
		flags |= MHD_USE_IPv6;
	if (s->opt.tls_cert && s->opt.tls_key) {
		flags |= MHD_USE_TLS;
		tls[0] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_CERT, 0, read_pem(s->opt.tls_cert, &s->cert) };
		tls[1] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0,
		                                  read_pem(s->opt.tls_key, &s->cert_key) };
	}
	const void *address = s->opt.ipv6 ? (const void *)&six : (const void *)&four;
	return MHD_start_daemon(
		flags, 0, NULL, NULL, handle, s, MHD_OPTION_SOCK_ADDR, address,
		MHD_OPTION_NOTIFY_COMPLETED, finish, NULL, MHD_OPTION_CONNECTION_LIMIT, 256u,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)s->opt.idle_s, MHD_OPTION_ARRAY, tls,
		MHD_OPTION_END);
}

static int announce(const struct standin *s, struct MHD_Daemon *daemon)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
	FILE *f = s->opt.port_file ? fopen(s->opt.port_file, "w") : stdout;
	if (!f)
		return -1;
	fprintf(f, "%d\n", info->port);
	return s->opt.port_file ? fclose(f) : fflush(f);
}

int main(int argc, char **argv)
{
	static struct standin s;
	if (options_parse(&s.opt, argc, argv) < 0 || log_open(&s.log, s.opt.log_file) < 0 ||
	    log_open(&s.bodies, s.opt.body_log) < 0 ||
	    chat_side_open(&s.chat, &s.opt) < 0)
		return 2;
	if (s.opt.model_vectors) {
		if (vectors_open(&s.model) < 0)
			return 2;
		s.opt.dim = s.model.e->limits.dim;
	}
	s.draw.state = s.opt.seed;
	pthread_mutex_init(&s.draw.lock, NULL);
	pthread_mutex_init(&s.window.lock, NULL);
	pthread_mutex_init(&s.stats.lock, NULL);
	pthread_mutex_init(&s.lock, NULL);
	int limit = s.opt.limit_per_min > 0 ? s.opt.limit_per_min : 1;
	s.window.at = mem_zalloc((size_t)limit, sizeof *s.window.at);
	sigset_t stop;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	pthread_sigmask(SIG_BLOCK, &stop, NULL);
	struct MHD_Daemon *daemon = start(&s);
	if (!daemon || announce(&s, daemon) < 0) {
		fprintf(stderr, "standin: cannot listen on port %d\n", s.opt.port);
		return 2;
	}
	int which;
	sigwait(&stop, &which);
	MHD_stop_daemon(daemon);
	struct buf figures = buf_new(4096);
	stats_write(&s.stats, &figures);
	fputs(buf_span(&figures).p, stderr);
	buf_free(&figures);
	embedder_close(s.model.e);
	chat_side_close(&s.chat);
	buf_free(&s.cert);
	buf_free(&s.cert_key);
	free(s.window.at);
	return 0;
}
