/* An XML document as a stream of elements and text, through libxml2. Names are without their
 * prefix. No DTD is loaded, no entity but XML's own five is put in, nothing is fetched; nesting
 * is at most libxml2's 256. */
#ifndef AKIN_INDEXER_EXTRACT_XML_H
#define AKIN_INDEXER_EXTRACT_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

enum xml_event {
	XML_OPEN,  /* an element begins: name, attributes */
	XML_CLOSE, /* and ends, an empty one too */
	XML_TEXT,
	XML_END,   /* of the document, or of what is well-formed in it (xml_is_broken) */
};

struct xml;

/* Loads libxml2, once; false where it is not installed. Before walls are raised. */
bool xml_load(void);

/* Reads bytes, which are borrowed until xml_close(). NULL: they are empty or too many. */
struct xml *xml_open(struct span bytes);
void xml_close(struct xml *x); /* NULL is fine */

enum xml_event xml_next(struct xml *x);
/* What was not well-formed ended it. */
bool xml_is_broken(const struct xml *x);

/* Of the element that begins or ends; valid until the next event. */
const char *xml_name(const struct xml *x);
bool xml_is(const struct xml *x, const char *name);
int xml_depth(const struct xml *x); /* the root's is 0 */
/* Of the element that begins: an attribute by its name without prefix, or with it ("r:id")
 * where two would be alike; "" when there is none. Valid until the next call. */
const char *xml_attribute(struct xml *x, const char *name);
/* Of XML_TEXT; valid until the next event. */
struct span xml_text(const struct xml *x);

/* After XML_OPEN: the next event is what follows the element's end. */
void xml_skip(struct xml *x);

#endif
