#include "ask/claims.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ask/answer_line.h"
#include "ask/citation.h"
#include "base/boundaries.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/sentence.h"
#include "base/utf8.h"
#include "words/classes.h"

enum {
	SLICE_BYTES = 64 << 10,      /* of a piece that is read at once */
	GAP_MAX_BYTES = 4096,        /* white space that is held back */
	LOOK_BACK_BYTES = 160,       /* what base/sentence.h wants to see of a sentence, */
	LOOK_AHEAD_BYTES = 64,       /* and of the next one, if no letter comes before */
	QUOTE_MAX_BYTES = 1000,      /* stops within quotation marks end no sentence for so long */
	CLAIM_MAX_RAW_BYTES = 4 * CLAIM_MAX_BYTES
};

struct range {
	size_t start, end;
};

struct claims {
	struct claims_visit visit;
	void *ctx;
	struct buf in;         /* of the answer, from `base` on */
	size_t base, at, shown; /* at, shown: of in; what is before is read, and passed on */
	size_t whole;          /* of in, without a character that is cut at its end */
	bool ended;

	size_t gap;            /* the white space [gap, at) has not been passed on */
	size_t newlines;       /* in it */
	bool fresh;            /* nothing has been read of this line */
	char fence;            /* '`' or '~': in a code block */
	unsigned last_item;    /* number of the list's last item */
	bool last_row;         /* the line before was a row of a table */
	bool code_span;        /* between back quotes */
	uint32_t quote;        /* the quotation mark that is open, 0: none */
	size_t quote_from;     /* of said */

	bool open;             /* a claim is being read: [start, end) of the answer */
	size_t start, end;
	struct buf said;
	char said_gap;         /* white space before what will be said next, '\0': none */
	bool row, heading, header;
	bool after_stop;       /* nothing but closing marks and citations since a full stop, */
	bool wide_stop;        /* one that needs no space behind it */
	bool text_since_citation;

	struct citation_reader reader;
	bool reading;
	size_t plain_before;   /* of the answer: up to there no citation begins */

	size_t *numbers, n_numbers, numbers_cap;
	struct range *quotes; /* of the answer */
	size_t n_quotes, quotes_cap;
	struct claim_group *groups;
	size_t n_groups, groups_cap;
};

struct claims *claims_new(const struct claims_visit *visit, void *ctx)
{
	struct claims *c = mem_zalloc(1, sizeof *c);
	c->visit = *visit;
	c->ctx = ctx;
	c->in = buf_new((size_t)1 << 24);
	c->said = buf_new(CLAIM_MAX_BYTES + 64);
	c->fresh = true;
	return c;
}

void claims_free(struct claims *c)
{
	if (!c)
		return;
	buf_free(&c->in);
	buf_free(&c->said);
	free(c->numbers);
	free(c->quotes);
	free(c->groups);
	free(c);
}

static struct span ahead(const struct claims *c)
{
	return (struct span){ c->in.p + c->at, c->whole - c->at };
}

/* Where the last character begins if it is not all there, else the end. */
static size_t whole_len(const struct buf *in)
{
	for (size_t back = 1; back < 4 && back <= in->len; back++) {
		unsigned char c = (unsigned char)in->p[in->len - back];
		size_t need = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
		if (c >= 0xC0 || c < 0x80)
			return need > back ? in->len - back : in->len;
	}
	return in->len;
}

static void pass_on(struct claims *c, size_t end)
{
	if (end > c->shown)
		c->visit.text(c->ctx, (struct span){ c->in.p + c->shown, end - c->shown });
	c->shown = end > c->shown ? end : c->shown;
}

static void pass_gap(struct claims *c)
{
	if (c->at > c->gap)
		c->said_gap = c->newlines ? '\n' : ' ';
	c->gap = c->at;
	c->newlines = 0;
}

/* ---- a claim ---- */

