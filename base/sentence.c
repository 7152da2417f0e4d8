#include "base/sentence.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unicode/uchar.h>

#include "base/boundaries.h"
#include "base/mem.h"
#include "base/utf8.h"

/* Characters after which a sentence in a script without full stops may end at a space. */
#define SPACED_SENTENCE_MIN 60
/* A line that is shorter was not wrapped: what follows it starts anew. In
 * columns, where East Asian characters take two. */
#define WRAPPED_LINE_MIN 40
#define ABBREVIATION_MAX_BYTES 16

/* Before a capital letter or a digit, too, the stop behind these ends no
 * sentence. Words that often end one ("etc.", "usw.", "Inc.") are not here.
 * Sorted by bytes, lower case, without the last stop. */
static const char *const abbreviations[] = {
	"abb", "abs", "adm", "al", "allg", "anm", "approx", "apr", "art", "aug", "av", "avv",
	"bijv", "bl", "bspw", "bzw", "ca", "cap", "capt", "cf", "col", "d.h", "dec", "dept",
	"dez", "dhr", "doc", "dott", "dr", "dra", "e.g", "ed", "eds", "ej", "eq", "eqs", "evtl",
	"exmo", "feb", "fig", "figs", "fr", "gen", "ggf", "gov", "hon", "hr", "i.d.r", "i.e",
	"ing", "inkl", "jan", "jul", "jun", "kap", "lt", "m.e", "max", "mevr", "mio", "mlle",
	"mm", "mme", "mr", "mrd", "mrs", "ms", "mt", "no", "nos", "nov", "nr", "núm", "o.g",
	"oct", "okt", "op", "p.ej", "p.ex", "pag", "pp", "prof", "pág", "rep", "rev", "sec",
	"sen", "sep", "sept", "sgt", "sig", "sog", "sr", "sra", "srta", "st", "str", "tab", "tel",
	"u.a", "ud", "uds", "v.a", "vgl", "vol", "vs", "z.b", "zzgl", "г", "гл", "им", "напр",
	"рис", "см", "стр", "т.е", "ул"
};

static int compare_abbreviation(const void *key, const void *item)
{
	return strcmp(key, *(const char *const *)item);
}

static bool is_abbreviation(const char *word)
{
	return bsearch(word, abbreviations, sizeof abbreviations / sizeof *abbreviations,
	               sizeof *abbreviations, compare_abbreviation) != NULL;
}

static uint32_t code_at(struct span text, size_t at)
{
	uint32_t code = 0;
	if (at < text.len)
		utf8_decode(text.p + at, text.len - at, &code);
	return code;
}

/* The code point that ends at `end` > 0; *start is set to where it starts. */
static uint32_t code_before(struct span text, size_t end, size_t *start)
{
	*start = utf8_floor(text.p, text.len, end - 1);
	return code_at(text, *start);
}

static bool is_closing(uint32_t code)
{
	if (code < 0x80)
		return code == '"' || code == '\'' || code == ')' || code == ']' || code == '*' || code == '_';
	int8_t type = u_charType((UChar32)code);
	return type == U_END_PUNCTUATION || type == U_FINAL_PUNCTUATION || type == U_INITIAL_PUNCTUATION;
}

static bool is_terminator(uint32_t code)
{
	return code == '.' || code == '!' || code == '?' || code == 0x2026 ||
	       (code >= 0x80 && u_hasBinaryProperty((UChar32)code, UCHAR_S_TERM));
}

static bool is_spaced_script(uint32_t code) /* Thai and Lao */
{
	return code >= 0x0E00 && code <= 0x0EFF && !(code >= 0x0E50 && code <= 0x0E59);
}

/* What stands around a place where ICU would end a sentence. */
struct place {
	size_t start;    /* of the sentence */
	size_t end;      /* where the next one would start */
	size_t word_end; /* behind the last character that is no white space or closing mark */
	uint32_t last;   /* that character */
	uint32_t next;   /* the one at end */
	unsigned line_ends;
};

static struct place look_around(struct span text, size_t start, size_t end)
{
	struct place at = { .start = start, .end = end, .word_end = end, .next = code_at(text, end) };
	size_t before;
	while (at.word_end > start) {
		uint32_t code = code_before(text, at.word_end, &before);
		if (code == '\n' || code == 0x2029)
			at.line_ends += code == '\n' ? 1 : 2;
		else if (!is_white_space(code))
			break;
		at.word_end = before;
	}
	while (at.word_end > start) {
		at.last = code_before(text, at.word_end, &before);
		if (!is_closing(at.last))
			break;
		at.word_end = before;
	}
	return at;
}

