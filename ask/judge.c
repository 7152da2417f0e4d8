#include "ask/judge.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ask/figure_support.h"
#include "ask/figures.h"
#include "ask/name_change.h"
#include "ask/negation.h"
#include "ask/no_claim.h"
#include "ask/source_texts.h"
#include "base/boundaries.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "words/classes.h"

enum {
	/* fewer words say nothing by themselves, unless a number is among them */
	QUOTE_MIN_WORDS = 3,
	QUOTE_MIN_LETTERS = 10, /* of two words */
	OWN_QUOTE_MIN_WORDS = 3, /* of a sentence that stands as it is in its source */
	HEADING_LOOK_BYTES = 16 << 10, /* from a quote to the heading above it */
	LABEL_MAX_BYTES = 1000   /* that are read of a title, a heading */
};

/* Beyond that names are not looked at, so that the work is bounded. */
#define NAMES_MAX_BYTES ((size_t)1 << 30)

struct judge {
	struct span question;
	const struct sources *sources;
	struct source_texts *texts;
	struct figure_lexicon *lexicon;
	/* of the claim being judged */
	struct quote_place *places;
	size_t n_places, places_cap;
	size_t names_read; /* bytes of sources that names were looked for in, of all claims */
	struct figures stated, quoted, around;
};

struct judge *judge_new(struct span question, const struct sources *sources)
{
	struct judge *j = mem_zalloc(1, sizeof *j);
	j->question = question;
	j->sources = sources;
	j->texts = source_texts_new(sources);
	j->lexicon = figure_lexicon_new();
	return j;
}

void judge_free(struct judge *j)
{
	if (!j)
		return;
	source_texts_free(j->texts);
	figure_lexicon_free(j->lexicon);
	figures_free(&j->stated);
	figures_free(&j->quoted);
	figures_free(&j->around);
	free(j->places);
	free(j);
}

/* ---- how much a text says ---- */

struct extent {
	size_t words, letters, digits;
};

/* Words as they are spaced; of scripts without spaces, two characters or four letters are one. */
static struct extent extent_of(struct span text)
{
	struct extent e = { 0, 0, 0 };
	size_t len, wide = 0, dictionary = 0;
	bool in_word = false;
	for (size_t at = 0; at < text.len; at += len) {
		enum char_class k = char_class_at(text, at, &len);
		bool word = char_in_word(k) || k == CHAR_HANGUL;
		e.words += word && !in_word && k != CHAR_MARK;
		in_word = word || (in_word && text.p[at] == '\'');
		e.letters += word && k != CHAR_MARK;
		e.digits += k == CHAR_DIGIT;
		wide += k == CHAR_CJK;
		dictionary += k == CHAR_DICTIONARY;
	}
	e.words += wide / 2 + dictionary / 4;
	e.letters += 2 * wide + dictionary;
	return e;
}

static bool says_enough(struct span quote)
{
	struct extent e = extent_of(quote);
	return e.words >= QUOTE_MIN_WORDS || e.digits > 0 ||
	       (e.words == 2 && e.letters >= QUOTE_MIN_LETTERS);
}

/* ---- quotes ---- */

static bool add_place(struct judge *j, const struct quote_place *place)
{
	j->places = mem_grow(j->places, &j->places_cap, j->n_places + 1, sizeof *j->places);
	j->places[j->n_places++] = *place;
	return true;
}

/* Looks the quote up in what the group cites. */
static bool find_quote(struct judge *j, const struct claim *claim, const struct claim_group *g,
                       struct span quote)
{
	struct quote_place place;
	for (size_t i = 0; i < g->n_numbers; i++)
		if (source_texts_find(j->texts, claim->numbers[g->first_number + i], quote, &place))
			return add_place(j, &place);
	return false;
}

static bool is_quotation_mark(uint32_t code)
{
	return code == '"' || code == 0xAB || code == 0xBB || (code >= 0x201C && code <= 0x201F) ||
	       (code >= 0x300C && code <= 0x300F);
}

/* What stands in quotation marks last in text; adjoining: with nothing but marks and white space
 * behind it. Empty: nothing does. */
