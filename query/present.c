#define _XOPEN_SOURCE 700
#include "query/present.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "query/snippet.h"

enum { SNIPPET_COLUMNS = 320, MAX_LOOKED_UP = 1 << 20 };

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

size_t hit_line(const struct hit *h)
{
	if (h->evidence_start == h->evidence_end ||
	    newlines(h->text, h->text_len) != h->line_end - h->line_start)
		return h->line_start;
	return h->line_start + newlines(h->text, h->evidence_start);
}

/* Where the evidence is in the source's bytes, which are the passage's but for the
 * ends of lines: CR LF and CR are LF in a passage. False: they are not. */
static bool find_in(struct span source, const struct hit *h, size_t *start, size_t *end)
{
	size_t at = 0, i = 0;
	for (; i < h->text_len && at < source.len; i++, at++) {
		if (i == h->evidence_start)
			*start = at;
		if (i == h->evidence_end)
			*end = at;
		bool cr = source.p[at] == '\r' && h->text[i] == '\n';
		if (cr && at + 1 < source.len && source.p[at + 1] == '\n')
			at++;
		else if (!cr && source.p[at] != h->text[i])
			return false;
	}
	if (h->evidence_end == i)
		*end = at;
	return i == h->text_len && at == source.len;
}

/* The evidence's bytes [*start, *end) of the source, counted from the passage's
 * first; false where the source is not there, has changed, or is in an encoding or
 * a markup in which the passage does not stand as it is. */
static bool stands_in_source(const struct hit *h, size_t *start, size_t *end)
{
	if (h->byte_end < h->byte_start || h->byte_end - h->byte_start > MAX_LOOKED_UP)
		return false;
	size_t len = (size_t)(h->byte_end - h->byte_start);
	int fd = open(h->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return false;
	char *bytes = mem_alloc(len + 1, 1);
	ssize_t n = pread(fd, bytes, len, (off_t)h->byte_start);
	bool found = n == (ssize_t)len && find_in((struct span){ bytes, len }, h, start, end);
	free(bytes);
	close(fd);
	return found;
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

static void add_evidence(cJSON *object, const struct hit *h)
{
	if (h->evidence_start == h->evidence_end) {
		cJSON_AddNullToObject(object, "evidence");
		return;
	}
	size_t start = 0, end = 0;
	bool known = stands_in_source(h, &start, &end);
	cJSON *e = cJSON_AddObjectToObject(object, "evidence");
	add_place(e, "start", known, h->byte_start + start);
	add_place(e, "end", known, h->byte_start + end);
	cJSON_AddNumberToObject(e, "line", (double)hit_line(h));
	json_add_text(e, "text", (struct span){ h->text + h->evidence_start,
	                                        h->evidence_end - h->evidence_start });
}

cJSON *present_hit(const struct hit *h, bool full)
{
	cJSON *o = cJSON_CreateObject();
	struct span text = { h->text, h->text_len };
	cJSON_AddNumberToObject(o, "rank", (double)h->rank);
	add_score(o, "score", h->score);
	json_add_text(o, "path", span_of(h->path));
	add_text_or_null(o, "title", h->title);
	cJSON_AddNumberToObject(o, "line_start", h->line_start);
	cJSON_AddNumberToObject(o, "line_end", h->line_end);
	if (h->page)
		cJSON_AddNumberToObject(o, "page", h->page);
	else
		cJSON_AddNullToObject(o, "page");
	cJSON_AddNumberToObject(o, "byte_start", (double)h->byte_start);
	cJSON_AddNumberToObject(o, "byte_end", (double)h->byte_end);
	add_text_or_null(o, "heading", h->heading);
	struct snippet snippet =
		snippet_make(text, h->evidence_start, h->evidence_end, SNIPPET_COLUMNS);
	json_add_text(o, "snippet", (struct span){ snippet.text, snippet.len });
	snippet_free(&snippet);
	if (full)
		json_add_text(o, "text", text);
	add_evidence(o, h);
	cJSON *scores = cJSON_AddObjectToObject(o, "scores");
	add_score(scores, "dense", h->dense);
	add_score(scores, "lexical", h->lexical);
	return o;
}

static void add_ms(cJSON *object, const char *name, double ms)
{
	cJSON_AddNumberToObject(object, name, round(ms * 1e3) / 1e3);
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
	cJSON *list = cJSON_AddArrayToObject(o, "hits");
	for (size_t i = 0; i < hits->n; i++)
		cJSON_AddItemToArray(list, present_hit(&hits->items[i], full));
	return o;
}
