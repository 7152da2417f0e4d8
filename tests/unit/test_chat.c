/* Chats, against a server of this file that says what a test scripts. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <math.h>
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

/* ---- the server: a thread, one connection at a time ---- */

enum { MAX_REQUESTS = 16 };

/* What it does with one request. */
struct answer {
	const char *head;  /* status line and headers but for the length's; NULL: a 200 of events */
	const char *body;
	enum { WHOLE, CHUNKED, CUT, STALL, DROP, CLOSE_IDLE } way;
	bool then_close;
};

static struct {
	int listener, port;
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
	while (a->way == STALL && !server.stop)
		clock_sleep_ms(5);
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
		if (a->way == CUT || a->then_close || a->way == STALL)
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
		serve(fd);
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
	pthread_create(&server.thread, NULL, run_server, NULL);
}

static int stop_server(void **state)
{
	(void)state;
	if (server.port == 0)
		return 0;
	server.stop = true;
	shutdown(server.listener, SHUT_RDWR);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_stream_is_heard_and_told, stop_server),
	};
	(void)whole_hello;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
