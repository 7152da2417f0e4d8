#define _GNU_SOURCE
#include "tests/support/standin/standin.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void add_number(struct buf *b, float x)
{
	/* printf of 25,600 floats a reply would make the stand-in the bottleneck */
	char digits[16];
	long v = lroundf(x * 1e8f);
	unsigned long u = (unsigned long)(v < 0 ? -v : v);
	size_t at = sizeof digits;
	for (int i = 0; i < 8; i++, u /= 10)
		digits[--at] = (char)('0' + u % 10);
	digits[--at] = '.';
	digits[--at] = (char)('0' + u % 10);
	if (v < 0)
		digits[--at] = '-';
	buf_add(b, digits + at, sizeof digits - at);
}

static void add_floats(struct buf *b, const float *v, size_t dim, enum fault fault)
{
	buf_add_byte(b, '[');
	for (size_t d = 0; d < dim; d++) {
		if (d)
			buf_add_byte(b, ',');
		if (fault == FAULT_NAN && d == dim / 2)
			buf_add_str(b, "NaN");
		else if (fault == FAULT_ZERO)
			buf_add_str(b, "0.0");
		else if (fault == FAULT_INTS)
			buf_printf(b, d % 3 ? "%ld" : "%lde-1", lroundf(v[d] * 1000));
		else
			add_number(b, v[d]);
	}
	buf_add_byte(b, ']');
}

static void add_base64(struct buf *b, const float *v, size_t dim)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)v;
	size_t n = dim * sizeof *v;
	buf_add_byte(b, '"');
	for (size_t i = 0; i < n; i += 3) {
		unsigned x = (unsigned)p[i] << 16 | (i + 1 < n ? p[i + 1] << 8 : 0) |
		             (i + 2 < n ? p[i + 2] : 0);
		buf_add_byte(b, set[x >> 18]);
		buf_add_byte(b, set[x >> 12 & 63]);
		buf_add_byte(b, i + 1 < n ? set[x >> 6 & 63] : '=');
		buf_add_byte(b, i + 2 < n ? set[x & 63] : '=');
	}
	buf_add_byte(b, '"');
}

static void add_item(struct buf *b, const float *v, size_t dim, size_t index, bool poisoned,
                     enum fault fault)
{
	buf_add_str(b, "{\"object\":\"embedding\",");
	if (fault != FAULT_NO_INDEX)
		buf_printf(b, "\"index\":%zu,", index);
	buf_add_str(b, "\"embedding\":");
	if (poisoned)
		buf_add_str(b, "null");
	else if (fault == FAULT_BASE64)
		add_base64(b, v, dim);
	else
		add_floats(b, v, fault == FAULT_WRONG_DIM ? dim / 2 : dim, fault);
	buf_add_byte(b, '}');
}

void answer_vectors(struct answer *a, const float *vectors, size_t n, size_t dim,
                    const bool *poisoned, const char *model, enum fault fault)
{
	struct buf *b = &a->body;
	buf_add_str(b, "{\"object\":\"list\",\"data\":[");
	size_t shown = fault == FAULT_WRONG_COUNT ? n - 1 : fault == FAULT_EXTRA ? n + 1 : n;
	for (size_t k = 0; k < shown; k++) {
		size_t i = fault == FAULT_REVERSED ? n - 1 - k : k;
		/* NaN, null and zeros spoil one text of the reply */
		bool spoilt = k == n / 2;
		enum fault own = !spoilt && (fault == FAULT_NAN || fault == FAULT_ZERO) ? FAULT_NONE : fault;
		if (k)
			buf_add_byte(b, ',');
		size_t index = fault == FAULT_DUP_INDEX ? i / 2 : i;
		const float *v = vectors + (i < n ? i : 0) * dim;
		add_item(b, v, dim, index, (i < n && poisoned[i]) || (spoilt && fault == FAULT_NULL), own);
	}
	buf_printf(b, "],\"model\":\"%s\",\"usage\":{\"prompt_tokens\":%zu,\"total_tokens\":%zu}}", model,
	           n * 7, n * 7);
	a->status = 200;
	a->content_type = "application/json";
	if (fault == FAULT_TRUNCATED)
		b->len /= 2;
	a->cut = fault == FAULT_CUT;
}

void answer_error(struct answer *a, int status, const char *type, const char *message)
{
	a->status = status;
	a->content_type = "application/json";
	buf_printf(&a->body,
	           "{\"error\":{\"message\":\"%s\",\"type\":\"%s\",\"param\":null,\"code\":\"%d\"}}",
	           message, type, status);
}

static void answer_html(struct answer *a)
{
	a->status = 502;
	a->content_type = "text/html";
	buf_add_str(&a->body, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
	                      "<center><h1>502 Bad Gateway</h1></center>\r\n"
	                      "<hr><center>nginx/1.24.0</center>\r\n</body>\r\n</html>\r\n");
}

static void answer_huge(struct answer *a)
{
	a->status = 200;
	a->content_type = "application/json";
	buf_add_str(&a->body, "{\"object\":\"list\",\"junk\":\"");
	enum { MB = 1 << 20 };
	char *fill = mem_alloc(MB, 1);
	memset(fill, 'x', MB);
	for (int i = 0; i < 96; i++)
		buf_add(&a->body, fill, MB);
	free(fill);
	buf_add_str(&a->body, "\",\"data\":[]}");
}

static void answer_garbage(struct answer *a)
{
	a->status = 200;
	a->content_type = "application/json";
	static const char junk[] = "\x1f\x8b\0\0{[\"data\":}]\xff\xfe nothing";
	buf_add(&a->body, junk, sizeof junk - 1);
}

bool answer_fault(struct answer *a, enum fault fault)
{
	switch (fault) {
	case FAULT_DOWN: a->close = true; return true;
	case FAULT_HTML502: answer_html(a); return true;
	case FAULT_HUGE_BODY: answer_huge(a); return true;
	case FAULT_GARBAGE: answer_garbage(a); return true;
	case FAULT_ERROR200:
		answer_error(a, 500, "internal_server_error", "the model is being loaded");
		a->status = 200;
		return true;
	case FAULT_400:
		answer_error(a, 400, "invalid_request_error", "this text is not liked");
		return true;
	case FAULT_401: answer_error(a, 401, "authentication_error", "invalid token"); return true;
	case FAULT_403:
		a->status = 403;
		a->content_type = "text/plain";
		buf_add_str(&a->body, "Forbidden: Authentication Failed");
		return true;
	case FAULT_404: answer_error(a, 404, "not_found_error", "the model does not exist"); return true;
	case FAULT_413: answer_error(a, 413, "invalid_request_error", "payload too large"); return true;
	case FAULT_429:
	case FAULT_429_FOREVER: answer_error(a, 429, "throttling_error", "too many requests"); return true;
	case FAULT_429_COOLDOWN:
		answer_error(a, 429, "all_deployments_in_cooldown", "No deployments available, try again in 5 s");
		a->retry_after = 5;
		return true;
	case FAULT_500: answer_error(a, 500, "internal_server_error", "something broke"); return true;
	case FAULT_503: answer_error(a, 503, "internal_server_error", "overloaded"); return true;
	default: return false;
	}
}
