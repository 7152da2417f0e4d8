#include "ask/citation.h"

#include "ask/marks.h"
#include "base/boundaries.h"
#include "base/utf8.h"

enum {
	NUMBER_MAX_DIGITS = 6,
	SKIPPED_MAX_BYTES = 60, /* "source ", ", lines 4 to 6" */
	RANGE_MAX = 16,
	GAP_MAX_BYTES = 8       /* between [2] and its quote */
};

enum state {
	OPEN,          /* nothing read */
	LABEL,         /* in the bracket, before the number */
	NUMBER,        /* in a number's digits */
	AFTER_NUMBER,
	BEFORE_NUMBER, /* behind a separator */
	LOCATOR,       /* "line 5" */
	AFTER_COLON,
	UNQUOTED,
	QUOTE,
	QUOTE_CLOSED,  /* if what follows bears it out; else the quote goes on */
	QUOTE_COMMA,
	QUOTE_NUMBER,
	QUOTE_COLON,
	TAIL,          /* behind a bracket without a quote */
	TAIL_QUOTE
};

bool citation_may_begin(uint32_t code)
{
	return code == '[' || code == '(' || code == 0x3010 || code == 0xFF3B;
}

static bool closes_bracket(const struct citation_reader *r, uint32_t code)
{
	switch (r->open) {
	case '(':
		return code == ')';
	case 0x3010:
		return code == 0x3011;
	default:
		return code == ']' || code == 0xFF3D;
	}
}

static bool is_digit(uint32_t code)
{
	return code >= '0' && code <= '9';
}

static bool is_letter(uint32_t code)
{
	return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || code >= 0xC0;
}

/* ---- what has been read ---- */

static bool add_number(struct citation_reader *r, size_t number)
{
	if (r->found.n_numbers == CITATION_MAX_PARTS)
		return false;
	r->found.numbers[r->found.n_numbers++] = (struct citation_number){ number, r->group };
	return true;
}

/* The number that was read, or all from the one before it on. */
static bool end_number(struct citation_reader *r)
{
	size_t n = r->found.n_numbers;
	size_t from = r->range && n ? r->found.numbers[n - 1].number + 1 : r->number;
	if (from > r->number || r->number - from > RANGE_MAX)
		from = r->number;
	r->range = false;
	for (size_t k = from; k <= r->number; k++)
		if (!add_number(r, k))
			return false;
	return true;
}

static void begin_number(struct citation_reader *r, uint32_t digit, enum state state)
{
	r->number = digit - '0';
	r->digits = 1;
	r->state = state;
}

/* Digits that go on; false: too many. */
static bool add_digit(struct citation_reader *r, uint32_t digit)
{
	r->number = r->number * 10 + (digit - '0');
	return ++r->digits <= NUMBER_MAX_DIGITS;
}

static void begin_quote(struct citation_reader *r, uint32_t mark)
{
	r->quote = mark;
	r->quote_start = r->at;
	r->state = QUOTE;
}

static bool keep_quote(struct citation_reader *r, size_t group)
{
	if (r->found.n_quotes == CITATION_MAX_PARTS)
		return false;
	r->found.quotes[r->found.n_quotes++] =
		(struct citation_quote){ r->quote_start, r->quote_end, group };
	return true;
}

static enum citation_answer close_bracket(struct citation_reader *r)
{
	r->closed = r->mark = r->at;
	r->found.len = r->at;
	r->state = TAIL;
	return r->found.n_quotes || r->open == '(' ? CITATION_FOUND : CITATION_MORE;
}

/* ---- the states; r->at is behind `code`, which began at `start` ---- */

