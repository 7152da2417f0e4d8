/* Mail: a message or a mailbox (mbox), with what is attached. */
#ifndef AKIN_INDEXER_EXTRACT_MAIL_H
#define AKIN_INDEXER_EXTRACT_MAIL_H

#include "indexer/extract/extract.h"

/* A text_maker (format.h). Each message is a section under its subject; of alternatives the
 * plain text is taken. Attachments go through extract(), so those that need a child process are
 * read by one; what cannot be read is named with its reason. At most 8 levels of nesting. */
enum skip_reason mail_read(struct span bytes, struct document *doc, char why[EXTRACT_WHY]);

#endif