static struct span last_quoted(struct span text, bool adjoining)
{
	size_t end = text.len, close = SIZE_MAX;
	while (end > 0) {
		uint32_t code;
		size_t at = utf8_floor(text.p, text.len, end - 1), len;
		utf8_decode(text.p + at, text.len - at, &code);
		if (is_quotation_mark(code) && close != SIZE_MAX && close > end)
			return (struct span){ text.p + end, close - end };
		if (is_quotation_mark(code))
			close = at;
		else if (close == SIZE_MAX && adjoining && char_class_at(text, at, &len) != CHAR_OTHER)
			break;
		end = at;
	}
	return (struct span){ text.p, 0 };
}

/* A group without a quote: what is quoted before its citation, or the sentence itself. */
static enum cite_verdict find_unmarked(struct judge *j, const struct claim *claim,
                                       const struct claim_group *g)
{
	struct span before = { claim->said.p, g->said_at < claim->said.len ? g->said_at : claim->said.len };
	struct span quoted = last_quoted(before, true);
	if (extent_of(quoted).words < QUOTE_MIN_WORDS)
		quoted = last_quoted(before, false);
	if (extent_of(quoted).words >= QUOTE_MIN_WORDS)
		return find_quote(j, claim, g, quoted) ? CITE_SUPPORTED : CITE_NOT_THERE;
	if (extent_of(claim->said).words >= OWN_QUOTE_MIN_WORDS && find_quote(j, claim, g, claim->said))
		return CITE_SUPPORTED;
	return CITE_NO_QUOTE;
}

static enum cite_verdict find_quotes(struct judge *j, const struct claim *claim)
{
	bool any = false, enough = false;
	for (size_t i = 0; i < claim->n_groups; i++) {
		const struct claim_group *g = &claim->groups[i];
		for (size_t k = 0; k < g->n_quotes; k++) {
			struct span quote = claim->quotes[g->first_quote + k];
			if (!find_quote(j, claim, g, quote))
				return CITE_NOT_THERE;
			any = true;
			enough = enough || says_enough(quote);
		}
	}
	for (size_t i = 0; i < claim->n_groups && !any; i++) {
		enum cite_verdict verdict = find_unmarked(j, claim, &claim->groups[i]);
		if (verdict == CITE_NOT_THERE)
			return verdict;
		any = enough = verdict == CITE_SUPPORTED;
	}
	return !any ? CITE_NO_QUOTE : !enough ? CITE_TOO_SHORT : CITE_SUPPORTED;
}

/* ---- numbers ---- */

static void read_label(struct judge *j, const char *label, struct figures *out)
{
	if (!label)
		return;
	size_t len = strlen(label);
	if (len > LABEL_MAX_BYTES)
		len = utf8_floor(label, len, LABEL_MAX_BYTES);
	if (utf8_is_valid(label, len))
		figures_read(j->lexicon, (struct span){ label, len }, out);
}

/* The heading that the place stands under in its source, where that is Markdown. */
static struct span heading_above(const struct source *s, size_t at)
{
	size_t first = at > HEADING_LOOK_BYTES ? at - HEADING_LOOK_BYTES : 0;
	while (at > first) {
		size_t end = at;
		while (at > first && s->text[at - 1] != '\n')
			at--;
		if (s->text[at] == '#' && (at == 0 || s->text[at - 1] == '\n'))
			return (struct span){ s->text + at, end - at };
		at -= at > 0;
	}
	return (struct span){ s->text, 0 };
}

static void read_evidence(struct judge *j)
{
	j->quoted.n = j->around.n = 0;
	for (size_t i = 0; i < j->n_places; i++) {
		const struct quote_place *p = &j->places[i];
		const struct source *s = &j->sources->items[p->source - 1];
		const char *name = strrchr(s->path, '/');
		figures_read(j->lexicon, (struct span){ s->text + p->start, p->end - p->start }, &j->quoted);
		figures_read(j->lexicon, source_texts_sentence(j->texts, p), &j->around);
		struct span heading = heading_above(s, p->start);
		if (heading.len <= LABEL_MAX_BYTES)
			figures_read(j->lexicon, heading, &j->around);
		if (i > 0 && p->source == j->places[i - 1].source)
			continue;
		read_label(j, s->title, &j->around);
		read_label(j, s->heading, &j->around);
		read_label(j, name ? name + 1 : s->path, &j->around);
	}
	figures_read(j->lexicon, j->question, &j->around);
}

