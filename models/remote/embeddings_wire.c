#include "models/remote/embeddings_wire.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "models/remote/json_scan.h"
#include "models/remote/number.h"

/* ---- requests ---- */

static size_t escape(unsigned char c, char out[6])
{
	static const char hex[] = "0123456789abcdef";
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *found = c ? strchr(from, c) : NULL;
	out[0] = '\\';
	if (found) {
		out[1] = to[found - from];
		return 2;
	}
	memcpy(out + 1, "u00", 3);
	out[4] = hex[c >> 4];
	out[5] = hex[c & 15];
	return 6;
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static void add_escaped(struct buf *b, struct span s)
{
	for (size_t at = 0; at < s.len;) {
		size_t run = at;
		while (run < s.len && is_plain((unsigned char)s.p[run]))
			run++;
		buf_add(b, s.p + at, run - at);
		at = run;
		if (at == s.len)
			break;
		char out[6];
		uint32_t code;
		size_t len = utf8_decode(s.p + at, s.len - at, &code);
		size_t n = code < 0x80 ? escape((unsigned char)code, out) : utf8_encode(code, out);
		buf_add(b, out, n);
		at += len;
	}
}

int wire_request(struct buf *b, const char *model, const char *prefix, const struct span *texts,
                 size_t n)
{
	buf_add_str(b, "{\"model\":\"");
	add_escaped(b, span_of(model));
	buf_add_str(b, "\",\"input\":[");
	for (size_t i = 0; i < n; i++) {
		buf_add_str(b, i ? ",\"" : "\"");
		add_escaped(b, span_of(prefix));
		add_escaped(b, texts[i]);
		buf_add_byte(b, '"');
	}
	buf_add_str(b, "]}");
	return b->overflow ? -1 : 0;
}

size_t wire_text_bytes(struct span text)
{
	size_t bytes = 3;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.p[i];
		char out[6];
		bytes += c >= 0x80 || is_plain(c) ? 1 : escape(c, out);
	}
	return bytes;
}

/* ---- replies ---- */

/* An item of "data" as it comes; its vector stands in `values` of the reading. */
struct item {
	int64_t index; /* -1: none */
	size_t dim;    /* 0: no vector */
	enum wire_row row;
};

/* One reading of a body. */
struct reading {
	size_t n, dim;
	struct item *items; /* [n] */
	size_t n_items;
	bool too_many, has_data, has_error;
	float *values;      /* [n, dim], in the order of arrival, once dim is known */
	uint64_t tokens;
};

const char *wire_row_text(enum wire_row row)
{
	switch (row) {
	case ROW_NULL: return "the server sent null instead of its vector";
	case ROW_NOT_FINITE: return "the server sent a vector with NaN or infinity in it";
	case ROW_ZERO: return "the server sent a vector of zeros";
	case ROW_DIM: return "the server sent a vector of another dimension";
	default: return "no failure";
	}
}

/* 0..63; 64: padding, 65: skipped, 255: not base64. "\/" is how some encoders
 * write "/", so a backslash is passed over. */
static unsigned base64_value(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26u;
	if (c >= '0' && c <= '9')
		return c - '0' + 52u;
	if (c == '+' || c == '-')
		return 62;
	if (c == '/' || c == '_')
		return 63;
	return c == '=' ? 64 : c == '\\' ? 65 : 255;
}

/* Little-endian floats in base64. False when it is none. */
static bool decode_base64(struct span s, float *out, size_t max, size_t *n)
{
	unsigned char bytes[4];
	size_t n_bytes = 0;
	uint32_t bits = 0;
	int n_bits = 0;
	*n = 0;
	for (size_t i = 0; i < s.len; i++) {
		unsigned v = base64_value((unsigned char)s.p[i]);
		if (v == 255)
			return false;
		if (v >= 64)
			continue;
		bits = bits << 6 | v;
		n_bits += 6;
		if (n_bits < 8)
			continue;
		n_bits -= 8;
		bytes[n_bytes++] = (unsigned char)(bits >> n_bits);
		if (n_bytes < 4)
			continue;
		n_bytes = 0;
		uint32_t u = bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
		             (uint32_t)bytes[3] << 24;
		if (*n < max)
			memcpy(&out[*n], &u, sizeof u);
		++*n;
	}
	return n_bytes == 0;
}

/* Scales to unit length. */
static enum wire_row normalise(float *v, size_t dim)
{
	/* four sums, since each waits for its last addition */
	double sums[4] = { 0 };
	for (size_t d = 0; d < dim; d++)
		sums[d % 4] += (double)v[d] * (double)v[d];
	double sum = sums[0] + sums[1] + sums[2] + sums[3];
	if (!isfinite(sum))
		return ROW_NOT_FINITE;
	double scale = 1.0 / sqrt(sum);
	if (sum == 0 || !isfinite(scale))
		return ROW_ZERO;
	for (size_t d = 0; d < dim; d++)
		v[d] = (float)(v[d] * scale);
	return ROW_OK;
}

