/* Chats, against a server of this file that says what a test scripts. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <math.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "models/chat.h"
#include "models/remote/chat_models.h"
#include "models/remote/http.h"

/* ---- the server: a thread, one connection at a time ---- */

enum { MAX_REQUESTS = 16 };

/* What it does with one request. */
struct answer {
	const char *head;  /* status line and headers but for the length's; NULL: a 200 of events */
	const char *body;
	enum { WHOLE, CHUNKED, CUT /* short of its end */, STALL, DROP /* unanswered */ } way;
};

static struct {
	int listener, port;
	atomic_int connection; /* -1: none */
	pthread_t thread;
	const struct answer *answers;
	int n_answers;
	atomic_int n_requests, n_connections;
	struct buf requests[MAX_REQUESTS]; /* head and body */
	atomic_bool stop;
} server;

static void send_all(int fd, const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		p += n;
		len -= (size_t)n;
	}
}

static bool read_request(int fd, struct buf *b)
{
	char bytes[65536];
	for (;;) {
		ssize_t n = recv(fd, bytes, sizeof bytes, 0);
		if (n <= 0)
			return false;
		buf_add(b, bytes, (size_t)n);
		const char *end = strstr(b->p, "\r\n\r\n"), *length = strcasestr(b->p, "content-length:");
		size_t want = length ? strtoul(length + 15, NULL, 10) : 0;
		if (end && b->len >= (size_t)(end + 4 - b->p) + want)
			return true;
	}
}

static const char events_head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n";

static void send_answer(int fd, const struct answer *a)
{
	char line[256];
	size_t len = strlen(a->body);
	const char *head = a->head ? a->head : events_head;
	send_all(fd, head, strlen(head));
	if (a->way == WHOLE) {
		int n = snprintf(line, sizeof line, "Content-Length: %zu\r\n\r\n", len);
		send_all(fd, line, (size_t)n);
		send_all(fd, a->body, len);
		return;
	}
	int n = snprintf(line, sizeof line, "Transfer-Encoding: chunked\r\n\r\n%zx\r\n", len);
	send_all(fd, line, (size_t)n);
	send_all(fd, a->body, len);
	if (a->way == CHUNKED)
		send_all(fd, "\r\n0\r\n\r\n", 7);
	/* until the client goes */
	while (a->way == STALL && recv(fd, line, sizeof line, 0) > 0)
		;
}

static void serve(int fd)
{
	while (server.n_requests < server.n_answers && !server.stop) {
		struct buf *b = &server.requests[server.n_requests];
		*b = buf_new(1 << 20);
		if (!read_request(fd, b))
			return;
		const struct answer *a = &server.answers[server.n_requests++];
		if (a->way == DROP)
			return;
		send_answer(fd, a);
		if (a->way == CUT || a->way == STALL)
			return;
	}
}

static void *run_server(void *unused)
{
	while (!server.stop) {
		int fd = accept(server.listener, NULL, NULL);
		if (fd < 0)
			break;
		server.n_connections++;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
		server.connection = fd;
		serve(fd);
		server.connection = -1;
		close(fd);
	}
	return unused;
}

static void start_server(const struct answer *answers, int n)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof address;
	server.listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(server.listener, (struct sockaddr *)&address, len), 0);
	assert_int_equal(listen(server.listener, 8), 0);
	assert_int_equal(getsockname(server.listener, (struct sockaddr *)&address, &len), 0);
	server.port = ntohs(address.sin_port);
	server.answers = answers;
	server.n_answers = n;
	server.n_requests = server.n_connections = 0;
	server.stop = false;
	server.connection = -1;
	pthread_create(&server.thread, NULL, run_server, NULL);
}

static int stop_server(void **state)
{
	(void)state;
	if (server.port == 0)
		return 0;
	server.stop = true;
	shutdown(server.listener, SHUT_RDWR);
	if (server.connection >= 0) /* a test that fails leaves it open */
		shutdown(server.connection, SHUT_RDWR);
	pthread_join(server.thread, NULL);
	close(server.listener);
	for (int i = 0; i < MAX_REQUESTS; i++)
		buf_free(&server.requests[i]);
	server.port = 0;
	return 0;
}

#define START(answers) start_server(answers, (int)(sizeof(answers) / sizeof *(answers)))

/* ---- asking ---- */

struct asked {
	struct chat *chat;
	struct chat_messages messages;
	struct chat_request q;
	struct chat_reply reply;
	struct buf heard; /* deltas, reasoning in brackets */
	size_t limit;
	int rc, n_waits;
	int64_t stop_after_ms; /* 0: never */
	struct err err;
};