static void begin_claim(struct claims *c)
{
	if (c->open)
		return;
	c->open = true;
	c->start = c->end = c->base + c->at;
	buf_clear(&c->said);
	c->said_gap = '\0';
	c->n_numbers = c->n_quotes = c->n_groups = 0;
	c->after_stop = c->text_since_citation = false;
	c->quote = 0;
}

static void tell_claim(struct claims *c)
{
	struct span *quotes = mem_alloc(c->n_quotes + 1, sizeof *quotes);
	for (size_t i = 0; i < c->n_quotes; i++)
		quotes[i] = (struct span){ c->in.p + (c->quotes[i].start - c->base),
			                   c->quotes[i].end - c->quotes[i].start };
	struct claim claim = { .start = c->start, .end = c->end, .said = buf_span(&c->said),
		               .numbers = c->numbers, .quotes = quotes, .groups = c->groups,
		               .n_groups = c->n_groups };
	c->visit.claim(c->ctx, &claim);
	free(quotes);
}

static void end_claim(struct claims *c)
{
	if (!c->open)
		return;
	pass_on(c, c->gap);
	if (!c->heading && !(c->header && c->n_groups == 0))
		tell_claim(c);
	c->open = c->row = c->heading = c->header = false;
	c->code_span = false;
}

/* ---- citations ---- */

static void add_group(struct claims *c, const struct citation *found, size_t group, size_t start)
{
	struct claim_group g = { .first_number = c->n_numbers, .first_quote = c->n_quotes,
		                 .said_at = c->said.len };
	c->numbers = mem_grow(c->numbers, &c->numbers_cap, c->n_numbers + found->n_numbers, sizeof *c->numbers);
	c->quotes = mem_grow(c->quotes, &c->quotes_cap, c->n_quotes + found->n_quotes + 1, sizeof *c->quotes);
	for (size_t i = 0; i < found->n_numbers; i++)
		if (found->numbers[i].group == group)
			c->numbers[c->n_numbers++] = found->numbers[i].number;
	for (size_t i = 0; i < found->n_quotes; i++)
		if (found->quotes[i].group == group)
			c->quotes[c->n_quotes++] = (struct range){ start + found->quotes[i].start,
				                                   start + found->quotes[i].end };
	g.n_numbers = c->n_numbers - g.first_number;
	g.n_quotes = c->n_quotes - g.first_quote;
	if (g.n_numbers == 0)
		return;
	c->groups = mem_grow(c->groups, &c->groups_cap, c->n_groups + 1, sizeof *c->groups);
	c->groups[c->n_groups++] = g;
}

static void take_citation(struct claims *c)
{
	const struct citation *found = &c->reader.found;
	size_t numbers[CITATION_MAX_PARTS], last = found->numbers[found->n_numbers - 1].group;
	begin_claim(c);
	pass_on(c, c->at);
	pass_gap(c);
	for (size_t g = 0; g <= last; g++)
		add_group(c, found, g, c->base + c->at);
	for (size_t i = 0; i < found->n_numbers; i++)
		numbers[i] = found->numbers[i].number;
	c->visit.citation(c->ctx, numbers, found->n_numbers);
	c->at += found->len;
	c->shown = c->gap = c->at;
	c->end = c->base + c->at;
	c->said_gap = ' ';
	c->text_since_citation = c->fresh = false;
}

/* Whether a citation that begins a line belongs to the claim before it. */
static bool belongs_to_claim(const struct claims *c)
{
	if (!c->open || c->newlines == 0)
		return true;
	if (c->row || c->heading)
		return false;
	return c->n_groups == 0 || !c->text_since_citation || !c->after_stop;
}

/* false: more is needed. */
static bool read_citation(struct claims *c)
{
	enum citation_answer answer = citation_read(&c->reader, ahead(c), c->ended);
	if (answer == CITATION_MORE)
		return false;
	c->reading = false;
	if (answer == CITATION_NONE) {
		/* what was read far is not read again and again */
		size_t far = c->reader.at > QUOTE_MAX_BYTES ? c->reader.at : 1;
		c->plain_before = c->base + c->at + far;
		return true;
	}
	if (!belongs_to_claim(c))
		end_claim(c);
	take_citation(c);
	return true;
}

