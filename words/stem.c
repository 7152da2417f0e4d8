#include "words/stem.h"

#include <libstemmer.h>

/* libstemmer 2.2 (Debian 12, Ubuntu 24.04). Where a release lacks one, sb_stemmer_new
 * says so, and words of that language are their own stems. */
static const struct {
	char code[3];
	const char *stemmer;
} languages[] = {
	{ "ar", "arabic" },     { "ca", "catalan" },   { "da", "danish" },    { "de", "german" },
	{ "el", "greek" },      { "en", "english" },   { "es", "spanish" },   { "eu", "basque" },
	{ "fi", "finnish" },    { "fr", "french" },    { "ga", "irish" },     { "hi", "hindi" },
	{ "hu", "hungarian" },  { "hy", "armenian" },  { "id", "indonesian" }, { "it", "italian" },
	{ "lt", "lithuanian" }, { "ne", "nepali" },    { "nl", "dutch" },     { "no", "norwegian" },
	{ "pt", "portuguese" }, { "ro", "romanian" },  { "ru", "russian" },   { "sr", "serbian" },
	{ "sv", "swedish" },    { "ta", "tamil" },     { "tr", "turkish" },   { "yi", "yiddish" },
};
_Static_assert(sizeof languages / sizeof *languages == STEM_LANGUAGES, "one handle a language");

unsigned stem_language(const char *language)
{
	for (unsigned i = 0; i < STEM_LANGUAGES; i++)
		if (strcmp(languages[i].code, language) == 0)
			return i + 1;
	return 0;
}

void stemmers_close(struct stemmers *s)
{
	for (size_t i = 0; i < STEM_LANGUAGES; i++)
		sb_stemmer_delete(s->of[i]);
}

struct span stem_word(struct stemmers *s, unsigned language, struct span word)
{
	struct sb_stemmer **stemmer = &s->of[language - 1];
	if (!*stemmer)
		*stemmer = sb_stemmer_new(languages[language - 1].stemmer, NULL);
	const sb_symbol *stem =
		*stemmer ? sb_stemmer_stem(*stemmer, (const sb_symbol *)word.p, (int)word.len) : NULL;
	if (!stem)
		return word;
	return (struct span){ (const char *)stem, (size_t)sb_stemmer_length(*stemmer) };
}
