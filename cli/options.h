/* A small declarative parser of command lines. Pure but for the values that the
 * table points to. */
#ifndef AKIN_CLI_OPTIONS_H
#define AKIN_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum option_kind {
	OPTION_FLAG,    /* bool: set to true */
	OPTION_TEXT,    /* const char *: borrowed from argv, never empty */
	OPTION_LIST,    /* struct option_list: as OPTION_TEXT, and may be given again */
	OPTION_NUMBER,  /* uint64_t in [low, high] */
	OPTION_BYTES,   /* uint64_t in [low, high], with an optional suffix K, M or G (powers of 1024) */
	OPTION_CHOICE,  /* int: the index in choices */
	OPTION_REFUSED  /* is known, is an error, and help is the sentence that says why; not listed */
};

/* Values in their order. More are an error. */
#define OPTION_LIST_MAX 32
struct option_list {
	const char *items[OPTION_LIST_MAX];
	size_t n;
};

/* One row. A table ends with a row without a name. */
struct option {
	enum option_kind kind;
	char letter; /* 0: none */
	const char *name;
	void *value;         /* of the kind's type; holds the default before parsing */
	const char *operand; /* "N", "FILE": how the help names the value; NULL for a flag */
	const char *help;    /* one line, lower case, no full stop */
	uint64_t low, high;
	const char *const *choices; /* ends with NULL */
};

/* What a command takes, for the parser and for its help. */
struct usage {
	const char *synopsis; /* what follows "akin NAME": "[OPTION…] QUERY [PATH…]" */
	const char *about;    /* a sentence or a few, in lines; NULL: none */
	const char *example;  /* a whole line that works */
};

/* Parses argv[0 … argc) against the rows of `own` and of `global` (either may be
 * NULL). Options may stand anywhere before "--"; operands are moved to the front
 * of argv in their order, and their number is returned. stop_early: everything
 * from the first operand on is left as it is. -1 with ERR_USAGE: an unknown
 * option (the message names the nearest known one), a missing, empty or wrong
 * value, a refused option. */
int options_parse(const struct option *own, const struct option *global, int argc, char **argv,
                  bool stop_early, struct err *err);

/* The help's lines for the rows of a table. */
void options_help(const struct option *rows, struct buf *out);

/* The candidate nearest to `word`, or NULL when none is near (by edits of
 * letters: one in three of the word at most, never more than three). */
const char *options_nearest(const char *word, const char *const *candidates, size_t n);

/* A number with an optional suffix K, M, G. -1 when it is none. */
int options_bytes(const char *text, uint64_t *value);

#endif
