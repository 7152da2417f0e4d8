#include "words/terms.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "words/classes.h"
#include "words/forms.h"
#include "words/identifier.h"
#include "words/runs.h"

struct terms {
	struct forms *forms;
	struct run run;
};

/* One call of terms_each. */
struct walk {
	struct terms *t;
	struct span text;
	unsigned language;
	enum terms_use use;
	term_visit *visit;
	void *ctx;
	int stopped; /* what visit returned */
};

struct terms *terms_new(void)
{
	struct terms *t = mem_alloc(1, sizeof *t);
	*t = (struct terms){ .forms = forms_new(), .run = run_new() };
	return t;
}

void terms_free(struct terms *t)
{
	if (!t)
		return;
	forms_free(t->forms);
	run_free(&t->run);
	free(t);
}

/* Where in the source a term stands. */
struct place {
	size_t start, end;
};

static void give(struct walk *w, struct span text, enum term_kind kind, struct place at)
{
	if (w->stopped)
		return;
	struct term term = { .text = text, .kind = kind, .start = at.start, .end = at.end,
		             .colocated = kind != TERM_WORD };
	w->stopped = w->visit(w->ctx, &term);
}

/* A marked form: for a question without its mark too. */
static void give_marked(struct walk *w, struct span marked, enum term_kind kind, struct place at,
                        bool with_plain)
{
	give(w, marked, kind, at);
	if (with_plain)
		give(w, (struct span){ marked.p + 1, marked.len - 1 }, kind, at);
}

static void give_forms(struct walk *w, const struct word_forms *f, struct place at)
{
	bool is_query = w->use == TERMS_QUERY;
	if (f->exact.len)
		give(w, f->exact, TERM_EXACT, at);
	if (f->stem.len) {
		struct span stem = { f->stem.p + 1, f->stem.len - 1 };
		bool differs = !span_equal(stem, f->word);
		if (differs || is_query)
			give_marked(w, f->stem, TERM_STEM, at, is_query && differs);
	}
}

/* --- words with spaces between them ------------------------------------------------ */

struct whole {
	char text[1 + TERM_MAX_BYTES];
	size_t len; /* 0: too long, or none */
	bool is_word; /* of letters and digits alone */
};

static void add_to_whole(struct whole *whole, struct span text)
{
	if (whole->len == 0 || whole->len + text.len > sizeof whole->text) {
		whole->len = 0;
		return;
	}
	if (text.len)
		memcpy(whole->text + whole->len, text.p, text.len);
	whole->len += text.len;
}

/* A line or a hyphen that only joins words is left out (max_file_size, maxFileSize and
 * max-file-size are one), and so is an acronym's stop; between numbers all count. */
static struct span joiner_kept(const struct identifier_part *a, const struct identifier_part *b)
{
	struct span joiner = b->joiner;
	if (joiner.len == 0)
		return joiner;
	bool is_line = joiner.p[0] == '_' || joiner.p[0] == '-' || joiner.p[0] == '\xE2';
	if (is_line && a->ends_with_digit && b->begins_with_digit)
		return span_of("-");
	if (is_line || (joiner.p[0] == '.' && a->is_letter && b->is_letter))
		return (struct span){ 0 };
	return joiner;
}

static void make_whole(struct walk *w, const struct identifier *id, struct whole *whole)
{
	*whole = (struct whole){ .text = { TERM_MARK_WHOLE }, .len = 1, .is_word = id->suffix.len == 0 };
	for (size_t i = 0; i < id->n_parts && whole->len; i++) {
		const struct identifier_part *part = &id->parts[i];
		struct span source = { w->text.p + part->start, part->end - part->start };
		struct span joiner = i ? joiner_kept(part - 1, part) : (struct span){ 0 };
		add_to_whole(whole, joiner);
		if (whole->len)
			add_to_whole(whole, forms_of(w->t->forms, source, w->language).word);
		whole->is_word &= joiner.len == 0;
	}
	if (whole->len)
		add_to_whole(whole, id->suffix);
	if (whole->len == 1)
		whole->len = 0;
}

/* Where a word of small letters ends, the first of which may be a capital, that no
 * identifier could go on from: what most of a text is, read without the rest of this. 0:
 * it has to be read as an identifier. */
static size_t plain_end(struct span text, size_t at)
{
	size_t i = at + 1;
	while (i < text.len && text.p[i] >= 'a' && text.p[i] <= 'z')
		i++;
	unsigned char first = (unsigned char)text.p[at];
	if (first >= 0x80 || char_class_ascii[first] == CHAR_DIGIT)
		return 0;
	if (i == text.len || text.p[i] == ' ' || text.p[i] == '\n' || text.p[i] == ',')
		return i;
	bool at_stop = text.p[i] == '.' || text.p[i] == ':';
	return at_stop && (i + 1 == text.len || text.p[i + 1] == ' ' || text.p[i + 1] == '\n') ? i : 0;
}

