/* Words that belong together without a space between them: identifiers, versions,
 * paths, addresses, hyphened words; and where in them a part ends. Pure. */
#ifndef AKIN_WORDS_IDENTIFIER_H
#define AKIN_WORDS_IDENTIFIER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

#define IDENTIFIER_MAX_PARTS 16

struct identifier_part {
	size_t start, end;
	struct span joiner; /* before it; empty: a capital begins it, or it is the first */
	bool begins_with_digit, ends_with_digit, is_letter; /* is_letter: one, alone */
};

struct identifier {
	struct identifier_part parts[IDENTIFIER_MAX_PARTS];
	size_t n_parts;
	struct span suffix; /* "++" of C++, "#" of C#; else empty */
	size_t end;         /* where the text goes on: behind a possessive 's, for example */
};

/* Reads what begins at text.p[at], a character that begins a word (char_begins_word).
 *
 * Parts are divided by one of _ - . / : @ # + (also :: and repeated _) between letters or
 * digits, by a comma between digits, and by capitals: parse|HTTP|Date, i|Phone, MP3|Player.
 * Letters and digits stay together (utf8, x86), and so does a plural's s (URLs). An
 * apostrophe ends a word, and takes an English ending with it ('s, 't, 're, 've, 'll,
 * 'd, 'm), so that tenant's is tenant, and l'homme is two words. */
void identifier_read(struct span text, size_t at, struct identifier *id);

#endif
