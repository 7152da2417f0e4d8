#include "indexer/extract/decode.h"

#include <stdlib.h>
#include <unicode/ucnv.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "indexer/extract/encoding.h"
#include "indexer/extract/line.h"
#include "indexer/extract/run_map.h"

/* One byte gives at most three of UTF-8, or six where an encoding makes two
 * code points of one. */
#define GROWTH_MAX 6

struct decoder {
	struct buf text;
	struct run_map runs;
	size_t *lines;
	size_t n_lines, cap_lines;
	size_t n_codes, n_controls, n_replaced;
	bool cr_ends_line; /* there is no LF */
	bool cr;           /* a CR waits to see whether LF follows */
	size_t cr_start, cr_len;
	size_t code_start; /* where the code points of `pending` began */
	char pending[32];
	size_t n_pending;
	bool nul;
	bool changed; /* the text is not the source, byte for byte */
};

void decoded_free(struct decoded *d)
{
	free(d->text);
	free(d->runs);
	free(d->line_starts);
	*d = (struct decoded){ 0 };
}

static void add_line(struct decoder *d, size_t at)
{
	d->lines = mem_grow(d->lines, &d->cap_lines, d->n_lines + 1, sizeof *d->lines);
	d->lines[d->n_lines++] = at;
}

static void put(struct decoder *d, const char *p, size_t len, size_t start, size_t source_len)
{
	buf_add(&d->text, p, len);
	run_map_add(&d->runs, len, start, source_len);
}

static void put_newline(struct decoder *d, size_t start, size_t source_len)
{
	put(d, "\n", 1, start, source_len);
	run_map_cut(&d->runs);
	add_line(d, start + source_len);
}

static void flush_cr(struct decoder *d)
{
	if (!d->cr)
		return;
	d->cr = false;
	if (d->cr_ends_line)
		put_newline(d, d->cr_start, d->cr_len);
	else
		put(d, " ", 1, d->cr_start, d->cr_len);
}

static bool is_control(unsigned char c)
{
	return c < 32 && !(c >= 8 && c <= 13) && c != 27;
}

/* One or more code points of UTF-8 that came from source[start, +source_len). */
static void put_unit(struct decoder *d, const char *p, size_t len, size_t start, size_t source_len)
{
	char c = p[0];
	d->n_codes++;
	d->n_controls += is_control((unsigned char)c);
	d->nul |= c == '\0';
	if (c == '\n' && d->cr) {
		d->cr = false;
		put_newline(d, d->cr_start, d->cr_len + source_len);
		return;
	}
	flush_cr(d);
	if (c == '\r') {
		d->changed = d->cr = true;
		d->cr_start = start;
		d->cr_len = source_len;
	} else if (c == '\n') {
		put_newline(d, start, source_len);
	} else {
		put(d, p, len, start, source_len);
		if (c == ' ')
			run_map_cut(&d->runs);
	}
}

/* As many bytes from `at` as need no thought: valid UTF-8 without CR, LF or
 * control bytes; *codes is not counted for them beyond their bytes. */
static size_t clean_len(struct span bytes, size_t at)
{
	size_t i = at;
	while (i < bytes.len) {
		unsigned char c = (unsigned char)bytes.p[i];
		if (c >= 0x80) {
			uint32_t code;
			size_t n = utf8_decode(bytes.p + i, bytes.len - i, &code);
			if (n == 1)
				break;
			i += n;
		} else if (c < 32 && c != '\t') {
			break;
		} else {
			i++;
		}
	}
	return i - at;
}

static void decode_utf8(struct decoder *d, struct span bytes, size_t at)
{
	while (at < bytes.len && !d->nul) {
		size_t len = clean_len(bytes, at);
		if (len > 0) {
			flush_cr(d);
			put(d, bytes.p + at, len, at, len);
			d->n_codes += len;
			at += len;
		} else if ((unsigned char)bytes.p[at] >= 0x80) {
			put_unit(d, "\xEF\xBF\xBD", 3, at++, 1);
			d->n_replaced++;
			d->changed = true;
		} else {
			put_unit(d, bytes.p + at, 1, at, 1);
			at++;
		}
	}
	flush_cr(d);
}

static void flush_pending(struct decoder *d, size_t end)
{
	if (d->n_pending > 0)
		put_unit(d, d->pending, d->n_pending, d->code_start, end - d->code_start);
	d->n_pending = 0;
}

/* A code point whose source starts at `at`, or within the one before. */
static void take_code(struct decoder *d, uint32_t code, size_t at)
{
	if (at > d->code_start || d->n_pending + 4 > sizeof d->pending) {
		flush_pending(d, at);
		d->code_start = at;
	}
	d->n_replaced += code == UTF8_REPLACEMENT;
	d->n_pending += utf8_encode(code, d->pending + d->n_pending);
}

struct unit_reader {
	UChar high; /* the first half of a pair, 0: none */
	size_t high_at;
	size_t last_at;
};

