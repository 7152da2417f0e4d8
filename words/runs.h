/* Runs of a script that does not put spaces between words, divided into words by
 * ICU's dictionaries, and into characters. One thread. */
#ifndef AKIN_WORDS_RUNS_H
#define AKIN_WORDS_RUNS_H

#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"
#include "words/classes.h"

struct run {
	struct buf text;   /* CHAR_CJK and CHAR_HANGUL: normalised and case folded, else as it was */
	size_t *at, *from; /* [n + 1]: where a character starts in text, and in the source */
	size_t n, cap, from_cap;
	size_t *ends; /* [n_words]: where a word ends in text */
	size_t n_words;
};

struct run run_new(void); /* allocates nothing */
void run_free(struct run *r);

/* Reads the characters of one kind from source.p[at] on, as many as there are up to a
 * fixed number (a run is a line, seldom more), and divides them; a run of CHAR_HANGUL
 * is one word. Returns where in the source it ends. */
size_t run_read(struct run *r, struct span source, size_t at, enum char_class kind);

#endif
