#include "query/present.h"

#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "query/in_source.h"
#include "query/snippet.h"

enum { SNIPPET_COLUMNS = 320 };

const char *search_mode_name(enum search_mode mode)
{
	static const char *const names[] = { "hybrid", "dense", "lexical" };
	return names[mode];
}

static size_t newlines(const char *p, size_t len)
{
	size_t n = 0;
	for (size_t i = 0; i < len; i++)
		n += p[i] == '\n';
	return n;
}

static size_t line_of(const struct hit *h, const struct evidence_range *range)
{
	if (newlines(h->text, h->text_len) != h->line_end - h->line_start)
		return h->line_start;
	return h->line_start + newlines(h->text, range->start);
}

size_t hit_line(const struct hit *h)
{
	return h->evidence.n ? line_of(h, &h->evidence.ranges[0]) : h->line_start;
}

static void add_text_or_null(cJSON *object, const char *name, const char *text)
{
	if (text)
		json_add_text(object, name, span_of(text));
	else
		cJSON_AddNullToObject(object, name);
}

static void add_score(cJSON *object, const char *name, double score)
{
	if (isnan(score))
		cJSON_AddNullToObject(object, name);
	else
		cJSON_AddNumberToObject(object, name, round(score * 1e6) / 1e6);
}

static void add_place(cJSON *object, const char *name, bool known, uint64_t value)
{
	if (known)
		cJSON_AddNumberToObject(object, name, (double)value);
	else
		cJSON_AddNullToObject(object, name);
}

/* Where the evidence stands in the text that is made of a file, if the passage stands in it as
 * it is: it is as long as its range. */
static bool in_derived(const struct hit *h, struct in_source_range *places)
{
	if (h->byte_end - h->byte_start != h->text_len)
		return false;
	for (size_t i = 0; i < h->evidence.n; i++) {
		places[i].start += h->byte_start;
		places[i].end += h->byte_start;
	}
	return true;
}

static void add_evidence(cJSON *object, const struct hit *h)
{
	cJSON *list = cJSON_AddArrayToObject(object, "evidence");
	struct in_source_passage passage = { h->path, h->byte_start, h->byte_end, h->line_start,
		                             { h->text, h->text_len } };
	struct in_source_range places[EVIDENCE_MAX] = { { 0 } };
	for (size_t i = 0; i < h->evidence.n; i++)
		places[i] = (struct in_source_range){ h->evidence.ranges[i].start,
			                              h->evidence.ranges[i].end, 0 };
	bool known = h->derived ? in_derived(h, places) : in_source(&passage, places, h->evidence.n);
	for (size_t i = 0; i < h->evidence.n; i++) {
		const struct evidence_range *range = &h->evidence.ranges[i];
		cJSON *e = cJSON_CreateObject();
		add_place(e, "start", known, places[i].start);
		add_place(e, "end", known, places[i].end);
		cJSON_AddNumberToObject(e, "line", (double)line_of(h, range));
		add_place(e, "page", h->page > 0, h->page);
		json_add_text(e, "text", (struct span){ h->text + range->start, range->end - range->start });
		cJSON_AddItemToArray(list, e);
	}
}

static void add_strings(cJSON *object, const char *name, char *const *strings, size_t n)
{
	cJSON *list = cJSON_AddArrayToObject(object, name);
	for (size_t i = 0; i < n; i++)
		cJSON_AddItemToArray(list, json_text(span_of(strings[i])));
}

