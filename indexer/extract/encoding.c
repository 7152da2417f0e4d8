#include "indexer/extract/encoding.h"

#include <unicode/uchar.h>
#include <unicode/ucsdet.h>

#include "base/utf8.h"
#include "indexer/extract/line.h"

#define SAMPLE_BYTES 65536

size_t encoding_mark(struct span bytes, const char **name)
{
	static const struct {
		const char *mark;
		size_t len;
		const char *name;
	} marks[] = {
		{ "\xEF\xBB\xBF", 3, "UTF-8" },
		{ "\xFF\xFE\0\0", 4, "UTF-32LE" },
		{ "\0\0\xFE\xFF", 4, "UTF-32BE" },
		{ "\xFF\xFE", 2, "UTF-16LE" },
		{ "\xFE\xFF", 2, "UTF-16BE" },
	};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		if (bytes.len >= marks[i].len && memcmp(bytes.p, marks[i].mark, marks[i].len) == 0) {
			*name = marks[i].name;
			return marks[i].len;
		}
	}
	return 0;
}

/* How much the bytes look like text when they are read as UTF-16: -1 for what no
 * text holds, else spaces, line ends and common punctuation per 1000 units. */
static int utf16_score(struct span bytes, int high)
{
	size_t n = bytes.len / 2, common = 0;
	if (n > SAMPLE_BYTES / 2)
		n = SAMPLE_BYTES / 2;
	for (size_t i = 0; i < n; i++) {
		const unsigned char *p = (const unsigned char *)bytes.p + 2 * i;
		UChar32 c = p[high] << 8 | p[1 - high];
		bool pair = (c & 0xFC00) == 0xD800;
		if (pair && i + 1 < n) {
			UChar32 low = p[2 + high] << 8 | p[2 + 1 - high];
			if ((low & 0xFC00) != 0xDC00)
				return -1;
			i++;
			continue;
		}
		if (!pair && (c < 9 || (c & 0xFC00) == 0xDC00 || !u_isdefined(c)))
			return -1;
		common += c == ' ' || c == '\n' || c == '\t' || c == 0x3001 || c == 0x3002;
	}
	return n > 0 ? (int)(common * 1000 / n) : -1;
}

const char *encoding_utf16(struct span bytes)
{
	if (bytes.len < 4 || bytes.len % 2 != 0)
		return NULL;
	int little = utf16_score(bytes, 1), big = utf16_score(bytes, 0);
	if (little < 5 && big < 5)
		return NULL;
	return little >= big ? "UTF-16LE" : "UTF-16BE";
}

bool encoding_is_iso2022jp(struct span bytes)
{
	bool escape = false;
	for (size_t i = 0; i < bytes.len; i++) {
		if ((unsigned char)bytes.p[i] >= 0x80)
			return false;
		escape |= bytes.p[i] == 0x1B && i + 2 < bytes.len && bytes.p[i + 1] == '$' &&
		          (bytes.p[i + 2] == 'B' || bytes.p[i + 2] == '@');
	}
	return escape;
}

bool encoding_mostly_utf8(struct span bytes)
{
	size_t good = 0, bad = 0, bad_end = 0;
	for (size_t i = 0; i < bytes.len;) {
		if ((unsigned char)bytes.p[i] < 0x80) {
			i++;
			continue;
		}
		uint32_t code;
		size_t n = utf8_decode(bytes.p + i, bytes.len - i, &code);
		good += n > 1;
		/* damage that is several bytes long counts once */
		bad += n == 1 && (i == 0 || i != bad_end);
		i += n;
		bad_end = n == 1 ? i : 0;
	}
	return good >= 2 * bad;
}

/* In Western text bytes above 0x7F stand alone; in the encodings of Asia they
 * come in pairs, and in Cyrillic or Greek in words. */
static bool high_bytes_stand_alone(struct span bytes)
{
	size_t alone = 0, high = 0;
	for (size_t i = 0; i < bytes.len; i++) {
		if ((unsigned char)bytes.p[i] < 0x80)
			continue;
		high++;
		bool before = i > 0 && (unsigned char)bytes.p[i - 1] >= 0x80;
		bool after = i + 1 < bytes.len && (unsigned char)bytes.p[i + 1] >= 0x80;
		alone += !before && !after;
	}
	return alone * 10 >= high * 9;
}

/* The names that are converted, as ucsdet gives them; ISO-8859-1 is read as its
 * superset. What is missing (EBCDIC, UTF-16 without a mark) is a wrong guess. */
