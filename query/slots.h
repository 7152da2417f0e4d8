/* A question taken apart into slots, each with the forms under which the index may have
 * it. Pure. */
#ifndef AKIN_QUERY_SLOTS_H
#define AKIN_QUERY_SLOTS_H

#include <stdbool.h>
#include <stddef.h>

#include "words/terms.h"

#define SLOTS_MAX 256 /* distinct ones: it is a question, not a book */

/* surface: the word as written; exact: with its diacritics; stem: the stems, which are
 * looked for together with the surface form. */
enum slot_form_kind { FORM_SURFACE, FORM_EXACT, FORM_STEM };

struct slot_form {
	enum slot_form_kind kind;
	char text[TERM_MAX_BYTES + 2];
	unsigned char len;
};

struct slot {
	struct slot_form *forms; /* [n_forms], distinct; the first is a surface form */
	size_t n_forms, cap;
	size_t start, end; /* bytes of the question */
	double weight;     /* times it was asked for, halved where words and pairs overlap */
	bool is_whole;     /* an identifier as one */
	bool is_gram;
	bool is_optional;  /* nobody wrote it so: not missed where the index has it not */
};

struct slots {
	struct slot *items;
	size_t n;
	size_t cap;
};

/* languages[n_languages]: ISO 639-1 codes whose stemmers are tried. */
void slots_of(struct slots *slots, struct terms *terms, struct span question,
              const char *const *languages, size_t n_languages);
void slots_free(struct slots *slots);

#endif
