/* Any bytes as the arguments of a call, the first byte says of which function: every call is
 * answered, within bounds, and nothing outside of the user's filter is seen. */
#include <stdlib.h>
#include <string.h>

#include "ask/tools.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "tests/support/small_index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_OUT = 64 << 10 };

static const struct small_document documents[] = {
	{ "/docs/lease.md", "Lease", "markdown", "en", "The lease begins.\n---\nNotice is three months." },
	{ "/docs/old/lease.md", "```\nOld", "markdown", "en", "The old lease ```\nended." },
	{ "/docs/\xFFz.txt", NULL, "text", "de", "Die Miete." },
	{ "/private/key.md", "HIDDEN", "markdown", "en", "HIDDEN lease" },
};

static void must(bool truth)
{
	if (!truth)
		abort();
}

static struct store *store;

static void close_index(void)
{
	small_index_close(store);
}

static void open_index(void)
{
	struct err err;
	store = small_index(documents, sizeof documents / sizeof *documents, &err);
	must(store != NULL);
	atexit(close_index);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char names[][8] = { "search", "read", "list", "x" };
	static const char *const path = "/docs";
	if (size == 0)
		return 0;
	if (!store)
		open_index();
	struct search_options search = { .mode = SEARCH_LEXICAL, .filter = { .paths = &path, .n_paths = 1 } };
	struct sources sources = { 0 };
	struct tools tools = { .store = store, .search = &search, .sources = &sources, .index_tools = true };
	char *arguments = mem_strndup((const char *)data + 1, size - 1), id[] = "1";
	struct chat_call call = { id, names[data[0] % 4], arguments };
	struct buf out = buf_new(MAX_OUT), said = buf_new(4096);
	struct err err = { 0 };
	must(tools_call(&tools, &call, &out, &said, &err) == 0);
	must(out.len > 0 && !out.overflow && utf8_is_valid(out.p, out.len));
	/* but for words of the call */
	must(out.p[0] == '\'' || strncmp(out.p, "error: ", 7) == 0 || !strstr(out.p, "HIDDEN"));
	must(said.len > 0 && !strpbrk(said.p, "\n\x1B") && utf8_is_valid(said.p, said.len));
	for (size_t i = 0; i < sources.n; i++)
		must(strncmp(sources.items[i].path, "/docs/", 6) == 0);
	sources_free(&sources);
	buf_free(&out);
	buf_free(&said);
	free(arguments);
	return 0;
}
