#define _GNU_SOURCE
#include "models/remote/chat_reader.h"

#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "models/remote/chat_json.h"

enum { MAX_WHOLE = 64 << 20, MAX_HEAD = 4096 };

static const cJSON *first_of(const cJSON *list)
{
	return cJSON_IsArray(list) ? list->child : NULL;
}

static int break_off(struct chat_reader *r, const char *fmt, const char *what)
{
	if (!r->broken)
		err_set(&r->why, ERR_REPLY, fmt, what);
	r->broken = true;
	return -1;
}

/* ---- text ---- */

/* Adds what is whole characters of s, and hands it on. */
static int hand_on(struct chat_reader *r, enum chat_part part, struct span s)
{
	struct buf *all = &r->parts[part].all;
	size_t before = all->len;
	int rc = buf_add_text(all, s);
	if (r->on_delta && all->len > before)
		r->on_delta(r->ctx, part, (struct span){ all->p + before, all->len - before });
	return rc < 0 ? break_off(r, "%s of more than 16 MB",
	                          part == CHAT_ANSWER ? "an answer" : "reasoning")
	              : 0;
}

/* A character may be cut by the server between two events. */
static int add_text(struct chat_reader *r, enum chat_part part, const char *text)
{
	struct chat_reader_text *t = &r->parts[part];
	size_t len = text ? strlen(text) : 0;
	if (len == 0)
		return 0;
	struct buf joined = buf_new(t->n_carry + len);
	buf_add(&joined, t->carry, t->n_carry);
	buf_add(&joined, text, len);
	size_t whole = utf8_floor(joined.p, joined.len, joined.len);
	t->n_carry = joined.len - whole;
	memcpy(t->carry, joined.p + whole, t->n_carry);
	int rc = hand_on(r, part, (struct span){ joined.p, whole });
	buf_free(&joined);
	return rc;
}

static void flush_carry(struct chat_reader *r)
{
	for (int part = CHAT_ANSWER; part <= CHAT_REASONING; part++) {
		struct chat_reader_text *t = &r->parts[part];
		struct span rest = { t->carry, t->n_carry };
		t->n_carry = 0;
		hand_on(r, (enum chat_part)part, rest);
	}
}

/* "content" is a string, or parts: {"type":"text","text":…}, and of some reasoning models
 * {"type":"thinking","thinking":[{"type":"text","text":…}]}. */
static int add_content(struct chat_reader *r, enum chat_part part, const cJSON *content)
{
	if (cJSON_IsString(content))
		return add_text(r, part, content->valuestring);
	int rc = 0;
	for (const cJSON *item = first_of(content); item && rc == 0; item = item->next) {
		const cJSON *thinking = json_get(item, "thinking");
		if (cJSON_IsArray(thinking) && part == CHAT_ANSWER)
			rc = add_content(r, CHAT_REASONING, thinking);
		else
			rc = add_text(r, part, json_string(item, "text"));
	}
	return rc;
}

/* ---- choices and what stands beside them ---- */

static void set_finish(struct chat_reader *r, const char *reason)
{
	static const struct {
		const char *name;
		enum chat_finish finish;
	} names[] = { { "length", CHAT_LENGTH }, { "tool_calls", CHAT_CALLS },
		          { "function_call", CHAT_CALLS }, { "content_filter", CHAT_FILTERED },
		          /* the server gave up */
		          { "error", CHAT_CUT }, { "abort", CHAT_CUT } };
	if (!reason || !*reason)
		return;
	r->finish = CHAT_STOP;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(reason, names[i].name) == 0)
			r->finish = names[i].finish;
	r->finished = true;
}

