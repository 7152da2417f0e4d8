#include "models/remote/sse.h"

#include <string.h>

void sse_init(struct sse *s, sse_event *on_event, void *ctx)
{
	*s = (struct sse){ .line = buf_new(SSE_MAX_EVENT), .data = buf_new(SSE_MAX_EVENT),
		               .on_event = on_event, .ctx = ctx };
}

void sse_free(struct sse *s)
{
	buf_free(&s->line);
	buf_free(&s->data);
}

static int dispatch(struct sse *s)
{
	int rc = 0;
	if (s->data.len > 0)
		rc = s->on_event(s->ctx, span_of(s->in_error ? "error" : "data"), buf_span(&s->data));
	buf_clear(&s->data);
	s->in_error = false;
	return rc;
}

static int add_data(struct sse *s, bool is_error, struct span value)
{
	int rc = is_error != s->in_error ? dispatch(s) : 0;
	s->in_error = is_error;
	if (s->data.len > 0)
		buf_add_byte(&s->data, '\n');
	buf_add_span(&s->data, value);
	return rc ? rc : s->data.overflow ? -1 : 0;
}

static int take_line(struct sse *s, struct span line)
{
	static const char bom[] = "\xef\xbb\xbf";
	if (!s->begun && line.len >= 3 && memcmp(line.p, bom, 3) == 0)
		line = (struct span){ line.p + 3, line.len - 3 };
	s->begun = true;
	if (line.len == 0)
		return dispatch(s);
	const char *colon = memchr(line.p, ':', line.len);
	struct span field = { line.p, colon ? (size_t)(colon - line.p) : line.len };
	bool is_error = span_equal(field, span_of("error"));
	if (!is_error && !span_equal(field, span_of("data")))
		return 0;
	size_t from = colon ? field.len + 1 : line.len;
	if (from < line.len && line.p[from] == ' ')
		from++;
	return add_data(s, is_error, (struct span){ line.p + from, line.len - from });
}

/* A line that came whole is read where it lies. */
static int end_line(struct sse *s, struct span rest)
{
	if (s->line.len == 0)
		return take_line(s, rest);
	if (buf_add_span(&s->line, rest) < 0)
		return -1;
	int rc = take_line(s, buf_span(&s->line));
	buf_clear(&s->line);
	return rc;
}

static size_t line_len(struct span bytes)
{
	size_t len = 0;
	while (len < bytes.len && bytes.p[len] != '\n' && bytes.p[len] != '\r')
		len++;
	return len;
}

int sse_feed(struct sse *s, struct span bytes)
{
	int rc = 0;
	while (bytes.len > 0 && rc == 0) {
		if (s->last_was_cr && bytes.p[0] == '\n') {
			bytes = (struct span){ bytes.p + 1, bytes.len - 1 };
			s->last_was_cr = false;
			continue;
		}
		size_t len = line_len(bytes);
		struct span line = { bytes.p, len };
		s->last_was_cr = len < bytes.len && bytes.p[len] == '\r';
		if (len == bytes.len)
			return buf_add_span(&s->line, line);
		bytes = (struct span){ bytes.p + len + 1, bytes.len - len - 1 };
		rc = end_line(s, line);
	}
	return rc;
}

int sse_end(struct sse *s)
{
	int rc = s->line.len > 0 ? end_line(s, (struct span){ "", 0 }) : 0;
	return rc ? rc : dispatch(s);
}
