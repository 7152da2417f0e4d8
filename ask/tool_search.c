#include <stdlib.h>
#include <string.h>

#include "ask/index_tools.h"
#include "ask/shown_path.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "query/search_filter.h"

/* Of a passage, however large a model's passages are. */
enum { MAX_PASSAGE_BYTES = 12 << 10, MAX_K = 20 };

/* What the user allows, and of that what the model asks for. */
struct both {
	const struct store_filter *users;
	struct search_filter models;
};

static bool passes_both(void *ctx, const struct store_document *doc)
{
	const struct both *b = ctx;
	if (b->users->passes && !b->users->passes(b->users->passes_ctx, doc))
		return false;
	return search_filter_passes(&b->models, doc);
}

/* A value that is empty is one that was left out. */
static int read_filters(struct search_filter *filter, const cJSON *filters, struct buf *said, struct err *err)
{
	int64_t now_ns = clock_unix_ns();
	for (unsigned field = 0; field < N_FILTER_FIELDS; field++) {
		const char *value = json_string(filters, filter_field_names[field]);
		if (!value || !*value)
			continue;
		char *path = field == FILTER_PATH ? shown_path_read(value) : mem_strdup(value);
		int rc = search_filter_add(filter, (enum filter_field)field, false, span_of(path), now_ns, err);
		free(path);
		if (rc < 0)
			return -1;
		buf_printf(said, " %s:%s", filter_field_names[field], value);
	}
	return 0;
}

static char *take(char **p)
{
	char *taken = *p;
	*p = NULL;
	return taken;
}

/* Moves what the source needs out of the hit. */
static struct source source_of(struct hit *h)
{
	struct source s = {
		.path = take(&h->path), .title = take(&h->title), .heading = take(&h->heading),
		.text = take(&h->text), .text_len = h->text_len, .byte_start = h->byte_start,
		.byte_end = h->byte_end, .line_start = h->line_start, .line_end = h->line_end,
		.page = h->page, .score = h->score,
	};
	if (s.text_len > MAX_PASSAGE_BYTES) {
		s.text_len = utf8_floor(s.text, s.text_len, MAX_PASSAGE_BYTES);
		s.text[s.text_len] = '\0';
	}
	return s;
}

static void add_hits(const struct tools *t, struct hits *hits, struct buf *out)
{
	size_t n = 0;
	if (!hits->n)
		buf_add_str(out, "no passage of the index answers that; try other words, or fewer filters\n");
	for (; n < hits->n; n++) {
		struct source s = source_of(&hits->items[n]);
		if (!tool_add_source(t, &s, out))
			break;
	}
	if (n < hits->n)
		buf_printf(out, "no room here for %zu more; ask for something narrower\n", hits->n - n);
}

int tool_search(const struct tools *t, const cJSON *arguments, struct buf *out, struct buf *said,
                struct err *err)
{
	const char *query = json_string(arguments, "query");
	struct both both = { &t->search->filter, { 0 } };
	struct search_options opt = *t->search;
	struct hits hits = { 0 };
	buf_printf(said, " \"%s\"", query);
	int rc = read_filters(&both.models, json_get(arguments, "filters"), said, err);
	opt.k = (size_t)json_int(arguments, "k", 1, MAX_K, SEARCH_TOOL_K);
	if (both.models.n) {
		opt.filter.passes = passes_both;
		opt.filter.passes_ctx = &both;
	}
	if (rc == 0)
		rc = search(t->store, t->embedder, span_of(query), &opt, &hits, err);
	if (rc == 0) {
		buf_printf(said, ": %zu passage%s", hits.n, hits.n == 1 ? "" : "s");
		add_hits(t, &hits, out);
	}
	hits_free(&hits);
	search_filter_free(&both.models);
	return rc;
}