static int take_choice(struct chat_reader *r, const cJSON *choice)
{
	const cJSON *delta = json_get(choice, "delta");
	const cJSON *said = delta ? delta : json_get(choice, "message");
	if (json_int(choice, "index", 0, INT32_MAX, 0) != 0)
		return 0; /* a second answer, which nobody asked for */
	/* the same in two names, while servers change from one to the other */
	const char *reasoning = json_string(said, "reasoning");
	if (!reasoning || !*reasoning)
		reasoning = json_string(said, "reasoning_content");
	int rc = add_text(r, CHAT_REASONING, reasoning);
	if (rc == 0)
		rc = add_content(r, CHAT_ANSWER, json_get(said, "content"));
	if (rc == 0)
		rc = add_text(r, CHAT_ANSWER, json_string(said, "refusal"));
	struct err why;
	if (rc == 0 && chat_calls_add(&r->calls, said, !delta, &why) < 0)
		rc = break_off(r, "%s", why.text);
	set_finish(r, json_string(choice, "finish_reason"));
	return rc;
}

static void take_usage(struct chat_reader *r, const cJSON *usage)
{
	static const int64_t most = INT64_C(1) << 50;
	int64_t in = json_int(usage, "prompt_tokens", 0, most, -1);
	int64_t out = json_int(usage, "completion_tokens", 0, most, -1);
	if (in < 0 && out < 0)
		return;
	r->usage_known = true;
	r->prompt_tokens = in < 0 ? 0 : (uint64_t)in;
	r->completion_tokens = out < 0 ? 0 : (uint64_t)out;
}

static void take_model(struct chat_reader *r, const char *name)
{
	if (!name || r->model[0])
		return;
	size_t len = strnlen(name, sizeof r->model - 1);
	len = utf8_valid_len(name, len);
	for (size_t i = 0; i < len; i++)
		r->model[i] = (unsigned char)name[i] < 0x20 || name[i] == 0x7f ? '?' : name[i];
	r->model[len] = '\0';
}

static int refuse(struct chat_reader *r, struct span body)
{
	r->refusal = refusal_read(200, body);
	r->refused = true;
	return break_off(r, "%s", r->refusal.words);
}

/* One event of a stream, or a whole reply. */
static int take_json(struct chat_reader *r, struct span text, bool is_error)
{
	cJSON *tree = chat_json_parse(text);
	const cJSON *choice = first_of(json_get(tree, "choices"));
	int rc = 0;
	if (is_error || chat_json_is_error(tree)) {
		rc = refuse(r, text);
	} else if (!cJSON_IsObject(tree)) {
		rc = break_off(r, "it holds what is no JSON object: %s", refusal_read(200, text).words);
	} else if (r->form == CHAT_WHOLE && !choice) {
		rc = break_off(r, "it has no choices: %s", refusal_read(200, text).words);
	} else {
		take_model(r, json_string(tree, "model"));
		take_usage(r, json_get(tree, "usage"));
		for (; choice && rc == 0; choice = choice->next)
			rc = take_choice(r, choice);
	}
	cJSON_Delete(tree);
	return rc;
}

static int on_event(void *ctx, struct span field, struct span data)
{
	struct chat_reader *r = ctx;
	while (data.len > 0 && data.p[data.len - 1] == ' ')
		data.len--;
	if (r->done)
		return 0;
	if (span_equal(data, span_of("[DONE]"))) {
		r->done = true;
		return 0;
	}
	return take_json(r, data, span_equal(field, span_of("error")));
}

/* ---- bytes ---- */

void chat_reader_init(struct chat_reader *r, chat_delta *on_delta, void *ctx)
{
	*r = (struct chat_reader){ .on_delta = on_delta, .ctx = ctx, .whole = buf_new(MAX_WHOLE) };
	r->parts[CHAT_ANSWER].all = r->parts[CHAT_REASONING].all = buf_new(CHAT_MAX_TEXT);
	sse_init(&r->sse, on_event, r);
}

void chat_reader_free(struct chat_reader *r)
{
	buf_free(&r->whole);
	sse_free(&r->sse);
	buf_free(&r->parts[CHAT_ANSWER].all);
	buf_free(&r->parts[CHAT_REASONING].all);
	chat_calls_free(&r->calls);
}

