#define _DEFAULT_SOURCE /* timegm */
#include "indexer/extract/mail_header.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "indexer/extract/decode.h"
#include "indexer/extract/line.h"
#include "indexer/extract/mail_body.h"

enum { LINES_SNIFFED = 60 };

/* The length of the field's name that s begins with; 0: it begins with none. */
static size_t name_len(struct span s)
{
	size_t n = 0;
	while (n < s.len && n < 76 && (is_alpha(s.p[n]) || is_digit(s.p[n]) || s.p[n] == '-'))
		n++;
	return n < s.len && s.p[n] == ':' ? n : 0;
}

static bool is_mails_own(struct span name)
{
	static const char *const names[] = { "from", "date", "message-id", "received", "return-path", "subject",
		                             "delivered-to", "mime-version", "to", "content-type",
		                             "x-mozilla-status" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (span_is_nocase(name, names[i]))
			return true;
	return false;
}

bool mail_header_begins(struct span text)
{
	struct line line = { 0 };
	int n_own = 0;
	bool from = false;
	for (int n = 0; n < LINES_SNIFFED && line_next(text, &line) && !line.blank; n++) {
		struct span s = { text.p + line.start, line.end - line.start };
		if (n == 0 && span_starts(s, "From "))
			continue;
		if (line.indent > 0 && n > 0)
			continue;
		size_t len = name_len(s);
		if (len == 0)
			return false;
		n_own += is_mails_own((struct span){ s.p, len });
		from = from || span_starts_nocase(s, "from:") || span_starts_nocase(s, "received:");
	}
	return from && n_own >= 3;
}

struct span mail_header(struct span text, size_t *body)
{
	struct line line = { 0 };
	*body = 0;
	if (name_len(text) == 0 && !span_starts(text, "From ") && !(text.len > 0 && is_space(text.p[0])))
		return (struct span){ text.p, 0 };
	while (line_next(text, &line)) {
		if (line.blank) {
			*body = line.next;
			return (struct span){ text.p, line.start };
		}
	}
	*body = text.len;
	return text;
}

struct span mail_field(struct span header, const char *name)
{
	struct line line = { 0 };
	while (line_next(header, &line)) {
		struct span s = { header.p + line.start, line.end - line.start };
		size_t len = name_len(s);
		if (len == 0 || !span_is_nocase((struct span){ s.p, len }, name))
			continue;
		size_t start = line.start + len + 1, end = line.end;
		while (line_next(header, &line) && (header.p[line.start] == ' ' || header.p[line.start] == '\t'))
			end = line.end;
		size_t most = end - start < MAIL_FIELD_MAX ? end - start : MAIL_FIELD_MAX;
		return span_trim((struct span){ header.p + start, most });
	}
	return (struct span){ "", 0 };
}

/* --- encoded words ------------------------------------------------------------------------ */

struct word {
	struct span charset, data;
	char encoding;
	size_t len; /* of all of it; 0: there is none */
};

/* =?charset*language?B?data?= */
static struct word encoded_word(struct span s)
{
	struct word w = { .len = 0 };
	if (!span_starts(s, "=?"))
		return w;
	size_t marks[3], n = 0, i = 2;
	for (; i < s.len && i < 1000 && n < 3; i++)
		if (s.p[i] == '?')
			marks[n++] = i;
	if (n < 3 || marks[1] - marks[0] != 2 || marks[2] + 1 >= s.len || s.p[marks[2] + 1] != '=')
		return w;
	const char *language = memchr(s.p + 2, '*', marks[0] - 2);
	w.charset = (struct span){ s.p + 2, language ? (size_t)(language - s.p) - 2 : marks[0] - 2 };
	w.encoding = to_lower(s.p[marks[0] + 1]);
	w.data = (struct span){ s.p + marks[1] + 1, marks[2] - marks[1] - 1 };
	w.len = w.encoding == 'b' || w.encoding == 'q' ? marks[2] + 2 : 0;
	return w;
}

static void add_decoded(struct span bytes, struct span charset, struct buf *out)
{
	struct decoded d;
	if (bytes.len > 0 && decode(bytes, charset, &d) == SKIP_NONE) {
		buf_add(out, d.text, d.len);
		decoded_free(&d);
	}
}

/* Words that stand together are one text: a character may begin in one and end in the next. */
static size_t add_words(struct span s, struct buf *out)
{
	struct buf bytes = buf_new(MAIL_FIELD_MAX);
	struct word w = encoded_word(s), first = w;
	size_t at = 0;
	while (w.len > 0 && span_equal(w.charset, first.charset)) {
		if (w.encoding == 'b')
			mail_base64(w.data, &bytes);
		else
			mail_quoted(w.data, true, &bytes);
		at += w.len;
		size_t next = at;
		while (next < s.len && is_space(s.p[next]))
			next++;
		w = encoded_word((struct span){ s.p + next, s.len - next });
		if (w.len > 0)
			at = next;
	}
	add_decoded(buf_span(&bytes), first.charset, out);
	buf_free(&bytes);
	return at;
}

void mail_field_text(struct span value, struct buf *out)
{
	struct buf plain = buf_new(MAIL_FIELD_MAX);
	for (size_t i = 0; i < value.len;) {
		struct span rest = { value.p + i, value.len - i };
		if (encoded_word(rest).len > 0) {
			add_decoded(buf_span(&plain), (struct span){ 0 }, out);
			buf_clear(&plain);
			i += add_words(rest, out);
		} else {
			if (value.p[i] != '\r' && value.p[i] != '\n')
				buf_add_byte(&plain, value.p[i] == '\t' ? ' ' : value.p[i]);
			i++;
		}
	}
	add_decoded(buf_span(&plain), (struct span){ 0 }, out);
	buf_free(&plain);
}

/* --- parameters --------------------------------------------------------------------------- */

static void add_percent(struct span s, struct buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '%' && i + 2 < s.len && mail_hex(s.p[i + 1]) >= 0 && mail_hex(s.p[i + 2]) >= 0) {
			buf_add_byte(out, (char)(mail_hex(s.p[i + 1]) * 16 + mail_hex(s.p[i + 2])));
			i += 2;
		} else {
			buf_add_byte(out, s.p[i]);
		}
	}
}

