/* What the tokenisers need to know of Unicode: grapheme clusters (UAX #29) and
 * the character classes and mappings of BERT's normaliser, from tables that
 * agree with the Hugging Face `tokenizers` library code point by code point
 * (tools/make_unicode_tables.py). Pure; constant tables, nothing to build. */
#ifndef AKIN_MODELS_LOCAL_TOKENIZER_UNICODE_H
#define AKIN_MODELS_LOCAL_TOKENIZER_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum grapheme_class {
	GRAPHEME_OTHER, GRAPHEME_CR, GRAPHEME_LF, GRAPHEME_CONTROL, GRAPHEME_EXTEND,
	GRAPHEME_ZWJ, GRAPHEME_REGIONAL, GRAPHEME_PREPEND, GRAPHEME_SPACING, GRAPHEME_L,
	GRAPHEME_V, GRAPHEME_T, GRAPHEME_LV, GRAPHEME_LVT, GRAPHEME_PICTO
};
enum conjunct_class { CONJUNCT_NONE, CONJUNCT_CONSONANT, CONJUNCT_LINKER, CONJUNCT_EXTEND };
enum clean_class { CLEAN_KEEP, CLEAN_DROP, CLEAN_SPACE };
enum pre_token_class { PRE_TOKEN_LETTER, PRE_TOKEN_SPACE, PRE_TOKEN_PUNCTUATION };

struct unicode_class {
	uint8_t grapheme;   /* enum grapheme_class */
	uint8_t conjunct;   /* enum conjunct_class */
	uint8_t clean;      /* enum clean_class: what BERT's clean_text does with it */
	uint8_t pre_token;  /* enum pre_token_class */
	uint8_t chinese;    /* 1: BERT puts spaces around it */
	uint8_t mark;       /* 1: removed as an accent */
	uint8_t has_strip;  /* 1: decomposed when accents are stripped (Hangul aside) */
	uint8_t has_lower;  /* 1: has a lower case */
	uint8_t combining;  /* canonical combining class of what it decomposes to */
};

#define UNICODE_BLOCK 128
extern const struct unicode_class unicode_classes[256];
extern const uint8_t unicode_block[];
extern const uint8_t unicode_class_of[];
extern const uint32_t unicode_strip_codes[], unicode_strip_values[], unicode_strip_pool[];
extern const uint32_t unicode_lower_codes[], unicode_lower_values[], unicode_lower_pool[];
extern const uint32_t unicode_strip_count, unicode_lower_count;

/* The class of a code point; code must be at most U+10FFFF. */
static inline const struct unicode_class *unicode_class(uint32_t code)
{
	size_t block = unicode_block[code / UNICODE_BLOCK];
	return &unicode_classes[unicode_class_of[block * UNICODE_BLOCK + code % UNICODE_BLOCK]];
}

#define UNICODE_MAPPED_MAX 4

/* Writes what code becomes, itself where nothing maps it; returns how many
 * code points that is (0..UNICODE_MAPPED_MAX). */
size_t unicode_strip_accents(uint32_t code, uint32_t out[UNICODE_MAPPED_MAX]);
size_t unicode_lower_case(uint32_t code, uint32_t out[UNICODE_MAPPED_MAX]);

/* The end of the extended grapheme cluster that starts at p, n > 0 bytes being
 * readable, as a byte count. A byte that is not UTF-8 counts as U+FFFD. */
size_t unicode_grapheme_len(const char *p, size_t n);

#endif