static void hear(void *ctx, enum chat_part part, struct span text)
{
	struct asked *a = ctx;
	buf_add_str(&a->heard, part == CHAT_REASONING ? "(" : "");
	buf_add_span(&a->heard, text);
	buf_add_str(&a->heard, part == CHAT_REASONING ? ")" : "");
}

static void on_wait(void *ctx, int64_t wait_ms, const char *why)
{
	struct asked *a = ctx;
	assert_true(wait_ms > 0);
	assert_true(strlen(why) > 0);
	a->n_waits++;
}

static bool is_stopped(void *ctx)
{
	const struct asked *a = ctx;
	return a->stop_after_ms && clock_ms() > a->stop_after_ms;
}

static void open_chat(struct asked *a, const char *name, struct model_options opt)
{
	char url[64];
	snprintf(url, sizeof url, "http://127.0.0.1:%d/v1", server.port);
	if (!opt.base_url)
		opt.base_url = url;
	*a = (struct asked){ .heard = buf_new(1 << 20) };
	a->chat = chat_open(name, &opt, &a->err);
	if (!a->chat)
		fail_msg("%s", a->err.text);
	chat_messages_add(&a->messages, CHAT_USER, "hello");
	a->q = (struct chat_request){ .messages = a->messages.items, .n_messages = 1,
		                          .temperature = (double)NAN, .top_p = (double)NAN, .stream = true,
		                          .on_delta = hear, .ctx = a, .on_wait = on_wait,
		                          .stopped = is_stopped, .stopped_ctx = a };
}

static int ask(struct asked *a)
{
	chat_reply_release(&a->reply);
	buf_clear(&a->heard);
	a->err = (struct err){ 0 };
	a->rc = chat_complete(a->chat, &a->q, &a->reply, &a->limit, &a->err);
	assert_true((a->rc == 0) == (a->err.code == ERR_NONE));
	return a->rc;
}

static void done(struct asked *a)
{
	chat_close(a->chat);
	chat_reply_release(&a->reply);
	chat_messages_free(&a->messages);
	buf_free(&a->heard);
	stop_server(NULL);
}

#define SAY(text) "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" text "\"}}]}\n\n"
#define FINISH "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
#define USAGE "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}\n\n"
#define DONE "data: [DONE]\n\n"
#define SLOW "{\"error\":{\"message\":\"slow\"}}"
#define REFUSAL(status) "HTTP/1.1 " status "\r\nContent-Type: application/json\r\n"

static const char whole_hello[] =
	"{\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hello\"},"
	"\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}";

/* ---- tests ---- */

static void a_stream_is_heard_and_told(void **state)
{
	(void)state;
	static const struct answer answers[] = {
		{ .body = SAY("Hel") SAY("lo") FINISH USAGE DONE, .way = CHUNKED },
		{ .body = SAY("again") FINISH DONE, .way = CHUNKED },
	};
	START(answers);
	struct asked a;
	open_chat(&a, "ovhcloud/Meta-Llama-3_3-70B-Instruct", (struct model_options){ 0 });
	assert_string_equal(a.chat->model, "ovhcloud/Meta-Llama-3_3-70B-Instruct");
	assert_true(a.chat->context_tokens > 100000);
	assert_false(a.chat->sees_images);
	assert_int_equal(ask(&a), 0);
	assert_string_equal(a.reply.message.text, "Hello");
	assert_string_equal(a.heard.p, "Hello");
	assert_int_equal(a.reply.finish, CHAT_STOP);
	assert_true(a.reply.usage_known);
	assert_int_equal(a.reply.prompt_tokens, 7);
	assert_true(a.reply.first_token_ms >= 0 && a.reply.first_token_ms <= a.reply.total_ms);
	const char *request = server.requests[0].p;
	assert_non_null(strstr(request, "POST /v1/chat/completions HTTP/1.1\r\n"));
	assert_non_null(strstr(request, "Accept: text/event-stream, application/json\r\n"));
	assert_null(strcasestr(request, "accept-encoding"));
	assert_non_null(strstr(request, "\r\n\r\n{\"model\":\"Meta-Llama-3_3-70B-Instruct\",\"messages\":"
	                                "[{\"role\":\"user\",\"content\":\"hello\"}],\"stream\":true,"
	                                "\"stream_options\":{\"include_usage\":true}}"));
	assert_int_equal(ask(&a), 0);
	assert_string_equal(a.reply.message.text, "again");
	assert_int_equal(server.n_connections, 1); /* kept */
	done(&a);
}

