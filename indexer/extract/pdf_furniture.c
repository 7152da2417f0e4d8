#include "indexer/extract/pdf_furniture.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "indexer/extract/line.h"

enum { EDGE_LINES = 3, MAX_EDGES = 1 << 16, LEAST_PAGES = 3 };

struct pdf_edge {
	uint64_t key; /* 0: free */
	uint32_t n_pages, last_page; /* last_page: from 1, so that a page counts once */
	bool kept;
};

void pdf_furniture_free(struct pdf_furniture *f)
{
	free(f->edges);
	*f = (struct pdf_furniture){ 0 };
}

/* FNV-1a of what is neither digit nor space; 0 for a line that has nothing else. */
static uint64_t key_of(struct span line)
{
	uint64_t h = 0xCBF29CE484222325u;
	size_t n = 0;
	for (size_t i = 0; i < line.len; i++) {
		if (is_digit(line.p[i]) || is_space(line.p[i]))
			continue;
		h = (h ^ (unsigned char)line.p[i]) * 0x100000001B3u;
		n++;
	}
	return n ? h | 1 : 0;
}

/* The place of a key, or the free one for it. */
static struct pdf_edge *place(struct pdf_edge *edges, size_t cap, uint64_t key)
{
	size_t at = (size_t)(key >> 20) & (cap - 1);
	while (edges[at].key && edges[at].key != key)
		at = (at + 1) & (cap - 1);
	return &edges[at];
}

static void grow(struct pdf_furniture *f)
{
	size_t cap = f->cap ? f->cap * 2 : 64;
	struct pdf_edge *edges = mem_zalloc(cap, sizeof *edges);
	for (size_t i = 0; i < f->cap; i++)
		if (f->edges[i].key)
			*place(edges, cap, f->edges[i].key) = f->edges[i];
	free(f->edges);
	f->edges = edges;
	f->cap = cap;
}

static void note(struct pdf_furniture *f, struct span line)
{
	uint64_t key = key_of(line);
	if (!key || f->n >= MAX_EDGES)
		return;
	if (2 * f->n >= f->cap)
		grow(f);
	struct pdf_edge *e = place(f->edges, f->cap, key);
	f->n += !e->key;
	e->key = key;
	if (e->last_page == f->n_pages)
		return;
	e->n_pages++;
	e->last_page = (uint32_t)f->n_pages;
}

/* The lines at a page's edges: calls one for each, with the page's line. */
static void each_edge(struct pdf_furniture *f, struct pdf_page *page,
                      void (*one)(struct pdf_furniture *f, struct span *line))
{
	size_t top = 0, first = 0, bottom = 0;
	for (; first < page->n && top < EDGE_LINES; first++) {
		if (page->lines[first].len == 0)
			continue;
		one(f, &page->lines[first]);
		top++;
	}
	for (size_t i = page->n; i > first && bottom < EDGE_LINES; i--) {
		if (page->lines[i - 1].len == 0)
			continue;
		one(f, &page->lines[i - 1]);
		bottom++;
	}
}

static void note_line(struct pdf_furniture *f, struct span *line)
{
	note(f, *line);
}

void pdf_furniture_note(struct pdf_furniture *f, const struct pdf_page *page)
{
	struct pdf_page copy = *page; /* its lines are only looked at */
	f->n_pages++;
	each_edge(f, &copy, note_line);
}

/* The number at the end of a line, or at its start; len 0: there is neither. */
static struct span number_of(struct span line)
{
	size_t n = 0;
	while (n < line.len && is_digit(line.p[line.len - 1 - n]))
		n++;
	if (n)
		return (struct span){ line.p + line.len - n, n };
	while (n < line.len && is_digit(line.p[n]))
		n++;
	return (struct span){ line.p, n };
}

static void drop_line(struct pdf_furniture *f, struct span *line)
{
	uint64_t key = key_of(*line);
	struct pdf_edge *e = key && f->cap ? place(f->edges, f->cap, key) : NULL;
	if (!e || !e->key || e->n_pages < LEAST_PAGES || 2 * (size_t)e->n_pages < f->n_pages)
		return;
	if (e->kept)
		*line = number_of(*line);
	e->kept = true;
}

void pdf_furniture_drop(struct pdf_furniture *f, struct pdf_page *page)
{
	each_edge(f, page, drop_line);
}
