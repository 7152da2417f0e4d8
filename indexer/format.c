#include "indexer/format.h"

#include "indexer/line.h"
#include "indexer/markdown.h"
#include "indexer/plain.h"

struct span path_name(struct span path)
{
	for (size_t i = path.len; i > 0; i--) {
		if (path.p[i - 1] == '/')
			return (struct span){ path.p + i, path.len - i };
	}
	return path;
}

struct span path_extension(struct span path)
{
	struct span name = path_name(path);
	for (size_t i = name.len; i > 1; i--) {
		if (name.p[i - 1] == '.')
			return (struct span){ name.p + i, name.len - i };
	}
	return (struct span){ name.p, 0 };
}

static const struct {
	const char *extension, *format;
	outline_reader *reader;
} by_name[] = {
	{ "md", "markdown", markdown_outline },
	{ "markdown", "markdown", markdown_outline },
	{ "mdown", "markdown", markdown_outline },
	{ "mkd", "markdown", markdown_outline },
	{ "mdx", "markdown", markdown_outline },
	{ "rmd", "markdown", markdown_outline },
	{ "qmd", "markdown", markdown_outline },
	{ "html", "html", NULL },
	{ "htm", "html", NULL },
	{ "xhtml", "html", NULL },
	{ "shtml", "html", NULL },
};

struct format format_of(struct span path, struct span text)
{
	struct span ext = path_extension(path);
	(void)text;
	for (size_t i = 0; i < sizeof by_name / sizeof *by_name; i++) {
		if (span_is_nocase(ext, by_name[i].extension))
			return (struct format){ by_name[i].format, by_name[i].reader };
	}
	return (struct format){ "text", plain_outline };
}