static bool begins_with_field(struct span s)
{
	static const char *const fields[] = { ":", "data:", "event:", "id:", "retry:", "error:" };
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (s.len >= strlen(fields[i]) && memcmp(s.p, fields[i], strlen(fields[i])) == 0)
			return true;
	return false;
}

/* By the first bytes, white space and a BOM passed over; at `last` as good as it can be. */
static enum chat_reader_form decide(struct span head, const char *content_type, bool last)
{
	bool events = strcasestr(content_type, "event-stream") != NULL;
	struct span s = head;
	if (s.len >= 3 && memcmp(s.p, "\xef\xbb\xbf", 3) == 0)
		s = (struct span){ s.p + 3, s.len - 3 };
	while (s.len > 0 && strchr(" \t\r\n", *s.p))
		s = (struct span){ s.p + 1, s.len - 1 };
	last = last || head.len > MAX_HEAD;
	if (s.len > 0 && strchr("{[<\"", *s.p))
		return CHAT_WHOLE;
	if (begins_with_field(s))
		return CHAT_EVENTS;
	if (s.len < strlen("event:") && !last)
		return CHAT_UNDECIDED;
	return events ? CHAT_EVENTS : CHAT_WHOLE;
}

static int feed_events(struct chat_reader *r, struct span bytes)
{
	if (sse_feed(&r->sse, bytes) < 0)
		return break_off(r, "%s", "an event of more than 16 MB");
	return 0;
}

static int settle(struct chat_reader *r, const char *content_type, bool last)
{
	r->form = decide(buf_span(&r->whole), content_type, last);
	if (r->form != CHAT_EVENTS)
		return 0;
	int rc = feed_events(r, buf_span(&r->whole));
	buf_free(&r->whole);
	return rc;
}

int chat_reader_feed(struct chat_reader *r, const char *content_type, struct span bytes)
{
	if (r->broken)
		return -1;
	if (r->form == CHAT_EVENTS)
		return feed_events(r, bytes);
	if (buf_add_span(&r->whole, bytes) < 0)
		return break_off(r, "%s", "a reply of more than 64 MB");
	return r->form == CHAT_UNDECIDED ? settle(r, content_type, false) : 0;
}

/* ---- the end ---- */

static void take_rest(struct chat_reader *r)
{
	if (r->form == CHAT_UNDECIDED && r->whole.len > 0)
		settle(r, "", true);
	if (r->form == CHAT_EVENTS && !r->broken && sse_end(&r->sse) < 0)
		break_off(r, "%s", "an event of more than 16 MB");
	if (r->form == CHAT_WHOLE && !r->broken && take_json(r, buf_span(&r->whole), false) == 0)
		r->finished = true;
	flush_carry(r);
	if (r->form == CHAT_UNDECIDED)
		break_off(r, "%s", "it is empty");
	if (r->finish == CHAT_CUT || (!r->finished && !r->done))
		break_off(r, "%s", "it has no end");
}

int chat_reader_end(struct chat_reader *r, struct chat_reply *reply, struct err *err)
{
	take_rest(r);
	*reply = (struct chat_reply){ .message.role = CHAT_ASSISTANT, .finish = CHAT_CUT,
		                          .usage_known = r->usage_known, .prompt_tokens = r->prompt_tokens,
		                          .completion_tokens = r->completion_tokens };
	memcpy(reply->model, r->model, sizeof reply->model);
	reply->message.text = buf_take(&r->parts[CHAT_ANSWER].all, NULL);
	if (r->parts[CHAT_REASONING].all.len > 0)
		reply->reasoning = buf_take(&r->parts[CHAT_REASONING].all, NULL);
	chat_calls_take(&r->calls, &reply->message);
	if (r->broken) {
		if (err)
			*err = r->why;
		return -1;
	}
	/* some servers end calls with "stop" */
	reply->finish = r->finish == CHAT_STOP && reply->message.n_calls > 0 ? CHAT_CALLS : r->finish;
	return 0;
}
