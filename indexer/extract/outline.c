#include "indexer/extract/outline.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "indexer/extract/line.h"

#define NAME_MAX_BYTES 200
#define AUTHOR_MAX 300
/* Beyond the first blocks, at most one for so many bytes of text. */
#define FREE_BLOCKS 4096
#define BYTES_PER_BLOCK 32

void outline_free(struct outline *o)
{
	for (size_t i = 0; i < o->n; i++)
		free(o->items[i].name);
	free(o->items);
	free(o->title);
	free(o->author);
	free(o->date);
	*o = (struct outline){ 0 };
}

char *outline_clean(struct span name)
{
	char clean[NAME_MAX_BYTES + 4];
	size_t len = 0, i;
	for (i = 0; i < name.len && len < NAME_MAX_BYTES + 4; i++) {
		unsigned char c = (unsigned char)name.p[i];
		if (c <= ' ' || c == 0x7F) {
			if (len > 0 && clean[len - 1] != ' ')
				clean[len++] = ' ';
		} else {
			clean[len++] = (char)c;
		}
	}
	if (len > NAME_MAX_BYTES)
		len = utf8_floor(clean, len, NAME_MAX_BYTES);
	len = utf8_valid_len(clean, len);
	while (len > 0 && clean[len - 1] == ' ')
		len--;
	return len > 0 ? mem_strndup(clean, len) : NULL;
}

void outline_add(struct outline *o, enum block_kind kind, int level, size_t start, size_t end,
                 struct span name)
{
	struct block *last = o->n > 0 ? &o->items[o->n - 1] : NULL;
	if (last && start < last->end)
		start = last->end;
	while (start < end && is_space(o->text.p[start]))
		start++;
	while (end > start && is_space(o->text.p[end - 1]))
		end--;
	if (start >= end)
		return;
	if (last && o->n > FREE_BLOCKS + start / BYTES_PER_BLOCK) {
		last->end = end;
		return;
	}
	o->items = mem_grow(o->items, &o->cap, o->n + 1, sizeof *o->items);
	char *clean = name.p ? outline_clean(name) : NULL;
	o->items[o->n++] = (struct block){ kind, level, start, end, clean };
}

void outline_title(struct outline *o, struct span name)
{
	if (!o->title)
		o->title = outline_clean(name);
}

void outline_author(struct outline *o, struct span name)
{
	char *clean = outline_clean(name);
	if (!clean)
		return;
	if (!o->author) {
		o->author = clean;
		return;
	}
	struct buf both = buf_new(AUTHOR_MAX);
	if (!strstr(o->author, clean) && buf_printf(&both, "%s; %s", o->author, clean) == 0) {
		free(o->author);
		o->author = buf_take(&both, &(size_t){ 0 });
	}
	buf_free(&both);
	free(clean);
}

/* How much of it is YYYY[-MM[-DD[Thh:mm:ss]]]. */
static size_t date_len(struct span s)
{
	static const char form[] = "0000-00-00T00:00:00";
	size_t n = 0;
	while (n < s.len && n < sizeof form - 1 && (form[n] == '0' ? is_digit(s.p[n]) : s.p[n] == form[n]))
		n++;
	return n == 19 ? 19 : n >= 10 ? 10 : n >= 7 ? 7 : n >= 4 ? 4 : 0;
}

void outline_date(struct outline *o, struct span date)
{
	date = span_trim(date);
	size_t n = date_len(date);
	if (o->date || n == 0)
		return;
	/* a time of no known zone says no more than its day */
	if (n == 19 && date.p[date.len - 1] != 'Z')
		n = 10;
	o->date = mem_alloc(n + 2, 1);
	memcpy(o->date, date.p, n);
	strcpy(o->date + n, n == 19 ? "Z" : "");
}
