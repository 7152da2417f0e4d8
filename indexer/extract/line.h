/* Lines of a text, and what stands at their start. */
#ifndef AKIN_INDEXER_EXTRACT_LINE_H
#define AKIN_INDEXER_EXTRACT_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/span.h"

static inline bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static inline bool is_alpha(char c)
{
	return is_upper(c) || (c >= 'a' && c <= 'z');
}

static inline char to_lower(char c)
{
	return is_upper(c) ? (char)(c + 32) : c;
}

/* text[start, end) is the line without its '\n'; text[first] its first byte that
 * is no space or tab (end: the line is blank); indent in columns (a tab goes to
 * the next multiple of 4); next is where the following line starts. */
struct line {
	size_t start, end, next;
	size_t first, indent;
	bool blank;
};

/* The line that starts at `at`; false at the end of the text. */
bool line_at(struct span text, size_t at, struct line *line);

/* line_at(line->next): a loop starts from a zeroed line. */
static inline bool line_next(struct span text, struct line *line)
{
	return line_at(text, line->next, line);
}

/* The line from its first byte that is no white space to its last. */
struct span line_content(struct span text, const struct line *line);

/* How often `c` stands at text[at, end). */
static inline size_t count_char(struct span text, size_t at, size_t end, char c)
{
	size_t n = 0;
	while (at + n < end && text.p[at + n] == c)
		n++;
	return n;
}

static inline bool span_starts(struct span s, const char *prefix)
{
	size_t len = strlen(prefix);
	return s.len >= len && memcmp(s.p, prefix, len) == 0;
}

static inline bool span_ends(struct span s, const char *suffix)
{
	size_t len = strlen(suffix);
	return s.len >= len && memcmp(s.p + s.len - len, suffix, len) == 0;
}

/* ASCII letters compare without case. */
bool span_starts_nocase(struct span s, const char *prefix);
bool span_is_nocase(struct span s, const char *word);

struct span span_trim(struct span s);

/* A list mark ("- ", "* ", "+ ", "12. ", "12) ", and "• ") at text[at, end):
 * its length with the white space behind, 0 when there is none. */
size_t list_mark(struct span text, size_t at, size_t end);

#endif
