#define _GNU_SOURCE /* memmem */
#include "indexer/extract/html.h"

#include <stdlib.h>

#include "indexer/extract/entity.h"
#include "indexer/extract/html_tag.h"
#include "indexer/extract/line.h"

/* An entity or a separator gives at most as many bytes as its source, but for
 * separators: a tag of three bytes ("<p>") gives two. */
#define TEXT_FACTOR 2

enum role {
	ROLE_INLINE,  /* no break */
	ROLE_BLOCK,   /* ends what stands before it */
	ROLE_HEADING,
	ROLE_ITEM,
	ROLE_LIST,
	ROLE_PRE,
	ROLE_ROW,
	ROLE_CELL,
	ROLE_PARAGRAPH, /* a block that may stand in a cell */
	ROLE_BREAK,     /* <br> */
	ROLE_RAW,       /* no tags within, left out */
	ROLE_TITLE,
	ROLE_SKIP,      /* left out up to its closing tag */
	ROLE_MAIN,      /* a block; ends navigation that was never closed */
	ROLE_IMAGE
};

static const struct {
	const char *name;
	enum role role;
} roles[] = {
	{ "p", ROLE_PARAGRAPH },     { "div", ROLE_PARAGRAPH },  { "li", ROLE_ITEM },
	{ "td", ROLE_CELL },         { "th", ROLE_CELL },        { "tr", ROLE_ROW },
	{ "br", ROLE_BREAK },        { "img", ROLE_IMAGE },      { "ul", ROLE_LIST },
	{ "ol", ROLE_LIST },         { "menu", ROLE_LIST },      { "dir", ROLE_LIST },
	{ "h1", ROLE_HEADING },      { "h2", ROLE_HEADING },     { "h3", ROLE_HEADING },
	{ "h4", ROLE_HEADING },      { "h5", ROLE_HEADING },     { "h6", ROLE_HEADING },
	{ "pre", ROLE_PRE },         { "listing", ROLE_PRE },    { "script", ROLE_RAW },
	{ "style", ROLE_RAW },       { "xmp", ROLE_RAW },        { "noembed", ROLE_RAW },
	{ "noframes", ROLE_RAW },    { "iframe", ROLE_RAW },     { "textarea", ROLE_RAW },
	{ "noscript", ROLE_SKIP },   { "template", ROLE_SKIP },  { "nav", ROLE_SKIP },
	{ "svg", ROLE_SKIP },        { "select", ROLE_SKIP },    { "title", ROLE_TITLE },
	{ "body", ROLE_MAIN },       { "html", ROLE_MAIN },      { "main", ROLE_MAIN },
	{ "article", ROLE_MAIN },    { "section", ROLE_BLOCK },  { "header", ROLE_BLOCK },
	{ "footer", ROLE_BLOCK },    { "aside", ROLE_BLOCK },    { "table", ROLE_BLOCK },
	{ "thead", ROLE_BLOCK },     { "tbody", ROLE_BLOCK },    { "tfoot", ROLE_BLOCK },
	{ "caption", ROLE_BLOCK },   { "blockquote", ROLE_BLOCK }, { "dl", ROLE_BLOCK },
	{ "dt", ROLE_BLOCK },        { "dd", ROLE_BLOCK },       { "figure", ROLE_BLOCK },
	{ "figcaption", ROLE_BLOCK }, { "hr", ROLE_BLOCK },      { "form", ROLE_BLOCK },
	{ "fieldset", ROLE_BLOCK },  { "legend", ROLE_BLOCK },   { "address", ROLE_BLOCK },
	{ "details", ROLE_BLOCK },   { "summary", ROLE_BLOCK },  { "center", ROLE_BLOCK },
	{ "hgroup", ROLE_BLOCK },    { "head", ROLE_BLOCK },     { "option", ROLE_BLOCK },
};

struct reader {
	struct html *html;
	struct span in;
	size_t at;
	size_t block_start;  /* in the text */
	bool has_text;       /* in the open block */
	bool space;          /* white space waits for what follows it */
	size_t space_at;
	const char *separator; /* what goes before the next text: "", "\n", "\n\n" */
	int heading;         /* the open heading's level, 0: none */
	int lists;           /* how many lists are open */
	bool item;           /* the next block is a list item */
	bool pre;
	bool row, cell_text; /* within a table's row; something stands in its cell */
	struct span skip;    /* the element that is left out; len 0: none */
	size_t skip_depth;
	bool believed;       /* what is said to lie beside the page was found to hold it, and is text */
};

static enum role role_of(struct span name)
{
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		if (span_is_nocase(name, roles[i].name))
			return roles[i].role;
	}
	return ROLE_INLINE;
}