static const char *known_name(const char *name, bool single_byte_only)
{
	static const struct {
		const char *guess, *name;
		bool multi;
	} known[] = {
		{ "ISO-8859-1", "windows-1252", false },  { "windows-1252", "windows-1252", false },
		{ "ISO-8859-2", "ISO-8859-2", false },    { "windows-1250", "windows-1250", false },
		{ "ISO-8859-5", "ISO-8859-5", false },    { "windows-1251", "windows-1251", false },
		{ "KOI8-R", "KOI8-R", false },            { "ISO-8859-6", "ISO-8859-6", false },
		{ "windows-1256", "windows-1256", false }, { "ISO-8859-7", "ISO-8859-7", false },
		{ "windows-1253", "windows-1253", false }, { "ISO-8859-8", "ISO-8859-8", false },
		{ "ISO-8859-8-I", "ISO-8859-8", false },  { "windows-1255", "windows-1255", false },
		{ "ISO-8859-9", "windows-1254", false },  { "windows-1254", "windows-1254", false },
		{ "Shift_JIS", "windows-31j", true },     { "EUC-JP", "EUC-JP", true },
		{ "ISO-2022-JP", "ISO-2022-JP", true },   { "GB18030", "GB18030", true },
		{ "Big5", "Big5", true },                 { "EUC-KR", "windows-949", true },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strcmp(name, known[i].guess) == 0)
			return single_byte_only && known[i].multi ? NULL : known[i].name;
	}
	return NULL;
}

/* What a page may claim, by the names that the WHATWG Encoding Standard lists. */
static const char *claimed_name(struct span charset)
{
	static const char *const claims[][2] = {
		{ "iso-8859-1", "windows-1252" },  { "latin1", "windows-1252" },
		{ "us-ascii", "windows-1252" },    { "ascii", "windows-1252" },
		{ "windows-1252", "windows-1252" }, { "cp1252", "windows-1252" },
		{ "iso-8859-2", "ISO-8859-2" },    { "windows-1250", "windows-1250" },
		{ "iso-8859-5", "ISO-8859-5" },    { "windows-1251", "windows-1251" },
		{ "koi8-r", "KOI8-R" },            { "koi8-u", "KOI8-U" },
		{ "iso-8859-6", "ISO-8859-6" },    { "windows-1256", "windows-1256" },
		{ "iso-8859-7", "ISO-8859-7" },    { "windows-1253", "windows-1253" },
		{ "iso-8859-8", "ISO-8859-8" },    { "windows-1255", "windows-1255" },
		{ "iso-8859-9", "windows-1254" },  { "windows-1254", "windows-1254" },
		{ "iso-8859-13", "ISO-8859-13" },  { "windows-1257", "windows-1257" },
		{ "iso-8859-15", "ISO-8859-15" },  { "windows-874", "windows-874" },
		{ "tis-620", "windows-874" },      { "windows-1258", "windows-1258" },
		{ "shift_jis", "windows-31j" },    { "sjis", "windows-31j" },
		{ "euc-jp", "EUC-JP" },            { "iso-2022-jp", "ISO-2022-JP" },
		{ "gb2312", "GB18030" },           { "gbk", "GB18030" },
		{ "gb18030", "GB18030" },          { "big5", "Big5" },
		{ "euc-kr", "windows-949" },       { "ks_c_5601-1987", "windows-949" },
	};
	for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
		if (span_is_nocase(charset, claims[i][0]))
			return claims[i][1];
	}
	return NULL;
}

static void add_name(const char *name, const char **names, size_t *n, size_t max)
{
	for (size_t i = 0; i < *n; i++) {
		if (name == NULL || strcmp(names[i], name) == 0)
			return;
	}
	if (name && *n < max)
		names[(*n)++] = name;
}

/* The stretch around the first byte above 0x7F, where the evidence is. */
static struct span sample_of(struct span bytes)
{
	size_t at = 0;
	while (at < bytes.len && (unsigned char)bytes.p[at] < 0x80 && bytes.p[at] != 0x1B)
		at++;
	at = at > 1024 ? at - 1024 : 0;
	size_t len = bytes.len - at;
	return (struct span){ bytes.p + at, len < SAMPLE_BYTES ? len : SAMPLE_BYTES };
}

size_t encoding_guess(struct span bytes, struct span charset, const char **names, size_t max)
{
	struct span sample = sample_of(bytes);
	bool single = high_bytes_stand_alone(sample);
	size_t n = 0;
	add_name(charset.p ? claimed_name(charset) : NULL, names, &n, max);
	UErrorCode status = U_ZERO_ERROR;
	UCharsetDetector *detector = ucsdet_open(&status);
	int32_t n_found = 0;
	ucsdet_setText(detector, sample.p, (int32_t)sample.len, &status);
	const UCharsetMatch **found = ucsdet_detectAll(detector, &n_found, &status);
	for (int32_t i = 0; U_SUCCESS(status) && i < n_found; i++) {
		if (ucsdet_getConfidence(found[i], &status) >= 5)
			add_name(known_name(ucsdet_getName(found[i], &status), single), names, &n, max - 1);
	}
	ucsdet_close(detector);
	add_name("windows-1252", names, &n, max);
	return n;
}
