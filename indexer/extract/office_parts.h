/* What the readers of Office documents share: a packed document's parts, and who wrote it. */
#ifndef AKIN_INDEXER_EXTRACT_OFFICE_PARTS_H
#define AKIN_INDEXER_EXTRACT_OFFICE_PARTS_H

#include "indexer/extract/derive.h"
#include "indexer/extract/unpack.h"
#include "indexer/extract/xml.h"

struct office {
	struct members parts;
	struct derive d;
	const char **why;
	bool broken; /* a part was not well-formed: what stands before the fault is kept */
};

/* Unpacks what is wanted; the part named first must be there. office_close() afterwards. */
enum skip_reason office_open(struct office *o, struct span bytes, bool (*wanted)(const char *name),
                             const char *first, const char **why);
/* Fills doc, or says why not; frees. */
enum skip_reason office_close(struct office *o, struct document *doc);

/* A part as XML; NULL: there is none. Close it with office_part_end(), which notes a fault. */
struct xml *office_part(struct office *o, const char *name);
void office_part_end(struct office *o, struct xml *x);

/* Title, author, date from docProps/core.xml (Dublin Core). */
void office_core_properties(struct office *o);
/* The same from an element of a metadata section that has just begun (title, creator, created,
 * modified, date, ...); its text is read. */
void office_property(struct office *o, struct xml *x);

/* The text within the element that has just begun, up to its end; free with buf_free(). */
struct buf office_text_within(struct xml *x);

/* Relations of a part (ECMA-376, part 2, 9.3): calls visit for each, target is the name of a part.
 * part: "word/document.xml". */
void office_relations(struct office *o, const char *part,
                      void (*visit)(void *ctx, const char *id, const char *type, const char *target),
                      void *ctx);

/* A path relative to a part, as the name of a part: "../a/b.xml" to "xl/x/y.xml" is "xl/a/b.xml".
 * out[size]; false: it leads out, or is too long. */
bool office_resolve(const char *part, const char *relative, char *out, size_t size);

#endif