cJSON *present_hit(const struct hit *h, bool full)
{
	cJSON *o = cJSON_CreateObject();
	struct span text = { h->text, h->text_len };
	cJSON_AddNumberToObject(o, "rank", (double)h->rank);
	add_score(o, "score", h->score);
	json_add_text(o, "path", span_of(h->path));
	add_text_or_null(o, "title", h->title);
	add_text_or_null(o, "author", h->author);
	add_text_or_null(o, "date", h->date);
	cJSON_AddStringToObject(o, "position_in", h->derived ? "text" : "source");
	cJSON_AddNumberToObject(o, "line_start", h->line_start);
	cJSON_AddNumberToObject(o, "line_end", h->line_end);
	add_place(o, "page", h->page > 0, h->page);
	cJSON_AddNumberToObject(o, "byte_start", (double)h->byte_start);
	cJSON_AddNumberToObject(o, "byte_end", (double)h->byte_end);
	add_text_or_null(o, "heading", h->heading);
	if (h->text_by)
		json_add_text(o, "text_by", span_of(h->text_by));
	struct snippet snippet = snippet_make(text, &h->evidence, SNIPPET_COLUMNS);
	json_add_text(o, "snippet", (struct span){ snippet.text, snippet.len });
	snippet_free(&snippet);
	if (full)
		json_add_text(o, "text", text);
	add_evidence(o, h);
	cJSON *scores = cJSON_AddObjectToObject(o, "scores");
	add_score(scores, "dense", h->dense);
	add_score(scores, "lexical", h->lexical);
	add_score(scores, "fused", h->fused);
	if (h->n_also)
		add_strings(o, "also", h->also, h->n_also);
	if (h->matched)
		add_strings(o, "matched", h->matched, h->n_matched);
	return o;
}

static void add_ms(cJSON *object, const char *name, double ms)
{
	cJSON_AddNumberToObject(object, name, round(ms * 1e3) / 1e3);
}

static void add_explanation(cJSON *object, const struct hits *hits)
{
	cJSON *e = cJSON_AddObjectToObject(object, "explain");
	add_score(e, "dense_mean", hits->spread.mean);
	add_score(e, "dense_deviation", hits->spread.deviation);
	add_score(e, "contrast", hits->spread.contrast);
	add_score(e, "lexical_scale", hits->spread.lexical_scale);
	add_score(e, "known_share", hits->evidence.ideal > 0 ? hits->evidence.known / hits->evidence.ideal
	                                                     : NAN);
	cJSON *words = cJSON_AddArrayToObject(e, "words");
	for (size_t i = 0; i < hits->words.n; i++) {
		const struct lexical_word *w = &hits->words.items[i];
		cJSON *word = cJSON_CreateObject();
		json_add_text(word, "word", span_of(w->text));
		cJSON_AddNumberToObject(word, "passages", (double)w->n_chunks);
		add_score(word, "weight", w->weight);
		cJSON_AddBoolToObject(word, "skipped", w->skipped);
		add_text_or_null(word, "taken_for", w->taken_for);
		cJSON_AddItemToArray(words, word);
	}
}

cJSON *present_hits(const struct hits *hits, struct span question, enum search_mode mode,
                    const char *model, bool full)
{
	cJSON *o = cJSON_CreateObject();
	cJSON_AddNumberToObject(o, "schema", PRESENT_SCHEMA);
	json_add_text(o, "query", question);
	cJSON_AddStringToObject(o, "mode", search_mode_name(mode));
	add_text_or_null(o, "model", model);
	cJSON *timings = cJSON_AddObjectToObject(o, "timings");
	add_ms(timings, "embed_ms", hits->timings.embed_ms);
	add_ms(timings, "dense_ms", hits->timings.dense_ms);
	add_ms(timings, "lexical_ms", hits->timings.lexical_ms);
	add_ms(timings, "rest_ms", hits->timings.rest_ms);
	cJSON_AddNumberToObject(o, "candidates", (double)hits->n_candidates);
	if (hits->estimated)
		cJSON_AddNumberToObject(o, "scored_exactly", (double)hits->n_exact);
	else
		cJSON_AddNullToObject(o, "scored_exactly");
	cJSON_AddNumberToObject(o, "folded", (double)hits->n_folded);
	add_score(o, "best_score", hits->best_score);
	add_score(o, "least_score", isfinite(hits->least_score) ? hits->least_score : NAN);
	if (hits->explained)
		add_explanation(o, hits);
	cJSON *list = cJSON_AddArrayToObject(o, "hits");
	for (size_t i = 0; i < hits->n; i++)
		cJSON_AddItemToArray(list, present_hit(&hits->items[i], full));
	return o;
}
