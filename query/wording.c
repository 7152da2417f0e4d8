#include "query/wording.h"

#include <stdlib.h>
#include <string.h>

#include "base/boundaries.h"
#include "base/columns.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"

enum { MAX_WORDS = 100000, MAX_HEADING_BYTES = 300 };

/* Headings that say nothing of their own document, lower case, sorted by nothing. */
static const char *const generic[] = {
	"change log", "erste schritte", "external links", "for more information", "further reading",
	"future work", "getting started", "how to use", "known issues", "materials and methods",
	"more information", "new document", "next steps", "quick start", "read more",
	"related work", "release notes", "results and discussion", "see also", "siehe auch",
	"table des matières", "table of contents", "to do", "untitled document", "version history",
	"voir aussi", "véase también", "weitere informationen",
};

static bool is_unspaced(uint32_t code)
{
	bool is_hangul = (code >= 0x1100 && code <= 0x11FF) || (code >= 0xAC00 && code <= 0xD7A3);
	bool is_south_east_asian = (code >= 0x0E00 && code <= 0x0EFF) ||
	                           (code >= 0x1000 && code <= 0x109F) ||
	                           (code >= 0x1780 && code <= 0x17FF);
	return is_south_east_asian || (code >= 0x2E80 && code < 0x1F000 && !is_hangul &&
	                               columns_of(code) == 2);
}

static bool is_letter(uint32_t code)
{
	if (code < 0x80)
		return (code | 32) >= 'a' && (code | 32) <= 'z';
	/* punctuation and symbols of the blocks that hold little else */
	return code >= 0xAA && code != 0xAB && code != 0xBB && !(code >= 0x2000 && code <= 0x2BFF) &&
	       !(code >= 0x3000 && code <= 0x303F) && !(code >= 0xFF00 && code <= 0xFF20);
}

static bool is_punctuation(uint32_t code)
{
	bool is_digit = code >= '0' && code <= '9';
	return !is_digit && code > ' ' && code != '+' && code != '#' && !is_letter(code);
}

struct count {
	size_t letters, unspaced, others; /* characters; white space is none */
};

static struct count count_characters(struct span text)
{
	struct count c = { 0 };
	for (size_t at = 0; at < text.len;) {
		uint32_t code;
		at += utf8_decode(text.p + at, text.len - at, &code);
		c.unspaced += is_unspaced(code) && is_letter(code);
		c.letters += is_letter(code);
		c.others += !is_letter(code) && !is_white_space(code);
	}
	return c;
}

static struct span without_punctuation(struct span word)
{
	uint32_t code;
	while (word.len) {
		size_t len = utf8_decode(word.p, word.len, &code);
		if (!is_punctuation(code))
			break;
		word.p += len;
		word.len -= len;
	}
	while (word.len) {
		size_t last = utf8_floor(word.p, word.len, word.len - 1);
		utf8_decode(word.p + last, word.len - last, &code);
		if (!is_punctuation(code))
			break;
		word.len = last;
	}
	return word;
}

static void add_word(struct wording *w, size_t *cap, struct span word)
{
	word = without_punctuation(trim_white_space(word));
	if (word.len == 0 || w->n == MAX_WORDS)
		return;
	w->words = mem_grow(w->words, cap, w->n + 1, sizeof *w->words);
	w->words[w->n++] = word;
}

/* Between white space. */
static void split_spaced(struct wording *w, struct span text)
{
	size_t cap = 0, start = 0;
	for (size_t at = 0; at < text.len;) {
		uint32_t code;
		size_t len = utf8_decode(text.p + at, text.len - at, &code);
		if (is_white_space(code)) {
			add_word(w, &cap, (struct span){ text.p + start, at - start });
			start = at + len;
		}
		at += len;
	}
	add_word(w, &cap, (struct span){ text.p + start, text.len - start });
}

struct wording wording_of(struct span text)
{
	struct count c = count_characters(text);
	struct wording w = { .unspaced = 2 * c.unspaced > c.letters };
	if (!w.unspaced) {
		split_spaced(&w, text);
		return w;
	}
	size_t *ends, cap = 0, n = boundary_ends(BOUNDARY_LINE, text, &ends);
	for (size_t i = 0, start = 0; i < n; start = ends[i++])
		add_word(&w, &cap, (struct span){ text.p + start, ends[i] - start });
	free(ends);
	return w;
}