static void give_word(struct walk *w, struct place at)
{
	struct span source = { w->text.p + at.start, at.end - at.start };
	struct word_forms forms = forms_of(w->t->forms, source, w->language);
	if (forms.word.len == 0)
		return;
	give(w, forms.word, TERM_WORD, at);
	give_forms(w, &forms, at);
}

/* Returns where the text goes on. */
static size_t identifier_terms(struct walk *w, size_t at)
{
	size_t end = w->use == TERMS_INDEX ? plain_end(w->text, at) : 0;
	if (end) {
		give_word(w, (struct place){ at, end });
		return end;
	}
	struct identifier id;
	struct whole whole;
	whole.len = 0;
	identifier_read(w->text, at, &id);
	bool is_plain = id.n_parts == 1 && id.suffix.len == 0;
	if (!is_plain || w->use == TERMS_QUERY)
		make_whole(w, &id, &whole);
	for (size_t i = 0; i < id.n_parts && !w->stopped; i++) {
		struct place place = { id.parts[i].start, id.parts[i].end };
		struct span source = { w->text.p + place.start, place.end - place.start };
		struct word_forms forms = forms_of(w->t->forms, source, w->language);
		if (forms.word.len == 0)
			continue;
		give(w, forms.word, TERM_WORD, place);
		if (whole.len) {
			end = is_plain || !id.suffix.len ? id.parts[id.n_parts - 1].end : id.end;
			give_marked(w, (struct span){ whole.text, whole.len }, TERM_WHOLE,
			            (struct place){ place.start, end },
			            w->use == TERMS_QUERY && whole.is_word && !is_plain);
			whole.len = 0;
		}
		give_forms(w, &forms, place);
	}
	return id.end;
}

/* --- words without spaces ------------------------------------------------------------ */

static struct span cut_term(struct span text)
{
	if (text.len > TERM_MAX_BYTES)
		text.len = utf8_floor(text.p, text.len, TERM_MAX_BYTES);
	return text;
}

/* Where in the source the characters before `last` end. Several may come from one place: a
 * character that is folded to more, or that a vowel joins which it cannot be composed with. */
static size_t source_end(const struct run *r, size_t last)
{
	while (last < r->n && r->from[last] == r->from[last - 1])
		last++;
	return r->from[last];
}

/* The pair of characters at i: kept where it is not the word itself. */
static void give_gram(struct walk *w, size_t i, struct span word)
{
	const struct run *r = &w->t->run;
	char text[1 + 2 * 4] = { TERM_MARK_GRAM };
	size_t len = r->at[i + 2] - r->at[i];
	bool is_query = w->use == TERMS_QUERY;
	memcpy(text + 1, r->text.p + r->at[i], len);
	bool is_word = span_equal((struct span){ text + 1, len }, word);
	if (!is_word || is_query)
		give_marked(w, (struct span){ text, len + 1 }, TERM_GRAM,
		            (struct place){ r->from[i], source_end(r, i + 2) }, is_query && !is_word);
}

/* The word of the characters first to last - 1. */
static void run_word(struct walk *w, enum char_class kind, size_t first, size_t last)
{
	const struct run *r = &w->t->run;
	struct place place = { r->from[first], source_end(r, last) };
	struct span text = { r->text.p + r->at[first], r->at[last] - r->at[first] };
	if (kind == CHAR_DICTIONARY) {
		struct word_forms forms = forms_of(w->t->forms, text, 0);
		if (forms.word.len == 0)
			return;
		give(w, forms.word, TERM_WORD, place);
		give_forms(w, &forms, place);
		return;
	}
	give(w, cut_term(text), TERM_WORD, place);
	for (size_t i = first; i < last && i + 2 <= r->n && !w->stopped; i++)
		give_gram(w, i, text);
}

static size_t run_terms(struct walk *w, size_t at, enum char_class kind)
{
	struct run *r = &w->t->run;
	size_t end = run_read(r, w->text, at, kind), first = 0;
	for (size_t i = 0; i < r->n_words && !w->stopped; i++) {
		size_t last = first;
		while (last < r->n && r->at[last] < r->ends[i])
			last++;
		if (last > first)
			run_word(w, kind, first, last);
		first = last;
	}
	return end;
}

int terms_each(struct terms *t, struct span text, const char *language, enum terms_use use,
               term_visit *visit, void *ctx)
{
	struct walk w = { .t = t, .text = text, .language = stem_language(language), .use = use,
		          .visit = visit, .ctx = ctx };
	for (size_t at = 0, len; at < text.len && !w.stopped;) {
		enum char_class kind = char_class_at(text, at, &len);
		if (char_begins_word(kind))
			at = identifier_terms(&w, at);
		else if (kind >= CHAR_HANGUL)
			at = run_terms(&w, at, kind);
		else
			at += len;
	}
	return w.stopped;
}
