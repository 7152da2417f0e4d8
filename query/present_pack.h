/* Context packs as text, for prompts and programs: the three forms that pack_make
 * counts. What documents hold is not to be trusted: whatever it is, it cannot end the
 * excerpt that it stands in, nor begin another. Bytes that are no UTF-8 become U+FFFD. */
#ifndef AKIN_QUERY_PRESENT_PACK_H
#define AKIN_QUERY_PRESENT_PACK_H

#include "query/pack.h"

#define PRESENT_PACK_SCHEMA 1 /* changes when a field changes its meaning or goes */

enum pack_form { PACK_MARKDOWN, PACK_JSON, PACK_XML };
extern const char *const pack_form_names[]; /* "md", "json", "xml", NULL */

/* An excerpt is a line
 *
 *   [ID] PATH:FIRST-LAST, page N: TITLE > HEADING (cut)
 *
 * without what is not known, and its text between two lines of back quotes, more than
 * stand together anywhere in the text. Empty lines are between excerpts. Control
 * characters of the line are U+FFFD. */
void present_pack_markdown(struct buf *out, const struct pack *pack);

/* One object and a line end:
 *   {"schema": 1, "budget": tokens, "excerpts": [{"id", "rank", "score", "path", "title",
 *    "heading", "line_start", "line_end", "page", "byte_start", "byte_end", "cut", "text"}]}
 * title, heading and page are null where there is none. */
void present_pack_json(struct buf *out, const struct pack *pack);

/* <context><excerpt id path lines page title heading cut>text</excerpt>…</context>, XML
 * 1.0 without a declaration: no page, title, heading or cut where there is none; lines is
 * FIRST-LAST. Characters that XML 1.0 has no place for become U+FFFD. */
void present_pack_xml(struct buf *out, const struct pack *pack);

pack_write *pack_writer(enum pack_form form);

#endif