/* What may stand before the number; "[table 3]" is no citation. */
static bool is_label(struct span label)
{
	static const char *const labels[] = {
		"", "#", "^", "source", "sources", "src", "s", "ref", "doc", "document", "passage",
		"quelle", "quellen", "来源", "來源", "资料", "出典", "資料", "ソース", "แหล่งที่มา",
	};
	char lower[SKIPPED_MAX_BYTES];
	label = trim_white_space(label);
	for (size_t i = 0; i < label.len; i++)
		lower[i] = label.p[i] >= 'A' && label.p[i] <= 'Z' ? (char)(label.p[i] + 32) : label.p[i];
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		if (span_equal(span_of(labels[i]), (struct span){ lower, label.len }))
			return true;
	return false;
}

static enum citation_answer in_label(struct citation_reader *r, struct span text, uint32_t code)
{
	if (is_digit(code)) {
		begin_number(r, code, NUMBER);
		uint32_t open;
		size_t skip = utf8_decode(text.p, text.len, &open);
		bool ok = is_label((struct span){ text.p + skip, r->at - 1 - skip });
		return ok ? CITATION_MORE : CITATION_NONE;
	}
	bool skipped = is_white_space(code) || code == '#' || code == '^' || is_letter(code);
	return skipped && r->open != '(' && r->at < SKIPPED_MAX_BYTES ? CITATION_MORE : CITATION_NONE;
}

static enum citation_answer in_number(struct citation_reader *r, uint32_t code)
{
	if (is_digit(code))
		return add_digit(r, code) ? CITATION_MORE : CITATION_NONE;
	r->state = AFTER_NUMBER;
	r->spaced = false;
	return end_number(r) ? CITATION_MORE : CITATION_NONE;
}

static enum citation_answer after_number(struct citation_reader *r, uint32_t code)
{
	r->n_numbers = r->found.n_numbers;
	r->mark = r->at;
	if (closes_bracket(r, code))
		return r->open == '(' ? CITATION_NONE : close_bracket(r);
	if (is_white_space(code))
		return CITATION_MORE;
	if (mark_is_colon(code)) {
		r->state = AFTER_COLON;
	} else if (mark_opens_quote(code)) {
		begin_quote(r, code);
	} else if (mark_is_comma(code) || mark_is_semicolon(code) || mark_is_short_dash(code)) {
		r->group += mark_is_semicolon(code);
		r->range = mark_is_short_dash(code);
		r->state = BEFORE_NUMBER;
	} else if (code == 0x2020) {
		r->state = LOCATOR;
	} else {
		return CITATION_NONE;
	}
	return CITATION_MORE;
}

static enum citation_answer before_number(struct citation_reader *r, uint32_t code)
{
	if (is_digit(code)) {
		begin_number(r, code, NUMBER);
	} else if (mark_opens_quote(code) && !r->range) {
		begin_quote(r, code);
	} else if (is_letter(code) || code == 0xA7) {
		r->state = LOCATOR;
	} else if (!is_white_space(code)) {
		return CITATION_NONE;
	}
	return CITATION_MORE;
}

static enum citation_answer in_locator(struct citation_reader *r, uint32_t code)
{
	if (closes_bracket(r, code))
		return r->open == '(' ? CITATION_NONE : close_bracket(r);
	if (mark_is_colon(code))
		r->state = AFTER_COLON;
	else if (mark_opens_quote(code))
		begin_quote(r, code);
	else if (r->at - r->mark > SKIPPED_MAX_BYTES || code == '\n')
		return CITATION_NONE;
	return CITATION_MORE;
}

static enum citation_answer after_colon(struct citation_reader *r, uint32_t code, size_t start)
{
	if (is_white_space(code))
		return CITATION_MORE;
	if (mark_opens_quote(code)) {
		begin_quote(r, code);
		return CITATION_MORE;
	}
	if (r->open == '(')
		return CITATION_NONE;
	if (closes_bracket(r, code))
		return close_bracket(r);
	r->state = UNQUOTED;
	r->quote_start = start;
	r->letters = is_letter(code);
	return CITATION_MORE;
}

/* Without a letter it is a time, or a verse. */
static enum citation_answer unquoted(struct citation_reader *r, uint32_t code, size_t start)
{
	r->letters = r->letters || is_letter(code);
	if (code == '[')
		return CITATION_NONE;
	if (!closes_bracket(r, code))
		return CITATION_MORE;
	r->quote_end = start;
	return r->letters && keep_quote(r, r->group) ? close_bracket(r) : CITATION_NONE;
}

