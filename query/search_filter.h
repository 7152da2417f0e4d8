/* Conditions on documents: title:, author:, path:, type:, lang:, since:, before:. */
#ifndef AKIN_QUERY_SEARCH_FILTER_H
#define AKIN_QUERY_SEARCH_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/span.h"
#include "store/store.h"

/* What a value may be, and when a document meets it:
 *
 *   title   words, in any order: all of them stand in the title (case and diacritics do
 *           not count; in scripts without spaces, the characters one after the other)
 *   author  words, likewise: all of them stand in the names of the authors
 *   path    with one of * ? [ a pattern as in .gitignore: of the file's name, or, where it
 *           holds a slash, of the last parts of the path ("/…": of the whole path), ** any
 *           folders; else any part of the path
 *   type    a format as `akin ls --json` shows it ("markdown"), an extension ("md", ".md"),
 *           or a group: code, text (plain text, Markdown, …), doc (PDF, office, HTML,
 *           e-books), data (JSON, CSV, XML, …)
 *   lang    the document's language, ISO 639-1 ("de", also "de-AT")
 *   since   at that time or later (query/date.h): the document's own date where it has one, else
 *           the file's change
 *   before  before that time */
enum filter_field {
	FILTER_TITLE,
	FILTER_AUTHOR,
	FILTER_PATH,
	FILTER_TYPE,
	FILTER_LANG,
	FILTER_SINCE,
	FILTER_BEFORE,
	N_FILTER_FIELDS
};
extern const char *const filter_field_names[N_FILTER_FIELDS];

/* How many conditions one filter holds, and the longest value in bytes. */
#define SEARCH_FILTER_MAX 64
#define SEARCH_FILTER_MAX_VALUE 1024

/* Starts as {0}; for one thread. */
struct search_filter {
	struct filter_condition *items;
	size_t n;
	struct terms *terms; /* made when a title or an author is asked for */
};

/* Adds a condition. Of the conditions of one field a document has to meet any one, of
 * negated ones (is_not) none; the fields count together. The value is copied. now_ns: the
 * time, for ages. ERR_USAGE: an empty value, a date or a language that is none, a pattern
 * that nothing can match, a title without words; ERR_LIMIT: too many, too long. */
int search_filter_add(struct search_filter *f, enum filter_field field, bool is_not,
                      struct span value, int64_t now_ns, struct err *err);
void search_filter_free(struct search_filter *f); /* contents; {0} again */

/* Whether the document meets them. */
bool search_filter_passes(const struct search_filter *f, const struct store_document *doc);
/* The same as a store_document_test: ctx is the filter. */
bool search_filter_test(void *ctx, const struct store_document *doc);

#endif