/* ---- text ---------------------------------------------------------------- */

static void emit(struct reader *r, const char *p, size_t len, size_t source_start,
                 size_t source_len)
{
	if (buf_add(&r->html->text, p, len) == 0)
		run_map_add(&r->html->runs, len, source_start, source_len);
}

/* What must stand before the text at source `at`. */
static void emit_before(struct reader *r, size_t at)
{
	if (!r->has_text) {
		if (r->html->text.len > 0)
			emit(r, r->separator, strlen(r->separator), at, 0);
		run_map_cut(&r->html->runs);
		r->block_start = r->html->text.len;
		r->has_text = true;
	} else if (r->space) {
		emit(r, " ", 1, r->space_at, at - r->space_at);
		run_map_cut(&r->html->runs);
	}
	r->space = false;
	r->cell_text = true;
}

static void note_space(struct reader *r, size_t at)
{
	if (!r->space)
		r->space_at = at;
	r->space = true;
}

static void read_entity(struct reader *r)
{
	char utf8[ENTITY_MAX_BYTES];
	size_t n = 0;
	size_t len = entity_decode((struct span){ r->in.p + r->at, r->in.len - r->at }, utf8, &n);
	if (len == 0) {
		emit_before(r, r->at);
		emit(r, "&", 1, r->at, 1);
		len = 1;
	} else if ((n == 1 && (unsigned char)utf8[0] <= ' ') ||
	           (n == 2 && memcmp(utf8, "\xC2\xA0", 2) == 0)) {
		note_space(r, r->at);
	} else if (!(n == 2 && memcmp(utf8, "\xC2\xAD", 2) == 0)) { /* a soft hyphen is no text */
		emit_before(r, r->at);
		emit(r, utf8, n, r->at, len);
	}
	r->at += len;
}

/* Text up to the next tag, entity or white space. */
static void read_text(struct reader *r)
{
	char c = r->in.p[r->at];
	if (c == '&') {
		read_entity(r);
	} else if (is_space(c) && !(r->pre && r->has_text)) {
		note_space(r, r->at++);
	} else {
		size_t start = r->at++;
		while (r->at < r->in.len && !strchr("<&", r->in.p[r->at]) &&
		       (r->pre || !is_space(r->in.p[r->at])))
			r->at++;
		emit_before(r, start);
		emit(r, r->in.p + start, r->at - start, start, r->at - start);
	}
}

/* ---- blocks -------------------------------------------------------------- */

static void end_block(struct reader *r)
{
	struct outline *o = &r->html->outline;
	struct span none = { 0 };
	if (r->has_text) {
		o->text = buf_span(&r->html->text);
		struct span text = { o->text.p + r->block_start, o->text.len - r->block_start };
		bool line = r->row || r->item;
		if (r->heading) {
			outline_title(o, text);
			outline_add(o, BLOCK_HEADING, r->heading, r->block_start, o->text.len, text);
		} else if (r->pre) {
			outline_add(o, BLOCK_CODE, 0, r->block_start, o->text.len, none);
		} else if (r->row) {
			outline_add(o, BLOCK_ROW, 0, r->block_start, o->text.len, none);
		} else if (r->item) {
			outline_add(o, BLOCK_LIST_ITEM, r->lists > 0 ? r->lists : 1, r->block_start,
			            o->text.len, none);
		} else {
			outline_add(o, BLOCK_PARAGRAPH, 0, r->block_start, o->text.len, none);
		}
		r->separator = line ? "\n" : "\n\n";
		r->item = false;
	}
	r->has_text = r->space = false;
}

static void open_row(struct reader *r, bool open)
{
	end_block(r);
	r->row = open;
	r->cell_text = false;
}

static void start_cell(struct reader *r, const struct html_tag *tag)
{
	if (!r->row || tag->closing) {
		note_space(r, r->at);
		if (!r->row)
			end_block(r);
		return;
	}
	if (r->has_text) {
		emit(r, " | ", 3, r->at, tag->end - r->at);
		run_map_cut(&r->html->runs);
		r->space = false;
	}
	r->cell_text = false;
}

/* A second paragraph in a cell, a list or a heading there: the table is layout. */
static void leave_row(struct reader *r)
{
	if (r->row)
		open_row(r, false);
}

