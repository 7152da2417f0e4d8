/* The fields of a mail's header: RFC 5322, 2045, 2047, 2231. Pure. */
#ifndef AKIN_INDEXER_EXTRACT_MAIL_HEADER_H
#define AKIN_INDEXER_EXTRACT_MAIL_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"

enum { MAIL_FIELD_MAX = 8192 }; /* bytes of a field that are looked at */

/* Whether text begins with a mail's header: lines of "Name: value", among which are at least
 * two that only mail has. */
bool mail_header_begins(struct span text);

/* The header that text begins with, without the blank line; *body is where what follows starts. */
struct span mail_header(struct span text, size_t *body);

/* The value of the first field of that name as it stands, folded lines and all; len 0: none. */
struct span mail_field(struct span header, const char *name);

/* Adds the value unfolded, its encoded words decoded. */
void mail_field_text(struct span value, struct buf *out);

/* Adds a parameter of a Content-Type or Content-Disposition: boundary, charset, filename (name
 * "filename" finds "filename*" and "filename*0" too). Nothing is added when it is not there. */
void mail_parameter(struct span value, const char *name, struct buf *out);

/* The date as ISO 8601 in UTC; false, and iso is "", when it is none. */
bool mail_date(struct span value, char iso[21]);

#endif