/* The vector at p, an array or a base64 string, into out[max]. */
static const char *scan_vector(const char *p, const char *end, float *out, size_t max, size_t *n)
{
	if (*p == '[')
		return number_scan_array(p + 1, end, out, max, n);
	struct span s;
	const char *next = json_scan_string(p, end, &s);
	return next && decode_base64(s, out, max, n) ? next : NULL;
}

static const char *read_first_vector(struct reading *r, const char *p, const char *end, size_t *dim)
{
	float *v = mem_floats(WIRE_MAX_DIM);
	const char *next = scan_vector(p, end, v, WIRE_MAX_DIM, dim);
	if (next && *dim > 0 && *dim <= WIRE_MAX_DIM) {
		r->dim = *dim;
		r->values = mem_zalloc(r->n * r->dim, sizeof(float));
		memcpy(r->values + (r->n_items - 1) * r->dim, v, r->dim * sizeof(float));
	}
	free(v);
	return next;
}

static const char *read_embedding(struct reading *r, struct item *item, const char *p,
                                  const char *end)
{
	if (p < end && *p == 'n')
		return json_scan_skip(p, end);
	if (p >= end || (*p != '[' && *p != '"'))
		return NULL;
	float *row = r->values ? r->values + (r->n_items - 1) * r->dim : NULL;
	const char *next = row ? scan_vector(p, end, row, r->dim, &item->dim)
	                       : read_first_vector(r, p, end, &item->dim);
	if (!next || !r->values)
		return next;
	row = r->values + (r->n_items - 1) * r->dim;
	if (item->dim == 0)
		item->row = ROW_NULL;
	else
		item->row = item->dim == r->dim ? normalise(row, r->dim) : ROW_DIM;
	if (item->row != ROW_OK)
		memset(row, 0, r->dim * sizeof(float));
	return next;
}

static const char *read_index(struct item *item, const char *p, const char *end)
{
	if (p < end && *p == 'n')
		return json_scan_skip(p, end);
	float f;
	if (!number_scan(p, end, &f))
		return json_scan_skip(p, end);
	item->index = f >= 0 && f == floorf(f) && f < 1e6f ? (int64_t)f : INT64_MAX;
	return json_scan_skip(p, end);
}

static const char *read_item(struct reading *r, const char *p, const char *end)
{
	if (r->n_items == r->n) {
		r->too_many = true;
		return json_scan_skip(p, end);
	}
	struct item *item = &r->items[r->n_items++];
	*item = (struct item){ .index = -1, .row = ROW_NULL };
	if (*p != '{') /* a null where an object should be is a text without a vector */
		return *p == 'n' ? json_scan_skip(p, end) : NULL;
	struct json_members m = json_members_at(p, end);
	bool seen = false;
	while (json_members_next(&m)) {
		if (span_equal(m.name, span_of("embedding")) && !seen) {
			m.p = read_embedding(r, item, m.p, end);
			seen = true;
		} else if (span_equal(m.name, span_of("index"))) {
			m.p = read_index(item, m.p, end);
		} else {
			m.p = json_scan_skip(m.p, end);
		}
	}
	return m.p;
}

static const char *read_data(struct reading *r, const char *p, const char *end)
{
	if (p < end && *p == 'n')
		return json_scan_skip(p, end);
	if (p >= end || *p != '[' || r->has_data)
		return NULL;
	r->has_data = true;
	p = json_scan_space(p + 1, end);
	if (p < end && *p == ']')
		return p + 1;
	while (p && p < end) {
		p = read_item(r, p, end);
		p = p ? json_scan_space(p, end) : NULL;
		if (!p || p == end || (*p != ',' && *p != ']'))
			return NULL;
		if (*p++ == ']')
			return p;
		p = json_scan_space(p, end);
	}
	return NULL;
}

/* The digits at p; 0 when there are none, or too many. */
static uint64_t whole_number(const char *p, const char *end)
{
	uint64_t v = 0;
	for (; p < end && *p >= '0' && *p <= '9'; p++)
		v = v < 1000000000000u ? v * 10 + (uint64_t)(*p - '0') : v;
	return v < 1000000000000u ? v : 0;
}