static bool begins_citation(struct claims *c, uint32_t code)
{
	if (c->code_span || c->base + c->at < c->plain_before || !citation_may_begin(code))
		return false;
	c->reader = (struct citation_reader){ 0 };
	c->reading = true;
	return true;
}

/* ---- where a sentence ends ---- */

static bool is_stop(uint32_t code)
{
	switch (code) {
	case '.': case '!': case '?': case 0x2026: case 0x203C: case 0x2047: case 0x2048: case 0x2049:
	case 0x3002: case 0xFF01: case 0xFF0E: case 0xFF1F: case 0xFF61:
	case 0x061F: case 0x06D4: case 0x0964: case 0x0965: case 0x104A: case 0x104B: case 0x17D4: case 0x17D5:
		return true;
	default:
		return false;
	}
}

static bool is_closing(uint32_t code)
{
	switch (code) {
	case '"': case '\'': case ')': case ']': case '*': case '_': case '`':
	case 0xBB: case 0xAB: case 0x2019: case 0x201D: case 0x201C: case 0x203A: case 0x300D: case 0x300F:
	case 0x3011: case 0xFF09: case 0xFF3D:
		return true;
	default:
		return false;
	}
}

static bool is_letter_class(enum char_class k)
{
	return k == CHAR_LOWER || k == CHAR_UPPER || k == CHAR_LETTER || k >= CHAR_HANGUL;
}

enum yes_no { NO, YES, NOT_YET };

/* How much of the text ahead tells whether a new sentence begins: up to its first letter. */
static enum yes_no look_ahead(const struct claims *c, size_t *len)
{
	struct span text = ahead(c);
	size_t at = 0, n;
	while (at < text.len && at < LOOK_AHEAD_BYTES) {
		enum char_class k = char_class_at(text, at, &n);
		if (text.p[at] == '\n')
			break;
		at += n;
		if (is_letter_class(k))
			break;
	}
	*len = at;
	bool found = at < text.len ? true : at >= LOOK_AHEAD_BYTES || c->ended;
	if (!found && at > 0) {
		size_t last = utf8_floor(text.p, text.len, at - 1);
		found = is_letter_class(char_class_at(text, last, &n));
	}
	return found ? YES : NOT_YET;
}

/* Asks base/sentence.h about the place between what was said and what is ahead. */
static enum yes_no sentence_ends_here(const struct claims *c)
{
	size_t next_len, back = 0, *ends, n;
	struct span said = buf_span(&c->said);
	if (look_ahead(c, &next_len) == NOT_YET)
		return NOT_YET;
	if (said.len > LOOK_BACK_BYTES)
		back = utf8_floor(said.p, said.len, said.len - LOOK_BACK_BYTES);
	struct buf window = buf_new(LOOK_BACK_BYTES + LOOK_AHEAD_BYTES + 16);
	buf_add(&window, said.p + back, said.len - back);
	size_t here = window.len;
	if (c->at > c->gap)
		buf_add_byte(&window, c->newlines ? '\n' : ' ');
	buf_add(&window, c->in.p + c->at, next_len);
	n = sentence_ends(buf_span(&window), &ends);
	bool found = false;
	for (size_t i = 0; i < n; i++)
		found = found || (ends[i] >= here && ends[i] < window.len);
	free(ends);
	buf_free(&window);
	return found ? YES : NO;
}

static bool in_quotes(struct claims *c)
{
	if (c->quote && c->said.len - c->quote_from > QUOTE_MAX_BYTES)
		c->quote = 0;
	return c->quote != 0;
}