static void a_whole_reply_to_a_stream_request(void **state)
{
	(void)state;
	static const struct answer answers[] = {
		{ .head = REFUSAL("200 OK"), .body = whole_hello },
		{ .head = REFUSAL("200 OK"), .body = SAY("x") FINISH DONE },
	};
	START(answers);
	struct asked a;
	open_chat(&a, "vllm/any", (struct model_options){ 0 });
	assert_true(a.chat->sees_images);
	assert_int_equal(a.chat->context_tokens, 0);
	assert_int_equal(ask(&a), 0);
	assert_string_equal(a.heard.p, "Hello");
	assert_string_equal(a.reply.model, "m");
	a.q.stream = false; /* and a stream to one that is none */
	assert_int_equal(ask(&a), 0);
	assert_string_equal(a.heard.p, "x");
	assert_non_null(strstr(server.requests[1].p, "Accept: application/json\r\n"));
	assert_null(strstr(server.requests[1].p, "stream"));
	done(&a);
}

static void what_came_of_a_broken_stream_is_there(void **state)
{
	(void)state;
	static const struct answer answers[] = {
		{ .body = SAY("half an") "data: {\"cho", .way = CUT },
		{ .body = SAY("half an"), .way = CHUNKED },
		{ .body = SAY("half an") "data: {\"error\":{\"message\":\"out of memory\",\"code\":500}}\n\n" DONE,
		  .way = CHUNKED },
		{ .body = SAY("an answer") FINISH, .way = CUT },
	};
	static const struct {
		enum err_code code;
		const char *words;
	} expect[] = { { ERR_NETWORK, "' breaks the answer off: " },
		           { ERR_REPLY, "' breaks the answer off: it has no end" },
		           { ERR_REPLY, "' breaks the answer off: out of memory" } };
	START(answers);
	struct asked a;
	open_chat(&a, "vllm/any", (struct model_options){ 0 });
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(ask(&a), -1);
		assert_int_equal(a.err.code, expect[i].code);
		if (!strstr(a.err.text, expect[i].words))
			fail_msg("%zu: %s", i, a.err.text);
		assert_int_equal(a.reply.finish, CHAT_CUT);
		assert_string_equal(a.reply.message.text, "half an");
		assert_string_equal(a.heard.p, "half an");
	}
	assert_int_equal(ask(&a), 0); /* what is missing behind the end was no part of it */
	assert_string_equal(a.reply.message.text, "an answer");
	assert_int_equal(a.n_waits, 0);
	assert_int_equal(server.n_requests, 4); /* never again once it has begun */
	done(&a);
}

static void what_passes_is_tried_again(void **state)
{
	(void)state;
	static const struct answer answers[] = {
		{ .head = REFUSAL("429 Too Many") "Retry-After-Ms: 20\r\n", .body = SLOW },
		{ .head = REFUSAL("503 Busy") "llm_provider-retry-after-ms: 10\r\n", .body = "{}" },
		{ .body = ":\n\n", .way = CUT },
		{ .way = DROP },
		{ .head = REFUSAL("200 OK") "Retry-After-Ms: 10\r\n",
		  .body = "data: {\"error\":{\"message\":\"overloaded\",\"code\":503}}\n\n", .way = CHUNKED },
		{ .body = SAY("at last") FINISH DONE, .way = CHUNKED },
	};
	START(answers);
	struct asked a;
	open_chat(&a, "vllm/any", (struct model_options){ 0 });
	assert_int_equal(ask(&a), 0);
	assert_string_equal(a.heard.p, "at last");
	assert_string_equal(a.reply.message.text, "at last");
	assert_int_equal(a.n_waits, 5);
	const char *first = strstr(server.requests[0].p, "\r\n\r\n");
	for (int i = 1; i < 6; i++)
		assert_string_equal(strstr(server.requests[i].p, "\r\n\r\n"), first);
	done(&a);
}

static void a_kept_connection_that_was_closed_costs_no_try(void **state)
{
	(void)state;
	static const struct answer answers[] = {
		{ .body = SAY("a") FINISH DONE, .way = CHUNKED },
		{ .way = DROP },
		{ .body = SAY("b") FINISH DONE, .way = CHUNKED },
	};
	START(answers);
	struct asked a;
	open_chat(&a, "litellm_proxy/my-chat", (struct model_options){ 0 });
	assert_int_equal(ask(&a), 0);
	assert_int_equal(ask(&a), 0);
	assert_string_equal(a.heard.p, "b");
	assert_int_equal(a.n_waits, 0);
	assert_int_equal(server.n_connections, 2);
	assert_non_null(strstr(server.requests[2].p, "x-litellm-num-retries: 0\r\n"));
	done(&a);
}

