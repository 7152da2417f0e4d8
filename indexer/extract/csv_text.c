#include "indexer/extract/csv_text.h"

#include "indexer/extract/line.h"

/* A quoted field that is longer is a stray quote. */
#define FIELD_MAX_BYTES 65536
#define SNIFF_BYTES 4096

/* The separator that the first lines hold most often. */
static char separator_of(struct span text)
{
	static const char marks[] = ",;\t|";
	size_t counts[sizeof marks] = { 0 }, best = 0;
	size_t len = text.len < SNIFF_BYTES ? text.len : SNIFF_BYTES;
	for (size_t i = 0; i < len; i++) {
		const char *mark = text.p[i] ? strchr(marks, text.p[i]) : NULL;
		if (mark)
			counts[mark - marks]++;
	}
	for (size_t i = 1; i < sizeof marks - 1; i++) {
		if (counts[i] > counts[best])
			best = i;
	}
	return marks[best];
}

/* Behind the quote that closes the field which opens at `at`; `at` + 1 when it
 * is a stray one. */
static size_t quoted_end(struct span text, size_t at)
{
	size_t stop = text.len - at > FIELD_MAX_BYTES ? at + FIELD_MAX_BYTES : text.len;
	for (size_t i = at + 1; i < stop; i++) {
		if (text.p[i] != '"')
			continue;
		if (i + 1 < text.len && text.p[i + 1] == '"')
			i++;
		else
			return i + 1;
	}
	return at + 1;
}

/* Two fields at least, and none of them a number: the columns' names. */
static bool is_header(struct span row, char separator)
{
	size_t n_fields = 1;
	bool number = true, empty = true;
	for (size_t i = 0; i < row.len; i++) {
		char c = row.p[i];
		if (c == separator) {
			if (number && !empty)
				return false;
			n_fields++;
			number = empty = true;
			continue;
		}
		empty = empty && (is_space(c) || c == '"');
		number = number && (is_digit(c) || strchr(".,-+ \"", c));
	}
	return n_fields > 1 && !(number && !empty);
}

static void add_row(struct outline *o, size_t start, size_t end, char separator)
{
	struct span row = outline_span(o, start, end);
	bool header = o->n == 0 && is_header(row, separator);
	outline_add(o, BLOCK_ROW, header, start, end, header ? row : (struct span){ 0 });
}

void csv_outline(struct outline *o)
{
	struct span text = o->text;
	char separator = separator_of(text);
	size_t start = 0;
	size_t no_quote_before = 0; /* a stray quote was looked for up to here */
	bool field = true;
	for (size_t i = 0; i < text.len;) {
		char c = text.p[i];
		if (c == '"' && field && i >= no_quote_before) {
			size_t end = quoted_end(text, i);
			if (end == i + 1)
				no_quote_before = i + FIELD_MAX_BYTES;
			i = end;
			field = false;
			continue;
		}
		if (c == '\n') {
			add_row(o, start, i, separator);
			start = i + 1;
		}
		field = c == '\n' || c == separator;
		i++;
	}
	add_row(o, start, text.len, separator);
}
