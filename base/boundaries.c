#include "base/boundaries.h"

#include <pthread.h>
#include <stdlib.h>
#include <unicode/ubrk.h>
#include <unicode/utext.h>

#include "base/mem.h"
#include "base/utf8.h"

/* ICU counts in int32_t; a slice is also what one array of ends is made from. */
#define SLICE_BYTES ((size_t)8 << 20)

/* Opening an iterator reads its rules, which costs a hundred times more than
 * cloning one: each kind is opened once and cloned for each thread. */
static UBreakIterator *masters[N_BOUNDARIES];
static pthread_key_t clones_key;
static bool clones_key_made;
static pthread_once_t once[N_BOUNDARIES + 1] = { PTHREAD_ONCE_INIT, PTHREAD_ONCE_INIT,
	                                         PTHREAD_ONCE_INIT, PTHREAD_ONCE_INIT,
	                                         PTHREAD_ONCE_INIT };

static UBreakIterator *open_master(UBreakIteratorType type)
{
	UErrorCode status = U_ZERO_ERROR;
	UBreakIterator *it = ubrk_open(type, "en", NULL, 0, &status);
	return U_SUCCESS(status) ? it : NULL;
}

static void open_sentence(void)
{
	masters[BOUNDARY_SENTENCE] = open_master(UBRK_SENTENCE);
}

static void open_line(void)
{
	masters[BOUNDARY_LINE] = open_master(UBRK_LINE);
}

static void open_grapheme(void)
{
	masters[BOUNDARY_GRAPHEME] = open_master(UBRK_CHARACTER);
}

static void open_word(void)
{
	masters[BOUNDARY_WORD] = open_master(UBRK_WORD);
}

static void free_clones(void *p)
{
	UBreakIterator **clones = p;
	for (int i = 0; i < N_BOUNDARIES; i++)
		if (clones[i])
			ubrk_close(clones[i]);
	free(clones);
}

static void make_key(void)
{
	clones_key_made = pthread_key_create(&clones_key, free_clones) == 0;
}

/* The calling thread's own iterator, or NULL when ICU has none (its data is not
 * installed) or is out of memory. */
static UBreakIterator *iterator(enum boundary kind)
{
	static void (*const opens[])(void) = { open_sentence, open_line, open_grapheme, open_word };
	pthread_once(&once[kind], opens[kind]);
	pthread_once(&once[N_BOUNDARIES], make_key);
	if (!masters[kind] || !clones_key_made)
		return NULL;
	UBreakIterator **clones = pthread_getspecific(clones_key);
	if (!clones) {
		clones = mem_zalloc(N_BOUNDARIES, sizeof *clones);
		if (pthread_setspecific(clones_key, clones) != 0) {
			free(clones);
			return NULL;
		}
	}
	if (!clones[kind]) {
		UErrorCode status = U_ZERO_ERROR;
		clones[kind] = ubrk_clone(masters[kind], &status);
	}
	return clones[kind];
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

/* Where ICU is of no help, each code point is a unit: a cut is always possible. */
static void add_code_points(struct span slice, size_t base, struct end_list *list)
{
	uint32_t code;
	for (size_t at = 0; at < slice.len;) {
		at += utf8_decode(slice.p + at, slice.len - at, &code);
		add_end(list, base + at);
	}
}

static void add_slice(UBreakIterator *it, struct span slice, size_t base, struct end_list *list)
{
	UErrorCode status = U_ZERO_ERROR;
	UText text = UTEXT_INITIALIZER;
	utext_openUTF8(&text, slice.p, (int64_t)slice.len, &status);
	ubrk_setUText(it, &text, &status);
	size_t last = 0;
	if (U_SUCCESS(status)) {
		ubrk_first(it);
		for (int32_t at; (at = ubrk_next(it)) != UBRK_DONE;) {
			/* within a sequence only if the text was not valid after all */
			size_t end = utf8_floor(slice.p, slice.len, (size_t)at);
			if (end > last)
				add_end(list, base + (last = end));
		}
		/* the iterator keeps a copy of the text's address: give it one that lasts */
		utext_openUTF8(&text, "", 0, &status);
		ubrk_setUText(it, &text, &status);
	}
	if (last < slice.len)
		add_end(list, base + slice.len);
	utext_close(&text);
}

/* The length of the next slice: up to a line end or a space if one is near. */
static size_t slice_len(struct span rest)
{
	if (rest.len <= SLICE_BYTES)
		return rest.len;
	size_t len = SLICE_BYTES;
	while (len > SLICE_BYTES / 2 && rest.p[len - 1] != '\n' && rest.p[len - 1] != ' ')
		len--;
	return len > SLICE_BYTES / 2 ? len : utf8_floor(rest.p, rest.len, SLICE_BYTES);
}

size_t boundary_ends(enum boundary kind, struct span text, size_t **ends)
{
	struct end_list list = { 0 };
	UBreakIterator *it = text.len ? iterator(kind) : NULL;
	for (size_t at = 0; at < text.len;) {
		struct span rest = { text.p + at, text.len - at };
		struct span slice = { rest.p, slice_len(rest) };
		if (it)
			add_slice(it, slice, at, &list);
		else
			add_code_points(slice, at, &list);
		at += slice.len;
	}
	*ends = list.items;
	return list.n;
}

bool is_white_space(uint32_t code)
{
	return code == ' ' || (code >= 0x09 && code <= 0x0D) || code == 0x85 || code == 0xA0 ||
	       code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 ||
	       code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

size_t leading_white_space(struct span text)
{
	size_t at = 0;
	while (at < text.len) {
		uint32_t code;
		size_t len = utf8_decode(text.p + at, text.len - at, &code);
		if (!is_white_space(code))
			break;
		at += len;
	}
	return at;
}

struct span trim_white_space(struct span text)
{
	while (text.len > 0) {
		size_t last = utf8_floor(text.p, text.len, text.len - 1);
		uint32_t code;
		utf8_decode(text.p + last, text.len - last, &code);
		if (!is_white_space(code))
			break;
		text.len = last;
	}
	size_t lead = leading_white_space(text);
	return (struct span){ text.p + lead, text.len - lead };
}