/* "Step 3: …" counts the answer's own steps. */
static struct span without_step(struct span said)
{
	static const char *const steps[] = { "step", "schritt", "étape", "步骤", "手順", "ステップ",
		                             "ขั้นตอนที่", "ขั้นที่" };
	char lower[16];
	size_t n = said.len < sizeof lower ? said.len : sizeof lower;
	for (size_t i = 0; i < n; i++)
		lower[i] = said.p[i] >= 'A' && said.p[i] <= 'Z' ? (char)(said.p[i] + 32) : said.p[i];
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		size_t at = strlen(steps[i]);
		if (at > n || memcmp(lower, steps[i], at) != 0)
			continue;
		while (at < said.len && (said.p[at] == ' ' || (said.p[at] >= '0' && said.p[at] <= '9')))
			at++;
		if (at < said.len && (strchr(":.*", said.p[at])))
			return (struct span){ said.p + at, said.len - at };
	}
	return said;
}

static bool numbers_agree(struct judge *j, const struct claim *claim)
{
	j->stated.n = 0;
	figures_read(j->lexicon, without_step(claim->said), &j->stated);
	read_evidence(j);
	return figures_are_supported(&j->stated, &j->quoted, &j->around);
}

/* ---- negations ---- */

/* Whether a quote is reversed by the claim. */
static bool is_reversed(struct judge *j, const struct claim *claim)
{
	bool reversed = false;
	for (size_t i = 0; i < j->n_places && !reversed; i++) {
		const struct quote_place *p = &j->places[i];
		const struct source *s = &j->sources->items[p->source - 1];
		struct span quote = { s->text + p->start, p->end - p->start };
		struct span sentence = source_texts_sentence(j->texts, p);
		struct span before = { sentence.p, 0 };
		if (sentence.p < quote.p)
			before.len = (size_t)(quote.p - sentence.p);
		reversed = negation_differs(claim->said, quote, before);
	}
	return reversed;
}

/* ---- names ---- */

static struct span span_or_empty(const char *s)
{
	return s ? span_of(s) : (struct span){ "", 0 };
}

static bool names_another(struct judge *j, const struct claim *claim)
{
	for (size_t i = 0; i < j->n_places; i++) {
		const struct source *s = &j->sources->items[j->places[i].source - 1];
		struct span known[] = { j->question, { s->text, s->text_len }, span_or_empty(s->title),
			                span_or_empty(s->heading), span_of(s->path) };
		j->names_read += s->text_len;
		struct span sentence = source_texts_sentence(j->texts, &j->places[i]);
		if (j->names_read > NAMES_MAX_BYTES ||
		    !name_is_replaced(claim->said, sentence, known, sizeof known / sizeof *known))
			return false;
	}
	return true;
}

/* ---- the verdict ---- */

static enum cite_verdict judge_quotes(struct judge *j, const struct claim *claim)
{
	for (size_t i = 0; i < claim->n_groups; i++)
		for (size_t k = 0; k < claim->groups[i].n_numbers; k++) {
			size_t number = claim->numbers[claim->groups[i].first_number + k];
			if (number == 0 || number > j->sources->n)
				return CITE_NO_SOURCE;
		}
	enum cite_verdict verdict = find_quotes(j, claim);
	if (verdict == CITE_SUPPORTED && !numbers_agree(j, claim))
		return CITE_NUMBER;
	if (verdict == CITE_SUPPORTED && is_reversed(j, claim))
		return CITE_NEGATION;
	if (verdict == CITE_SUPPORTED && names_another(j, claim))
		return CITE_NAME;
	return verdict;
}

bool judge_claim(struct judge *j, const struct claim *claim, struct cite_claim *out)
{
	*out = (struct cite_claim){ .start = claim->start, .end = claim->end, .verdict = CITE_NONE };
	if (claim->n_groups == 0)
		return !claims_nothing(claim->said);
	j->n_places = 0;
	out->verdict = judge_quotes(j, claim);
	if (j->n_places == 0)
		return true;
	out->quotes = mem_alloc(j->n_places, sizeof *out->quotes);
	for (size_t i = 0; i < j->n_places; i++)
		out->quotes[out->n_quotes++] = (struct cite_quote){ j->places[i].source, j->places[i].start,
			                                            j->places[i].end };
	return true;
}