void wording_free(struct wording *w)
{
	free(w->words);
	*w = (struct wording){ 0 };
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

uint64_t wording_key(struct span text)
{
	char small[256] = "", *folded = text.len <= sizeof small ? small : mem_alloc(text.len, 1);
	for (size_t i = 0; i < text.len; i++)
		folded[i] = lower(text.p[i]);
	struct hash h = hash_bytes(folded, text.len);
	if (folded != small)
		free(folded);
	uint64_t key;
	memcpy(&key, h.b, sizeof key);
	return key;
}

static bool is_generic(struct span heading)
{
	uint64_t key = wording_key(heading);
	for (size_t i = 0; i < sizeof generic / sizeof *generic; i++)
		if (key == wording_key(span_of(generic[i])))
			return true;
	return false;
}

bool wording_heading_fits(struct span heading)
{
	if (heading.len > MAX_HEADING_BYTES || is_generic(heading))
		return false;
	struct wording w = wording_of(heading);
	struct count c = count_characters(heading);
	size_t telling = 0;
	for (size_t i = 0; i < w.n; i++)
		telling += count_characters(w.words[i]).letters >= 3;
	bool fits = w.unspaced ? c.letters >= 4 && c.letters <= 24
	                       : w.n >= 2 && w.n <= 12 && telling >= 2;
	wording_free(&w);
	return fits;
}

static bool holds(struct span text, const char *part)
{
	size_t len = strlen(part);
	for (size_t i = 0; i + len <= text.len; i++)
		if (memcmp(text.p + i, part, len) == 0)
			return true;
	return false;
}

bool wording_sentence_fits(struct span sentence)
{
	sentence = trim_white_space(sentence);
	if (sentence.len < 12 || sentence.len > 1000 || holds(sentence, "://") || holds(sentence, "\n\n"))
		return false;
	struct count c = count_characters(sentence);
	if (c.letters < 9 * c.others)
		return false;
	struct wording w = wording_of(sentence);
	bool fits = w.unspaced ? c.letters >= 12 && c.letters <= 80 : w.n >= 8 && w.n <= 40;
	wording_free(&w);
	return fits;
}

void wording_join(const struct wording *w, struct buf *out)
{
	size_t before = out->len;
	for (size_t i = 0; i < w->n; i++) {
		struct span word = w->words[i];
		if (memchr(word.p, ':', word.len) || memchr(word.p, '"', word.len))
			continue;
		if (out->len > before && !w->unspaced)
			buf_add_byte(out, ' ');
		buf_add_span(out, word);
	}
}

struct rare {
	uint32_t frequency;
	size_t at;
};

/* Rarest first; of equal ones the last of the sentence. */
static int by_rarity(const void *a, const void *b)
{
	const struct rare *x = a, *y = b;
	if (x->frequency != y->frequency)
		return x->frequency < y->frequency ? -1 : 1;
	return (x->at < y->at) - (x->at > y->at);
}

void wording_shorten(struct wording *w, const uint32_t *frequency)
{
	if (w->n < 2)
		return;
	if (w->unspaced) {
		size_t half = w->n / 2;
		memmove(w->words, w->words + half, (w->n - half) * sizeof *w->words);
		w->n -= half;
		return;
	}
	struct rare *rare = mem_alloc(w->n, sizeof *rare);
	for (size_t i = 0; i < w->n; i++)
		rare[i] = (struct rare){ frequency[i], i };
	qsort(rare, w->n, sizeof *rare, by_rarity);
	for (size_t i = 0; i < w->n; i++)
		if (i < w->n / 5 || i >= w->n * 3 / 5)
			w->words[rare[i].at].len = 0;
	free(rare);
	size_t kept = 0;
	for (size_t i = 0; i < w->n; i++)
		if (w->words[i].len)
			w->words[kept++] = w->words[i];
	w->n = kept;
}
