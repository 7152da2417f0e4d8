#include "indexer/extract/html_tag.h"

#include "indexer/extract/line.h"

bool html_tag_read(struct span source, size_t at, struct html_tag *tag)
{
	size_t i = at + 1;
	*tag = (struct html_tag){ 0 };
	if (i < source.len && source.p[i] == '/') {
		tag->closing = true;
		i++;
	}
	if (i >= source.len || !is_alpha(source.p[i]))
		return false;
	size_t start = i;
	while (i < source.len && !is_space(source.p[i]) && source.p[i] != '>' && source.p[i] != '/')
		i++;
	tag->name = (struct span){ source.p + start, i - start };
	start = i;
	char quote = 0;
	for (; i < source.len && (quote || source.p[i] != '>'); i++) {
		char c = source.p[i];
		if (quote)
			quote = c == quote ? 0 : quote;
		else if ((c == '"' || c == '\'') && source.p[i - 1] == '=')
			quote = c;
	}
	tag->attrs = (struct span){ source.p + start, i - start };
	tag->empty = i > start && source.p[i - 1] == '/';
	tag->end = i < source.len ? i + 1 : i;
	return true;
}

static size_t skip_space(struct span s, size_t i)
{
	while (i < s.len && (is_space(s.p[i]) || s.p[i] == '/'))
		i++;
	return i;
}

/* The value at s[*i], behind "=". */
static struct span read_value(struct span s, size_t *i)
{
	size_t start = *i = skip_space(s, *i);
	char quote = start < s.len && (s.p[start] == '"' || s.p[start] == '\'') ? s.p[start] : 0;
	if (quote) {
		const char *end = memchr(s.p + start + 1, quote, s.len - start - 1);
		size_t stop = end ? (size_t)(end - s.p) : s.len;
		*i = end ? stop + 1 : stop;
		return (struct span){ s.p + start + 1, stop - start - 1 };
	}
	while (*i < s.len && !is_space(s.p[*i]))
		(*i)++;
	return (struct span){ s.p + start, *i - start };
}

struct span html_tag_attr(const struct html_tag *tag, const char *name)
{
	struct span s = tag->attrs;
	for (size_t i = skip_space(s, 0); i < s.len; i = skip_space(s, i)) {
		size_t start = i;
		while (i < s.len && !is_space(s.p[i]) && s.p[i] != '=' && s.p[i] != '/')
			i++;
		struct span found = { s.p + start, i - start };
		size_t eq = i;
		while (eq < s.len && is_space(s.p[eq]))
			eq++;
		struct span value = { s.p + i, 0 };
		if (eq < s.len && s.p[eq] == '=') {
			i = eq + 1;
			value = read_value(s, &i);
		}
		if (span_is_nocase(found, name))
			return value;
		if (i == start)
			i++;
	}
	return (struct span){ 0 };
}
