#include "base/json_walk.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

/* Some tenths of a second, and less than half a megabyte of stack. */
enum { MAX_STEPS = 4000000, MAX_DEPTH = 128, MAX_PLACE = 400, MAX_NAME = 80, STEPS_OF_A_FAULT = 20 };

void walk_start(struct walk *w, const cJSON *root, struct err *err)
{
	*w = (struct walk){ .root = root, .place = buf_new(MAX_PLACE), .steps = MAX_STEPS, .err = err };
}

void walk_end(struct walk *w)
{
	buf_free(&w->place);
}

/* RFC 6901: "~" and "/" are escaped. A place that is too long ends where there is room. */
size_t walk_to_member(struct walk *w, const char *name)
{
	size_t from = w->place.len;
	buf_add_byte(&w->place, '/');
	size_t len = strlen(name);
	len = len > MAX_NAME ? utf8_floor(name, len, MAX_NAME) : len;
	for (size_t i = 0; i < len; i++) {
		if (name[i] == '~' || name[i] == '/')
			buf_add_str(&w->place, name[i] == '~' ? "~0" : "~1");
		else
			buf_add_byte(&w->place, name[i]);
	}
	return from;
}

size_t walk_to_item(struct walk *w, size_t i)
{
	size_t from = w->place.len;
	buf_printf(&w->place, "/%zu", i);
	return from;
}

void walk_back(struct walk *w, size_t to)
{
	w->place.len = to;
	if (w->place.p)
		w->place.p[to] = '\0';
}

int walk_fault(struct walk *w, const char *fmt, ...)
{
	char text[sizeof w->err->text];
	w->steps = w->steps > STEPS_OF_A_FAULT ? w->steps - STEPS_OF_A_FAULT : 0;
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	if (w->place.len)
		return err_set(w->err, ERR_INPUT, "%s: %s", buf_span(&w->place).p, text);
	return err_set(w->err, ERR_INPUT, "the value %s", text);
}

int walk_work(struct walk *w, uint64_t n)
{
	if (w->steps >= n) {
		w->steps -= n;
		return 0;
	}
	w->steps = 0;
	w->spent = true;
	return walk_fault(w, "takes too much work to be checked");
}

int walk_down(struct walk *w)
{
	if (w->depth++ < MAX_DEPTH)
		return walk_work(w, 1);
	w->spent = true;
	return walk_fault(w, "is nested too deeply, or the schema refers to itself without an end");
}

void walk_up(struct walk *w)
{
	w->depth--;
}

const cJSON *walk_member(struct walk *w, const cJSON *object, const char *name)
{
	uint64_t n = 0;
	const cJSON *member = cJSON_IsObject(object) ? object->child : NULL;
	for (; member && strcmp(member->string, name) != 0; member = member->next)
		n++;
	return walk_work(w, n) < 0 ? NULL : member;
}

const cJSON *walk_refer(struct walk *w, const char *ref)
{
	static const char *const places[][2] = { { "#/$defs/", "$defs" }, { "#/definitions/", "definitions" } };
	if (strcmp(ref, "#") == 0)
		return w->root;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		size_t len = strlen(places[i][0]);
		if (strncmp(ref, places[i][0], len) == 0)
			return walk_member(w, walk_member(w, w->root, places[i][1]), ref + len);
	}
	return NULL;
}

/* What a scalar is hashed by, with its kind before it. */
static struct hash hash_scalar(const cJSON *value)
{
	char kind = cJSON_IsString(value) ? 's' : cJSON_IsNumber(value) ? 'n' : cJSON_IsTrue(value) ? 't' :
	            cJSON_IsFalse(value) ? 'f' : '0';
	double number = cJSON_IsNumber(value) ? value->valuedouble + 0.0 : 0; /* of -0.0, 0.0 */
	struct span parts[] = { { &kind, 1 }, { (const char *)&number, sizeof number }, { "", 0 } };
	if (kind == 's')
		parts[2] = span_of(value->valuestring);
	return hash_parts(parts, 3);
}

/* The members' hashes are added up, so that their order does not count; items are chained. */
struct hash walk_hash(struct walk *w, const cJSON *value)
{
	bool object = cJSON_IsObject(value);
	uint64_t work = 1 + (cJSON_IsString(value) ? strlen(value->valuestring) / 64 : 0);
	if (walk_work(w, work) < 0 || (!object && !cJSON_IsArray(value)))
		return hash_scalar(value);
	struct hash sum = hash_bytes(object ? "{" : "[", 1);
	const cJSON *child;
	cJSON_ArrayForEach(child, value) {
		struct hash h = walk_hash(w, child);
		struct span parts[] = { { (const char *)h.b, sizeof h.b }, span_of(object ? child->string : ""),
			                { (const char *)sum.b, object ? 0 : sizeof sum.b } };
		h = hash_parts(parts, 3);
		for (size_t i = 0; i < sizeof h.b; i++)
			sum.b[i] = (unsigned char)((object ? sum.b[i] : 0) + h.b[i]);
	}
	return sum;
}
