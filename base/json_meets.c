#include "base/json_meets.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/pattern.h"
#include "base/utf8.h"

/* --- words ------------------------------------------------------------------------------ */

static const char *kind_of(const cJSON *value)
{
	if (cJSON_IsBool(value))
		return "a boolean";
	if (cJSON_IsNull(value))
		return "null";
	if (cJSON_IsNumber(value))
		return "a number";
	return cJSON_IsString(value) ? "a string" : cJSON_IsArray(value) ? "an array" : "an object";
}

static const char *with_article(const char *type)
{
	static const char *const words[][2] = {
		{ "string", "a string" }, { "number", "a number" }, { "integer", "a whole number" },
		{ "object", "an object" }, { "array", "an array" }, { "boolean", "true or false" },
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i][0], type) == 0)
			return words[i][1];
	return type;
}

/* As JSON, of at most some eighty bytes. */
static void add_value(struct walk *w, struct buf *out, const cJSON *value)
{
	enum { MOST = 80 };
	walk_hash(w, value); /* for what it counts: as much work as writing it */
	char *text = w->spent ? NULL : cJSON_PrintUnformatted(value);
	size_t len = text ? strlen(text) : 0;
	buf_add(out, text ? text : "", len > MOST ? utf8_floor(text, len, MOST) : len);
	buf_add_str(out, len > MOST ? "…" : "");
	free(text);
}

/* --- any type --------------------------------------------------------------------------- */

static bool is_of_type(const cJSON *value, const char *type)
{
	if (strcmp(type, "integer") == 0)
		return cJSON_IsNumber(value) && isfinite(value->valuedouble) &&
		       value->valuedouble == floor(value->valuedouble);
	const char *kind = kind_of(value);
	return strcmp(kind, type) == 0 || strcmp(strchr(kind, ' ') ? strchr(kind, ' ') + 1 : kind, type) == 0;
}

int meet_type(struct walk *w, struct rule r, const cJSON *value)
{
	struct buf words = buf_new(200);
	const cJSON *first = cJSON_IsArray(r.k) ? r.k->child : r.k;
	bool meets = false;
	for (const cJSON *t = first; t && !meets; t = cJSON_IsArray(r.k) ? t->next : NULL) {
		meets = is_of_type(value, t->valuestring);
		buf_printf(&words, "%s%s", t == first ? "" : " or ", with_article(t->valuestring));
	}
	bool is_fraction = cJSON_IsNumber(value) && strstr(buf_span(&words).p, "whole");
	if (!meets)
		walk_fault(w, "must be %s, and is %s", buf_span(&words).p,
		           is_fraction ? "not whole" : kind_of(value));
	buf_free(&words);
	return meets ? 0 : -1;
}

static bool equal(struct walk *w, const cJSON *a, const cJSON *b)
{
	if (strcmp(kind_of(a), kind_of(b)) != 0)
		return false;
	if (cJSON_IsString(a))
		return strcmp(a->valuestring, b->valuestring) == 0;
	struct hash x = walk_hash(w, a), y = walk_hash(w, b);
	return hash_compare(&x, &y) == 0;
}

int meet_enum(struct walk *w, struct rule r, const cJSON *value)
{
	const cJSON *one;
	cJSON_ArrayForEach(one, r.k) {
		if (walk_work(w, 1) < 0)
			return -1;
		if (equal(w, one, value))
			return 0;
	}
	struct buf words = buf_new(400);
	for (one = r.k->child; one && words.len < 250; one = one->next) {
		buf_add_str(&words, one == r.k->child ? "" : ", ");
		add_value(w, &words, one);
	}
	walk_fault(w, "must be one of %s%s", buf_span(&words).p, one ? ", …" : "");
	buf_free(&words);
	return -1;
}

int meet_const(struct walk *w, struct rule r, const cJSON *value)
{
	if (equal(w, r.k, value))
		return 0;
	struct buf words = buf_new(400);
	add_value(w, &words, r.k);
	walk_fault(w, "must be %s", buf_span(&words).p);
	buf_free(&words);
	return -1;
}

/* --- numbers ---------------------------------------------------------------------------- */

static int fault_bound(struct walk *w, const char *words, const cJSON *k)
{
	return walk_fault(w, "must be %s %.17g", words, k->valuedouble);
}

int meet_minimum(struct walk *w, struct rule r, const cJSON *value)
{
	bool fails = cJSON_IsNumber(value) && !(value->valuedouble >= r.k->valuedouble);
	return fails ? fault_bound(w, "at least", r.k) : 0;
}

int meet_maximum(struct walk *w, struct rule r, const cJSON *value)
{
	bool fails = cJSON_IsNumber(value) && !(value->valuedouble <= r.k->valuedouble);
	return fails ? fault_bound(w, "at most", r.k) : 0;
}

int meet_exclusive_minimum(struct walk *w, struct rule r, const cJSON *value)
{
	bool fails = cJSON_IsNumber(value) && !(value->valuedouble > r.k->valuedouble);
	return fails ? fault_bound(w, "more than", r.k) : 0;
}

int meet_exclusive_maximum(struct walk *w, struct rule r, const cJSON *value)
{
	bool fails = cJSON_IsNumber(value) && !(value->valuedouble < r.k->valuedouble);
	return fails ? fault_bound(w, "less than", r.k) : 0;
}

/* 0.3 is a multiple of 0.1 to those who write it, if not in binary. */
int meet_multiple(struct walk *w, struct rule r, const cJSON *value)
{
	double times = cJSON_IsNumber(value) ? value->valuedouble / r.k->valuedouble : 0;
	bool meets = fabs(times - round(times)) <= 1e-12 * (1 + fabs(times));
	return meets ? 0 : fault_bound(w, "a multiple of", r.k);
}

/* --- strings ---------------------------------------------------------------------------- */

static size_t count_characters(struct walk *w, const char *text)
{
	size_t n = 0, len = strlen(text);
	if (walk_work(w, len / 16) < 0)
		return 0;
	for (size_t at = 0; at < len; n++) {
		uint32_t code;
		at += utf8_decode(text + at, len - at, &code);
	}
	return n;
}

int meet_min_length(struct walk *w, struct rule r, const cJSON *value)
{
	bool fails = cJSON_IsString(value) && (double)count_characters(w, value->valuestring) < r.k->valuedouble;
	return fails ? walk_fault(w, "must have at least %.0f characters", r.k->valuedouble) : 0;
}

int meet_max_length(struct walk *w, struct rule r, const cJSON *value)
{
	bool fails = cJSON_IsString(value) && (double)count_characters(w, value->valuestring) > r.k->valuedouble;
	return fails ? walk_fault(w, "must have at most %.0f characters", r.k->valuedouble) : 0;
}

int meet_pattern(struct walk *w, struct rule r, const cJSON *value)
{
	if (!cJSON_IsString(value))
		return 0;
	struct err why = { 0 };
	int found = pattern_search(span_of(r.k->valuestring), span_of(value->valuestring), &w->steps, &why);
	if (found > 0)
		return 0;
	if (found == 0)
		return walk_fault(w, "must match the pattern %.100s", r.k->valuestring);
	w->spent = true;
	return walk_fault(w, "cannot be checked: %s", why.text);
}
