/* What a code point is to a word: which characters make words, where a word of one
 * kind ends and another begins. Pure. */
#ifndef AKIN_WORDS_CLASSES_H
#define AKIN_WORDS_CLASSES_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

enum char_class {
	CHAR_OTHER, /* between words; so are bytes that are no UTF-8 */
	CHAR_LOWER,
	CHAR_UPPER,
	CHAR_LETTER, /* of a script without case */
	CHAR_DIGIT,
	CHAR_MARK,       /* continues a word */
	CHAR_IGNORED,    /* invisible, continues a word: soft hyphen, joiners */
	CHAR_HANGUL,     /* words by spaces, syllables by characters */
	CHAR_CJK,        /* Han, Hiragana, Katakana, Bopomofo: no spaces, a character says much */
	CHAR_DICTIONARY, /* Thai, Lao, Khmer, Burmese: no spaces, an alphabet */
};

enum char_class char_class_of(uint32_t code);

extern const unsigned char char_class_ascii[128];
enum char_class char_class_beyond_ascii(struct span text, size_t at, size_t *len);

/* The class of the character at text.p[at] (at < text.len) and its length in bytes. */
static inline enum char_class char_class_at(struct span text, size_t at, size_t *len)
{
	unsigned char c = (unsigned char)text.p[at];
	*len = 1;
	return c < 0x80 ? (enum char_class)char_class_ascii[c] : char_class_beyond_ascii(text, at, len);
}

/* Classes that begin a word of a script with spaces. */
static inline int char_begins_word(enum char_class k)
{
	return k >= CHAR_LOWER && k <= CHAR_DIGIT;
}

/* Classes that are part of one. */
static inline int char_in_word(enum char_class k)
{
	return k >= CHAR_LOWER && k <= CHAR_IGNORED;
}

#endif
