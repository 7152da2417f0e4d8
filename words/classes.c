#include "words/classes.h"

#include <unicode/uchar.h>

#include "base/utf8.h"

struct range {
	uint32_t first, last;
	enum char_class kind;
};

/* Blocks of Unicode 15 whose letters are not divided by spaces, and Hangul. Only
 * letters, marks and digits of a block count (ICU says which those are). */
static const struct range blocks[] = {
	{ 0x0E00, 0x0EFF, CHAR_DICTIONARY }, /* Thai, Lao */
	{ 0x1000, 0x109F, CHAR_DICTIONARY }, /* Burmese */
	{ 0x1100, 0x11FF, CHAR_HANGUL },
	{ 0x1780, 0x17FF, CHAR_DICTIONARY }, /* Khmer */
	{ 0x2E80, 0x2FDF, CHAR_CJK },
	{ 0x3005, 0x3007, CHAR_CJK },
	{ 0x3021, 0x3029, CHAR_CJK },
	{ 0x3041, 0x30FF, CHAR_CJK },
	{ 0x3100, 0x312F, CHAR_CJK },
	{ 0x3130, 0x318F, CHAR_HANGUL },
	{ 0x31A0, 0x31FF, CHAR_CJK },
	{ 0x3400, 0x4DBF, CHAR_CJK },
	{ 0x4E00, 0x9FFF, CHAR_CJK },
	{ 0xA960, 0xA97F, CHAR_HANGUL },
	{ 0xA9E0, 0xA9FF, CHAR_DICTIONARY },
	{ 0xAA60, 0xAA7F, CHAR_DICTIONARY },
	{ 0xAC00, 0xD7FF, CHAR_HANGUL },
	{ 0xF900, 0xFAFF, CHAR_CJK },
	{ 0xFF66, 0xFF9F, CHAR_CJK },
	{ 0xFFA0, 0xFFDC, CHAR_HANGUL },
	{ 0x1B000, 0x1B16F, CHAR_CJK },
	{ 0x20000, 0x3FFFD, CHAR_CJK },
};

static enum char_class block_of(uint32_t code)
{
	if (code < blocks[0].first)
		return CHAR_OTHER;
	for (size_t i = 0; i < sizeof blocks / sizeof *blocks && code >= blocks[i].first; i++)
		if (code <= blocks[i].last)
			return blocks[i].kind;
	return CHAR_OTHER;
}

enum char_class char_class_of(uint32_t code)
{
	if (code >= 0x4E00 && code <= 0x9FFF)
		return CHAR_CJK;
	if (code == 0xAD || (code >= 0x200B && code <= 0x200D) || code == 0x2060 || code == 0xFEFF)
		return CHAR_IGNORED;
	if (code >= 0xFE00 && code <= 0xFE0F)
		return CHAR_IGNORED; /* variation selectors */
	enum char_class kind;
	switch (u_charType((UChar32)code)) {
	case U_LOWERCASE_LETTER:
		kind = CHAR_LOWER;
		break;
	case U_UPPERCASE_LETTER:
	case U_TITLECASE_LETTER:
		kind = CHAR_UPPER;
		break;
	case U_MODIFIER_LETTER:
	case U_OTHER_LETTER:
		kind = CHAR_LETTER;
		break;
	case U_NON_SPACING_MARK:
	case U_ENCLOSING_MARK:
	case U_COMBINING_SPACING_MARK:
		kind = CHAR_MARK;
		break;
	case U_DECIMAL_DIGIT_NUMBER:
	case U_LETTER_NUMBER:
	case U_OTHER_NUMBER:
		kind = CHAR_DIGIT;
		break;
	default:
		return CHAR_OTHER;
	}
	enum char_class block = block_of(code);
	return block != CHAR_OTHER ? block : kind;
}

const unsigned char char_class_ascii[128] = {
	['0'] = CHAR_DIGIT, ['1'] = CHAR_DIGIT, ['2'] = CHAR_DIGIT, ['3'] = CHAR_DIGIT,
	['4'] = CHAR_DIGIT, ['5'] = CHAR_DIGIT, ['6'] = CHAR_DIGIT, ['7'] = CHAR_DIGIT,
	['8'] = CHAR_DIGIT, ['9'] = CHAR_DIGIT, ['A'] = CHAR_UPPER, ['B'] = CHAR_UPPER,
	['C'] = CHAR_UPPER, ['D'] = CHAR_UPPER, ['E'] = CHAR_UPPER, ['F'] = CHAR_UPPER,
	['G'] = CHAR_UPPER, ['H'] = CHAR_UPPER, ['I'] = CHAR_UPPER, ['J'] = CHAR_UPPER,
	['K'] = CHAR_UPPER, ['L'] = CHAR_UPPER, ['M'] = CHAR_UPPER, ['N'] = CHAR_UPPER,
	['O'] = CHAR_UPPER, ['P'] = CHAR_UPPER, ['Q'] = CHAR_UPPER, ['R'] = CHAR_UPPER,
	['S'] = CHAR_UPPER, ['T'] = CHAR_UPPER, ['U'] = CHAR_UPPER, ['V'] = CHAR_UPPER,
	['W'] = CHAR_UPPER, ['X'] = CHAR_UPPER, ['Y'] = CHAR_UPPER, ['Z'] = CHAR_UPPER,
	['a'] = CHAR_LOWER, ['b'] = CHAR_LOWER, ['c'] = CHAR_LOWER, ['d'] = CHAR_LOWER,
	['e'] = CHAR_LOWER, ['f'] = CHAR_LOWER, ['g'] = CHAR_LOWER, ['h'] = CHAR_LOWER,
	['i'] = CHAR_LOWER, ['j'] = CHAR_LOWER, ['k'] = CHAR_LOWER, ['l'] = CHAR_LOWER,
	['m'] = CHAR_LOWER, ['n'] = CHAR_LOWER, ['o'] = CHAR_LOWER, ['p'] = CHAR_LOWER,
	['q'] = CHAR_LOWER, ['r'] = CHAR_LOWER, ['s'] = CHAR_LOWER, ['t'] = CHAR_LOWER,
	['u'] = CHAR_LOWER, ['v'] = CHAR_LOWER, ['w'] = CHAR_LOWER, ['x'] = CHAR_LOWER,
	['y'] = CHAR_LOWER, ['z'] = CHAR_LOWER,
};

enum char_class char_class_beyond_ascii(struct span text, size_t at, size_t *len)
{
	uint32_t code;
	*len = utf8_decode(text.p + at, text.len - at, &code);
	return *len == 1 ? CHAR_OTHER : char_class_of(code);
}
