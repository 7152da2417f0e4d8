#include "models/remote/json_scan.h"

#include <stdint.h>

const char *json_scan_string(const char *p, const char *end, struct span *raw)
{
	if (p == end || *p != '"')
		return NULL;
	const char *start = ++p;
	for (; p < end && *p != '"'; p++)
		if (*p == '\\' && ++p == end)
			return NULL;
	if (p == end)
		return NULL;
	*raw = (struct span){ start, (size_t)(p - start) };
	return p + 1;
}

static bool ends_scalar(char c)
{
	return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\n' || c == '\r' || c == '\t' ||
	       c == ':' || c == '"' || c == '[' || c == '{';
}

static const char *skip_scalar(const char *p, const char *end)
{
	const char *start = p;
	while (p < end && !ends_scalar(*p))
		p++;
	return p == start ? NULL : p;
}

const char *json_scan_skip(const char *p, const char *end)
{
	uint64_t is_object = 0; /* a bit a level, the innermost lowest */
	int depth = 0;
	struct span raw;
	do {
		p = json_scan_space(p, end);
		if (p == end)
			return NULL;
		char c = *p;
		if (c == '{' || c == '[') {
			if (++depth > 64)
				return NULL;
			is_object = is_object << 1 | (c == '{');
			p++;
		} else if (c == '}' || c == ']') {
			if (depth-- == 0 || (is_object & 1) != (c == '}'))
				return NULL;
			is_object >>= 1;
			p++;
		} else if (c == '"') {
			p = json_scan_string(p, end, &raw);
		} else if ((c == ',' || c == ':') && depth > 0) {
			p++;
		} else {
			p = skip_scalar(p, end);
		}
	} while (p && depth > 0);
	return p;
}

struct json_members json_members_at(const char *p, const char *end)
{
	struct json_members m = { .p = NULL, .end = end };
	if (p < end && *p == '{')
		m.p = p + 1;
	return m;
}

static bool stop(struct json_members *m, const char *p)
{
	m->p = p;
	return false;
}

bool json_members_next(struct json_members *m)
{
	if (!m->p)
		return false;
	const char *p = json_scan_space(m->p, m->end);
	if (p < m->end && *p == '}')
		return stop(m, p + 1);
	if (m->started) {
		if (p == m->end || *p != ',')
			return stop(m, NULL);
		p = json_scan_space(p + 1, m->end);
	}
	m->started = true;
	p = json_scan_string(p, m->end, &m->name);
	p = p ? json_scan_space(p, m->end) : NULL;
	if (!p || p == m->end || *p != ':')
		return stop(m, NULL);
	p = json_scan_space(p + 1, m->end);
	if (p == m->end)
		return stop(m, NULL);
	m->p = p;
	return true;
}
