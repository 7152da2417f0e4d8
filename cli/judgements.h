/* Judged questions, as `akin eval` reads them. */
#ifndef AKIN_CLI_JUDGEMENTS_H
#define AKIN_CLI_JUDGEMENTS_H

#include <stddef.h>

#include "base/err.h"
#include "base/span.h"
#include "cli/table.h"

struct judgement {
	struct span qid, docid;
	double grade; /* > 0 */
};

/* Sorted by qid, then docid; a pair that is given twice keeps the higher
 * grade. Spans live as long as the table. */
struct judgements {
	struct table table;
	struct judgement *items;
	size_t n;
};

/* Reads qid<TAB>docid<TAB>grade; a first line whose grade is no number is a header;
 * grades of 0 and below are left out. ERR_INPUT with file and line. */
int judgements_read(struct judgements *j, const char *path, struct err *err);
void judgements_free(struct judgements *j);

/* As memcmp, the shorter first. */
int span_compare(struct span a, struct span b);

#endif
