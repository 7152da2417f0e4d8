#include <stdlib.h>

#include "ask/index_tools.h"
#include "ask/reach.h"
#include "ask/shown_path.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "query/excerpt.h"
#include "query/hits.h"

/* Of a text at a time; a first passage that is larger is cut. */
enum { MAX_READ_BYTES = 24 << 10, MAX_COUNT = 400 };

struct reading {
	const struct store_document *doc;
	uint64_t from, to;          /* lines, inclusive */
	struct store_chunk_ref *refs; /* [n_refs] of the document, in its order */
	size_t n_refs;
	struct hit *hits;           /* [n] the passages that hold the lines */
	size_t n, bytes;
	uint32_t last_line;         /* of the document */
};

static int in_order(const void *a, const void *b)
{
	int64_t x = ((const struct store_chunk_ref *)a)->chunk_id;
	int64_t y = ((const struct store_chunk_ref *)b)->chunk_id;
	return (x > y) - (x < y);
}

/* Keeps the passage if it holds one of the lines: 1; 0: the lines end before it, or it has no
 * room; -1. */
static int keep(struct reading *r, struct store *store, int64_t chunk_id, struct err *err)
{
	struct hit *h = &r->hits[r->n];
	*h = (struct hit){ .rank = r->n + 1 };
	if (hit_fill(store, chunk_id, h, err) < 0)
		return -1;
	bool fits = r->n == 0 || r->bytes + h->text_len <= MAX_READ_BYTES;
	bool goes_on = h->line_end < r->from || (h->line_start <= r->to && fits);
	if (h->line_end >= r->from && goes_on) {
		r->bytes += h->text_len;
		r->n++;
	} else {
		hit_free(h);
	}
	return goes_on;
}

static int last_line(struct reading *r, struct store *store, struct err *err)
{
	struct store_chunk chunk = { 0 };
	int found = r->n_refs ? store_chunk(store, r->refs[r->n_refs - 1].chunk_id, &chunk, err) : 0;
	r->last_line = chunk.line_end;
	store_chunk_free(&chunk);
	return found < 0 ? -1 : 0;
}

static int read_passages(struct reading *r, struct store *store, struct err *err)
{
	const char *path = r->doc->path;
	struct store_filter filter = { .paths = &path, .n_paths = 1, .failed_too = true };
	if (store_begin(store, err) < 0)
		return -1;
	int rc = store_chunk_refs(store, &filter, &r->refs, &r->n_refs, err);
	if (r->n_refs > 1)
		qsort(r->refs, r->n_refs, sizeof *r->refs, in_order);
	r->hits = mem_zalloc(r->n_refs + 1, sizeof *r->hits);
	if (rc == 0)
		rc = last_line(r, store, err);
	int go_on = rc == 0;
	for (size_t i = 0; i < r->n_refs && go_on > 0; i++)
		go_on = keep(r, store, r->refs[i].chunk_id, err);
	store_rollback(store);
	return rc < 0 || go_on < 0 ? -1 : 0;
}

static char *copy(const char *text)
{
	return text ? mem_strdup(text) : NULL;
}

static void add_excerpt(const struct tools *t, struct excerpt *e, struct buf *out)
{
	if (e->text_len > MAX_READ_BYTES)
		excerpt_cut(e, utf8_floor(e->text, e->text_len, MAX_READ_BYTES));
	struct source s = {
		.path = mem_strdup(e->path), .title = copy(e->title), .heading = copy(e->heading),
		.text = mem_strndup(e->text, e->text_len), .text_len = e->text_len,
		.byte_start = e->byte_start, .byte_end = e->byte_end,
		.line_start = e->line_start, .line_end = e->line_end, .page = e->page,
	};
	tool_add_source(t, &s, out);
}

/* Passages that follow one another are one text. */
static void add_passages(const struct tools *t, const struct reading *r, struct buf *out)
{
	struct passage *passages = mem_alloc(r->n, sizeof *passages);
	struct excerpt *excerpts;
	for (size_t i = 0; i < r->n; i++)
		passages[i] = (struct passage){ &r->hits[i], (uint32_t)i, r->doc->content };
	size_t n = excerpts_make(passages, r->n, &excerpts);
	for (size_t i = 0; i < n; i++)
		add_excerpt(t, &excerpts[i], out);
	excerpts_free(excerpts, n);
	free(passages);
}

static void add_lines(const struct tools *t, const struct reading *r, struct buf *out, struct buf *said)
{
	if (!r->n) {
		buf_printf(out, r->last_line ? "nothing is indexed from line %llu on that far; the last line is %u\n"
		                             : "the document has no text in the index\n",
		           (unsigned long long)r->from, (unsigned)r->last_line);
		buf_add_str(said, ": no such line");
		return;
	}
	unsigned first = r->hits[0].line_start, last = r->hits[r->n - 1].line_end;
	add_passages(t, r, out);
	buf_printf(out, "These are lines %u to %u of %u.", first, last, (unsigned)r->last_line);
	if (last < r->last_line)
		buf_printf(out, " To go on, read from %u.", last + 1);
	buf_add_byte(out, '\n');
	buf_printf(said, ":%u-%u", first, last);
}

int tool_read(const struct tools *t, const cJSON *arguments, struct buf *out, struct buf *said,
              struct err *err)
{
	const char *named = json_string(arguments, "path");
	struct store_document doc;
	int found = reach_find(t->store, &t->search->filter, named, &doc, out, err);
	if (found <= 0) {
		buf_printf(said, " %s: not found", named);
		return found;
	}
	struct reading r = { .doc = &doc };
	r.from = (uint64_t)json_int(arguments, "from", 1, INT32_MAX, 1);
	r.to = r.from + (uint64_t)json_int(arguments, "count", 1, MAX_COUNT, READ_TOOL_COUNT) - 1;
	char *shown = shown_path(doc.path);
	buf_printf(said, " %s", shown);
	free(shown);
	int rc = read_passages(&r, t->store, err);
	if (rc == 0)
		add_lines(t, &r, out, said);
	for (size_t i = 0; i < r.n; i++)
		hit_free(&r.hits[i]);
	free(r.hits);
	free(r.refs);
	store_document_free(&doc);
	return rc;
}