/* Whether the claim ends before the character ahead, which goes on in the same line. */
static enum yes_no ends_within_line(struct claims *c, uint32_t code)
{
	bool gap = c->at > c->gap;
	enum char_class k = char_class_of(code);
	if (c->row || c->heading)
		return NO;
	if (gap && c->n_groups && !c->text_since_citation && k == CHAR_DICTIONARY)
		return YES;
	if (!c->after_stop || in_quotes(c) || k == CHAR_LOWER)
		return NO;
	if (!gap && (!c->wide_stop || is_closing(code) || is_stop(code)))
		return NO;
	return sentence_ends_here(c);
}

static enum yes_no ends_at_line(struct claims *c, enum answer_line line)
{
	if (c->row || c->heading || c->newlines > 1 || (line != LINE_PLAIN && line != LINE_QUOTED))
		return YES;
	return c->n_groups && !c->text_since_citation ? YES : sentence_ends_here(c);
}

/* ---- lines ---- */

static void begin_fence(struct claims *c)
{
	pass_gap(c);
	c->fence = c->in.p[c->at];
	c->fresh = false;
	c->at += 3;
	c->gap = c->at;
}

/* What a line begins with has been read: mark_len bytes are no words of it. */
static void begin_line(struct claims *c, enum answer_line line, size_t mark_len)
{
	bool table = c->last_row && c->newlines <= 1;
	pass_gap(c);
	c->at += mark_len;
	c->gap = c->at;
	c->fresh = line == LINE_QUOTED;
	c->last_row = line == LINE_ROW;
	c->said_gap = line == LINE_QUOTED && c->open ? '\n' : c->said_gap;
	if (line != LINE_ROW && line != LINE_HEADING)
		return;
	begin_claim(c);
	c->row = line == LINE_ROW;
	c->heading = line == LINE_HEADING;
	c->header = c->row && !table;
}

/* Takes what begins a line. false: more is needed. */
static bool take_line_start(struct claims *c)
{
	size_t mark_len;
	unsigned item = c->last_item;
	enum answer_line line = answer_line_read(ahead(c), c->ended, &item, &mark_len);
	if (line == LINE_NOT_YET)
		return false;
	if (c->open && (c->newlines || line != LINE_PLAIN)) { /* else ">" has been asked about */
		enum yes_no ends = ends_at_line(c, line);
		if (ends == NOT_YET)
			return false;
		if (ends == YES)
			end_claim(c);
	}
	c->last_item = item;
	if (line == LINE_FENCE)
		begin_fence(c);
	else
		begin_line(c, line, mark_len);
	return true;
}

/* In a code block: a line, or what there is of it. */
static bool take_code(struct claims *c)
{
	struct span text = ahead(c);
	const char *newline = memchr(text.p, '\n', text.len);
	size_t line_len = newline ? (size_t)(newline - text.p) : text.len, i = 0;
	if (c->fresh) {
		while (i < line_len && i < 12 && (text.p[i] == ' ' || text.p[i] == '\t'))
			i++;
		if (i + 3 > line_len && !newline && !c->ended)
			return false;
		if (i + 3 <= line_len && text.p[i] == c->fence && text.p[i + 1] == c->fence &&
		    text.p[i + 2] == c->fence) {
			c->at = c->gap = c->at + i + 3;
			c->fence = '\0';
			c->fresh = false;
			return true;
		}
	}
	c->at += line_len + (newline != NULL);
	c->gap = c->at;
	c->fresh = newline != NULL;
	return true;
}

/* ---- text ---- */

static bool opens_quote(const struct claims *c, uint32_t code)
{
	if (code == '"') {
		char before = c->said.len && !c->said_gap ? c->said.p[c->said.len - 1] : ' ';
		return before == ' ' || before == '(' || before == '\n';
	}
	return code == 0x201C || code == 0x201E || code == 0xAB || code == 0x300C || code == 0x300E;
}

static bool closes_quote(uint32_t open, uint32_t code)
{
	switch (open) {
	case 0x201E:
		return code == 0x201C || code == 0x201D || code == '"';
	case 0x201C:
		return code == 0x201D || code == '"';
	case 0xAB:
		return code == 0xBB;
	case 0x300C:
		return code == 0x300D;
	case 0x300E:
		return code == 0x300F;
	default:
		return code == open;
	}
}

