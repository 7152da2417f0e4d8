/* What reading a schema and validating by it share: the place, as a JSON pointer, bounds for
 * depth and work, the first fault. For base/json_schema*.c alone. */
#ifndef AKIN_BASE_JSON_WALK_H
#define AKIN_BASE_JSON_WALK_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"

struct walk {
	const cJSON *root; /* the schema */
	struct buf place;
	unsigned depth;    /* of calls */
	uint64_t steps;    /* that are left */
	bool spent;        /* a bound was met: no alternative can mend that */
	struct err *err;   /* never NULL */
};

void walk_start(struct walk *w, const cJSON *root, struct err *err);
void walk_end(struct walk *w);

/* Goes to a member, or an item; returns what walk_back goes back to. */
size_t walk_to_member(struct walk *w, const char *name);
size_t walk_to_item(struct walk *w, size_t i);
void walk_back(struct walk *w, size_t to);

/* Writes a fault at this place and returns -1. "/a: %s", and at the root "the value %s". */
int walk_fault(struct walk *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Takes n steps: 0, or -1 with a fault and spent. */
int walk_work(struct walk *w, uint64_t n);
/* One deeper, likewise; each is followed by walk_up. */
int walk_down(struct walk *w);
void walk_up(struct walk *w);

/* The first member of that name; counts as work. NULL: none. */
const cJSON *walk_member(struct walk *w, const cJSON *object, const char *name);
/* What a $ref of the schema refers to. NULL: nothing. */
const cJSON *walk_refer(struct walk *w, const char *ref);

/* A value's hash: the same for equal values, whatever the order of members. Work of its size. */
struct hash walk_hash(struct walk *w, const cJSON *value);

#endif
