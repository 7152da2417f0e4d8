/* The chat completions API as bytes: requests, replies of each server, cut anywhere. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "models/remote/chat_reader.h"
#include "models/remote/chat_wire.h"

/* ---- requests ---- */

static struct chat_request plain(const struct chat_messages *m)
{
	return (struct chat_request){ .messages = m->items, .n_messages = m->n,
		                          .temperature = (double)NAN, .top_p = (double)NAN };
}

static void check_body(const struct chat_request *q, const char *expect)
{
	struct buf b = buf_new(1 << 20);
	struct err err = { 0 };
	if (chat_wire_request(&b, "m", q, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(b.p, expect);
	buf_free(&b);
}

static void only_what_is_asked_for_is_sent(void **state)
{
	(void)state;
	struct chat_messages list = { 0 };
	chat_messages_add(&list, CHAT_USER, "Hello, \"you\"\n");
	struct chat_request q = plain(&list);
	check_body(&q, "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":"
	               "\"Hello, \\\"you\\\"\\n\"}]}");
	static const char *const stop[] = { "\n\n", "END" };
	q.max_tokens = 10;
	q.temperature = 0.2;
	q.top_p = 0.9;
	q.stop = stop;
	q.n_stop = 2;
	q.user = "user";
	q.stream = true;
	check_body(&q, "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":"
	               "\"Hello, \\\"you\\\"\\n\"}],"
	               "\"max_tokens\":10,\"temperature\":0.2,\"top_p\":0.9,\"stop\":[\"\\n\\n\",\"END\"],"
	               "\"user\":\"user\",\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
	chat_messages_free(&list);
}

static void nought_is_a_temperature(void **state)
{
	(void)state;
	struct chat_messages list = { 0 };
	struct chat_request q = plain(&list);
	q.temperature = 0;
	q.top_p = 1;
	check_body(&q, "{\"model\":\"m\",\"messages\":[],\"temperature\":0,\"top_p\":1}");
}

static struct chat_message *add_call(struct chat_messages *list, const char *text)
{
	struct chat_message *m = chat_messages_add(list, CHAT_ASSISTANT, text);
	m->calls = mem_zalloc(1, sizeof *m->calls);
	m->n_calls = 1;
	m->calls[0] = (struct chat_call){ mem_strdup("c1"), mem_strdup("f"), mem_strdup("{\"a\": 1}") };
	return m;
}

static void a_conversation_with_calls(void **state)
{
	(void)state;
	struct chat_messages list = { 0 };
	chat_messages_add(&list, CHAT_SYSTEM, "s");
	chat_messages_add(&list, CHAT_USER, "u");
	add_call(&list, NULL);
	struct chat_message *m = chat_messages_add(&list, CHAT_TOOL, "22");
	m->call_id = mem_strdup("c1");
	m->name = mem_strdup("f");
	add_call(&list, "I look");
	add_call(&list, "");
	chat_messages_add(&list, CHAT_ASSISTANT, "");
	struct chat_request q = plain(&list);
	static const struct chat_tool tools[] = { { "f", "does f", "{\"type\": \"object\"}" },
		                                      { "g", NULL, NULL } };
	q.tools = tools;
	q.n_tools = 2;
#define CALLS "\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"f\"," \
	          "\"arguments\":\"{\\\"a\\\": 1}\"}}]"
	check_body(&q, "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"s\"},"
	               "{\"role\":\"user\",\"content\":\"u\"},{\"role\":\"assistant\"," CALLS "},"
	               "{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"name\":\"f\",\"content\":\"22\"},"
	               "{\"role\":\"assistant\",\"content\":\"I look\"," CALLS "},"
	               "{\"role\":\"assistant\"," CALLS "},{\"role\":\"assistant\",\"content\":\"\"}],"
	               "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"description\":"
	               "\"does f\",\"parameters\":{\"type\":\"object\"}}},{\"type\":\"function\","
	               "\"function\":{\"name\":\"g\"}}],\"tool_choice\":\"auto\"}");
	chat_messages_cut(&list, 1);
	assert_int_equal(list.n, 1);
	chat_messages_free(&list);
}

static void images_follow_the_text(void **state)
{
	(void)state;
	struct chat_messages list = { 0 };
	struct chat_message *m = chat_messages_add(&list, CHAT_USER, "What is this?");
	m->images = mem_zalloc(1, sizeof *m->images);
	m->images[0] = mem_strdup("data:image/png;base64,AA/=");
	m->n_images = 1;
	struct chat_request q = plain(&list);
	check_body(&q, "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\","
	               "\"text\":\"What is this?\"},{\"type\":\"image_url\",\"image_url\":{\"url\":"
	               "\"data:image/png;base64,AA/=\"}}]}]}");
	chat_messages_free(&list);
}

static void a_schema_is_named(void **state)
{
	(void)state;
	struct chat_messages list = { 0 };
	struct chat_request q = plain(&list);
	q.schema = " {\"type\": \"object\", \"additionalProperties\": false}\n";
	q.schema_name = "data";
	check_body(&q, "{\"model\":\"m\",\"messages\":[],\"response_format\":{\"type\":\"json_schema\","
	               "\"json_schema\":{\"name\":\"data\",\"schema\":{\"type\":\"object\","
	               "\"additionalProperties\":false},\"strict\":false}}}");
}

static void what_cannot_be_sent_is_told(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct chat_messages list = { 0 };
	struct chat_tool tool = { "f", "", "[1]" };
	struct chat_request q = plain(&list);
	struct buf b = buf_new(1000);
	q.tools = &tool;
	q.n_tools = 1;
	assert_int_equal(chat_wire_request(&b, "m", &q, &err), -1);
	assert_int_equal(err.code, ERR_INPUT);
	assert_string_equal(err.text, "function 'f': the schema of its parameters is no JSON object");
	tool.parameters = "{\"type\":";
	assert_int_equal(chat_wire_request(&b, "m", &q, &err), -1);
	assert_int_equal(err.code, ERR_INPUT);
	q.n_tools = 0;
	q.schema = "{";
	q.schema_name = "data";
	assert_int_equal(chat_wire_request(&b, "m", &q, &err), -1);
	assert_int_equal(err.code, ERR_INPUT);
	char *text = mem_zalloc(2000, 1);
	memset(text, 'x', 1999);
	chat_messages_add(&list, CHAT_USER, text);
	q = plain(&list);
	assert_int_equal(chat_wire_request(&b, "m", &q, &err), -1);
	assert_int_equal(err.code, ERR_LIMIT);
	free(text);
	chat_messages_free(&list);
	buf_free(&b);
}

static void a_request_is_sound_json(void **state)
{
	(void)state;
	struct chat_messages list = { 0 };
	chat_messages_add(&list, CHAT_USER, "a\x80\xffz \x1b");
	struct chat_request q = plain(&list);
	check_body(&q, "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"a"
	               "\xef\xbf\xbd\xef\xbf\xbdz \\u001b\"}]}");
	chat_messages_free(&list);
}

/* ---- replies: read in pieces, and told in a line ---- */

struct heard {
	struct buf answer, reasoning;
	int n;
};

static void hear(void *ctx, enum chat_part part, struct span text)
{
	struct heard *h = ctx;
	assert_true(text.len > 0);
	assert_true(utf8_is_valid(text.p, text.len));
	buf_add_span(part == CHAT_ANSWER ? &h->answer : &h->reasoning, text);
	h->n++;
}

static void tell(struct buf *out, const struct chat_reader *r, const struct chat_reply *reply,
                 const struct err *why)
{
	static const char *const names[] = { "stop", "length", "calls", "filtered", "cut" };
	static const char *const verdicts[] = { "wait", "rate",    "cooldown", "size", "text",
		                                    "key",  "payment", "model",    "url" };
	buf_printf(out, "%s \"%s\"", names[reply->finish], reply->message.text);
	if (reply->reasoning)
		buf_printf(out, " reasoning \"%s\"", reply->reasoning);
	for (size_t i = 0; i < reply->message.n_calls; i++) {
		const struct chat_call *c = &reply->message.calls[i];
		buf_printf(out, " call %s#%s%s", c->name, c->id, c->arguments);
	}
	if (reply->usage_known)
		buf_printf(out, " usage %d+%d", (int)reply->prompt_tokens, (int)reply->completion_tokens);
	if (reply->model[0])
		buf_printf(out, " model %s", reply->model);
	if (r->refused)
		buf_printf(out, " refused %s", verdicts[r->refusal.verdict]);
	if (r->refused && r->refusal.verdict == VERDICT_SIZE)
		buf_printf(out, " text_tokens %zu", r->refusal.limit);
	if (!r->refused && why->code)
		buf_printf(out, " why %s", why->text);
}

/* Feeds body cut at the places `cuts` (rising), and writes what came. */
static void read_pieces(struct span body, const char *type, const size_t *cuts, size_t n_cuts,
                        struct buf *out)
{
	struct heard h = { buf_new(1 << 20), buf_new(1 << 20), 0 };
	struct chat_reader r;
	struct chat_reply reply;
	struct err why = { 0 };
	chat_reader_init(&r, hear, &h);
	size_t at = 0;
	for (size_t i = 0; i <= n_cuts; i++) {
		size_t to = i < n_cuts ? cuts[i] : body.len;
		if (chat_reader_feed(&r, type, (struct span){ body.p + at, to - at }) < 0)
			break;
		at = to;
	}
	int rc = chat_reader_end(&r, &reply, &why);
	assert_true((rc == 0) == (why.code == ERR_NONE));
	assert_true((rc == 0) == (reply.finish != CHAT_CUT));
	tell(out, &r, &reply, &why);
	assert_string_equal(buf_span(&h.answer).p, reply.message.text);
	assert_string_equal(buf_span(&h.reasoning).p, reply.reasoning ? reply.reasoning : "");
	chat_reply_release(&reply);
	chat_reader_free(&r);
	buf_free(&h.answer);
	buf_free(&h.reasoning);
}

static void check_cuts(const char *name, struct span body, const char *type, const size_t *cuts,
                       size_t n, const char *expect)
{
	struct buf got = buf_new(1 << 16);
	read_pieces(body, type, cuts, n, &got);
	if (strcmp(got.p, expect) != 0)
		fail_msg("%s, %zu cuts, the first at %zu: '%s' instead of '%s'", name, n, n ? cuts[0] : 0,
		         got.p, expect);
	buf_free(&got);
}

/* ---- bodies of real servers, in tests/wire ---- */

struct wire_file {
	struct buf b;
	int status;
	char type[80], expect[512];
	struct span body;
};

static void read_wire_file(struct wire_file *f, const char *name)
{
	char path[512];
	*f = (struct wire_file){ .b = buf_new(1 << 20) };
	snprintf(path, sizeof path, "tests/wire/%s", name);
	assert_int_equal(file_read(path, &f->b, NULL, NULL), 0);
	char *body = strstr(f->b.p, "\n\n"), *type = strstr(f->b.p, "\ntype: ");
	assert_non_null(body);
	f->body = (struct span){ body + 2, f->b.len - (size_t)(body + 2 - f->b.p) };
	assert_int_equal(sscanf(strstr(f->b.p, "\nstatus: "), "\nstatus: %d", &f->status), 1);
	assert_int_equal(sscanf(strstr(f->b.p, "\nexpect: "), "\nexpect: %511[^\n]", f->expect), 1);
	if (type && type < body)
		assert_int_equal(sscanf(type, "\ntype: %79[^\n]", f->type), 1);
}

static void check_refusal(const char *name, const struct wire_file *f)
{
	struct refusal r = refusal_read(f->status, f->body);
	char got[64] = "other";
	if (r.verdict == VERDICT_SIZE && r.kind == LIMIT_TEXT_TOKENS)
		snprintf(got, sizeof got, "size text_tokens %zu", r.limit);
	else if (r.verdict == VERDICT_MODEL || r.verdict == VERDICT_TEXT || r.verdict == VERDICT_WAIT)
		snprintf(got, sizeof got, "%s", r.verdict == VERDICT_MODEL  ? "model"
		                                : r.verdict == VERDICT_TEXT ? "text"
		                                                            : "wait");
	if (strcmp(got, f->expect) != 0)
		fail_msg("%s: '%s' instead of '%s'", name, got, f->expect);
}

static void check_file(const char *name)
{
	struct wire_file f;
	read_wire_file(&f, name);
	if (f.status != 200)
		check_refusal(name, &f);
	else
		check_cuts(name, f.body, f.type, NULL, 0, f.expect);
	for (size_t cut = 0; f.status == 200 && cut <= f.body.len; cut++)
		check_cuts(name, f.body, f.type, &cut, 1, f.expect);
	buf_free(&f.b);
}

static void real_bodies_are_understood_wherever_they_are_cut(void **state)
{
	(void)state;
	DIR *dir = opendir("tests/wire");
	assert_non_null(dir);
	int n = 0;
	for (struct dirent *entry; (entry = readdir(dir));) {
		if (strncmp(entry->d_name, "chat_", 5) != 0)
			continue;
		check_file(entry->d_name);
		n++;
	}
	closedir(dir);
	assert_true(n >= 53);
}

/* ---- one stream with all that can be in it ---- */

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static int by_size(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	return (x > y) - (x < y);
}

#define DELTA(members) "{\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{" members "}}]}"

static const char everything[] =
	"\xef\xbb\xbf: opened\r\n\r\n"
	"data: " DELTA("\"role\":\"assistant\",\"content\":\"\"") "\n\n"
	"data: " DELTA("\"reasoning_content\":\"\xe2\x80\xa6hm\xe2\x80\xa6\"") "\r\r"
	"data:" DELTA("\"reasoning\":\"\\u2026 \xf0\x9f\x9a\xb2\"") "\r\n\r\n"
	":\n\nevent: chunk\nid: 4\n"
	"data: " DELTA("\"content\":\"Gr\xc3\xbc\xc3\x9f" "e \\ud83d\\udeb2 \\\\u0000\"") "\n\n"
	"data: {\"id\":\"c\",\"choices\":[{\"index\":0,\rdata:\"delta\":{\"content\":\" \xe6\x97\xa5\"}}]}\r\r"
	/* bytes of one character in two events, and one that never is whole */
	"data: " DELTA("\"content\":\"\xe6\x9c\"") "\n\n"
	"data: " DELTA("\"content\":\"\xac!\xf0\x9f\"") "\n\n"
	": ping\n\n"
	"data: " DELTA("\"content\":\"x\",\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":"
	               "\"search\",\"arguments\":\"\"}}]") "\n\n"
	"data: " DELTA("\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"q\\\":\"}},"
	               "{\"index\":1,\"id\":\"b\",\"function\":{\"name\":\"read\",\"arguments\":\"{}\"}}]") "\r\r"
	"data: " DELTA("\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\\\"\xc3\xa9\\\"}\"}}]") "\n\n"
	"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\xe2\x82\"},"
	"\"finish_reason\":\"tool_calls\"}]}\n\n"
	"data: {\"choices\":null,\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":34}}\r\n\r\n"
	"data: [DONE]\n\ndata: nothing\n\n";

static const char everything_told[] =
	"calls \"Gr\xc3\xbc\xc3\x9f" "e \xf0\x9f\x9a\xb2 \\u0000 \xe6\x97\xa5\xe6\x9c\xac!"
	"\xef\xbf\xbd\xef\xbf\xbdx"
	"\xef\xbf\xbd\xef\xbf\xbd\" reasoning \"\xe2\x80\xa6hm\xe2\x80\xa6\xe2\x80\xa6 \xf0\x9f\x9a\xb2\""
	" call search#a{\"q\":\"\xc3\xa9\"} call read#b{} usage 12+34 model m";

static void a_stream_may_be_cut_anywhere(void **state)
{
	(void)state;
	struct span body = span_of(everything);
	uint32_t random = 4711;
	check_cuts("everything", body, "", NULL, 0, everything_told);
	for (size_t cut = 0; cut <= body.len; cut++)
		check_cuts("everything", body, "", &cut, 1, everything_told);
	for (int round = 0; round < 1000; round++) {
		size_t cuts[64], n = 2 + next_random(&random) % 63;
		for (size_t i = 0; i < n; i++)
			cuts[i] = next_random(&random) % (body.len + 1);
		qsort(cuts, n, sizeof *cuts, by_size);
		check_cuts("everything", body, "", cuts, n, everything_told);
	}
	size_t *each = mem_alloc(body.len, sizeof *each);
	for (size_t i = 0; i < body.len; i++)
		each[i] = i;
	check_cuts("everything, byte for byte", body, "", each, body.len, everything_told);
	free(each);
}

/* Of a stream that ends too early all that came is there, and it is marked. */
static void a_stream_that_ends_early_is_cut(void **state)
{
	(void)state;
	size_t whole = (size_t)(strstr(everything, "\"finish_reason\"") - everything);
	size_t last = 0;
	for (size_t len = 0; len < whole; len++) {
		struct buf got = buf_new(4096);
		read_pieces((struct span){ everything, len }, "text/event-stream", NULL, 0, &got);
		assert_memory_equal(got.p, "cut ", 4);
		last = got.len;
		buf_free(&got);
	}
	assert_true(last > 100);
}

static void deltas_come_with_their_bytes(void **state)
{
	(void)state;
	struct heard h = { buf_new(64), buf_new(64), 0 };
	struct chat_reader r;
	struct chat_reply reply;
	chat_reader_init(&r, hear, &h);
	chat_reader_feed(&r, "text/event-stream", span_of("data: " DELTA("\"content\":\"a\"")));
	assert_int_equal(h.n, 0);
	chat_reader_feed(&r, "text/event-stream", span_of("\n\n"));
	assert_int_equal(h.n, 1);
	chat_reader_feed(&r, "text/event-stream", span_of("data: " DELTA("\"content\":\"b\"") "\n\ndata: "));
	assert_int_equal(h.n, 2);
	assert_int_equal(chat_reader_end(&r, &reply, NULL), -1);
	assert_string_equal(reply.message.text, "ab");
	chat_reply_release(&reply);
	chat_reader_free(&r);
	buf_free(&h.answer);
}

/* ---- limits ---- */

static int feed_many(struct chat_reader *r, const char *event, size_t most, size_t *n)
{
	int rc = 0;
	for (*n = 0; *n < most && rc == 0; ++*n)
		rc = chat_reader_feed(r, "text/event-stream", span_of(event));
	return rc;
}

static void check_bound(const char *event, size_t low, size_t high, const char *words)
{
	struct chat_reader r;
	struct chat_reply reply;
	struct err err = { 0 };
	size_t n;
	chat_reader_init(&r, NULL, NULL);
	assert_int_equal(feed_many(&r, event, high + 1, &n), -1);
	assert_true(n >= low && n <= high);
	assert_int_equal(chat_reader_end(&r, &reply, &err), -1);
	assert_int_equal(err.code, ERR_REPLY);
	assert_string_equal(err.text, words);
	assert_int_equal(reply.finish, CHAT_CUT);
	assert_true(strlen(reply.message.text) <= CHAT_MAX_TEXT);
	chat_reply_release(&reply);
	chat_reader_free(&r);
}

static void all_sizes_are_bounded(void **state)
{
	(void)state;
	char *event = mem_zalloc(1 << 20, 1), *x = mem_zalloc(300001, 1);
	memset(x, 'x', 300000);
	sprintf(event, "data: {\"choices\":[{\"delta\":{\"content\":\"%s\"}}]}\n\n", x);
	check_bound(event, 50, 60, "an answer of more than 16 MB");
	sprintf(event, "data: {\"choices\":[{\"delta\":{\"reasoning\":\"%s\"}}]}\n\n", x);
	check_bound(event, 50, 60, "reasoning of more than 16 MB");
	sprintf(event, "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":"
	               "{\"arguments\":\"%s\"}}]}}]}\n\n", x);
	check_bound(event, 3, 5, "the call of a function is too long");
	sprintf(event, "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":"
	               "{\"name\":\"f\"}}]}}]}\n\n");
	check_bound(event, CHAT_MAX_CALLS + 1, CHAT_MAX_CALLS + 1, "more than 128 calls of functions");
	free(event);
	free(x);
}

static void white_space_does_not_hold_up(void **state)
{
	(void)state;
	struct chat_reader r;
	struct chat_reply reply;
	size_t n;
	chat_reader_init(&r, NULL, NULL);
	assert_int_equal(feed_many(&r, "\n", 200000, &n), 0);
	assert_int_equal(chat_reader_feed(&r, "text/event-stream",
	                                  span_of("data: " DELTA("\"content\":\"a\"") "\n\n")), 0);
	chat_reader_end(&r, &reply, NULL);
	assert_string_equal(reply.message.text, "a");
	chat_reply_release(&reply);
	chat_reader_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_is_asked_for_is_sent),
		cmocka_unit_test(nought_is_a_temperature),
		cmocka_unit_test(a_conversation_with_calls),
		cmocka_unit_test(images_follow_the_text),
		cmocka_unit_test(a_schema_is_named),
		cmocka_unit_test(what_cannot_be_sent_is_told),
		cmocka_unit_test(a_request_is_sound_json),
		cmocka_unit_test(real_bodies_are_understood_wherever_they_are_cut),
		cmocka_unit_test(a_stream_may_be_cut_anywhere),
		cmocka_unit_test(a_stream_that_ends_early_is_cut),
		cmocka_unit_test(deltas_come_with_their_bytes),
		cmocka_unit_test(all_sizes_are_bounded),
		cmocka_unit_test(white_space_does_not_hold_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
