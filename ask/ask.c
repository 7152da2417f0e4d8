#include "ask/ask.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask/prompt.h"
#include "ask/retrieve.h"
#include "ask/tools.h"
#include "base/boundaries.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/json_schema.h"
#include "base/mem.h"
#include "query/question.h"

enum {
	LEAST_BUDGET = 200,    /* under that no sources are worth asking about */
	STANDALONE_TURNS = 6,  /* messages of the conversation that a question is rewritten from */
	STANDALONE_TOKENS = 200,
	MAX_TOOL_RESULT = 64 << 10
};

void ask_result_free(struct ask_result *r)
{
	free(r->standalone);
	free(r->answer);
	free(r->reasoning);
	cite_check_free(&r->check);
	cJSON_Delete(r->value);
	*r = (struct ask_result){ 0 };
}

static void note(const struct ask *a, const char *line)
{
	if (a->note)
		a->note(a->ctx, line);
}

/* ---- the question ---- */

static struct chat_request plain_request(const struct ask *a, const struct chat_messages *messages)
{
	return (struct chat_request){
		.messages = messages->items, .n_messages = messages->n, .temperature = NAN, .top_p = NAN,
		.stopped = a->request->stopped, .stopped_ctx = a->request->stopped_ctx,
	};
}

static void count_usage(struct ask_result *r, const struct chat_reply *reply)
{
	r->n_requests++;
	r->usage_known = r->usage_known || reply->usage_known;
	r->prompt_tokens += reply->prompt_tokens;
	r->completion_tokens += reply->completion_tokens;
}

/* The question as one that stands alone, by the model. */
static int make_standalone(const struct ask *a, const struct conversation *c, struct span question,
                           struct ask_result *r, struct err *err)
{
	struct chat_messages messages = { 0 };
	size_t from = c->messages.n > STANDALONE_TURNS ? c->messages.n - STANDALONE_TURNS : 0;
	chat_messages_add(&messages, CHAT_SYSTEM, PROMPT_STANDALONE);
	for (size_t i = from; i < c->messages.n; i++)
		if (c->messages.items[i].role != CHAT_SYSTEM)
			chat_messages_add(&messages, c->messages.items[i].role, c->messages.items[i].text);
	char *copy = mem_strndup(question.p, question.len);
	chat_messages_add(&messages, CHAT_USER, copy);
	struct chat_request q = plain_request(a, &messages);
	struct chat_reply reply = { 0 };
	q.max_tokens = STANDALONE_TOKENS;
	q.temperature = 0;
	int rc = chat_complete(a->chat, &q, &reply, NULL, err);
	if (rc == 0) {
		count_usage(r, &reply);
		struct span text = trim_white_space(span_of(reply.message.text));
		r->standalone = text.len ? mem_strndup(text.p, text.len) : copy;
		copy = text.len ? copy : NULL;
	}
	free(copy);
	chat_reply_release(&reply);
	chat_messages_free(&messages);
	return rc;
}

/* The model writes what is searched for; it is no syntax. */
static int search_for(const struct ask *a, struct conversation *c, struct span question, bool follows,
                      struct ask_result *r, struct err *err)
{
	if (a->document)
		return retrieve_document(a, c, r, err);
	if (!follows)
		return retrieve(a, c, question, r, err);
	if (make_standalone(a, c, question, r, err) < 0)
		return -1;
	return retrieve(a, c, span_of(r->standalone), r, err);
}

static void add_rules(const struct ask *a, struct conversation *c)
{
	if (a->store) {
		char *rules = prompt_rules(!a->checked ? PROMPT_JSON : a->agent ? PROMPT_AGENT : PROMPT_CITED,
		                           a->system);
		chat_messages_add(&c->messages, CHAT_SYSTEM, rules);
		free(rules);
	} else if (a->system) {
		chat_messages_add(&c->messages, CHAT_SYSTEM, a->system);
	}
}

static void add_question(const struct ask *a, struct conversation *c)
{
	char *text = prompt_question(&c->sources, c->given, c->n_given, span_of(c->question));
	struct chat_message *m = chat_messages_add(&c->messages, CHAT_USER, text);
	free(text);
	if (!a->n_images)
		return;
	m->images = mem_alloc(a->n_images, sizeof *m->images);
	for (; m->n_images < a->n_images; m->n_images++)
		m->images[m->n_images] = mem_strdup(a->images[m->n_images]);
}

int ask_prepare(const struct ask *a, struct conversation *c, struct span question,
                struct ask_result *r, struct err *err)
{
	*r = (struct ask_result){ .first_token_ms = NAN, .best_score = NAN,
		                  .budget = a->store ? retrieve_budget(a) : 0 };
	bool follows = c->messages.n > 0;
	c->n_given = 0;
	if (question_check(question, err) < 0)
		return -1;
	if (a->store && !a->agent && search_for(a, c, question, follows, r, err) < 0)
		return -1;
	if (r->nothing_found)
		return 0;
	free(c->question);
	c->question = mem_strndup(question.p, question.len);
	if (!follows)
		add_rules(a, c);
	c->question_at = c->messages.n;
	add_question(a, c);
	return 0;
}

