#include "indexer/extract/compressed.h"

#include <stdlib.h>

#include "indexer/extract/format.h"
#include "indexer/extract/line.h"
#include "indexer/extract/magic.h"
#include "indexer/extract/unpack.h"

void compressed_load(void)
{
	unpack_load();
}

/* The path without the endings that tell of the packing: libarchive undoes one within another. */
static struct span compressed_name(struct span path)
{
	static const char *const endings[] = { "gz", "bz2", "xz", "zst", "lz4" };
	enum { N = sizeof endings / sizeof *endings };
	for (size_t i = 0; i < N; i++) {
		struct span end = path_extension(path);
		if (!span_is_nocase(end, endings[i]))
			continue;
		path.len -= end.len + 1;
		i = (size_t)-1; /* from the first again */
	}
	return path;
}

/* Its positions are those of the text: there is no other place that a line could name. */
static void make_derived(struct document *doc)
{
	free(doc->runs);
	free(doc->line_starts);
	doc->runs = NULL;
	doc->line_starts = NULL;
	doc->n_runs = doc->n_lines = 0;
	doc->derived = true;
}

enum skip_reason compressed_read(struct span path, struct span bytes, struct document *doc,
                                 const char **why)
{
	static char sentence[EXTRACT_WHY]; /* the child reads one file */
	struct span name = compressed_name(path);
	struct buf text = buf_new(COMPRESSED_TEXT_MAX + (1 << 16)); /* unpacking reserves ahead */
	enum skip_reason reason = unpack_stream(bytes, &text, why);
	if (reason == SKIP_TOO_LARGE || (reason == SKIP_NONE && text.len > COMPRESSED_TEXT_MAX)) {
		*why = "it unpacks to more than 24 MB";
		reason = SKIP_TOO_LARGE;
	}
	if (reason == SKIP_NONE) {
		*why = magic_format(name, buf_span(&text)); /* a reader of its own cannot start from here */
		reason = *why ? SKIP_UNSUPPORTED : extract(name, buf_span(&text), doc, sentence);
		*why = *why ? *why : sentence;
	}
	buf_free(&text);
	if (reason == SKIP_NONE) {
		make_derived(doc);
		*why = doc->format;
	}
	return reason;
}