static enum citation_answer in_quote(struct citation_reader *r, uint32_t code, size_t start)
{
	if (!mark_closes_quote(r->quote, code))
		return CITATION_MORE;
	r->quote_end = start;
	r->spaced = false;
	r->state = QUOTE_CLOSED;
	return CITATION_MORE;
}

/* What stood behind a mark that did not end the quote belongs to it. */
static enum citation_answer reopen(struct citation_reader *r, uint32_t code, size_t start)
{
	r->found.n_numbers = r->n_numbers;
	r->state = QUOTE;
	return in_quote(r, code, start);
}

static enum citation_answer next_quote(struct citation_reader *r, uint32_t code, size_t group)
{
	if (!keep_quote(r, group))
		return CITATION_NONE;
	r->n_numbers = r->found.n_numbers;
	begin_quote(r, code);
	return CITATION_MORE;
}

static size_t quote_group(const struct citation_reader *r)
{
	return r->n_numbers ? r->found.numbers[r->n_numbers - 1].group : 0;
}

static enum citation_answer quote_closed(struct citation_reader *r, uint32_t code, size_t start)
{
	size_t group = quote_group(r);
	if (closes_bracket(r, code))
		return keep_quote(r, group) ? close_bracket(r) : CITATION_NONE;
	if (is_white_space(code)) {
		r->spaced = true;
	} else if (mark_is_comma(code) || mark_is_semicolon(code)) {
		r->group = group + mark_is_semicolon(code);
		r->state = QUOTE_COMMA;
	} else if (code == '.') {
		r->spaced = false; /* or an ellipsis between two quotes: one with a gap */
	} else if (r->spaced && mark_opens_quote(code)) {
		return next_quote(r, code, group);
	} else {
		return reopen(r, code, start);
	}
	return CITATION_MORE;
}

static enum citation_answer quote_comma(struct citation_reader *r, uint32_t code, size_t start)
{
	size_t group = quote_group(r);
	if (closes_bracket(r, code))
		return keep_quote(r, group) ? close_bracket(r) : CITATION_NONE;
	if (mark_opens_quote(code)) {
		r->group = group;
		return next_quote(r, code, group);
	}
	if (is_digit(code)) {
		/* another number behind a comma begins a group, too: its quote follows */
		r->group = group + 1;
		begin_number(r, code, QUOTE_NUMBER);
		return CITATION_MORE;
	}
	return is_white_space(code) ? CITATION_MORE : reopen(r, code, start);
}

static enum citation_answer quote_number(struct citation_reader *r, uint32_t code, size_t start)
{
	size_t group = quote_group(r);
	if (is_digit(code) && r->digits)
		return add_digit(r, code) ? CITATION_MORE : reopen(r, code, start);
	if (r->digits && !add_number(r, r->number))
		return CITATION_NONE;
	r->digits = 0;
	if (closes_bracket(r, code))
		return keep_quote(r, group) ? close_bracket(r) : CITATION_NONE;
	if (mark_opens_quote(code))
		return next_quote(r, code, group);
	if (is_digit(code))
		begin_number(r, code, QUOTE_NUMBER);
	else if (mark_is_colon(code))
		r->state = QUOTE_COLON;
	else if (!is_white_space(code) && !mark_is_comma(code))
		return reopen(r, code, start);
	return CITATION_MORE;
}

static enum citation_answer quote_colon(struct citation_reader *r, uint32_t code, size_t start)
{
	if (mark_opens_quote(code))
		return next_quote(r, code, quote_group(r));
	return is_white_space(code) ? CITATION_MORE : reopen(r, code, start);
}

