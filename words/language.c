#include "words/language.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include "base/utf8.h"
#include "words/classes.h"

enum { READ_MAX = 8192, LEAST_LETTERS = 20, TABLE = 4096, WORD_MAX = 24 };

/* A language that is known by its small words is the text's when at least one word in
 * LEAST_SHARE is one of them, not always the same, and they weigh a quarter more than those
 * of the next language. */
enum { LEAST_SHARE = 16 };

static const struct {
	char code[3];
	const char *words;
} lists[] = {
#include "words/language_words.h"
};
enum { N_LISTS = sizeof lists / sizeof *lists };
_Static_assert(N_LISTS <= 64, "a bit a language");

/* Open addressing; the word with what lies behind it in the list, its length, and the
 * languages that it is of: the fewer, the more it weighs. */
static struct entry {
	const char *word;
	size_t len;
	uint64_t of;
	unsigned weight;
} table[TABLE];
static pthread_once_t once = PTHREAD_ONCE_INIT;

enum { WEIGHT = 12 };

static struct entry *find(const char *word, size_t len)
{
	uint32_t h = 0x811C9DC5u;
	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)word[i]) * 0x01000193u; /* FNV-1a */
	for (size_t at = (h ^ h >> 16) % TABLE;; at = (at + 1) % TABLE)
		if (!table[at].word || (table[at].len == len && memcmp(table[at].word, word, len) == 0))
			return &table[at];
}

static void fill_table(void)
{
	size_t n = 0;
	for (size_t i = 0; i < N_LISTS; i++) {
		for (const char *p = lists[i].words; *p && n < TABLE / 2; p += *p == ' ') {
			size_t len = strcspn(p, " ");
			struct entry *e = find(p, len);
			n += !e->word;
			e->word = p;
			e->len = len;
			e->of |= (uint64_t)1 << i;
			p += len;
		}
	}
	for (size_t i = 0; i < TABLE; i++) {
		unsigned n_languages = 0;
		for (uint64_t of = table[i].of; of; of &= of - 1)
			n_languages++;
		table[i].weight = n_languages ? (WEIGHT + n_languages - 1) / n_languages : 0;
	}
}

/* Scripts that one language has, or nearly so; the others are asked for their words. */
static const struct {
	UScriptCode script;
	char code[3];
} scripts[] = {
	{ USCRIPT_GREEK, "el" },    { USCRIPT_ARMENIAN, "hy" }, { USCRIPT_GEORGIAN, "ka" },
	{ USCRIPT_THAI, "th" },     { USCRIPT_LAO, "lo" },      { USCRIPT_KHMER, "km" },
	{ USCRIPT_MYANMAR, "my" },  { USCRIPT_HANGUL, "ko" },   { USCRIPT_TAMIL, "ta" },
	{ USCRIPT_TELUGU, "te" },   { USCRIPT_KANNADA, "kn" },  { USCRIPT_MALAYALAM, "ml" },
	{ USCRIPT_GUJARATI, "gu" }, { USCRIPT_GURMUKHI, "pa" }, { USCRIPT_BENGALI, "bn" },
	{ USCRIPT_SINHALA, "si" },  { USCRIPT_ETHIOPIC, "am" }, { USCRIPT_HAN, "zh" },
	{ USCRIPT_HIRAGANA, "ja" }, { USCRIPT_KATAKANA, "ja" },
};
enum { N_SCRIPTS = sizeof scripts / sizeof *scripts };

struct counts {
	size_t letters;           /* of scripts that several languages share */
	size_t of[N_SCRIPTS];     /* letters of each of the others */
	size_t words, hits[N_LISTS], weight[N_LISTS];
	const struct entry *first[N_LISTS]; /* the word that hit first */
	uint64_t varied;                    /* where another one did too */
};

static void count_letter(struct counts *c, uint32_t code)
{
	UErrorCode status = U_ZERO_ERROR;
	UScriptCode script = code < 0x370 ? USCRIPT_LATIN : uscript_getScript((UChar32)code, &status);
	for (size_t i = 0; i < N_SCRIPTS && script != USCRIPT_LATIN; i++) {
		if (scripts[i].script == script) {
			c->of[i]++;
			return;
		}
	}
	c->letters++;
}