/* ---- the answer ---- */

struct answering {
	const struct ask *a;
	struct cite_stream *stream; /* NULL: text is shown as it comes */
	int64_t start_ns;
	struct ask_result *r;
};

static void on_delta(void *ctx, enum chat_part part, struct span text)
{
	struct answering *x = ctx;
	const struct ask *a = x->a;
	if (part == CHAT_REASONING) {
		if (a->show_reasoning)
			a->show_reasoning(a->ctx, text);
		return;
	}
	if (isnan(x->r->first_token_ms))
		x->r->first_token_ms = (double)(clock_unix_ns() - x->start_ns) / 1e6;
	if (x->stream)
		cite_stream_add(x->stream, text);
	else if (a->show)
		a->show(a->ctx, text);
}

static void on_wait(void *ctx, int64_t wait_ms, const char *why)
{
	const struct answering *x = ctx;
	char line[600];
	snprintf(line, sizeof line, "'%s' is not ready: %.200s; asking again in %.0f s", x->a->chat->host, why,
	         ceil((double)wait_ms / 1e3));
	note(x->a, line);
}

/* One request. */
static int complete_once(const struct ask *a, struct conversation *c, struct answering *x,
                         const struct chat_tool *tools, size_t n_tools, struct chat_reply *reply,
                         size_t *limit, struct err *err)
{
	struct chat_request q = *a->request;
	q.messages = c->messages.items;
	q.n_messages = c->messages.n;
	q.tools = tools;
	q.n_tools = n_tools;
	q.on_delta = on_delta;
	q.ctx = x;
	q.on_wait = on_wait;
	if (a->checked && a->show)
		x->stream = cite_stream_new(span_of(c->question), &c->sources, a->show, a->ctx);
	int rc = chat_complete(a->chat, &q, reply, limit, err);
	if (x->stream)
		cite_stream_end(x->stream);
	cite_stream_free(x->stream);
	x->stream = NULL;
	count_usage(x->r, reply);
	return rc;
}

/* Fewer sources, where the model's context holds no more. 1: it is worth another try. */
static int shrink(const struct ask *a, struct conversation *c, size_t limit, struct ask_result *r,
                  struct err *err)
{
	size_t before = r->budget, n_before = r->n_excerpts;
	char line[200];
	if (!a->store || a->agent || c->n_given == 0 || before / 2 < LEAST_BUDGET)
		return 0;
	r->budget = limit && limit / 2 < before / 2 ? limit / 2 : before / 2;
	r->budget = r->budget < LEAST_BUDGET ? LEAST_BUDGET : r->budget;
	/* as it was searched for before */
	char *searched = mem_strdup(r->standalone ? r->standalone : c->question);
	int rc = a->document ? retrieve_document(a, c, r, err)
	                     : retrieve(a, c, span_of(searched), r, err);
	free(searched);
	if (rc < 0 || r->nothing_found)
		return -1;
	chat_messages_cut(&c->messages, c->question_at);
	add_question(a, c);
	snprintf(line, sizeof line, "the model's context is too small for %zu sources of %zu tokens; "
	         "asking with %zu of %zu", n_before, before, r->n_excerpts, r->budget);
	note(a, line);
	return 1;
}

/* Carries out what the model calls, and adds calls and results to the conversation. */
static int carry_out(const struct ask *a, struct conversation *c, struct chat_reply *reply,
                     const struct tools *tools, bool last, struct ask_result *r, struct err *err)
{
	struct chat_message *said = chat_messages_add(&c->messages, CHAT_ASSISTANT, NULL);
	*said = reply->message;
	reply->message = (struct chat_message){ .role = CHAT_ASSISTANT };
	size_t at = c->messages.n - 1;
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < c->messages.items[at].n_calls; i++) {
		const struct chat_call *call = &c->messages.items[at].calls[i];
		struct buf result = buf_new(MAX_TOOL_RESULT), line = buf_new(1 << 12);
		if (last)
			buf_add_str(&result, "no more calls are carried out: answer now with what there is");
		else
			rc = tools_call(tools, call, &result, &line, err);
		if (line.len)
			note(a, buf_span(&line).p);
		struct chat_message *m = chat_messages_add(&c->messages, CHAT_TOOL, buf_span(&result).p);
		call = &c->messages.items[at].calls[i]; /* the list may have moved */
		m->call_id = mem_strdup(call->id);
		m->name = mem_strdup(call->name);
		r->n_calls++;
		buf_free(&result);
		buf_free(&line);
	}
	return rc;
}

