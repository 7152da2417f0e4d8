#include "ask/figure_lexicon.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "words/fold.h"

enum { SLOTS = 4096 }; /* a power of two, several times the words */

struct slot {
	struct span text;
	struct figure_meaning meaning;
};

struct figure_lexicon {
	struct slot slots[SLOTS];
};

static size_t slot_of(const struct figure_lexicon *lexicon, struct span word)
{
	uint32_t h = 2166136261u; /* FNV-1a */
	for (size_t i = 0; i < word.len; i++)
		h = (h ^ (unsigned char)word.p[i]) * 16777619u;
	for (size_t i = h % SLOTS;; i = (i + 1) % SLOTS)
		if (!lexicon->slots[i].text.p || span_equal(lexicon->slots[i].text, word))
			return i;
}

static bool next_word(const char **list, struct span *word)
{
	word->p = *list + strspn(*list, " ");
	word->len = strcspn(word->p, " ");
	*list = word->p + word->len;
	return word->len > 0;
}

struct figure_lexicon *figure_lexicon_new(void)
{
	struct figure_lexicon *lexicon = mem_zalloc(1, sizeof *lexicon);
	struct span word;
	for (size_t i = 0; i < n_figure_words; i++) {
		for (const char *list = figure_words[i].words; next_word(&list, &word);) {
			struct slot *s = &lexicon->slots[slot_of(lexicon, word)];
			s->text = word;
			s->meaning.word = s->meaning.word ? s->meaning.word : &figure_words[i];
		}
	}
	for (size_t i = 0; i < n_figure_unit_words; i++) {
		for (const char *list = figure_unit_words[i].words; next_word(&list, &word);) {
			struct slot *s = &lexicon->slots[slot_of(lexicon, word)];
			s->text = word;
			s->meaning.unit = figure_unit_words[i].unit;
		}
	}
	return lexicon;
}

void figure_lexicon_free(struct figure_lexicon *lexicon)
{
	free(lexicon);
}

struct figure_meaning figure_lexicon_find(const struct figure_lexicon *lexicon, struct span word)
{
	return lexicon->slots[slot_of(lexicon, word)].meaning;
}

struct span figure_fold(struct span word, char out[FIGURE_WORD_MAX_BYTES])
{
	bool was_cut = false;
	return (struct span){ out, fold_case(word, out, FIGURE_WORD_MAX_BYTES, &was_cut) };
}

static const struct figure_part *part_at(struct span word)
{
	for (size_t i = 0; i < n_figure_parts; i++) {
		size_t len = strlen(figure_parts[i].part);
		if (len <= word.len && memcmp(figure_parts[i].part, word.p, len) == 0)
			return &figure_parts[i];
	}
	return NULL;
}

/* What may stand behind the number within the word. */
static bool is_ending(const struct figure_lexicon *lexicon, struct span rest, enum figure_unit *unit)
{
	static const char *const endings[] = { "", "mal", "fach", "fache", "fachen", "köpfig", "köpfige",
		                               "köpfigen", "stellig", "stellige", "stelligen", "stöckig",
		                               "stöckige", "er", "teilig", "teilige" };
	*unit = UNIT_NONE;
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (span_equal(span_of(endings[i]), rest))
			return true;
	*unit = rest.len > 3 ? figure_lexicon_find(lexicon, rest).unit : UNIT_NONE;
	return *unit != UNIT_NONE;
}

bool figure_lexicon_compound(const struct figure_lexicon *lexicon, struct span word, uint64_t *value,
                             enum figure_unit *unit)
{
	uint64_t total = 0, below = 0; /* thousands, and what is below them */
	const struct figure_part *part, *last = NULL;
	while (word.len && (part = part_at(word))) {
		if (part->value == 1000) {
			total += (below ? below : 1) * 1000;
			below = 0;
		} else if (part->value == 100) {
			below = (below ? below : 1) * 100;
		} else {
			below += part->value;
		}
		word.p += strlen(part->part);
		word.len -= strlen(part->part);
		last = part;
		if (total > 1000000)
			return false;
	}
	*value = total + below;
	return last && last->value && is_ending(lexicon, word, unit);
}