static void count_word(struct counts *c, const char *word, size_t len)
{
	if (len <= 1)
		return; /* a letter of the Latin alphabet is a list's, a formula's or an initial */
	c->words++;
	const struct entry *e = len <= WORD_MAX ? find(word, len) : NULL;
	if (!e || !e->word)
		return;
	for (size_t i = 0; i < N_LISTS; i++) {
		if (!(e->of >> i & 1))
			continue;
		c->weight[i] += e->weight;
		if (c->hits[i]++ == 0)
			c->first[i] = e;
		else if (c->first[i] != e)
			c->varied |= (uint64_t)1 << i;
	}
}

/* The letters of ASCII at text.p[at], which most of most texts are: where they end. */
static size_t count_ascii(struct span text, size_t at, struct counts *c, char word[WORD_MAX],
                          size_t *word_len)
{
	size_t first = at;
	for (; at < text.len; at++) {
		unsigned char small = (unsigned char)text.p[at] | 32;
		if (small < 'a' || small > 'z')
			break;
		if (*word_len < WORD_MAX)
			word[(*word_len)++] = (char)small;
		else
			*word_len = WORD_MAX + 1;
	}
	c->letters += at - first;
	return at;
}

static void count(struct span text, struct counts *c)
{
	char word[WORD_MAX + 4], bytes[4];
	size_t word_len = 0, len;
	for (size_t at = 0; at < text.len; at += len) {
		at = count_ascii(text, at, c, word, &word_len);
		if (at == text.len)
			break;
		enum char_class k = char_class_at(text, at, &len);
		uint32_t code = (unsigned char)text.p[at];
		if (code >= 0x80)
			utf8_decode(text.p + at, text.len - at, &code);
		if (!char_in_word(k) && k < CHAR_HANGUL) {
			count_word(c, word, word_len);
			word_len = 0;
			continue;
		}
		if (k == CHAR_DIGIT)
			word_len = WORD_MAX + 1; /* no small word */
		if (k == CHAR_UPPER)
			code = (uint32_t)u_tolower((UChar32)code);
		if (k != CHAR_DIGIT && k != CHAR_MARK && k != CHAR_IGNORED)
			count_letter(c, code);
		size_t n = utf8_encode(code, bytes);
		if (k == CHAR_IGNORED || word_len > WORD_MAX)
			continue;
		if (word_len + n > WORD_MAX) {
			word_len = WORD_MAX + 1;
			continue;
		}
		memcpy(word + word_len, bytes, n);
		word_len += n;
	}
	count_word(c, word, word_len);
}

static const char *by_words(const struct counts *c)
{
	size_t best = 0, best_weight = 0, second = 0;
	for (size_t i = 0; i < N_LISTS; i++) {
		if (c->weight[i] > best_weight) {
			second = best_weight;
			best_weight = c->weight[best = i];
		} else if (c->weight[i] > second) {
			second = c->weight[i];
		}
	}
	bool is_clear = best_weight > 0 && best_weight * 4 >= second * 5 && c->varied >> best & 1;
	return is_clear && c->hits[best] * LEAST_SHARE >= c->words ? lists[best].code : "";
}

const char *language_detect(struct span text)
{
	struct counts c = { 0 };
	if (text.len > READ_MAX)
		text.len = utf8_floor(text.p, text.len, READ_MAX);
	pthread_once(&once, fill_table);
	count(text, &c);
	size_t total = c.letters, best = 0, kana = 0, cjk = 0;
	for (size_t i = 0; i < N_SCRIPTS; i++) {
		total += c.of[i];
		best = c.of[i] > c.of[best] ? i : best;
		bool is_kana = strcmp(scripts[i].code, "ja") == 0;
		kana += is_kana ? c.of[i] : 0;
		cjk += is_kana || scripts[i].script == USCRIPT_HAN ? c.of[i] : 0;
	}
	/* a Chinese character is worth about three letters */
	if (total + 2 * cjk < LEAST_LETTERS)
		return "";
	if (3 * cjk > c.letters && cjk >= c.of[best])
		return kana * 10 > cjk ? "ja" : "zh";
	return c.of[best] > c.letters ? scripts[best].code : by_words(&c);
}