static void apply_block(struct reader *r, const struct html_tag *tag, enum role role)
{
	switch (role) {
	case ROLE_PARAGRAPH:
		if (r->row && !r->cell_text) {
			note_space(r, r->at);
			return;
		}
		if (r->row && tag->closing) {
			note_space(r, r->at);
			return;
		}
		leave_row(r);
		end_block(r);
		break;
	case ROLE_HEADING:
		leave_row(r);
		end_block(r);
		r->heading = tag->closing ? 0 : tag->name.p[1] - '0';
		break;
	case ROLE_PRE:
		leave_row(r);
		end_block(r);
		r->pre = !tag->closing;
		break;
	case ROLE_LIST:
		leave_row(r);
		end_block(r);
		r->item = false;
		r->lists += tag->closing ? -(r->lists > 0) : r->lists < 1000;
		break;
	case ROLE_ITEM:
		leave_row(r);
		end_block(r);
		r->item = !tag->closing;
		break;
	case ROLE_ROW:
		open_row(r, !tag->closing);
		break;
	case ROLE_CELL:
		start_cell(r, tag);
		break;
	default:
		leave_row(r);
		end_block(r);
	}
}

/* ---- elements that are not text ------------------------------------------- */

/* Where "</name" stands at or behind `at`; the end of the source: nowhere. */
static size_t find_close(struct span in, size_t at, struct span name)
{
	const char *p;
	while (at < in.len && (p = memmem(in.p + at, in.len - at, "</", 2))) {
		at = (size_t)(p - in.p);
		size_t i = 0;
		while (i < name.len && at + 2 + i < in.len &&
		       to_lower(in.p[at + 2 + i]) == to_lower(name.p[i]))
			i++;
		if (i == name.len)
			return at;
		at += 2;
	}
	return in.len;
}

static void read_title(struct reader *r, size_t start, size_t end)
{
	struct buf title = buf_new(4096);
	for (size_t i = start; i < end && !title.overflow;) {
		char utf8[ENTITY_MAX_BYTES];
		size_t n = 0;
		size_t len = entity_decode((struct span){ r->in.p + i, end - i }, utf8, &n);
		if (len > 0)
			buf_add(&title, utf8, n);
		else
			buf_add_byte(&title, r->in.p[i]);
		i += len > 0 ? len : 1;
	}
	outline_title(&r->html->outline, buf_span(&title));
	buf_free(&title);
}

static void skip_from(struct reader *r, const struct html_tag *tag)
{
	if (tag->empty || tag->closing)
		return;
	end_block(r);
	r->skip = tag->name;
	r->skip_depth = 1;
}

/* Within an element that is left out: true while it goes on. */
static bool skipping(struct reader *r, const struct html_tag *tag, enum role role)
{
	if (r->skip.len == 0)
		return false;
	bool same = tag->name.len == r->skip.len;
	for (size_t i = 0; same && i < tag->name.len; i++)
		same = to_lower(tag->name.p[i]) == to_lower(r->skip.p[i]);
	if (same && !tag->empty)
		r->skip_depth += tag->closing ? (size_t)-1 : 1;
	if (r->skip_depth > 0 && role != ROLE_MAIN)
		return true;
	r->skip.len = 0;
	return same;
}

static void read_image(struct reader *r, const struct html_tag *tag)
{
	struct span alt = span_trim(html_tag_attr(tag, "alt"));
	if (alt.len == 0 || memchr(alt.p, '\n', alt.len))
		return;
	size_t at = (size_t)(alt.p - r->in.p);
	note_space(r, r->at);
	emit_before(r, at);
	emit(r, alt.p, alt.len, at, alt.len);
	note_space(r, at + alt.len);
}

/* <br> within text is a line end, but a line break in a row stays in its line. */
static void read_break(struct reader *r, const struct html_tag *tag)
{
	if (!r->has_text || r->row || r->heading) {
		note_space(r, r->at);
		return;
	}
	emit(r, "\n", 1, r->at, tag->end - r->at);
	run_map_cut(&r->html->runs);
	r->space = false;
}

/* Menus, search fields and cookie banners by what they say of themselves, and what is hidden. */
static bool is_beside_the_page(const struct html_tag *tag)
{
	static const char *const beside[] = { "navigation", "search", "menu",
		                              "menubar", "dialog", "alertdialog" };
	if (tag->closing || tag->empty || tag->attrs.len == 0)
		return false;
	struct span role = html_tag_attr(tag, "role");
	for (size_t i = 0; role.len > 0 && i < sizeof beside / sizeof *beside; i++)
		if (span_is_nocase(role, beside[i]))
			return true;
	struct span hidden = html_tag_attr(tag, "hidden");
	return hidden.p && !span_is_nocase(hidden, "until-found");
}

/* Behind the element's closing tag; the tag's own end when there is none, or when most of the page
 * stands within: then the page is not to be taken at its word. */
