#define _GNU_SOURCE
#include "indexer/extract/pdf_meta.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "indexer/extract/entity.h"
#include "indexer/extract/line.h"
#include "indexer/extract/outline.h"

/* What stands between two marks, its entities read; NULL for none or nothing. free() it. */
static char *between(struct span head, const char *before, const char *after)
{
	char *at = memmem(head.p, head.len, before, strlen(before));
	if (!at)
		return NULL;
	at += strlen(before);
	size_t left = head.len - (size_t)(at - head.p);
	char *end = memmem(at, left, after, strlen(after));
	struct buf text = buf_new(4096);
	for (size_t len = end ? (size_t)(end - at) : 0; len && !text.overflow;) {
		char utf8[ENTITY_MAX_BYTES];
		size_t n, taken = entity_decode((struct span){ at, len }, utf8, &n);
		if (taken)
			buf_add(&text, utf8, n);
		else
			buf_add_byte(&text, *at);
		taken = taken ? taken : 1;
		at += taken;
		len -= taken;
	}
	char *clean = outline_clean(buf_span(&text));
	buf_free(&text);
	return clean;
}

/* Whether somebody gave it as a title: it has a word of three letters, and neither looks like a
 * file's name nor like what programs write where nothing was given. */
static bool is_title(const char *title)
{
	static const char *const ends[] = { ".doc", ".docx", ".pdf", ".tex", ".dvi", ".indd", ".qxd", ".rtf",
		                            ".odt", ".ppt", ".pptx", ".xls", ".xlsx", ".htm", ".html", ".ps", ".eps",
		                            ".fm", ".txt" };
	static const char *const starts[] = { "untitled", "microsoft word - ", "microsoft powerpoint - ",
		                              "document1", "slide 1", "powerpoint presentation",
		                              "word document", "no title" };
	struct span s = span_of(title);
	size_t letters = 0, longest = 0;
	for (size_t i = 0; i < s.len; i++) {
		letters = is_alpha(s.p[i]) || (unsigned char)s.p[i] >= 0x80 ? letters + 1 : 0;
		longest = letters > longest ? letters : longest;
	}
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
		if (span_starts_nocase(s, starts[i]))
			return false;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t len = strlen(ends[i]);
		if (s.len > len && span_is_nocase((struct span){ s.p + s.len - len, len }, ends[i]))
			return false;
	}
	return longest >= 3;
}

char *iso_date_utc(struct span written)
{
	char s[40], out[64], sign = 'Z';
	int hours = 0, minutes = 0;
	struct tm tm = { 0 };
	if (written.len >= sizeof s)
		return NULL;
	memcpy(s, written.p, written.len);
	s[written.len] = '\0';
	int n = sscanf(s, "%4d-%2d-%2dT%2d:%2d:%2d%c%2d%*1[':]%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
	               &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &sign, &hours, &minutes);
	if (n < 1 || tm.tm_year < 1000 || (n > 1 && (tm.tm_mon < 1 || tm.tm_mon > 12)) ||
	    (n > 2 && (tm.tm_mday < 1 || tm.tm_mday > 31)))
		return NULL;
	if (n < 6) {
		snprintf(out, sizeof out, "%04d-%02d-%02d", tm.tm_year, tm.tm_mon, tm.tm_mday);
		out[n >= 3 ? 10 : n == 2 ? 7 : 4] = '\0';
		return mem_strdup(out);
	}
	int offset = (hours * 60 + minutes) * (sign == '-' ? 1 : sign == '+' ? -1 : 0);
	tm.tm_year -= 1900;
	tm.tm_mon--;
	tm.tm_min += offset;
	time_t t = timegm(&tm);
	if (!gmtime_r(&t, &tm) || tm.tm_year < 0 || tm.tm_year > 8099)
		return NULL;
	return strftime(out, sizeof out, "%Y-%m-%dT%H:%M:%SZ", &tm) ? mem_strdup(out) : NULL;
}

/* "NAME: SUBJECT" */
static char *make_title(struct span named, const char *subject)
{
	struct buf title = buf_new(4096);
	bool has_subject = subject && is_title(subject);
	buf_add_span(&title, named);
	buf_add_str(&title, named.len && has_subject ? ": " : "");
	buf_add_str(&title, has_subject ? subject : "");
	char *clean = outline_clean(buf_span(&title));
	buf_free(&title);
	return clean;
}

void pdf_meta(struct span head, struct span named, struct document *doc)
{
	doc->title = between(head, "<title>", "</title>");
	if (!doc->title || !is_title(doc->title)) {
		char *subject = between(head, "<meta name=\"Subject\" content=\"", "\"/>");
		free(doc->title);
		doc->title = make_title(named, subject);
		free(subject);
	}
	doc->author = between(head, "<meta name=\"Author\" content=\"", "\"/>");
	char *date = between(head, "<meta name=\"CreationDate\" content=\"", "\"/>");
	if (date)
		doc->date = iso_date_utc(span_of(date));
	free(date);
}
