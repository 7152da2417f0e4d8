#include <stdlib.h>

#include "ask/index_tools.h"
#include "ask/reach.h"
#include "ask/shown_path.h"
#include "base/clock.h"
#include "base/json.h"
#include "query/frame.h"
#include "query/search_filter.h"

enum { MAX_LIST_BYTES = 48 << 10 };

struct listing {
	struct search_filter filter;
	struct buf lines;
	size_t n, n_shown;
};

static int add_document(void *ctx, const struct store_document *doc)
{
	struct listing *l = ctx;
	if (!search_filter_passes(&l->filter, doc) || l->n++ >= LIST_TOOL_MAX)
		return 0;
	char *path = shown_path(doc->path);
	struct buf line = buf_new(MAX_LIST_BYTES);
	frame_line(&line, span_of(path));
	if (doc->title) {
		buf_add_str(&line, ": ");
		frame_line(&line, span_of(doc->title));
	}
	buf_add_byte(&line, '\n');
	l->n_shown += buf_add_span(&l->lines, buf_span(&line)) == 0;
	buf_free(&line);
	free(path);
	return 0;
}

/* Titles are the documents' own, so they stand in a frame. */
static void add_listing(const struct listing *l, struct buf *out)
{
	buf_printf(out, "%zu document%s%s\n", l->n, l->n == 1 ? "" : "s", l->n ? ", path: title" : "");
	if (l->n_shown)
		frame_block(out, buf_span(&l->lines));
	if (l->n > l->n_shown)
		buf_printf(out, "and %zu more; a narrower glob names them\n", l->n - l->n_shown);
}

int tool_list(const struct tools *t, const cJSON *arguments, struct buf *out, struct buf *said,
              struct err *err)
{
	const char *glob = json_string(arguments, "glob");
	struct listing l = { .lines = buf_new(MAX_LIST_BYTES) };
	int rc = 0;
	if (glob && *glob) {
		char *pattern = shown_path_read(glob);
		rc = search_filter_add(&l.filter, FILTER_PATH, false, span_of(pattern), clock_unix_ns(), err);
		free(pattern);
		buf_printf(said, " %s", glob);
	}
	if (rc == 0)
		rc = reach_documents(t->store, &t->search->filter, add_document, &l, err);
	if (rc == 0) {
		add_listing(&l, out);
		buf_printf(said, ": %zu document%s", l.n, l.n == 1 ? "" : "s");
	}
	search_filter_free(&l.filter);
	buf_free(&l.lines);
	return rc;
}
