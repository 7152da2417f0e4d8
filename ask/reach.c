#include "ask/reach.h"

#include <stdlib.h>
#include <string.h>

#include "ask/shown_path.h"
#include "base/mem.h"
#include "query/frame.h"

/* --- what passes ------------------------------------------------------------------------ */

static bool is_within(const char *path, const char *root)
{
	size_t len = strlen(root);
	while (len > 1 && root[len - 1] == '/')
		len--;
	return strncmp(path, root, len) == 0 && (!path[len] || path[len] == '/' || root[len - 1] == '/');
}

/* The first of the filter's paths that the document is at or below; n_paths: none. */
static size_t path_of(const struct store_filter *f, const char *path)
{
	size_t i = 0;
	while (i < f->n_paths && !is_within(path, f->paths[i]))
		i++;
	return i;
}

static bool passes(const struct store_filter *f, const struct store_document *doc)
{
	if (f->n_paths && path_of(f, doc->path) == f->n_paths)
		return false;
	return !f->passes || f->passes(f->passes_ctx, doc);
}

struct visiting {
	const struct store_filter *filter;
	size_t path; /* the one whose documents are being visited */
	store_document_visit *visit;
	void *ctx;
};

static int visit_one(void *ctx, const struct store_document *doc)
{
	struct visiting *v = ctx;
	if (!passes(v->filter, doc) || (v->filter->n_paths && path_of(v->filter, doc->path) != v->path))
		return 0;
	return v->visit(v->ctx, doc);
}

int reach_documents(struct store *store, const struct store_filter *filter,
                    store_document_visit *visit, void *ctx, struct err *err)
{
	struct visiting v = { filter, 0, visit, ctx };
	int rc = 0;
	if (!filter->n_paths)
		return store_documents(store, NULL, visit_one, &v, err);
	for (; v.path < filter->n_paths && rc == 0; v.path++)
		rc = store_documents(store, filter->paths[v.path], visit_one, &v, err);
	return rc;
}

/* --- names ------------------------------------------------------------------------------ */

enum { MAX_CANDIDATES = 5 };

struct finding {
	struct span named;
	char *path;            /* of the first that it may be */
	struct buf candidates; /* the first few, as they are shown */
	size_t n;
};

static bool ends_with(struct span path, struct span end)
{
	if (path.len < end.len || memcmp(path.p + path.len - end.len, end.p, end.len) != 0)
		return false;
	return path.len == end.len || end.p[0] == '/' || path.p[path.len - end.len - 1] == '/';
}

/* A path is shown with what is no UTF-8 replaced, so that is what comes back. */
static int compare(void *ctx, const struct store_document *doc)
{
	struct finding *f = ctx;
	char *shown = shown_path(doc->path);
	struct buf line = buf_new((size_t)1 << 20);
	frame_line(&line, span_of(shown));
	if (ends_with(span_of(doc->path), f->named) || ends_with(buf_span(&line), f->named)) {
		if (!f->path)
			f->path = mem_strdup(doc->path);
		if (f->n++ < MAX_CANDIDATES)
			buf_printf(&f->candidates, "%s%s", f->n > 1 ? ", " : "", buf_span(&line).p);
	}
	buf_free(&line);
	free(shown);
	return 0;
}

/* 1, 0, -1. */
static int by_path(struct store *store, const struct store_filter *filter, const char *path,
                   struct store_document *doc, struct err *err)
{
	int found = store_document_by_path(store, path, doc, err);
	if (found <= 0 || passes(filter, doc))
		return found;
	store_document_free(doc);
	return 0;
}

/* As reach_find for a name that ends where it is to end; *n: how many it may be. */
static int find(struct store *store, const struct store_filter *filter, const char *named,
                struct store_document *doc, struct finding *f, struct err *err)
{
	char *path = shown_path_read(named);
	int found = by_path(store, filter, path, doc, err);
	free(path);
	if (found)
		return found;
	*f = (struct finding){ .named = span_of(named), .candidates = buf_new(1 << 13) };
	if (strncmp(named, "./", 2) == 0)
		f->named = span_of(named + 2);
	if (f->named.len && reach_documents(store, filter, compare, f, err) < 0)
		return -1;
	return f->n == 1 ? by_path(store, filter, f->path, doc, err) : 0;
}

static void release(struct finding *f)
{
	free(f->path);
	buf_free(&f->candidates);
	*f = (struct finding){ 0 };
}

/* Takes ":10" or ":10-20" from the end. */
static bool cut_lines(char *named)
{
	char *colon = strrchr(named, ':');
	if (!colon || colon == named || strspn(colon + 1, "0123456789-") != strlen(colon + 1))
		return false;
	*colon = '\0';
	return true;
}

int reach_find(struct store *store, const struct store_filter *filter, const char *named,
               struct store_document *doc, struct buf *why, struct err *err)
{
	char *name = mem_strdup(named);
	struct finding f = { 0 };
	*doc = (struct store_document){ 0 };
	int found = find(store, filter, name, doc, &f, err);
	if (found == 0 && !f.n && cut_lines(name)) {
		release(&f);
		found = find(store, filter, name, doc, &f, err);
	}
	if (found == 0) {
		buf_add_str(why, "'");
		frame_line(why, span_of(name));
		if (f.n)
			buf_printf(why, "' may be any of %zu documents: %s%s; write more of the path", f.n,
			           buf_span(&f.candidates).p, f.n > MAX_CANDIDATES ? ", …" : "");
		else
			buf_add_str(why, "' is not in the index; list names what is");
	}
	release(&f);
	free(name);
	return found;
}
