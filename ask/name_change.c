#define _GNU_SOURCE
#include "ask/name_change.h"

#include <string.h>
#include <strings.h>

#include "words/classes.h"

enum { MAX_NAMES = 64, NAME_MIN_BYTES = 3, SAID_MIN_BYTES = 4, SAME_STEM_BYTES = 4, NOUN_MIN_BYTES = 4 };

/* A word with a capital, and the words that adjoin it; empty: none does. */
struct name {
	struct span word, before, after;
	bool begins;        /* a sentence */
	bool before_begins; /* before is the first word of a sentence, which has a capital anyway */
};

static bool is_listed(struct span word, const char *const *list)
{
	for (; *list; list++)
		if (strlen(*list) == word.len && strncasecmp(*list, word.p, word.len) == 0)
			return true;
	return false;
}

static bool is_title(struct span word)
{
	static const char *const titles[] = { "mr", "mrs", "ms", "dr", "prof", "herr", "herrn", "frau", "firma",
		                              "monsieur", "madame", "mme", "don", "doña", "señor", "señora",
		                              "doctor", "doktor", "professor", "meister", NULL };
	return is_listed(word, titles);
}

static bool is_article(struct span word)
{
	static const char *const articles[] = { "the", "la", "le", "les", "el", "los", "las", "il", NULL };
	return is_listed(word, articles);
}

/* Whether the word, which is no name itself, says that a name follows. */
static bool introduces(struct span word, bool english)
{
	static const char *const prepositions[] = { "from", "by", "at", "to", "with", "near", "chez", "à", "de",
		                                    "par", "por", "para", "desde", "en", "of", NULL };
	static const char *const shared[] = { "in", NULL }; /* with German */
	return is_title(word) || is_listed(word, prepositions) || (english && is_listed(word, shared));
}

static bool is_english(struct span text)
{
	static const char *const words[] = { " the ", " is ", " are ", " of ", " and ", " was ", " to ", "The " };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (memmem(text.p, text.len, words[i], strlen(words[i])))
			return true;
	return false;
}

/* Of a language whose nouns have no capital, so that a capital shows a name. */
static bool writes_nouns_small(struct span text)
{
	static const char *const words[] = { " la ", " el ", " los ", " las ", " le ", " les ", " du ", " del ",
		                             " una ", " une ", " est ", " que ", " il ", " é ", "La ", "El ",
		                             "Le ", "Les ", "Il ", "Los ", "Las " };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (memmem(text.p, text.len, words[i], strlen(words[i])))
			return true;
	return is_english(text);
}

static bool is_word_class(enum char_class k)
{
	return k == CHAR_LOWER || k == CHAR_UPPER || k == CHAR_LETTER || k == CHAR_MARK;
}

static bool has_capital(struct span word)
{
	size_t first, len;
	if (word.len < NAME_MIN_BYTES || char_class_at(word, 0, &first) != CHAR_UPPER)
		return false;
	return word.len > first && char_class_at(word, first, &len) == CHAR_LOWER; /* no abbreviation */
}

static size_t word_end(struct span text, size_t at)
{
	size_t len;
	while (at < text.len && is_word_class(char_class_at(text, at, &len)))
		at += len;
	return at;
}

/* The names of a text; returns their number. Only white space and a full stop may stand
 * between a name and what adjoins it. */
static size_t read_names(struct span text, struct name *names)
{
	struct span last = { text.p, 0 };
	struct name *open = NULL; /* the last word was a name */
	size_t n = 0, len;
	bool begins = true, last_begins = false;
	for (size_t at = 0; at < text.len && n < MAX_NAMES;) {
		if (!is_word_class(char_class_at(text, at, &len))) {
			bool initial = last.len == 1 && (last.p == text.p || last.p[-1] == ' ');
			bool short_form = initial || is_title(last); /* M. Carrel, Dr. Vogt */
			begins = begins || (len == 1 && strchr(".!?:", text.p[at]) && !short_form);
			if (len > 1 || !strchr(" .\n", text.p[at])) {
				last.len = 0;
				open = NULL;
			}
			at += len;
			continue;
		}
		struct span word = { text.p + at, word_end(text, at) - at };
		if (open)
			open->after = word;
		open = NULL;
		if (has_capital(word) && !is_title(word)) {
			open = &names[n++];
			*open = (struct name){ word, last, { word.p, 0 }, begins, last_begins };
		}
		if (!(last.len && is_article(word))) { /* from Norway, from the Netherlands */
			last = word;
			last_begins = begins;
		}
		begins = false;
		at += word.len;
	}
	return n;
}

static bool same_begin(struct span a, struct span b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	n = n < SAME_STEM_BYTES ? n : SAME_STEM_BYTES;
	return strncasecmp(a.p, b.p, n) == 0;
}

/* As it is, or with a small letter: "the Firm" and "the firm". */
static bool stands_in(struct span word, struct span text)
{
	/* an ending more or less makes no other name: Łódź's, Hamburger */
	char small[8];
	size_t len = word.len > 5 ? 5 : word.len;
	memcpy(small, word.p, len);
	if (small[0] >= 'A' && small[0] <= 'Z')
		small[0] = (char)(small[0] | 0x20);
	return memmem(text.p, text.len, word.p, len) || memmem(text.p, text.len, small, len);
}

static bool is_known(struct span word, const struct span *known, size_t n_known)
{
	for (size_t i = 0; i < n_known; i++)
		if (stands_in(word, known[i]))
			return true;
	return false;
}

static bool same_word(struct span a, struct span b)
{
	return a.len && a.len == b.len && strncasecmp(a.p, b.p, a.len) == 0;
}

/* Whether the two stand in the same place: behind a word that names follow, beside the same
 * other name ("Konrad Pfleger", "Konrad Steiner"), or, where nouns are small, behind the same
 * word or between the same words. */
static bool same_place(const struct name *said, const struct name *source, bool english, bool small)
{
	static const char *const joints[] = { "the", "and", "for", "but", "that", "this", "than", "also", "are",
		                              "was", "were", "has", "have", "had", "not", NULL };
	if (same_word(said->before, source->before)) {
		bool begin = said->before_begins && source->before_begins;
		if (introduces(said->before, english) || (has_capital(said->before) && !begin))
			return true;
		if (small && said->before.len >= NOUN_MIN_BYTES && !begin && !is_listed(said->before, joints))
			return true;
		if (small && said->after.len >= NOUN_MIN_BYTES && same_word(said->after, source->after))
			return true;
	}
	return !source->begins && same_word(said->after, source->after) && has_capital(said->after) &&
	       has_capital(source->after);
}

bool name_is_replaced(struct span claim, struct span sentence, const struct span *known, size_t n_known)
{
	struct name said[MAX_NAMES], source[MAX_NAMES];
	bool english = is_english(claim) && is_english(sentence);
	bool small = writes_nouns_small(claim) && writes_nouns_small(sentence);
	size_t n_said = read_names(claim, said), n_source = n_said ? read_names(sentence, source) : 0;
	for (size_t i = 0; i < n_said; i++)
		for (size_t k = 0; k < n_source; k++)
			if (said[i].word.len >= SAID_MIN_BYTES && same_place(&said[i], &source[k], english, small) &&
			    !same_begin(said[i].word, source[k].word) && !stands_in(source[k].word, claim) &&
			    !is_known(said[i].word, known, n_known))
				return true;
	return false;
}