static void what_does_not_pass_is_told(void **state)
{
	(void)state;
	static const struct {
		struct answer answer;
		enum err_code code;
		size_t limit;
		const char *words;
	} cases[] = {
		{ { .head = REFUSAL("400 Bad"), .body = "{\"error\":{\"message\":\"No connected db.\",\"type\":"
		    "\"no_db_connection\",\"param\":null,\"code\":\"400\"}}" },
		  ERR_AUTH, 0, "' wants a key (status 400: No connected db.); set LITELLM_PROXY_API_KEY" },
		{ { .head = REFUSAL("401 Unauthorized"), .body = "" }, ERR_AUTH, 0, "' wants a key" },
		{ { .head = REFUSAL("400 Bad"), .body = "{\"error\":{\"message\":\"/chat/completions: Invalid model "
		    "name passed in model=m\",\"code\":\"400\"}}" },
		  ERR_MODEL, 0, "' has no model 'm' for chat" },
		{ { .head = REFUSAL("404 Not Found"), .body = "{\"detail\":\"Not Found\"}" }, ERR_NETWORK, 0,
		  "no chat at 'http://" },
		{ { .head = REFUSAL("307 Moved") "Location: http://other/v1\r\n", .body = "" }, ERR_NETWORK, 0,
		  "it redirects to 'http://other/v1'" },
		{ { .head = REFUSAL("400 Bad"), .body = "{\"error\":{\"message\":\"feature 'extra arguments' is not "
		    "currently supported\"}}" },
		  ERR_REPLY, 0, "' refuses the request (status 400): feature 'extra arguments'" },
		{ { .head = REFUSAL("400 Bad"), .body = "{\"error\":{\"message\":\"This model's "
		    "maximum context length is 8192 tokens. However\"}}" },
		  ERR_LIMIT, 8192, "the request is too long for '" },
		{ { .head = REFUSAL("400 Bad"), .body = "{\"error\":{\"code\":400,\"type\":"
		    "\"exceed_context_size_error\",\"message\":\"the request exceeds the available "
		    "context size\",\"n_ctx\":4096}}" },
		  ERR_LIMIT, 4096, "the request is too long for '" },
		{ { .head = REFUSAL("413 Large"), .body = "" }, ERR_LIMIT, 0, "the request is too long for '" },
		{ { .body = "data: {\"error\":{\"message\":\"maximum context length is 77 tokens\","
		    "\"code\":400}}\n\n" },
		  ERR_LIMIT, 77, "the request is too long for '" },
		{ { .body = "data: {\"error\":{\"message\":\"bad\",\"code\":422}}\n\n" }, ERR_REPLY, 0,
		  "' refuses the request (status 422): bad" },
		{ { .head = REFUSAL("200 OK"), .body = "<html><body>Sign in</body></html>" }, ERR_REPLY, 0,
		  "' gives a reply that is no answer: it holds what is no JSON object: Sign in" },
		{ { .body = DONE "x" }, ERR_NONE, 0, "" },
		{ { .body = "" }, ERR_REPLY, 0, "' gives a reply that is no answer: it is empty" },
	};
	enum { N = sizeof cases / sizeof *cases };
	struct answer answers[N];
	for (size_t i = 0; i < N; i++)
		answers[i] = cases[i].answer;
	start_server(answers, N);
	struct asked a;
	open_chat(&a, "litellm_proxy/m", (struct model_options){ 0 });
	for (size_t i = 0; i < N; i++) {
		ask(&a);
		if (a.err.code != cases[i].code || a.limit != cases[i].limit ||
		    !strstr(a.err.text, cases[i].words))
			fail_msg("%zu: code %d, limit %zu, %s", i, (int)a.err.code, a.limit, a.err.text);
		assert_string_equal(a.reply.message.text, "");
		assert_true(isnan(a.reply.first_token_ms));
	}
	assert_int_equal(a.n_waits, 0);
	done(&a);
}

