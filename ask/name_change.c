#define _GNU_SOURCE
#include "ask/name_change.h"

#include <string.h>
#include <strings.h>

#include "words/classes.h"

enum { MAX_NAMES = 64, NAME_MIN_BYTES = 4, SAME_STEM_BYTES = 4 };

/* A word with a capital, and the word before it that says that it is a name. */
struct name {
	struct span word, before;
};

static bool is_listed(struct span word, const char *const *list)
{
	for (; *list; list++)
		if (strlen(*list) == word.len && strncasecmp(*list, word.p, word.len) == 0)
			return true;
	return false;
}

static bool introduces(struct span word, bool english)
{
	static const char *const titles[] = { "mr", "mrs", "ms", "dr", "prof", "herr", "herrn", "frau", "firma",
		                              "monsieur", "madame", "mme", NULL };
	static const char *const prepositions[] = { "from", "by", "at", "to", "with", "near", "chez", NULL };
	static const char *const shared[] = { "in", NULL }; /* with German */
	return is_listed(word, titles) || is_listed(word, prepositions) || (english && is_listed(word, shared));
}

static bool is_english(struct span text)
{
	static const char *const words[] = { " the ", " is ", " are ", " of ", " and ", " was ", " to ", "The " };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (memmem(text.p, text.len, words[i], strlen(words[i])))
			return true;
	return false;
}

static bool is_word_class(enum char_class k)
{
	return k == CHAR_LOWER || k == CHAR_UPPER || k == CHAR_LETTER || k == CHAR_MARK;
}

/* The names of a text; returns their number. Only white space and a full stop may stand
 * between a name and what introduces it. */
static size_t read_names(struct span text, struct name *names)
{
	struct span last = { text.p, 0 };
	bool english = is_english(text);
	size_t n = 0, len;
	for (size_t at = 0; at < text.len && n < MAX_NAMES;) {
		enum char_class k = char_class_at(text, at, &len);
		size_t start = at;
		if (!is_word_class(k)) {
			if (!strchr(" .\n", text.p[at]) || len > 1)
				last.len = 0;
			at += len;
			continue;
		}
		while (at < text.len && is_word_class(char_class_at(text, at, &len)))
			at += len;
		struct span word = { text.p + start, at - start };
		size_t first_len;
		char_class_at(text, start, &first_len);
		bool lower = word.len > first_len &&
		             char_class_at(word, first_len, &len) == CHAR_LOWER; /* no abbreviation */
		if (k == CHAR_UPPER && lower && word.len >= NAME_MIN_BYTES && introduces(last, english))
			names[n++] = (struct name){ word, last };
		last = word;
	}
	return n;
}

static bool same_begin(struct span a, struct span b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	n = n < SAME_STEM_BYTES ? n : SAME_STEM_BYTES;
	return strncasecmp(a.p, b.p, n) == 0;
}

static bool stands_in(struct span word, struct span text)
{
	/* an ending more or less makes no other name: Łódź's, Hamburger */
	size_t len = word.len > 5 ? 5 : word.len;
	return memmem(text.p, text.len, word.p, len) != NULL;
}

static bool is_known(struct span word, const struct span *known, size_t n_known)
{
	for (size_t i = 0; i < n_known; i++)
		if (stands_in(word, known[i]))
			return true;
	return false;
}

static bool is_replaced(const struct name *said, const struct name *source, struct span claim)
{
	return said->before.len == source->before.len &&
	       strncasecmp(said->before.p, source->before.p, said->before.len) == 0 &&
	       !same_begin(said->word, source->word) && !stands_in(source->word, claim);
}

bool name_is_replaced(struct span claim, struct span sentence, const struct span *known, size_t n_known)
{
	struct name said[MAX_NAMES], source[MAX_NAMES];
	size_t n_said = read_names(claim, said), n_source = n_said ? read_names(sentence, source) : 0;
	for (size_t i = 0; i < n_said; i++)
		for (size_t k = 0; k < n_source; k++)
			if (is_replaced(&said[i], &source[k], claim) && !is_known(said[i].word, known, n_known))
				return true;
	return false;
}
