/* What a user asks, taken apart. Pure, but for the time zone of dates.
 *
 * Each of these stands at the beginning or after white space; anything else is text:
 *
 *   "a phrase"    the words must stand in the passage, one after the other
 *   -word         the word may not stand in it; -"a phrase" likewise. Something must stand
 *                 before it, and the word has at least three letters (one in scripts
 *                 without spaces, and in Korean), digits, "_", "-", "." and "'" within: so
 *                 -9, -rf, -O2, --no-ignore, -std=c17, a lone dash and a dash in front of
 *                 everything are text; and what follows a conjunction of a language that
 *                 leaves out half a word (Personen und -organisationen)
 *   path:VALUE    and title: author: type: lang: since: before:, VALUE with or without quotes
 *                 (query/search_filter.h); -path:VALUE and so on: not these
 *
 * A backslash in front of one makes it text (\-word, \"not a phrase", \path:x). So it is
 * with a quote that is not closed, a phrase without a word in it, a name without a value
 * ("path: "), names in other letters or followed by two colons (path::join), and every
 * operator of any search engine. */
#ifndef AKIN_QUERY_QUESTION_H
#define AKIN_QUERY_QUESTION_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "query/search_filter.h"

#define QUESTION_MAX_BYTES 65536
/* Phrases and exclusions together: each is looked for in the whole index. */
#define QUESTION_MAX_PHRASES 64

struct question {
	struct span text; /* what is embedded and ranked: without filters and exclusions, phrases
	                   * without their quotes; byte for byte the source where it has neither */
	struct span *phrases; /* [n_phrases], into the source */
	size_t n_phrases;
	struct span *excluded; /* [n_excluded] words or phrases, likewise */
	size_t n_excluded;
	struct search_filter filter;
	char *bytes; /* of text, where it is not the source; NULL */
};

/* ERR_USAGE: empty, no UTF-8, or with a NUL; ERR_LIMIT: over QUESTION_MAX_BYTES. What
 * question_parse begins with, for questions that are taken as they are. */
int question_check(struct span source, struct err *err);

/* source must live as long as the question. now_ns: the time, for ages (since:2w).
 * ERR_USAGE: empty, no UTF-8 (or with a NUL), nothing but filters and exclusions, a value
 * that its filter cannot take; ERR_LIMIT: too long, too many phrases or filters. Free with
 * question_free, but after -1. */
int question_parse(struct question *q, struct span source, int64_t now_ns, struct err *err);
void question_free(struct question *q); /* contents */

#endif
