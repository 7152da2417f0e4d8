#include "indexer/extract/config_text.h"

#include "indexer/extract/line.h"

#define NONE ((size_t)-1)
#define KEY_MAX 200

/* The name of the section that the line begins; p NULL: none. */
typedef struct span section_name(struct span text, const struct line *line);

/* [table], [[table]] */
static struct span table_name(struct span text, const struct line *line)
{
	struct span s = line_content(text, line);
	if (s.len < 3 || s.p[0] != '[' || line->indent > 0)
		return (struct span){ 0 };
	const char *end = memchr(s.p, ']', s.len);
	size_t skip = s.p[1] == '[' ? 2 : 1;
	if (!end || (size_t)(end - s.p) <= skip || memchr(s.p, ',', (size_t)(end - s.p)))
		return (struct span){ 0 };
	return (struct span){ s.p + skip, (size_t)(end - s.p) - skip };
}

/* The line's key in the first column; p NULL: none. */
static struct span yaml_key(struct span text, const struct line *line)
{
	struct span s = line_content(text, line);
	const char *end = s.len > 1 ? memchr(s.p, ':', s.len < KEY_MAX ? s.len : KEY_MAX) : NULL;
	bool behind = end && (end + 1 == s.p + s.len || is_space(end[1]));
	if (!behind || line->indent > 0 || s.p[0] == '#' || s.p[0] == '-' || end == s.p)
		return (struct span){ 0 };
	return (struct span){ s.p, (size_t)(end - s.p) };
}

/* A key with something below it. */
static struct span yaml_name(struct span text, const struct line *line)
{
	struct span key = yaml_key(text, line);
	struct line below = *line;
	if (!key.p)
		return key;
	while (line_next(text, &below) && below.blank)
		;
	bool has_more = below.start > line->start && !below.blank &&
	                (below.indent > 0 || text.p[below.first] == '-');
	return has_more && !span_starts(line_content(text, &below), "---") ? key : (struct span){ 0 };
}

struct reader {
	struct outline *o;
	struct span text;
	size_t open;      /* where what is open began */
	struct span name; /* p NULL: lines of no section */
	size_t comment;   /* where the comment above this line began; NONE: there is none */
};

static void close_open(struct reader *r, size_t end)
{
	outline_add(r->o, r->name.p ? BLOCK_DEFINITION : BLOCK_CODE, r->name.p ? 1 : 0, r->open, end, r->name);
}

static void begin(struct reader *r, size_t at, struct span name)
{
	at = r->comment == NONE ? at : r->comment;
	close_open(r, at);
	r->open = at;
	r->name = name;
}

/* ends: whether a line that begins no section ends the one that is open. */
static void read_sections(struct outline *o, section_name *name_of,
                          bool (*ends)(struct span text, const struct line *line))
{
	struct reader r = { .o = o, .text = o->text, .comment = NONE };
	struct line line = { 0 };
	while (line_next(r.text, &line)) {
		char first = line.blank ? '\0' : r.text.p[line.first];
		if (first == '#' || first == ';') {
			r.comment = line.indent == 0 && r.comment == NONE ? line.start : r.comment;
			continue;
		}
		struct span name = name_of(r.text, &line);
		if (name.p)
			begin(&r, line.start, name);
		else if (r.name.p && ends(r.text, &line))
			begin(&r, line.start, (struct span){ 0 });
		else if (!r.name.p && line.blank)
			begin(&r, line.start, (struct span){ 0 });
		r.comment = NONE;
	}
	close_open(&r, r.text.len);
}

static bool never(struct span text, const struct line *line)
{
	(void)text;
	(void)line;
	return false;
}

static bool yaml_ends(struct span text, const struct line *line)
{
	return yaml_key(text, line).p || span_starts(line_content(text, line), "---");
}

void yaml_outline(struct outline *o)
{
	read_sections(o, yaml_name, yaml_ends);
}

void tables_outline(struct outline *o)
{
	read_sections(o, table_name, never);
}