/* A value, quoted or not, at `at`: added to out; returns its end. */
static size_t read_value(struct span s, size_t at, struct buf *out)
{
	if (at >= s.len || s.p[at] != '"') {
		while (at < s.len && s.p[at] != ';' && !is_space(s.p[at]))
			buf_add_byte(out, s.p[at++]);
		return at;
	}
	for (at++; at < s.len && s.p[at] != '"'; at++) {
		if (s.p[at] == '\\' && at + 1 < s.len)
			at++;
		if (s.p[at] != '\n' && s.p[at] != '\r')
			buf_add_byte(out, s.p[at]);
	}
	return at + 1;
}

/* charset'language'text */
static void add_extended(struct span s, struct span *charset, struct buf *out)
{
	const char *first = memchr(s.p, '\'', s.len);
	const char *second = first ? memchr(first + 1, '\'', s.len - (size_t)(first + 1 - s.p)) : NULL;
	if (second) {
		*charset = (struct span){ s.p, (size_t)(first - s.p) };
		s = (struct span){ second + 1, s.len - (size_t)(second + 1 - s.p) };
	}
	add_percent(s, out);
}

void mail_parameter(struct span value, const char *name, struct buf *out)
{
	struct buf one = buf_new(MAIL_FIELD_MAX), bytes = buf_new(MAIL_FIELD_MAX), kept = buf_new(64);
	size_t n = strlen(name);
	for (size_t i = 0; i < value.len; i++) {
		if (value.p[i] != ';')
			continue;
		for (i++; i < value.len && is_space(value.p[i]); i++)
			;
		struct span rest = { value.p + i, value.len - i };
		size_t key = 0;
		while (key < rest.len && key < 80 && rest.p[key] != '=' && rest.p[key] != ';')
			key++;
		if (key >= rest.len || rest.p[key] != '=') {
			i--;
			continue;
		}
		buf_clear(&one);
		i = read_value(value, i + key + 1, &one) - 1;
		if (!span_starts_nocase(rest, name) || (key > n && rest.p[n] != '*') || key < n)
			continue;
		struct span charset = { 0 };
		if (rest.p[key - 1] == '*')
			add_extended(buf_span(&one), &charset, &bytes);
		else
			mail_field_text(buf_span(&one), &bytes);
		if (charset.len > 0 && charset.len < 64)
			buf_add_span(&kept, charset);
		if (key == n)
			break;
	}
	add_decoded(buf_span(&bytes), buf_span(&kept), out);
	buf_free(&one);
	buf_free(&bytes);
	buf_free(&kept);
}

/* --- dates -------------------------------------------------------------------------------- */

static int month_of(const char *name)
{
	static const char *const names[] = { "jan", "feb", "mar", "apr", "may", "jun",
		                             "jul", "aug", "sep", "oct", "nov", "dec" };
	for (int i = 0; i < 12; i++)
		if (span_starts_nocase(span_of(name), names[i]))
			return i;
	return -1;
}

bool mail_date(struct span value, char iso[21])
{
	char text[128], month[8] = "", zone[8] = "";
	int day, year, hour, minute, second = 0;
	iso[0] = '\0';
	snprintf(text, sizeof text, "%.*s", (int)(value.len < 127 ? value.len : 127), value.p);
	const char *p = strchr(text, ',');
	p = p ? p + 1 : text;
	if (sscanf(p, " %2d %7[A-Za-z] %4d %2d:%2d:%2d %7s",
	           &day, month, &year, &hour, &minute, &second, zone) < 5)
		return false;
	if (second == 0 && zone[0] == '\0')
		sscanf(p, " %*d %*s %*d %*d:%*d %7s", zone);
	int m = month_of(month), offset = zone[0] == '+' || zone[0] == '-' ? atoi(zone + 1) : 0;
	if (year < 100)
		year += year < 50 ? 2000 : 1900;
	if (m < 0 || day < 1 || day > 31 || year < 1970 || year > 9999 || hour > 23 || minute > 59 || second > 60)
		return false;
	struct tm tm = { .tm_year = year - 1900, .tm_mon = m, .tm_mday = day, .tm_hour = hour,
		         .tm_min = minute, .tm_sec = second };
	int minutes = offset / 100 % 24 * 60 + offset % 100;
	time_t at = timegm(&tm) - (zone[0] == '-' ? -minutes : minutes) * 60;
	if (at < 0 || !gmtime_r(&at, &tm) || tm.tm_year > 9999 - 1900)
		return false;
	return strftime(iso, 21, "%Y-%m-%dT%H:%M:%SZ", &tm) == 20;
}
