#include "cli/print_text.h"

#include <stdlib.h>
#include <string.h>

struct span text_lines(struct span text, uint64_t line, uint64_t count)
{
	const char *p = text.p, *end = p + text.len;
	for (uint64_t skip = 1; skip < line && p < end; skip++) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		p = newline ? newline + 1 : end;
	}
	const char *stop = p;
	for (uint64_t n = 0; n < count && stop < end; n++) {
		const char *newline = memchr(stop, '\n', (size_t)(end - stop));
		stop = newline ? newline + 1 : end;
	}
	return (struct span){ p, (size_t)(stop - p) };
}

void print_text(const struct cli *cli, struct span text)
{
	if (!cli->out.tty) {
		fwrite(text.p, 1, text.len, stdout);
		fputs(text.len && text.p[text.len - 1] != '\n' ? "\n" : "", stdout);
		return;
	}
	struct buf line = buf_new(text.len * 3 + 64);
	for (size_t at = 0; at < text.len;) {
		struct span one = text_lines((struct span){ text.p + at, text.len - at }, 1, 1);
		at += one.len;
		if (one.len && one.p[one.len - 1] == '\n')
			one.len--;
		buf_clear(&line);
		text_harmless(&line, one);
		printf("%s\n", buf_span(&line).p);
	}
	buf_free(&line);
}

static bool read_number(const char **at, uint64_t *number)
{
	char *end;
	if (**at < '1' || **at > '9')
		return false;
	*number = strtoull(*at, &end, 10);
	*at = end;
	return true;
}

int page_range_read(const char *typed, struct page_range *range, struct err *err)
{
	const char *at = typed;
	*range = (struct page_range){ 0 };
	if (!typed)
		return 0;
	bool good = read_number(&at, &range->first);
	range->last = range->first;
	if (good && *at == '-') {
		at++;
		good = read_number(&at, &range->last);
	}
	if (!good || *at || range->last < range->first)
		return err_set(err, ERR_USAGE, "'%s' is no page; give one, as 3, or a range, as 3-5", typed);
	return 0;
}

int document_pages(const struct document *doc, struct page_range range, const char *path,
                   struct span *text, struct err *err)
{
	*text = (struct span){ doc->text, doc->text_len };
	if (!range.first)
		return 0;
	if (!doc->n_pages)
		return err_set(err, ERR_INPUT, "'%s' has no pages; name lines", path);
	if (range.first > doc->n_pages)
		return err_set(err, ERR_INPUT, "'%s' has no page %llu, but %zu in all", path,
		               (unsigned long long)range.first, doc->n_pages);
	size_t start = doc->page_starts[range.first - 1];
	size_t end = range.last < doc->n_pages ? doc->page_starts[range.last] : doc->text_len;
	*text = (struct span){ doc->text + start, end - start };
	return 0;
}
