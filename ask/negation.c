#define _GNU_SOURCE
#include "ask/negation.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ask/plain_text.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "words/classes.h"

enum {
	MAX_WORDS = 200, /* longer texts are not compared */
	CONTEXT = 2,     /* characters without spaces on either side of a negation */
	MIN_WORDS = 3
};

static bool is_one_of(struct span word, const char *list)
{
	while (*list) {
		size_t len = strcspn(list, " ");
		if (span_equal(word, (struct span){ list, len }))
			return true;
		list += len + strspn(list + len, " ");
	}
	return false;
}

/* As plain text has them: without apostrophes. */
static bool is_negation(struct span word)
{
	return is_one_of(word, "not never no cannot dont doesnt didnt isnt arent wasnt werent cant couldnt wont "
	                       "wouldnt shouldnt mustnt neednt hasnt havent nicht nie niemals kein keine keinen "
	                       "keinem keiner keines pas jamais aucun aucune nunca jamás");
}

/* Words that come and go with a negation, or say whose affair it is, and tell nothing by
 * themselves. */
static bool is_passed_over(struct span word)
{
	return is_one_of(word, "the a an do does did you one it they we may can must should shall will is are be "
	                       "der die das den dem ein eine einen einem einer sie man es darf dürfen kann "
	                       "können muss müssen soll sollen ist sind "
	                       "le la les un une ne n de des du on il vous peut doit faut est");
}

struct words {
	struct span items[MAX_WORDS];
	size_t n;
	size_t n_negations, negation; /* behind which word the last of them stands */
	bool too_many;
};

/* The words of a plain text; negations are counted, not kept. */
static void read_words(struct span text, struct words *w)
{
	size_t len, start = SIZE_MAX;
	*w = (struct words){ .n = 0 };
	for (size_t at = 0; at <= text.len; at += len) {
		enum char_class k = at < text.len ? char_class_at(text, at, &len) : CHAR_OTHER;
		len = at < text.len ? len : 1;
		if (char_in_word(k) || k == CHAR_HANGUL) {
			start = start == SIZE_MAX ? at : start;
			continue;
		}
		if (start == SIZE_MAX)
			continue;
		struct span word = { text.p + start, at - start };
		start = SIZE_MAX;
		if (is_negation(word)) {
			w->n_negations++;
			w->negation = w->n;
		} else if (!is_passed_over(word)) {
			if (w->n == MAX_WORDS) {
				w->too_many = true;
				return;
			}
			w->items[w->n++] = word;
		}
	}
}

static bool has_word(const struct words *w, struct span word)
{
	for (size_t i = 0; i < w->n; i++)
		if (span_equal(w->items[i], word))
			return true;
	return false;
}

/* Whether words [from, to) of a follow one another in b. */
static bool follow_one_another(const struct words *a, size_t from, size_t to, const struct words *b)
{
	for (size_t i = 0; i + (to - from) <= b->n; i++) {
		size_t k = 0;
		while (from + k < to && span_equal(a->items[from + k], b->items[i + k]))
			k++;
		if (from + k == to)
			return true;
	}
	return false;
}

/* a has the negation: whether b says the same without it. */
static bool says_it_without(const struct words *a, const struct words *b)
{
	size_t at = a->negation, from = at ? at - 1 : 0, to = at + 1 < a->n ? at + 1 : a->n;
	if (to - from < 2) /* at an end: two words on the other side */
		to = from + 2 <= a->n ? from + 2 : to;
	if (to - from < 2 && to >= 2)
		from = to - 2;
	return to - from == 2 && follow_one_another(a, from, to, b);
}

static bool nearly_all_are_in(const struct words *claim, const struct words *quote)
{
	size_t common = 0;
	for (size_t i = 0; i < claim->n; i++)
		common += has_word(quote, claim->items[i]);
	return claim->n >= MIN_WORDS && common * 100 >= claim->n * 85;
}

static bool words_differ(struct span claim, struct span quote, struct span before)
{
	struct words *w = mem_alloc(3, sizeof *w);
	bool differ = false;
	read_words(claim, &w[0]);
	read_words(quote, &w[1]);
	read_words(before, &w[2]);
	bool led = w[2].n_negations && w[2].negation == w[2].n && !w[2].too_many; /* "must not | be …" */
	if (!w[0].too_many && !w[1].too_many && nearly_all_are_in(&w[0], &w[1])) {
		if (w[1].n_negations == 1 && w[0].n_negations == 0)
			differ = says_it_without(&w[1], &w[0]);
		else if (w[1].n_negations == 0 && w[0].n_negations == 1 && w[2].n_negations == 0)
			differ = says_it_without(&w[0], &w[1]);
		else if (w[1].n_negations == 0 && w[0].n_negations == 0 && led && w[1].n >= 2)
			differ = follow_one_another(&w[1], 0, 2, &w[0]);
	}
	free(w);
	return differ;
}

/* ---- scripts without spaces ---- */

static const char *const unspaced_negations[] = { "不", "没有", "没", "未", "无", "非", "ไม่", "ห้าม" };

static size_t forward(struct span text, size_t at, size_t n)
{
	uint32_t code;
	while (n-- && at < text.len)
		at += utf8_decode(text.p + at, text.len - at, &code);
	return at;
}

static size_t backward(struct span text, size_t at, size_t n)
{
	while (n-- && at > 0)
		at = utf8_floor(text.p, text.len, at - 1);
	return at;
}

/* Whether b has what stands around the negation [at, at + len) of a, without it. */
static bool joined_in(struct span a, size_t at, size_t len, struct span b, size_t context)
{
	char joined[8 * 4 * CONTEXT];
	size_t from = backward(a, at, context), to = forward(a, at + len, context), n = at - from;
	if (from == at || to == at + len || n + (to - at - len) > sizeof joined)
		return false;
	memcpy(joined, a.p + from, n);
	memcpy(joined + n, a.p + at + len, to - at - len);
	return memmem(b.p, b.len, joined, n + (to - at - len)) != NULL;
}

static bool has_unspaced_negation(struct span text)
{
	for (size_t i = 0; i < sizeof unspaced_negations / sizeof *unspaced_negations; i++)
		if (memmem(text.p, text.len, unspaced_negations[i], strlen(unspaced_negations[i])))
			return true;
	return false;
}

static bool runs_differ(struct span a, struct span b)
{
	if (has_unspaced_negation(b))
		return false;
	for (size_t i = 0; i < sizeof unspaced_negations / sizeof *unspaced_negations; i++) {
		const char *negation = unspaced_negations[i];
		size_t len = strlen(negation), context = (unsigned char)negation[0] == 0xE0 ? 2 * CONTEXT : CONTEXT;
		const char *hit = memmem(a.p, a.len, negation, len);
		if (hit && joined_in(a, (size_t)(hit - a.p), len, b, context))
			return true;
	}
	return false;
}

bool negation_differs(struct span claim, struct span quote, struct span before)
{
	struct plain_text plain[3];
	plain_text_make(claim, &plain[0]);
	plain_text_make(quote, &plain[1]);
	plain_text_make(before, &plain[2]);
	struct span texts[3];
	for (size_t i = 0; i < 3; i++)
		texts[i] = (struct span){ plain[i].p, plain[i].len };
	bool differ = words_differ(texts[0], texts[1], texts[2]) || runs_differ(texts[0], texts[1]) ||
	              runs_differ(texts[1], texts[0]);
	for (size_t i = 0; i < 3; i++)
		plain_text_free(&plain[i]);
	return differ;
}
