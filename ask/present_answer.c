#include "ask/present_answer.h"

#include <math.h>

#include "base/json.h"
#include "query/in_source.h"

const char *chat_finish_name(enum chat_finish finish)
{
	static const char *const names[] = { "stop", "length", "tool_calls", "content_filter", "cut" };
	return names[finish];
}

static void add_text(cJSON *o, const char *name, const char *text)
{
	if (text && *text)
		json_add_text(o, name, span_of(text));
	else
		cJSON_AddNullToObject(o, name);
}

static void add_number(cJSON *o, const char *name, double value)
{
	if (isnan(value))
		cJSON_AddNullToObject(o, name);
	else
		cJSON_AddNumberToObject(o, name, round(value * 1e3) / 1e3);
}

static cJSON *citation(const struct source *s, const struct cite_quote *q)
{
	cJSON *o = cJSON_CreateObject();
	struct in_source_passage passage = { s->path, s->byte_start, s->byte_end, s->line_start,
		                             { s->text, s->text_len } };
	struct in_source_range place = { q->start, q->end, s->line_start };
	bool known = in_source(&passage, &place, 1);
	cJSON_AddNumberToObject(o, "source", (double)q->source);
	json_add_text(o, "quote", (struct span){ s->text + q->start, q->end - q->start });
	json_add_text(o, "path", span_of(s->path));
	cJSON_AddNumberToObject(o, "line", (double)place.line);
	add_number(o, "page", s->page ? s->page : NAN);
	add_number(o, "byte_start", known ? (double)place.start : NAN);
	add_number(o, "byte_end", known ? (double)place.end : NAN);
	return o;
}

static void add_claims(cJSON *o, const struct conversation *c, const struct ask_result *r)
{
	cJSON *list = cJSON_AddArrayToObject(o, "claims");
	for (size_t i = 0; i < r->check.n; i++) {
		const struct cite_claim *claim = &r->check.claims[i];
		bool supported = claim->verdict == CITE_SUPPORTED;
		cJSON *one = cJSON_CreateObject();
		json_add_text(one, "text", (struct span){ r->answer + claim->start, claim->end - claim->start });
		cJSON_AddNumberToObject(one, "start", (double)claim->start);
		cJSON_AddNumberToObject(one, "end", (double)claim->end);
		cJSON_AddBoolToObject(one, "supported", supported);
		add_text(one, "reason", supported ? NULL : cite_verdict_text(claim->verdict));
		cJSON *citations = cJSON_AddArrayToObject(one, "citations");
		for (size_t j = 0; j < claim->n_quotes; j++)
			cJSON_AddItemToArray(citations, citation(&c->sources.items[claim->quotes[j].source - 1],
			                                         &claim->quotes[j]));
		cJSON_AddItemToArray(list, one);
	}
	cJSON_AddNumberToObject(o, "n_claims", (double)r->check.n);
	cJSON_AddNumberToObject(o, "n_supported", (double)r->check.n_supported);
}

static cJSON *source_tree(const struct source *s, size_t number, bool cited)
{
	cJSON *o = cJSON_CreateObject();
	cJSON_AddNumberToObject(o, "number", (double)number);
	json_add_text(o, "path", span_of(s->path));
	add_text(o, "title", s->title);
	add_text(o, "heading", s->heading);
	cJSON_AddNumberToObject(o, "line_start", s->line_start);
	cJSON_AddNumberToObject(o, "line_end", s->line_end);
	add_number(o, "page", s->page ? s->page : NAN);
	cJSON_AddNumberToObject(o, "byte_start", (double)s->byte_start);
	cJSON_AddNumberToObject(o, "byte_end", (double)s->byte_end);
	add_number(o, "score", s->score > 0 ? s->score : NAN);
	cJSON_AddBoolToObject(o, "cited", cited);
	json_add_text(o, "text", (struct span){ s->text, s->text_len });
	return o;
}

static void add_usage(cJSON *o, const struct ask_result *r)
{
	cJSON *usage = cJSON_AddObjectToObject(o, "usage");
	cJSON_AddNumberToObject(usage, "requests", (double)r->n_requests);
	cJSON_AddNumberToObject(usage, "calls", (double)r->n_calls);
	add_number(usage, "prompt_tokens", r->usage_known ? (double)r->prompt_tokens : NAN);
	add_number(usage, "completion_tokens", r->usage_known ? (double)r->completion_tokens : NAN);
	cJSON *timings = cJSON_AddObjectToObject(o, "timings");
	add_number(timings, "search_ms", r->search_ms);
	add_number(timings, "first_token_ms", r->first_token_ms);
	add_number(timings, "total_ms", r->total_ms);
}

cJSON *present_answer(const struct ask *a, const struct conversation *c, const struct ask_result *r)
{
	cJSON *o = cJSON_CreateObject();
	cJSON_AddNumberToObject(o, "schema", PRESENT_ANSWER_SCHEMA);
	add_text(o, "question", c->question);
	add_text(o, "searched", r->standalone);
	add_text(o, "model", a->chat ? a->chat->model : NULL);
	add_text(o, "served_by", r->model);
	add_text(o, "answer", r->nothing_found ? NULL : r->answer);
	cJSON_AddBoolToObject(o, "complete", !r->nothing_found && r->finish == CHAT_STOP);
	add_text(o, "finish", r->nothing_found ? NULL : chat_finish_name(r->finish));
	add_claims(o, c, r);
	cJSON *list = cJSON_AddArrayToObject(o, "sources");
	for (size_t i = 0; i < c->sources.n; i++)
		cJSON_AddItemToArray(list, source_tree(&c->sources.items[i], i + 1,
		                                       r->check.cited && r->check.cited[i]));
	add_text(o, "reasoning", r->reasoning);
	add_usage(o, r);
	return o;
}
