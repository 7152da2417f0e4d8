#include "query/question.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "words/classes.h"

struct parser {
	struct question *q;
	struct span source;
	size_t at;
	struct buf text;
	bool has_syntax; /* text is not the source */
	bool has_piece;  /* something came before */
	struct span last; /* the word that came last */
	size_t unclosed; /* no quote closes from here on; looked for once */
	int64_t now_ns;
};

/* --- characters ----------------------------------------------------------------------- */

/* The length of the white space at `at`: control bytes, blanks, also no-break and
 * ideographic ones; 0: there is none. */
static size_t space_at(struct span s, size_t at)
{
	if (at < s.len && (unsigned char)s.p[at] <= ' ')
		return 1;
	uint32_t code = 0;
	size_t len = at < s.len ? utf8_decode(s.p + at, s.len - at, &code) : 0;
	return code == 0xA0 || code == 0x3000 || (code >= 0x2000 && code <= 0x200A) ? len : 0;
}

static bool word_char_at(struct span s, size_t at)
{
	size_t len;
	return at < s.len && char_class_at(s, at, &len) != CHAR_OTHER;
}

static bool has_word(struct span s)
{
	for (size_t at = 0, len; at < s.len; at += len)
		if (char_class_at(s, at, &len) != CHAR_OTHER)
			return true;
	return false;
}

static size_t word_end(struct span s, size_t at)
{
	while (at < s.len && !space_at(s, at))
		at++;
	return at;
}

/* --- the pieces ------------------------------------------------------------------------- */

/* What stands between the quote at `at` and the one that closes it: the next that no
 * word goes on behind. *end is behind that. */
static bool quoted_at(struct parser *p, size_t at, struct span *inside, size_t *end)
{
	struct span s = p->source;
	if (at >= s.len || s.p[at] != '"' || at >= p->unclosed)
		return false;
	for (size_t i = at + 1; i < s.len; i++) {
		if (s.p[i] != '"' || word_char_at(s, i + 1))
			continue;
		*inside = (struct span){ s.p + at + 1, i - at - 1 };
		*end = i + 1;
		return has_word(*inside);
	}
	p->unclosed = at;
	return false;
}

/* A word that may be excluded, at `at`. */
static bool excludable_at(struct span s, size_t at, struct span *word, size_t *end)
{
	size_t letters = 0, len, last = at;
	bool is_over = false; /* only punctuation may follow */
	*end = word_end(s, at);
	for (size_t i = at; i < *end; i += len) {
		enum char_class k = char_class_at(s, i, &len);
		bool is_letter = (k >= CHAR_LOWER && k <= CHAR_LETTER) || k >= CHAR_HANGUL;
		if ((i == at && !is_letter) || (k != CHAR_OTHER && is_over))
			return false; /* -9, -std=c17 */
		if (k != CHAR_OTHER)
			last = i + len;
		else
			is_over |= !strchr("_-.'", s.p[i]);
		letters += k >= CHAR_HANGUL ? 3 : is_letter;
	}
	*word = (struct span){ s.p + at, last - at };
	return letters >= 3;
}

/* A filter's name and colon at `at`, and its value; field N_FILTER_FIELDS: there is none. */
static enum filter_field filter_at(struct parser *p, size_t at, struct span *value, size_t *end)
{
	struct span s = p->source;
	for (unsigned field = 0; field < N_FILTER_FIELDS; field++) {
		size_t len = strlen(filter_field_names[field]), from = at + len + 1;
		if (from >= s.len || memcmp(s.p + at, filter_field_names[field], len) != 0 ||
		    s.p[at + len] != ':')
			continue;
		if (s.p[from] == ':' || space_at(s, from))
			break;
		if (s.p[from] == '"') {
			if (!quoted_at(p, from, value, end))
				break;
			return (enum filter_field)field;
		}
		*end = word_end(s, from);
		*value = (struct span){ s.p + from, *end - from };
		return (enum filter_field)field;
	}
	return N_FILTER_FIELDS;
}

/* --- the question ------------------------------------------------------------------------- */

static int keep(struct span **list, size_t *n, const struct question *q, struct span what,
                struct err *err)
{
	if (q->n_phrases + q->n_excluded == QUESTION_MAX_PHRASES)
		return err_set(err, ERR_LIMIT, "more than %d phrases and exclusions in the question; a "
		               "backslash before a quote or a dash makes text of it", QUESTION_MAX_PHRASES);
	if (!*list)
		*list = mem_alloc(QUESTION_MAX_PHRASES, sizeof **list);
	(*list)[(*n)++] = what;
	return 0;
}

/* Goes on behind what was taken out; of the white space around it, that before is left. */
static void take_out(struct parser *p, size_t end)
{
	size_t space;
	p->at = end;
	while ((space = space_at(p->source, p->at)) > 0)
		p->at += space;
	p->has_syntax = true;
}

