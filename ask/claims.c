#include "ask/claims.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ask/answer_line.h"
#include "ask/citation.h"
#include "ask/marks.h"
#include "ask/sentence_watch.h"
#include "base/boundaries.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "words/classes.h"

enum {
	SLICE_BYTES = 64 << 10,      /* of a piece that is read at once */
	GAP_MAX_BYTES = 4096,        /* white space that is held back */
	READ_FAR_BYTES = 1000,       /* of what turned out to be no citation */
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

	bool open;             /* a claim is being read: [start, end) of the answer */
	size_t start, end;
	struct buf said;
	char said_gap;         /* white space before what will be said next, '\0': none */
	bool row, heading, header;
	struct sentence_watch watch; /* of what is said */
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
	c->watch = (struct sentence_watch){ 0 };
	c->text_since_citation = false;
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
	return c->n_groups == 0 || !c->text_since_citation || !c->watch.after_stop;
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
		size_t far = c->reader.at > READ_FAR_BYTES ? c->reader.at : 1;
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

/* Whether the claim ends before the character ahead, which goes on in the same line. */
static enum sentence_answer ends_within_line(const struct claims *c, uint32_t code)
{
	bool spaced = c->at > c->gap;
	if (c->row || c->heading)
		return SENTENCE_GOES_ON;
	if (spaced && c->n_groups && !c->text_since_citation && char_class_of(code) == CHAR_DICTIONARY)
		return SENTENCE_ENDS;
	return sentence_watch_ends(&c->watch, buf_span(&c->said), spaced, code, ahead(c), c->ended);
}

static enum sentence_answer ends_at_line(const struct claims *c, enum answer_line line)
{
	if (c->row || c->heading || c->newlines > 1 || (line != LINE_PLAIN && line != LINE_QUOTED))
		return SENTENCE_ENDS;
	if (c->n_groups && !c->text_since_citation)
		return SENTENCE_ENDS;
	return sentence_ends_between(buf_span(&c->said), '\n', ahead(c), c->ended);
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
		enum sentence_answer ends = ends_at_line(c, line);
		if (ends == SENTENCE_NOT_YET)
			return false;
		if (ends == SENTENCE_ENDS)
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

static void say(struct claims *c, uint32_t code, size_t len)
{
	bool joins = c->n_groups && !c->text_since_citation &&
	             (mark_is_stop(code) || code == ',' || code == ';' || code == ':' || code == ')');
	if (c->said_gap && c->said.len && !joins)
		buf_add_byte(&c->said, c->said_gap);
	c->said_gap = '\0';
	sentence_watch_see(&c->watch, buf_span(&c->said), code);
	c->code_span = c->code_span != (code == '`');
	if (!mark_is_stop(code) && !mark_is_closing(code))
		c->text_since_citation = c->text_since_citation || code >= 0x80 || char_class_of(code);
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
		c->watch.quote = 0;
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
		enum sentence_answer ends = ends_within_line(c, code);
		if (ends == SENTENCE_NOT_YET)
			return false;
		if (ends == SENTENCE_ENDS)
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
