#define _GNU_SOURCE
#include "query/excerpt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

/* --- names ------------------------------------------------------------------------ */

static void put_u64(char *out, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		out[i] = (char)(value >> (56 - 8 * i));
}

/* attempt 0 is the name that everybody gets. */
static void name(struct excerpt *e, const struct hash *content, uint64_t attempt)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	char range[24];
	put_u64(range, e->byte_start);
	put_u64(range + 8, e->byte_end);
	put_u64(range + 16, attempt);
	struct span parts[] = { { (const char *)content->b, sizeof content->b },
		                { range, sizeof range } };
	struct hash h = hash_parts(parts, 2);
	for (unsigned i = 0; i < EXCERPT_ID_LENGTH; i++) {
		unsigned bit = 5 * i, two = (unsigned)h.b[bit / 8] << 8 | h.b[bit / 8 + 1];
		e->id[i] = letters[two >> (11 - bit % 8) & 31];
	}
	e->id[EXCERPT_ID_LENGTH] = '\0';
}

/* An open table of ids, so that a pack of thousands is named in a moment. */
struct names {
	char (*ids)[EXCERPT_ID_LENGTH + 1];
	size_t mask;
};

static bool take_name(struct names *t, const char *id)
{
	struct hash h = hash_bytes(id, EXCERPT_ID_LENGTH);
	size_t at = ((size_t)h.b[0] << 16 | (size_t)h.b[1] << 8 | h.b[2]) & t->mask;
	for (; t->ids[at][0]; at = (at + 1) & t->mask)
		if (strcmp(t->ids[at], id) == 0)
			return false;
	memcpy(t->ids[at], id, EXCERPT_ID_LENGTH + 1);
	return true;
}

/* --- texts ------------------------------------------------------------------------ */

struct draft {
	struct excerpt e;
	struct buf text;
	struct hash content;
	const char *heading;
	size_t heading_len;
};

/* How many bytes of the beginning of `text` the draft ends with already. */
static size_t repeated(const struct draft *d, const struct hit *h)
{
	struct span has = buf_span(&d->text);
	if (h->byte_start >= d->e.byte_end || h->text_len == 0)
		return 0;
	if (h->byte_end <= d->e.byte_end && memmem(has.p, has.len, h->text, h->text_len))
		return h->text_len;
	uint64_t shared = d->e.byte_end - h->byte_start;
	size_t n = h->text_len < has.len ? h->text_len : has.len;
	for (n = shared < n ? (size_t)shared : n; n > 0; n--)
		if (memcmp(has.p + has.len - n, h->text, n) == 0)
			return n;
	return 0;
}

static const char *between(const struct draft *d, const struct hit *h)
{
	if (h->line_start > d->e.line_end)
		return h->line_start > d->e.line_end + 1 ? "\n\n" : "\n";
	return h->byte_start == d->e.byte_end ? "" : " ";
}

/* Shortens the heading path to what it has in common with another. */
static void keep_common(struct draft *d, const char *heading)
{
	static const char separator[] = " > ";
	size_t common = 0, other = heading ? strlen(heading) : 0;
	for (size_t i = 0; i <= d->heading_len && i <= other; i++) {
		bool ends = i == d->heading_len || strncmp(d->heading + i, separator, 3) == 0;
		bool other_ends = i == other || strncmp(heading + i, separator, 3) == 0;
		if (ends && other_ends)
			common = i;
		if (i == d->heading_len || i == other || d->heading[i] != heading[i])
			break;
	}
	d->heading_len = common;
}

static void begin(struct draft *d, const struct passage *p)
{
	const struct hit *h = p->hit;
	*d = (struct draft){
		.text = buf_new(SIZE_MAX / 4),
		.content = p->content,
		.heading = h->heading,
		.heading_len = h->heading ? strlen(h->heading) : 0,
	};
	d->e = (struct excerpt){
		.rank = h->rank,
		.score = h->score,
		.path = mem_strdup(h->path),
		.title = h->title ? mem_strdup(h->title) : NULL,
		.byte_start = h->byte_start,
		.byte_end = h->byte_end,
		.line_start = h->line_start,
		.line_end = h->line_end,
		.page = h->page,
		.n_passages = 1,
	};
	buf_add(&d->text, h->text, h->text_len);
}