static int converse(const struct ask *a, struct conversation *c, struct answering *x,
                    struct chat_reply *reply, struct err *err)
{
	struct tools tools = { .store = a->store, .embedder = a->embedder, .search = a->search,
		               .sources = &c->sources, .user = a->tools,
		               .index_tools = a->agent && a->store,
		               .stopped = a->request->stopped, .ctx = a->request->stopped_ctx };
	struct chat_tool *list = NULL;
	size_t n = tools_list(&tools, &list), limit = 0;
	int rc = 0;
	for (size_t round = 0;;) {
		rc = complete_once(a, c, x, list, n, reply, &limit, err);
		if (rc < 0 && err->code == ERR_LIMIT) {
			struct err why = *err;
			int again = shrink(a, c, limit, x->r, err);
			if (again > 0) {
				chat_reply_release(reply);
				continue;
			}
			*err = again < 0 ? *err : why;
		}
		if (rc < 0 || !reply->message.n_calls)
			break;
		if (round++ > ASK_MAX_ROUNDS) {
			rc = err_set(err, ERR_REPLY, "'%s' does not answer: it goes on calling functions after "
			             "%d rounds", a->chat->model, ASK_MAX_ROUNDS);
			break;
		}
		rc = carry_out(a, c, reply, &tools, round > ASK_MAX_ROUNDS, x->r, err);
		chat_reply_release(reply);
		*reply = (struct chat_reply){ 0 };
		if (rc < 0)
			break;
	}
	free(list);
	return rc;
}

/* ---- an answer that has to be JSON ---- */

/* The text between the lines of back quotes that some models put around JSON. */
static struct span unfenced(struct span text)
{
	text = trim_white_space(text);
	const char *newline = memchr(text.p, '\n', text.len);
	bool fenced = text.len > 6 && memcmp(text.p, "```", 3) == 0 && newline &&
	              memcmp(text.p + text.len - 3, "```", 3) == 0 && newline < text.p + text.len - 3;
	if (!fenced)
		return text;
	return (struct span){ newline + 1, (size_t)(text.p + text.len - 3 - (newline + 1)) };
}

static int read_value(const struct ask *a, const char *answer, cJSON **value, struct err *err)
{
	*value = json_parse(unfenced(span_of(answer)), "the answer", err);
	if (*value && json_schema_validate(a->schema, *value, err) == 0)
		return 0;
	cJSON_Delete(*value);
	*value = NULL;
	return -1;
}

static int converse_in_json(const struct ask *a, struct conversation *c, struct answering *x,
                            struct chat_reply *reply, struct err *err)
{
	struct err wrong = { 0 };
	for (int round = 0; round < 2; round++) {
		if (converse(a, c, x, reply, err) < 0)
			return -1;
		if (read_value(a, reply->message.text, &x->r->value, &wrong) == 0)
			return 0;
		if (round)
			break;
		struct buf line = buf_new(sizeof wrong.text + 200);
		chat_messages_add(&c->messages, CHAT_ASSISTANT, reply->message.text);
		buf_printf(&line, "That is not valid: %s. Answer again, with JSON of the schema alone.",
		           wrong.text);
		chat_messages_add(&c->messages, CHAT_USER, buf_span(&line).p);
		buf_free(&line);
		chat_reply_release(reply);
		*reply = (struct chat_reply){ 0 };
	}
	return err_set(err, ERR_REPLY, "the answer of '%s' does not fit the schema, twice: %s",
	               a->chat->model, wrong.text);
}

/* What stays of a turn: the question without its sources, the answer. So a conversation
 * grows by what people read, and a quote of an old source stands in the answer. */
static void keep_turn(struct conversation *c, const char *answer)
{
	chat_messages_cut(&c->messages, c->question_at);
	chat_messages_add(&c->messages, CHAT_USER, c->question);
	chat_messages_add(&c->messages, CHAT_ASSISTANT, answer);
}

static void drop_turn(struct conversation *c)
{
	bool first = c->question_at <= 1; /* the rules go with the first question */
	chat_messages_cut(&c->messages, first ? 0 : c->question_at);
}

int ask_complete(const struct ask *a, struct conversation *c, struct ask_result *r, struct err *err)
{
	struct chat_reply reply = { 0 };
	struct answering x = { .a = a, .start_ns = clock_unix_ns(), .r = r };
	int rc = a->schema ? converse_in_json(a, c, &x, &reply, err) : converse(a, c, &x, &reply, err);
	r->answer = reply.message.text ? reply.message.text : mem_strdup("");
	reply.message.text = NULL;
	r->reasoning = reply.reasoning;
	reply.reasoning = NULL;
	r->finish = reply.finish;
	memcpy(r->model, reply.model, sizeof r->model);
	if (a->checked)
		cite_check(span_of(r->answer), span_of(c->question), &c->sources, &r->check);
	if (rc == 0)
		keep_turn(c, r->answer);
	else
		drop_turn(c);
	r->total_ms = (double)(clock_unix_ns() - x.start_ns) / 1e6;
	chat_reply_release(&reply);
	return rc;
}
