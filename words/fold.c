#include "words/fold.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#include "base/utf8.h"

enum {
	SOURCE_MAX = 256,
	/* one code unit becomes 18 at most (U+FDFA) */
	FOLDED_MAX = 2048,
	/* a term's code units, decomposed */
	TERM_UNITS = 4 * TERM_MAX_BYTES,
};

/* As much of text[len] as fits; false when ICU refuses. */
static bool to_utf16(struct span text, UChar *out, int32_t size, int32_t *n)
{
	UErrorCode status = U_ZERO_ERROR;
	u_strFromUTF8WithSub(out, size, n, text.p, (int32_t)text.len, 0xFFFD, NULL, &status);
	return U_SUCCESS(status);
}

static size_t to_utf8(const UChar *text, int32_t n, char *out, size_t size, bool *was_cut)
{
	size_t len = 0;
	for (int32_t i = 0; i < n;) {
		UChar32 code;
		char bytes[4];
		U16_NEXT(text, i, n, code);
		size_t k = utf8_encode((uint32_t)code, bytes);
		if (len + k > size) {
			*was_cut = true;
			break;
		}
		memcpy(out + len, bytes, k);
		len += k;
	}
	return len;
}

size_t fold_case(struct span source, char *out, size_t size, bool *was_cut)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *fold = unorm2_getNFKCCasefoldInstance(&status);
	UChar text[SOURCE_MAX], folded[FOLDED_MAX];
	int32_t n;
	if (source.len > SOURCE_MAX) {
		source.len = utf8_floor(source.p, source.len, SOURCE_MAX);
		*was_cut = true;
	}
	if (U_FAILURE(status) || !to_utf16(source, text, SOURCE_MAX, &n))
		return 0;
	n = unorm2_normalize(fold, text, n, folded, FOLDED_MAX, &status);
	return U_SUCCESS(status) ? to_utf8(folded, n, out, size, was_cut) : 0;
}

/* Scripts whose marks help the reader, and are left out in typing. */
static bool folds_marks(UChar32 base)
{
	return base < 0x0530 || (base >= 0x0590 && base <= 0x06FF) ||
	       (base >= 0x0750 && base <= 0x077F) || (base >= 0x08A0 && base <= 0x08FF) ||
	       (base >= 0x1D00 && base <= 0x1FFF) || (base >= 0x2C60 && base <= 0x2C7F) ||
	       (base >= 0xA640 && base <= 0xA7FF);
}

/* Letters of their own, which nobody types without the mark: й, ў, ї. */
static bool keeps_mark(UChar32 base, UChar32 mark)
{
	return (mark == 0x0306 && (base == 0x0438 || base == 0x0443)) ||
	       (mark == 0x0308 && base == 0x0456);
}

/* What has no decomposition; NULL: itself. */
static const char *plain_letters(UChar32 code)
{
	switch (code) {
	case 0x00E6:
		return "ae";
	case 0x0153:
		return "oe";
	case 0x00F8:
		return "o";
	case 0x0111:
	case 0x00F0:
		return "d";
	case 0x00FE:
		return "th";
	case 0x0127:
		return "h";
	case 0x0131:
		return "i";
	case 0x0142:
		return "l";
	case 0x0167:
		return "t";
	case 0x0640: /* tatweel only stretches a line */
		return "";
	default:
		return NULL;
	}
}

/* text[n], decomposed, without what is folded; in place of a letter may stand two. */
static int32_t drop_marks(const UChar *text, int32_t n, UChar *out, int32_t size)
{
	UChar32 base = 0;
	int32_t len = 0;
	for (int32_t i = 0; i < n && len + 2 <= size;) {
		UChar32 code;
		U16_NEXT(text, i, n, code);
		int type = u_charType(code);
		bool is_mark = type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK;
		const char *plain = plain_letters(code);
		if (is_mark && base && folds_marks(base) && !keeps_mark(base, code))
			continue;
		if (!is_mark)
			base = code;
		if (plain) {
			while (*plain)
				out[len++] = (UChar)*plain++;
			continue;
		}
		if (type == U_DECIMAL_DIGIT_NUMBER)
			code = '0' + u_charDigitValue(code);
		U16_APPEND_UNSAFE(out, len, code);
	}
	return len;
}

size_t fold_diacritics(struct span text, char out[TERM_MAX_BYTES])
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *nfd = unorm2_getNFDInstance(&status), *nfc = unorm2_getNFCInstance(&status);
	UChar a[TERM_UNITS], b[TERM_UNITS];
	int32_t n;
	bool was_cut = false;
	if (U_FAILURE(status) || text.len > TERM_MAX_BYTES || !to_utf16(text, a, TERM_UNITS, &n))
		return 0;
	n = unorm2_normalize(nfd, a, n, b, TERM_UNITS, &status);
	if (U_FAILURE(status))
		return 0;
	n = drop_marks(b, n, a, TERM_UNITS);
	n = unorm2_normalize(nfc, a, n, b, TERM_UNITS, &status);
	return U_SUCCESS(status) ? to_utf8(b, n, out, TERM_MAX_BYTES, &was_cut) : 0;
}

void fold_word(struct span source, struct folded *out)
{
	out->was_cut = false;
	out->exact_len = fold_case(source, out->exact, sizeof out->exact, &out->was_cut);
	out->word_len = fold_diacritics((struct span){ out->exact, out->exact_len }, out->word);
}