static size_t element_end(struct reader *r, const struct html_tag *tag)
{
	size_t depth = 1, at = tag->end;
	struct html_tag inner;
	const char *p;
	while (!r->believed && at < r->in.len && (p = memchr(r->in.p + at, '<', r->in.len - at))) {
		at = (size_t)(p - r->in.p);
		if (!html_tag_read(r->in, at, &inner)) {
			at++;
			continue;
		}
		at = inner.end;
		bool same = inner.name.len == tag->name.len && !inner.empty;
		for (size_t i = 0; same && i < inner.name.len; i++)
			same = to_lower(inner.name.p[i]) == to_lower(tag->name.p[i]);
		if (same)
			depth += inner.closing ? (size_t)-1 : 1;
		if (depth == 0 && at - tag->end <= r->in.len / 2)
			return at;
		if (depth == 0 || role_of(inner.name) == ROLE_MAIN)
			break;
	}
	r->believed = true; /* nothing more is looked for: it would take as long each time */
	return tag->end;
}

/* ---- markup --------------------------------------------------------------- */

static void apply_tag(struct reader *r, const struct html_tag *tag)
{
	enum role role = role_of(tag->name);
	size_t end = tag->end;
	if (role == ROLE_RAW || role == ROLE_TITLE) {
		size_t close = tag->closing || tag->empty ? end : find_close(r->in, end, tag->name);
		if (role == ROLE_TITLE && r->skip.len == 0)
			read_title(r, end, close);
		r->at = close;
		return;
	}
	if (!skipping(r, tag, role)) {
		if (role == ROLE_SKIP)
			skip_from(r, tag);
		else if (role == ROLE_BREAK)
			read_break(r, tag);
		else if (role == ROLE_IMAGE)
			read_image(r, tag);
		else if (role != ROLE_INLINE) {
			apply_block(r, tag, role);
			end = is_beside_the_page(tag) ? element_end(r, tag) : end;
		}
	}
	r->at = end;
}

static size_t end_of(struct span in, size_t from, const char *mark)
{
	const char *end = from < in.len ? memmem(in.p + from, in.len - from, mark, strlen(mark)) : NULL;
	return end ? (size_t)(end - in.p) + strlen(mark) : in.len;
}

/* "<!...", "<?...": the length is behind r->at when it is markup. */
static bool read_declaration(struct reader *r)
{
	struct span rest = { r->in.p + r->at, r->in.len - r->at };
	if (span_starts(rest, "<!--"))
		r->at = end_of(r->in, r->at + (span_starts(rest, "<!-->") ? 2 : 4), "-->");
	else if (span_starts(rest, "<![CDATA["))
		r->at += 9;
	else if (span_starts(rest, "<!") || span_starts(rest, "<?"))
		r->at = end_of(r->in, r->at, ">");
	else
		return false;
	return true;
}

static void read_markup(struct reader *r)
{
	struct html_tag tag;
	if (read_declaration(r))
		return;
	if (html_tag_read(r->in, r->at, &tag)) {
		apply_tag(r, &tag);
		return;
	}
	if (r->skip.len == 0) {
		emit_before(r, r->at);
		emit(r, "<", 1, r->at, 1);
	}
	r->at++;
}

static size_t next_markup(const struct reader *r)
{
	const char *p = memchr(r->in.p + r->at, '<', r->in.len - r->at);
	return p ? (size_t)(p - r->in.p) : r->in.len;
}

void html_read(struct span source, struct html *html)
{
	*html = (struct html){ .text = buf_new(source.len * TEXT_FACTOR + 16) };
	struct reader r = { .html = html, .in = source, .separator = "" };
	while (r.at < source.len) {
		if (source.p[r.at] == '<')
			read_markup(&r);
		else if (r.skip.len > 0)
			r.at = next_markup(&r);
		else
			read_text(&r);
	}
	end_block(&r);
	html->outline.text = buf_span(&html->text);
}

void html_free(struct html *html)
{
	buf_free(&html->text);
	run_map_free(&html->runs);
	outline_free(&html->outline);
}

struct span html_charset(struct span bytes)
{
	size_t len = bytes.len < 2048 ? bytes.len : 2048;
	for (size_t i = 0; i + 10 < len; i++) {
		struct span rest = { bytes.p + i, len - i };
		size_t skip = span_starts_nocase(rest, "charset=")     ? 8
		              : span_starts_nocase(rest, "encoding=\"") ? 9
		                                                        : 0;
		if (skip == 0)
			continue;
		struct span value = { rest.p + skip, rest.len - skip };
		while (value.len > 0 && (value.p[0] == '"' || value.p[0] == '\''))
			value = (struct span){ value.p + 1, value.len - 1 };
		size_t n = 0;
		while (n < value.len && (is_alpha(value.p[n]) || is_digit(value.p[n]) ||
		                         memchr("-_:.", value.p[n], 4)))
			n++;
		return (struct span){ value.p, n };
	}
	return (struct span){ 0 };
}