static void take_units(struct decoder *d, struct unit_reader *r, const UChar *units,
                       const int32_t *offsets, size_t n, size_t base)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = offsets[i] >= 0 ? base + (size_t)offsets[i] : r->last_at;
		r->last_at = at;
		UChar u = units[i];
		if (r->high && U16_IS_TRAIL(u)) {
			take_code(d, (uint32_t)U16_GET_SUPPLEMENTARY(r->high, u), r->high_at);
			r->high = 0;
			continue;
		}
		if (r->high)
			take_code(d, UTF8_REPLACEMENT, r->high_at);
		r->high = U16_IS_LEAD(u) ? u : 0;
		r->high_at = at;
		if (!r->high)
			take_code(d, u, at);
	}
}

static int decode_with(struct decoder *d, struct span bytes, size_t at, const char *encoding)
{
	UErrorCode status = U_ZERO_ERROR;
	UConverter *converter = ucnv_open(encoding, &status);
	if (U_FAILURE(status))
		return -1;
	UChar units[2048];
	int32_t offsets[2048];
	struct unit_reader reader = { .last_at = at };
	d->code_start = at;
	const char *source = bytes.p + at, *end = bytes.p + bytes.len;
	do {
		/* in steps, because offsets are 32 bits and this file need not be */
		const char *stop = end - source > 65536 ? source + 65536 : end;
		size_t base = (size_t)(source - bytes.p);
		UChar *target = units;
		status = U_ZERO_ERROR;
		ucnv_toUnicode(converter, &target, units + 2048, &source, stop, offsets, stop == end,
		               &status);
		take_units(d, &reader, units, offsets, (size_t)(target - units), base);
	} while (!d->nul && (status == U_BUFFER_OVERFLOW_ERROR || (U_SUCCESS(status) && source < end)));
	ucnv_close(converter);
	if (reader.high)
		take_code(d, UTF8_REPLACEMENT, reader.high_at);
	flush_pending(d, bytes.len);
	flush_cr(d);
	return U_SUCCESS(status) ? 0 : -1;
}

static struct decoder decoder_new(struct span bytes)
{
	struct decoder d = { .text = buf_new(bytes.len * GROWTH_MAX + 16) };
	d.cr_ends_line = !memchr(bytes.p, '\n', bytes.len);
	add_line(&d, 0);
	return d;
}

static void decoder_free(struct decoder *d)
{
	buf_free(&d->text);
	run_map_free(&d->runs);
	free(d->lines);
	d->lines = NULL;
}

/* Text does not hold NULs, nor many other control bytes or broken ones. */
static bool is_text(const struct decoder *d)
{
	return !d->nul && !d->text.overflow && d->n_controls * 50 <= d->n_codes &&
	       d->n_replaced * 10 <= d->n_codes + 32;
}

static enum skip_reason finish(struct decoder *dec, struct span bytes, const char *encoding,
                               struct decoded *d)
{
	if (!is_text(dec)) {
		decoder_free(dec);
		return SKIP_BINARY;
	}
	if (dec->n_lines > 1 && dec->lines[dec->n_lines - 1] >= bytes.len)
		dec->n_lines--;
	if (!dec->changed)
		run_map_free(&dec->runs);
	d->line_starts = dec->lines;
	d->n_lines = dec->n_lines;
	d->runs = dec->runs.items;
	d->n_runs = dec->runs.n;
	d->n_controls = dec->n_controls;
	d->n_replaced = dec->n_replaced;
	d->encoding = encoding;
	d->text = buf_take(&dec->text, &d->len);
	return SKIP_NONE;
}

static enum skip_reason try_encoding(struct span bytes, size_t at, const char *encoding,
                                     struct decoded *d)
{
	struct decoder dec = decoder_new(bytes);
	dec.changed = at > 0 || strcmp(encoding, "UTF-8") != 0;
	if (strcmp(encoding, "UTF-8") == 0) {
		buf_reserve(&dec.text, bytes.len);
		decode_utf8(&dec, bytes, at);
	} else if (decode_with(&dec, bytes, at, encoding)) {
		decoder_free(&dec);
		return SKIP_BINARY;
	}
	return finish(&dec, bytes, encoding, d);
}

enum skip_reason decode(struct span bytes, struct span charset, struct decoded *d)
{
	*d = (struct decoded){ 0 };
	const char *encoding = NULL;
	size_t mark = encoding_mark(bytes, &encoding);
	if (mark > 0)
		return try_encoding(bytes, mark, encoding, d);
	if (memchr(bytes.p, '\0', bytes.len)) {
		encoding = encoding_utf16(bytes);
		return encoding ? try_encoding(bytes, 0, encoding, d) : SKIP_BINARY;
	}
	const char *names[12];
	size_t n = 0;
	if (encoding_is_iso2022jp(bytes))
		names[n++] = "ISO-2022-JP";
	else if (encoding_mostly_utf8(bytes))
		names[n++] = "UTF-8";
	else
		n = encoding_guess(bytes, charset, names, sizeof names / sizeof *names);
	enum skip_reason reason = SKIP_BINARY;
	for (size_t i = 0; reason && i < n; i++)
		reason = try_encoding(bytes, 0, names[i], d);
	return reason;
}