static void watch_marks(struct claims *c, uint32_t code)
{
	if (code == '`')
		c->code_span = !c->code_span;
	if (c->quote) {
		if (closes_quote(c->quote, code))
			c->quote = 0;
	} else if (opens_quote(c, code)) {
		c->quote = code;
		c->quote_from = c->said.len;
	}
	if (is_stop(code)) {
		c->after_stop = true;
		c->wide_stop = code >= 0x80;
	} else if (!is_closing(code)) {
		c->after_stop = false;
		c->text_since_citation = c->text_since_citation || code >= 0x80 || char_class_of(code);
	}
}

static void say(struct claims *c, uint32_t code, size_t len)
{
	bool joins = c->n_groups && !c->text_since_citation &&
	             (is_stop(code) || code == ',' || code == ';' || code == ':' || code == ')');
	if (c->said_gap && c->said.len && !joins)
		buf_add_byte(&c->said, c->said_gap);
	watch_marks(c, code);
	c->said_gap = '\0';
	buf_add(&c->said, c->in.p + c->at, len);
}

static void take_character(struct claims *c, uint32_t code, size_t len)
{
	if (c->open && (c->said.len + len >= CLAIM_MAX_BYTES ||
	                c->base + c->at - c->start > CLAIM_MAX_RAW_BYTES))
		end_claim(c);
	begin_claim(c);
	pass_gap(c);
	say(c, code, len);
	c->at += len;
	c->gap = c->at;
	c->end = c->base + c->at;
	c->fresh = false;
}

static bool take_white_space(struct claims *c, uint32_t code, size_t len)
{
	if (code == '\n') {
		c->newlines++;
		c->fresh = true;
		c->code_span = false;
		c->quote = 0;
	}
	c->at += len;
	if (c->at - c->gap > GAP_MAX_BYTES) {
		end_claim(c);
		size_t newlines = c->newlines;
		pass_gap(c);
		c->newlines = newlines;
	}
	return true;
}

/* One step; false: nothing can be told without more. */
static bool step(struct claims *c)
{
	uint32_t code;
	struct span text = ahead(c);
	if (text.len == 0)
		return false;
	if (c->fence)
		return take_code(c);
	if (c->reading)
		return read_citation(c);
	size_t len = utf8_decode(text.p, text.len, &code);
	if (is_white_space(code))
		return take_white_space(c, code, len);
	if (begins_citation(c, code))
		return read_citation(c);
	if (c->fresh)
		return take_line_start(c);
	if (c->open) {
		enum yes_no ends = ends_within_line(c, code);
		if (ends == NOT_YET)
			return false;
		if (ends == YES)
			end_claim(c);
	}
	take_character(c, code, len);
	return true;
}

/* Forgets what is read and passed on, and no claim's. */
static void compact(struct claims *c)
{
	size_t keep = c->open ? c->start - c->base : c->shown;
	keep = keep < c->shown ? keep : c->shown;
	if (keep < SLICE_BYTES / 2)
		return;
	memmove(c->in.p, c->in.p + keep, c->in.len - keep);
	c->in.len -= keep;
	c->in.p[c->in.len] = '\0';
	c->whole -= keep;
	c->base += keep;
	c->at -= keep;
	c->gap -= keep;
	c->shown -= keep;
}

void claims_add(struct claims *c, struct span text)
{
	while (text.len) {
		size_t n = text.len < SLICE_BYTES ? text.len : SLICE_BYTES;
		buf_add(&c->in, text.p, n);
		c->whole = whole_len(&c->in);
		text.p += n;
		text.len -= n;
		while (step(c))
			;
		pass_on(c, c->gap);
		compact(c);
	}
}

void claims_end(struct claims *c)
{
	c->ended = true;
	c->whole = c->in.len;
	while (step(c))
		;
	end_claim(c);
	pass_on(c, c->at);
}