static void patience_ends(void **state)
{
	(void)state;
	static const struct answer answers[] = {
		{ .head = REFUSAL("429 Too Many") "Retry-After: 30\r\n", .body = SLOW },
		{ .head = "HTTP/1.1 500 Oops\r\nContent-Type: text/plain\r\n", .body = "Internal Server Error" },
		{ .head = "HTTP/1.1 500 Oops\r\nContent-Type: text/plain\r\n", .body = "Internal Server Error" },
		{ .head = "HTTP/1.1 500 Oops\r\nContent-Type: text/plain\r\n", .body = "Internal Server Error" },
	};
	START(answers);
	struct asked a;
	open_chat(&a, "litellm_proxy/m", (struct model_options){ .patience_ms = 20000 });
	int64_t before_ms = clock_ms();
	assert_int_equal(ask(&a), -1);
	assert_true(clock_ms() - before_ms < 5000); /* 30 s would be in vain */
	assert_int_equal(a.err.code, ERR_NETWORK);
	assert_non_null(strstr(a.err.text, "0 s and 1 tries: status 429: slow"));
	assert_int_equal(ask(&a), -1);
	assert_int_equal(server.n_requests, 4);
	assert_int_equal(a.err.code, ERR_NETWORK);
	assert_non_null(strstr(a.err.text, "3 tries: status 500: Internal Server Error; look at the "
	                                   "server's log; if it wants a key, set LITELLM_PROXY_API_KEY"));
	done(&a);
}

static void nobody_listens(void **state)
{
	(void)state;
	static const struct answer none[] = { { .body = "" } };
	START(none);
	struct asked a;
	open_chat(&a, "ollama/m", (struct model_options){ .patience_ms = 300 });
	stop_server(NULL);
	assert_int_equal(ask(&a), -1);
	assert_int_equal(a.err.code, ERR_NETWORK);
	assert_non_null(strstr(a.err.text, "check that the server runs and that http://127.0.0.1:"));
	done(&a);
}

static void stop_in(struct asked *a, int64_t ms)
{
	a->stop_after_ms = clock_ms() + ms;
}

static void a_stop_is_seen_soon(void **state)
{
	(void)state;
	static const struct answer answers[] = {
		{ .body = SAY("so far"), .way = STALL },
		{ .head = REFUSAL("429 Too Many") "Retry-After: 5\r\n", .body = "{}" },
		{ .body = SAY("next") FINISH DONE, .way = CHUNKED },
	};
	START(answers);
	struct asked a;
	open_chat(&a, "vllm/any", (struct model_options){ 0 });
	stop_in(&a, 150);
	int64_t before_ms = clock_ms();
	assert_int_equal(ask(&a), -1);
	assert_true(clock_ms() - before_ms < 2000);
	assert_int_equal(a.err.code, ERR_INTERRUPTED);
	assert_int_equal(a.reply.finish, CHAT_CUT);
	assert_string_equal(a.reply.message.text, "so far");
	stop_in(&a, 50); /* while it waits for the server */
	assert_int_equal(ask(&a), -1);
	assert_int_equal(a.err.code, ERR_INTERRUPTED);
	assert_string_equal(a.reply.message.text, "");
	a.stop_after_ms = 0;
	assert_int_equal(ask(&a), 0); /* the chat goes on */
	assert_string_equal(a.heard.p, "next");
	done(&a);
}

static void nothing_is_waited_for_behind_the_end(void **state)
{
	(void)state;
	static const struct answer answers[] = {
		{ .body = SAY("all") FINISH DONE, .way = STALL },
	};
	START(answers);
	struct asked a;
	open_chat(&a, "vllm/any", (struct model_options){ 0 });
	assert_int_equal(ask(&a), 0);
	assert_string_equal(a.reply.message.text, "all");
	assert_true(a.reply.total_ms < 5000);
	done(&a);
}

static void silence_has_a_limit(void **state)
{
	(void)state;
	static const struct answer answers[] = { { .body = SAY("then nothing"), .way = STALL } };
	START(answers);
	struct asked a;
	open_chat(&a, "vllm/any", (struct model_options){ .total_timeout_ms = 150 });
	assert_int_equal(ask(&a), -1);
	assert_int_equal(a.err.code, ERR_NETWORK);
	assert_string_equal(a.reply.message.text, "then nothing");
	done(&a);
}

static int count_bytes(void *user, const struct http_reply *so_far, struct span bytes)
{
	assert_int_equal(so_far->status, 200);
	assert_string_equal(so_far->content_type, "text/event-stream");
	*(size_t *)user += bytes.len;
	return 0;
}

