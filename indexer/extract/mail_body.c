#include "indexer/extract/mail_body.h"

#include "indexer/extract/line.h"

static int base64_value(char c)
{
	if (is_upper(c))
		return c - 'A';
	if (is_alpha(c))
		return c - 'a' + 26;
	if (is_digit(c))
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

void mail_base64(struct span s, struct buf *out)
{
	unsigned bits = 0, n_bits = 0;
	for (size_t i = 0; i < s.len; i++) {
		int value = base64_value(s.p[i]);
		if (s.p[i] == '=')
			n_bits = 0; /* another may be put behind */
		if (value < 0)
			continue;
		bits = bits << 6 | (unsigned)value;
		n_bits += 6;
		if (n_bits >= 8) {
			n_bits -= 8;
			buf_add_byte(out, (char)(bits >> n_bits));
		}
	}
}

int mail_hex(char c)
{
	if (is_digit(c))
		return c - '0';
	c = to_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void mail_quoted(struct span s, bool word, struct buf *out)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (c == '_' && word) {
			buf_add_byte(out, ' ');
		} else if (c != '=') {
			buf_add_byte(out, c);
		} else if (i + 2 < s.len && mail_hex(s.p[i + 1]) >= 0 && mail_hex(s.p[i + 2]) >= 0) {
			buf_add_byte(out, (char)(mail_hex(s.p[i + 1]) * 16 + mail_hex(s.p[i + 2])));
			i += 2;
		} else {
			/* a soft line end; any other '=' is a mistake and stays */
			size_t end = i + 1;
			while (end < s.len && (s.p[end] == ' ' || s.p[end] == '\t' || s.p[end] == '\r'))
				end++;
			if (end < s.len && s.p[end] == '\n')
				i = end;
			else if (end < s.len)
				buf_add_byte(out, c);
			else
				i = end;
		}
	}
}

static size_t quote_depth(struct span s)
{
	return count_char(s, 0, s.len, '>');
}

void mail_flowed(struct span s, bool delete_space, struct buf *out)
{
	struct line line = { 0 };
	size_t depth_before = 0;
	bool flows = false;
	while (line_next(s, &line)) {
		struct span text = { s.p + line.start, line.end - line.start };
		size_t depth = quote_depth(text), skip = depth;
		if (skip < text.len && text.p[skip] == ' ')
			skip++; /* stuffed */
		struct span content = { text.p + skip, text.len - skip };
		bool signature = span_equal(content, span_of("-- "));
		if (flows && depth == depth_before && !signature) {
			buf_add_span(out, content);
		} else {
			if (out->len > 0)
				buf_add_byte(out, '\n');
			buf_add(out, text.p, depth);
			if (depth > 0)
				buf_add_byte(out, ' ');
			buf_add_span(out, content);
		}
		flows = content.len > 0 && content.p[content.len - 1] == ' ' && !signature;
		if (flows && delete_space)
			out->len--;
		depth_before = depth;
	}
}