static void copy(struct parser *p, size_t end)
{
	buf_add(&p->text, p->source.p + p->at, end - p->at);
	p->at = end;
}

/* Words after which a dash stands for a word that is not said twice. */
static bool is_conjunction(struct span word)
{
	static const char *const words[] = { "und", "oder", "sowie", "bzw.", "en", "of", "och", "eller", "og" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_equal(word, span_of(words[i])))
			return true;
	return false;
}

/* -word, -"a phrase", -path:VALUE, path:VALUE. 1: taken out, 0: it is none of these, -1. */
static int read_condition(struct parser *p, struct err *err)
{
	struct span s = p->source, value;
	size_t end;
	bool is_not = s.p[p->at] == '-';
	enum filter_field field = filter_at(p, p->at + is_not, &value, &end);
	if (field != N_FILTER_FIELDS) {
		if (search_filter_add(&p->q->filter, field, is_not, value, p->now_ns, err) < 0)
			return -1;
		take_out(p, end);
		return 1;
	}
	if (!is_not || !p->has_piece || is_conjunction(p->last))
		return 0;
	if (!quoted_at(p, p->at + 1, &value, &end) && !excludable_at(s, p->at + 1, &value, &end))
		return 0;
	if (keep(&p->q->excluded, &p->q->n_excluded, p->q, value, err) < 0)
		return -1;
	take_out(p, end);
	return 1;
}

/* A backslash before what would have a meaning is dropped. */
static bool is_escape(struct parser *p)
{
	struct span s = p->source, value;
	size_t end, next = p->at + 1;
	if (s.p[p->at] != '\\' || next >= s.len)
		return false;
	return s.p[next] == '-' || s.p[next] == '"' ||
	       filter_at(p, next, &value, &end) != N_FILTER_FIELDS;
}

/* One piece, from where it begins; white space behind it stays. */
static int read_piece(struct parser *p, struct err *err)
{
	struct span phrase;
	size_t end, start = p->at;
	int taken = read_condition(p, err);
	p->last.len = taken ? 0 : p->last.len;
	if (taken != 0)
		return taken < 0 ? -1 : 0;
	if (quoted_at(p, p->at, &phrase, &end)) {
		if (keep(&p->q->phrases, &p->q->n_phrases, p->q, phrase, err) < 0)
			return -1;
		buf_add_span(&p->text, phrase);
		p->at = end;
		p->has_syntax = true;
	} else if (is_escape(p)) {
		p->at++;
		p->has_syntax = true;
	}
	copy(p, word_end(p->source, p->at));
	p->last = (struct span){ p->source.p + start, p->at - start };
	return 0;
}

static int read_all(struct parser *p, struct err *err)
{
	while (p->at < p->source.len) {
		size_t space = space_at(p->source, p->at);
		if (space) {
			copy(p, p->at + space);
			continue;
		}
		if (read_piece(p, err) < 0)
			return -1;
		p->has_piece = true;
	}
	return 0;
}

int question_check(struct span s, struct err *err)
{
	size_t at = 0, space;
	if (s.len > QUESTION_MAX_BYTES)
		return err_set(err, ERR_LIMIT, "the question is longer than %d bytes", QUESTION_MAX_BYTES);
	if (!utf8_is_valid(s.p, s.len) || (s.len && memchr(s.p, '\0', s.len)))
		return err_set(err, ERR_USAGE, "the question is not valid UTF-8");
	while ((space = space_at(s, at)) > 0)
		at += space;
	return at < s.len ? 0 : err_set(err, ERR_USAGE, "the question is empty");
}

/* Takes white space off the end: filters stood there. */
static void trim(struct parser *p)
{
	size_t end = 0;
	struct span text = buf_span(&p->text);
	for (size_t at = 0, len; at < text.len; at += len) {
		len = space_at(text, at);
		if (len == 0)
			end = at + (len = 1);
	}
	p->text.len = end;
}

int question_parse(struct question *q, struct span source, int64_t now_ns, struct err *err)
{
	*q = (struct question){ .text = source };
	if (question_check(source, err) < 0)
		return -1;
	struct parser p = { .q = q, .source = source, .text = buf_new(QUESTION_MAX_BYTES),
		            .unclosed = SIZE_MAX, .now_ns = now_ns };
	int rc = read_all(&p, err);
	if (rc == 0 && p.has_syntax) {
		trim(&p);
		if (p.text.len == 0)
			rc = err_set(err, ERR_USAGE, "the question has filters or exclusions, but nothing to look "
			             "for; add words (akin ls lists documents)");
		q->bytes = buf_take(&p.text, &q->text.len);
		q->text.p = q->bytes;
	}
	buf_free(&p.text);
	if (rc < 0)
		question_free(q);
	return rc;
}

void question_free(struct question *q)
{
	search_filter_free(&q->filter);
	free(q->phrases);
	free(q->excluded);
	free(q->bytes);
	*q = (struct question){ 0 };
}