static const char *read_usage(struct reading *r, const char *p, const char *end)
{
	if (p >= end || *p != '{')
		return json_scan_skip(p, end);
	struct json_members m = json_members_at(p, end);
	while (json_members_next(&m)) {
		bool wanted = span_equal(m.name, span_of("prompt_tokens")) ||
		              (span_equal(m.name, span_of("total_tokens")) && r->tokens == 0);
		if (wanted)
			r->tokens = whole_number(m.p, end);
		m.p = json_scan_skip(m.p, end);
	}
	return m.p;
}

/* Behind the value that fills the body, or NULL. */
static const char *read_body(struct reading *r, const char *p, const char *end)
{
	p = json_scan_space(p, end);
	if (p == end || *p != '{')
		return NULL;
	struct json_members m = json_members_at(p, end);
	while (json_members_next(&m)) {
		const char *start = m.p;
		if (span_equal(m.name, span_of("data"))) {
			m.p = read_data(r, m.p, end);
		} else if (span_equal(m.name, span_of("usage"))) {
			m.p = read_usage(r, m.p, end);
		} else {
			m.p = json_scan_skip(m.p, end);
			if (m.p && span_equal(m.name, span_of("error")) && *start != 'n')
				r->has_error = true;
		}
	}
	return m.p ? json_scan_space(m.p, end) : NULL;
}

/* Whether the vectors' places are known: by index, or by order when none says. */
static int check_places(const struct reading *r, struct err *err)
{
	size_t n_with = 0;
	char *seen = mem_zalloc(r->n, 1);
	int rc = 0;
	for (size_t i = 0; i < r->n_items && rc == 0; i++) {
		int64_t index = r->items[i].index;
		n_with += index >= 0;
		if (index >= (int64_t)r->n)
			rc = err_set(err, ERR_REPLY, "an index is out of range");
		else if (index >= 0 && seen[index]++)
			rc = err_set(err, ERR_REPLY, "index %d comes twice", (int)index);
	}
	if (rc == 0 && n_with != 0 && n_with != r->n_items)
		rc = err_set(err, ERR_REPLY, "some vectors have an index and some have none");
	free(seen);
	return rc;
}

static int check(const struct reading *r, const char *p, const char *end, bool *in_band,
                 struct err *err)
{
	if (r->has_error) {
		*in_band = true;
		return err_set(err, ERR_REPLY, "an error with status 200");
	}
	if (!p)
		return err_set(err, ERR_REPLY, "not an embeddings reply in JSON, or cut short");
	if (p != end)
		return err_set(err, ERR_REPLY, "text after the end of the JSON");
	if (!r->has_data)
		return err_set(err, ERR_REPLY, "no \"data\" in it");
	if (r->n_items != r->n || r->too_many)
		return err_set(err, ERR_REPLY, "%s%zu vectors for %zu texts", r->too_many ? "more than " : "",
		               r->n_items, r->n);
	return check_places(r, err);
}

/* From the order of arrival to the order of the request. */
static void place(struct wire_reply *out, struct reading *r)
{
	*out = (struct wire_reply){ .n = r->n, .dim = r->dim, .tokens = r->tokens };
	out->rows = mem_zalloc(r->n, sizeof *out->rows);
	bool in_order = true;
	for (size_t i = 0; i < r->n; i++)
		in_order = in_order && (r->items[i].index < 0 || r->items[i].index == (int64_t)i);
	if (in_order || !r->values) {
		out->vectors = r->values;
		r->values = NULL;
	} else {
		out->vectors = mem_zalloc(r->n * r->dim, sizeof(float));
	}
	for (size_t i = 0; i < r->n; i++) {
		size_t to = r->items[i].index < 0 ? i : (size_t)r->items[i].index;
		out->rows[to] = r->items[i].row;
		out->n_ok += r->items[i].row == ROW_OK;
		if (r->values)
			memcpy(out->vectors + to * r->dim, r->values + i * r->dim, r->dim * sizeof(float));
	}
}

int wire_parse(struct wire_reply *reply, struct span body, size_t n, size_t dim, bool *in_band,
               struct err *err)
{
	struct reading r = { .n = n, .dim = dim };
	*reply = (struct wire_reply){ 0 };
	*in_band = false;
	if (n == 0 || dim > WIRE_MAX_DIM)
		return err_set(err, ERR_REPLY, "nothing was asked");
	r.items = mem_zalloc(n, sizeof *r.items);
	if (dim)
		r.values = mem_zalloc(n * dim, sizeof(float));
	const char *end = body.p + body.len;
	const char *p = read_body(&r, body.p, end);
	int rc = check(&r, p, end, in_band, err);
	if (rc == 0)
		place(reply, &r);
	free(r.items);
	free(r.values);
	return rc;
}

void wire_reply_release(struct wire_reply *r)
{
	free(r->vectors);
	free(r->rows);
	*r = (struct wire_reply){ 0 };
}
