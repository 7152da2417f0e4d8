#include "ask/sentence_watch.h"

#include <stdlib.h>

#include "ask/marks.h"
#include "base/buf.h"
#include "base/sentence.h"
#include "base/utf8.h"
#include "words/classes.h"

enum {
	LOOK_BACK_BYTES = 160,   /* what base/sentence.h wants to see of a sentence, */
	LOOK_AHEAD_BYTES = 64,   /* and of the next one, if no letter comes before */
	QUOTE_MAX_BYTES = 1000   /* a quotation mark that stays open is a mistake */
};

/* A straight mark opens only behind white space: 5" is a length. */
static bool opens_quote(struct span said, uint32_t code)
{
	char before = said.len ? said.p[said.len - 1] : ' ';
	if (code == '"')
		return before == ' ' || before == '(' || before == '\n';
	return code == 0x201C || code == 0x201E || code == 0xAB || code == 0x300C || code == 0x300E;
}

void sentence_watch_see(struct sentence_watch *w, struct span said, uint32_t code)
{
	if (w->quote) {
		if (mark_closes_quote(w->quote, code))
			w->quote = 0;
	} else if (opens_quote(said, code)) {
		w->quote = code;
		w->quote_from = said.len;
	}
	if (mark_is_stop(code)) {
		w->after_stop = true;
		w->wide_stop = code >= 0x80;
	} else if (!mark_is_closing(code)) {
		w->after_stop = false;
	}
}

static bool is_letter(enum char_class k)
{
	return k == CHAR_LOWER || k == CHAR_UPPER || k == CHAR_LETTER || k >= CHAR_HANGUL;
}

/* How much of the text ahead tells whether a new sentence begins: up to its first letter, or the
 * line's end. false: that has not come yet. */
static bool look_ahead(struct span text, bool complete, size_t *len)
{
	size_t at = 0, n;
	bool letter = false;
	while (at < text.len && at < LOOK_AHEAD_BYTES && text.p[at] != '\n' && !letter) {
		letter = is_letter(char_class_at(text, at, &n));
		at += n;
	}
	*len = at;
	return letter || at < text.len || at >= LOOK_AHEAD_BYTES || complete;
}

enum sentence_answer sentence_ends_between(struct span said, char gap, struct span ahead, bool complete)
{
	size_t next_len, back = 0, *ends;
	if (!look_ahead(ahead, complete, &next_len))
		return SENTENCE_NOT_YET;
	if (said.len > LOOK_BACK_BYTES)
		back = utf8_floor(said.p, said.len, said.len - LOOK_BACK_BYTES);
	struct buf window = buf_new(LOOK_BACK_BYTES + LOOK_AHEAD_BYTES + 16);
	buf_add(&window, said.p + back, said.len - back);
	size_t here = window.len, n;
	if (gap)
		buf_add_byte(&window, gap);
	buf_add(&window, ahead.p, next_len);
	n = sentence_ends(buf_span(&window), &ends);
	bool found = false;
	for (size_t i = 0; i < n; i++)
		found = found || (ends[i] >= here && ends[i] < window.len);
	free(ends);
	buf_free(&window);
	return found ? SENTENCE_ENDS : SENTENCE_GOES_ON;
}

enum sentence_answer sentence_watch_ends(const struct sentence_watch *w, struct span said, bool spaced,
                                         uint32_t code, struct span ahead, bool complete)
{
	bool quoted = w->quote && said.len - w->quote_from <= QUOTE_MAX_BYTES;
	if (!w->after_stop || quoted || char_class_of(code) == CHAR_LOWER)
		return SENTENCE_GOES_ON;
	if (!spaced && (!w->wide_stop || mark_is_closing(code) || mark_is_stop(code)))
		return SENTENCE_GOES_ON;
	return sentence_ends_between(said, spaced ? ' ' : '\0', ahead, complete);
}