static enum citation_answer tail(struct citation_reader *r, uint32_t code)
{
	if (r->at - r->closed > GAP_MAX_BYTES || code == '\n')
		return CITATION_FOUND;
	if (mark_opens_quote(code)) {
		begin_quote(r, code);
		r->state = TAIL_QUOTE;
		return CITATION_MORE;
	}
	bool joins = mark_is_colon(code) || mark_is_short_dash(code) || code == 0x2014 || is_white_space(code);
	return joins ? CITATION_MORE : CITATION_FOUND;
}

/* A straight mark before a letter is an apostrophe, or opens another quote. */
static enum citation_answer tail_quote(struct citation_reader *r, uint32_t code, size_t start)
{
	if (r->spaced) {
		r->spaced = false;
		if (!is_letter(code) && !is_digit(code)) {
			r->group = quote_group(r);
			if (keep_quote(r, r->group))
				r->found.len = r->mark;
			return CITATION_FOUND;
		}
	}
	if (code == '\n')
		return CITATION_FOUND;
	if (mark_closes_quote(r->quote, code)) {
		r->quote_end = start;
		r->mark = r->at;
		r->spaced = true;
	}
	return CITATION_MORE;
}

static enum citation_answer step(struct citation_reader *r, struct span text, uint32_t code,
                                 size_t start)
{
	enum citation_answer answer;
	switch ((enum state)r->state) {
	case OPEN:
		r->open = code;
		r->state = LABEL;
		return citation_may_begin(code) ? CITATION_MORE : CITATION_NONE;
	case LABEL:
		return in_label(r, text, code);
	case NUMBER:
		answer = in_number(r, code);
		return answer == CITATION_MORE && r->state == AFTER_NUMBER ? after_number(r, code) : answer;
	case AFTER_NUMBER:
		return after_number(r, code);
	case BEFORE_NUMBER:
		return before_number(r, code);
	case LOCATOR:
		return in_locator(r, code);
	case AFTER_COLON:
		return after_colon(r, code, start);
	case UNQUOTED:
		return unquoted(r, code, start);
	case QUOTE:
		return in_quote(r, code, start);
	case QUOTE_CLOSED:
		return quote_closed(r, code, start);
	case QUOTE_COMMA:
		return quote_comma(r, code, start);
	case QUOTE_NUMBER:
		return quote_number(r, code, start);
	case QUOTE_COLON:
		return quote_colon(r, code, start);
	case TAIL:
		return tail(r, code);
	case TAIL_QUOTE:
		return tail_quote(r, code, start);
	}
	return CITATION_NONE;
}

/* No citation goes over an empty line. */
static bool passes_empty_line(struct citation_reader *r, uint32_t code)
{
	bool twice = code == '\n' && r->line_end;
	r->line_end = code == '\n' || (r->line_end && is_white_space(code));
	return twice;
}

static enum citation_answer give_up(const struct citation_reader *r)
{
	return r->closed ? CITATION_FOUND : CITATION_NONE;
}

/* At the end of the text, a quote behind a bracket may just have closed. */
static enum citation_answer at_end(struct citation_reader *r)
{
	if (r->state == TAIL_QUOTE && r->spaced)
		return tail_quote(r, '\n', r->at);
	return give_up(r);
}

enum citation_answer citation_read(struct citation_reader *r, struct span text, bool complete)
{
	while (r->at < text.len) {
		size_t start = r->at;
		uint32_t code;
		size_t len = utf8_decode(text.p + start, text.len - start, &code);
		if (start + len > CITATION_MAX_BYTES || passes_empty_line(r, code))
			return give_up(r);
		r->at += len;
		bool quoting = r->state == QUOTE || r->state == TAIL_QUOTE;
		if (quoting && code == '\\' && r->at == text.len && !complete) {
			r->at = start;
			return CITATION_MORE;
		}
		if (quoting && code == '\\' && r->at < text.len && (text.p[r->at] == '"' || text.p[r->at] == '\''))
			r->at++;
		enum citation_answer answer = step(r, text, code, start);
		if (answer != CITATION_MORE)
			return answer;
	}
	return complete ? at_end(r) : CITATION_MORE;
}