static void a_body_may_be_slow_but_not_silent(void **state)
{
	(void)state;
	static const struct answer answers[] = {
		{ .body = "some", .way = STALL },
		{ .head = REFUSAL("503 Busy"), .body = "busy" },
	};
	START(answers);
	struct err err = { 0 };
	struct http_options options = { .idle_timeout_ms = 60 };
	struct http *http = http_open(&options, &err);
	assert_non_null(http);
	char url[64];
	size_t n = 0;
	struct http_reply reply;
	snprintf(url, sizeof url, "http://127.0.0.1:%d/", server.port);
	struct http_request q = { .url = url, .on_body = count_bytes, .user = &n };
	assert_int_equal(http_start(http, &q, &err), 0);
	assert_int_equal(http_wait(http, 10000, &reply), 1);
	assert_int_equal(reply.fault, HTTP_TIMEOUT);
	assert_string_equal(reply.fault_text, "no further byte of an answer in 60 ms");
	assert_int_equal(n, 4);
	http_reply_release(&reply);
	assert_int_equal(http_start(http, &q, &err), 0);
	assert_int_equal(http_wait(http, 10000, &reply), 1);
	assert_int_equal(reply.status, 503);
	assert_string_equal(reply.body.p, "busy"); /* a refusal is collected */
	http_reply_release(&reply);
	http_close(http);
}

/* A stream that cannot be read any further is not read any further. */
static void garbage_ends_the_request(void **state)
{
	(void)state;
	static const struct answer answers[] = { { .body = SAY("x") "data: garbage\n\n", .way = STALL } };
	START(answers);
	struct asked a;
	open_chat(&a, "vllm/any", (struct model_options){ 0 });
	assert_int_equal(ask(&a), -1);
	assert_int_equal(a.err.code, ERR_REPLY);
	assert_non_null(strstr(a.err.text, "no JSON object: garbage"));
	assert_string_equal(a.reply.message.text, "x");
	done(&a);
}

static void names_of_models(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct model_options opt = { 0 };
	static const struct {
		const char *name;
		enum err_code code;
	} bad[] = { { "nobody/m", ERR_USAGE }, { "m", ERR_USAGE }, { "", ERR_USAGE }, { "ovhcloud/", ERR_USAGE },
		        { "local/multilingual-e5-small", ERR_USAGE }, { "openai/gpt-4o", ERR_AUTH } };
	unsetenv("OPENAI_API_KEY");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_null(chat_open(bad[i].name, &opt, &err));
		assert_int_equal(err.code, bad[i].code);
	}
	struct chat *c = chat_open(CHAT_MODEL_DEFAULT, &opt, &err);
	assert_non_null(c);
	assert_string_equal(c->host, "oai.endpoints.kepler.ai.cloud.ovh.net");
	assert_true(c->price_in > 0 && c->price_out > 0);
	chat_close(c);
	opt.base_url = "http://127.0.0.1:9/v1";
	c = chat_open("meta/llama", &opt, &err);
	assert_non_null(c);
	assert_string_equal(c->model, "meta/llama");
	assert_true(c->price_in == 0);
	chat_close(c);
	chat_close(NULL);
	assert_true(chat_model_find("mistralai/Mistral-Small-3.2-24B-Instruct-2506")->sees_images);
	assert_int_equal(chat_model_find("GPT-OSS-120B:latest")->context_tokens, 131000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_stream_is_heard_and_told, stop_server),
		cmocka_unit_test_teardown(a_whole_reply_to_a_stream_request, stop_server),
		cmocka_unit_test_teardown(what_came_of_a_broken_stream_is_there, stop_server),
		cmocka_unit_test_teardown(what_passes_is_tried_again, stop_server),
		cmocka_unit_test_teardown(a_kept_connection_that_was_closed_costs_no_try, stop_server),
		cmocka_unit_test_teardown(what_does_not_pass_is_told, stop_server),
		cmocka_unit_test_teardown(patience_ends, stop_server),
		cmocka_unit_test_teardown(nobody_listens, stop_server),
		cmocka_unit_test_teardown(a_stop_is_seen_soon, stop_server),
		cmocka_unit_test_teardown(nothing_is_waited_for_behind_the_end, stop_server),
		cmocka_unit_test_teardown(silence_has_a_limit, stop_server),
		cmocka_unit_test_teardown(a_body_may_be_slow_but_not_silent, stop_server),
		cmocka_unit_test_teardown(garbage_ends_the_request, stop_server),
		cmocka_unit_test(names_of_models),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