static void append(struct draft *d, const struct hit *h)
{
	size_t skip = repeated(d, h);
	buf_add_str(&d->text, skip ? "" : between(d, h));
	buf_add(&d->text, h->text + skip, h->text_len - skip);
	keep_common(d, h->heading);
	if (h->rank < d->e.rank) {
		d->e.rank = h->rank;
		d->e.score = h->score;
	}
	d->e.byte_end = h->byte_end > d->e.byte_end ? h->byte_end : d->e.byte_end;
	d->e.line_end = h->line_end > d->e.line_end ? h->line_end : d->e.line_end;
	d->e.n_passages++;
}

static struct excerpt finish(struct draft *d)
{
	d->e.text = buf_take(&d->text, &d->e.text_len);
	d->e.heading = d->heading_len ? mem_strndup(d->heading, d->heading_len) : NULL;
	return d->e;
}

/* --- lists ------------------------------------------------------------------------ */

static int in_document_order(const void *a, const void *b)
{
	const struct passage *x = a, *y = b;
	if (x->hit->doc_id != y->hit->doc_id)
		return x->hit->doc_id < y->hit->doc_id ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

static int by_rank(const void *a, const void *b)
{
	const struct draft *x = a, *y = b;
	return (x->e.rank > y->e.rank) - (x->e.rank < y->e.rank);
}

static bool follows(const struct draft *d, const struct passage *before, const struct passage *p)
{
	return p->hit->doc_id == before->hit->doc_id &&
	       (p->seq == before->seq + 1 || p->hit->byte_start < d->e.byte_end);
}

static size_t join(const struct passage *passages, size_t n, struct draft *drafts)
{
	size_t n_drafts = 0;
	for (size_t i = 0; i < n; i++) {
		if (i && follows(&drafts[n_drafts - 1], &passages[i - 1], &passages[i]))
			append(&drafts[n_drafts - 1], passages[i].hit);
		else
			begin(&drafts[n_drafts++], &passages[i]);
	}
	return n_drafts;
}

size_t excerpts_make(struct passage *passages, size_t n, struct excerpt **items)
{
	struct draft *drafts = mem_alloc(n, sizeof *drafts);
	if (n > 1)
		qsort(passages, n, sizeof *passages, in_document_order);
	size_t n_drafts = join(passages, n, drafts), n_slots = 16;
	if (n_drafts > 1)
		qsort(drafts, n_drafts, sizeof *drafts, by_rank);
	while (n_slots < 2 * n_drafts)
		n_slots *= 2;
	struct names names = { mem_zalloc(n_slots, EXCERPT_ID_LENGTH + 1), n_slots - 1 };
	*items = mem_alloc(n_drafts, sizeof **items);
	for (size_t i = 0; i < n_drafts; i++) {
		(*items)[i] = finish(&drafts[i]);
		uint64_t attempt = 0;
		do
			name(&(*items)[i], &drafts[i].content, attempt++);
		while (!take_name(&names, (*items)[i].id));
	}
	free(names.ids);
	free(drafts);
	return n_drafts;
}

void excerpts_free(struct excerpt *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(items[i].path);
		free(items[i].title);
		free(items[i].heading);
		free(items[i].text);
	}
	free(items);
}

static uint32_t newlines(const char *p, size_t len)
{
	uint32_t n = 0;
	for (size_t i = 0; i < len; i++)
		n += p[i] == '\n';
	return n;
}

void excerpt_cut(struct excerpt *e, size_t len)
{
	if (newlines(e->text, e->text_len) == e->line_end - e->line_start)
		e->line_end = e->line_start + newlines(e->text, len);
	e->text_len = len;
	e->text[len] = '\0';
	e->cut = true;
}