/* A wrapped line goes on in the next one. */
static bool line_is_wrapped(struct span text, const struct place *at)
{
	size_t columns = 0, before;
	for (size_t end = at->word_end; end > 0 && columns < WRAPPED_LINE_MIN; end = before) {
		uint32_t code = code_before(text, end, &before);
		if (code == '\n')
			break;
		columns += code >= 0x2E80 && code < 0xFB00 ? 2 : 1;
	}
	bool mark = at->next == '-' || at->next == '*' || at->next == '#' || at->next == '|' ||
	            at->next == 0x2022;
	return columns >= WRAPPED_LINE_MIN && !mark;
}

/* Whether the stop at the end of the sentence belongs to the word before it. */
static bool stop_is_part_of_word(struct span text, const struct place *at)
{
	char word[ABBREVIATION_MAX_BYTES + 4];
	size_t from = at->word_end - 1, letters = 0, digits = 0, before;
	while (from > at->start && at->word_end - from < ABBREVIATION_MAX_BYTES) {
		uint32_t code = code_before(text, from, &before);
		bool digit = u_isdigit((UChar32)code);
		if (!digit && !u_isalpha((UChar32)code) && code != '.')
			break;
		letters += !digit && code != '.';
		digits += digit;
		from = before;
	}
	if (letters == 0) /* the mark of a list, an ordinal */
		return digits > 0 && (digits <= 2 || from <= at->start);
	if (letters == 1 && digits == 0)
		return code_at(text, from) != 'I' && code_at(text, from) < 0x2E80;
	size_t len = 0;
	for (size_t i = from; i < at->word_end - 1 && len < ABBREVIATION_MAX_BYTES;) {
		uint32_t code;
		i += utf8_decode(text.p + i, text.len - i, &code);
		len += utf8_encode((uint32_t)u_tolower((UChar32)code), word + len);
	}
	word[len] = '\0';
	if (strcmp(word, "no") == 0) /* "number" only before one */
		return u_isdigit((UChar32)at->next);
	return is_abbreviation(word);
}

static bool ends_sentence(struct span text, const struct place *at)
{
	if (at->word_end == at->start)
		return false;
	if (at->end == text.len || at->line_ends >= 2)
		return true;
	if (u_islower((UChar32)at->next))
		return false;
	if (at->line_ends == 1 && !is_terminator(at->last))
		return at->last == ':' || !line_is_wrapped(text, at);
	return at->last != '.' || !stop_is_part_of_word(text, at);
}

struct end_list {
	size_t *items;
	size_t n, cap;
};

static void add_end(struct end_list *list, size_t end)
{
	list->items = mem_grow(list->items, &list->cap, list->n + 1, sizeof *list->items);
	list->items[list->n++] = end;
}

/* Thai and Lao have no full stop: a space between two letters is what there is. */
static void add_spaced(struct span text, size_t start, size_t end, struct end_list *list)
{
	size_t chars = 0, len;
	uint32_t code, last = 0;
	for (size_t at = start; at < end; at += len, chars++, last = code) {
		len = utf8_decode(text.p + at, text.len - at, &code);
		if (!is_white_space(code) || !is_spaced_script(last) || chars < SPACED_SENTENCE_MIN)
			continue;
		size_t next = at + leading_white_space((struct span){ text.p + at, end - at });
		if (next >= end || !is_spaced_script(code_at(text, next)))
			continue;
		add_end(list, next);
		len = next - at;
		chars = 0;
	}
	add_end(list, end);
}

/* ICU counts an opening quotation mark after a stop as a closing one. Without a
 * space between, it opens what follows. */
static size_t before_opening(struct span text, size_t start, size_t end)
{
	size_t before;
	uint32_t code = code_before(text, end, &before);
	int8_t type = code < 0x80 ? U_UNASSIGNED : u_charType((UChar32)code);
	bool opens = type == U_START_PUNCTUATION || type == U_INITIAL_PUNCTUATION;
	return opens && end < text.len && before > start ? before : end;
}

size_t sentence_ends(struct span text, size_t **ends)
{
	size_t *places, n_places = boundary_ends(BOUNDARY_SENTENCE, text, &places);
	struct end_list list = { 0 };
	size_t start = 0, seen = 0;
	for (size_t i = 0; i < n_places; i++) {
		if (places[i] <= seen && i + 1 < n_places)
			continue;
		size_t end = places[i];
		end += leading_white_space((struct span){ text.p + end, text.len - end });
		seen = end;
		end = before_opening(text, start, end);
		struct place at = look_around(text, start, end);
		if (end < text.len && !ends_sentence(text, &at))
			continue;
		add_spaced(text, start, end, &list);
		start = end;
		if (end == text.len)
			break;
	}
	free(places);
	*ends = list.items;
	return list.n;
}
