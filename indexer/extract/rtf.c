#include "indexer/extract/rtf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "indexer/extract/code_page.h"
#include "indexer/extract/derive.h"
#include "indexer/extract/line.h"
#include "indexer/extract/office_table.h"

enum {
	DEPTH_MAX = 256,  /* deeper groups are left out */
	FONTS_MAX = 4096, /* by number */
	STYLES_MAX = 4096,
	WORD_MAX = 32
};

enum target { TO_TEXT, TO_NOTE, TO_MARGIN, TO_NOTHING, TO_FONTS, TO_STYLES, TO_TITLE, TO_AUTHOR, TO_DATE };

struct group {
	enum target target;
	int font, skip_after_u;
	bool deleted;
};

struct rtf {
	struct span in;
	size_t at;
	struct group stack[DEPTH_MAX];
	size_t depth;      /* of groups that are open */
	size_t too_deep;   /* beyond DEPTH_MAX */
	size_t to_skip;    /* characters that stand for one that was given by \u */
	uint32_t high;     /* the first half of a pair of surrogates */
	int code_page;
	short font_pages[FONTS_MAX]; /* code pages; 0: the document's */
	signed char style_levels[STYLES_MAX];
	struct buf bytes;  /* of a code page that are not yet text */
	struct buf word;   /* of what is no text: a title, a style's name */
	struct buf notes;
	struct buf margins; /* what stands at the head and foot of pages: comes last */
	struct derive d;
	struct office_table table;
	bool in_table, in_list;
	int level, style;  /* of the heading that is open; the style that is read */
	int date[3];
};

static struct group *top(struct rtf *r)
{
	return &r->stack[r->depth];
}

/* --- where text goes ---------------------------------------------------------------------- */

static void put(struct rtf *r, struct span text)
{
	struct group *g = top(r);
	if (g->deleted || r->too_deep)
		return;
	switch (g->target) {
	case TO_TEXT:
		office_table_text(&r->table, &r->d);
		derive_add(&r->d, text);
		break;
	case TO_NOTE:
		buf_add_span(&r->notes, text);
		break;
	case TO_MARGIN:
		buf_add_span(&r->margins, text);
		break;
	case TO_TITLE:
	case TO_AUTHOR:
	case TO_STYLES:
		buf_add_span(&r->word, text);
		break;
	default:
		break;
	}
}

/* Bytes are turned into text when all that belong together are there: a character of the Far
 * East takes two. */
static void flush_bytes(struct rtf *r)
{
	if (r->bytes.len == 0)
		return;
	struct group *g = top(r);
	int page = g->font >= 0 && g->font < FONTS_MAX ? r->font_pages[g->font] : 0;
	struct buf text = buf_new(1 << 20);
	code_page_add(&text, page ? page : r->code_page, buf_span(&r->bytes));
	buf_clear(&r->bytes);
	put(r, buf_span(&text));
	buf_free(&text);
}

static void put_byte(struct rtf *r, char byte)
{
	if (r->to_skip > 0) {
		r->to_skip--;
		return;
	}
	if (top(r)->target == TO_NOTHING || top(r)->target == TO_FONTS)
		return;
	if (buf_add_byte(&r->bytes, byte) < 0) {
		flush_bytes(r);
		buf_add_byte(&r->bytes, byte);
	}
}

static void put_code(struct rtf *r, uint32_t code)
{
	char utf8[4];
	flush_bytes(r);
	if (code >= 0xD800 && code < 0xDC00) {
		r->high = code;
		return;
	}
	if (code >= 0xDC00 && code < 0xE000 && r->high)
		code = 0x10000 + ((r->high - 0xD800) << 10) + (code - 0xDC00);
	r->high = 0;
	put(r, (struct span){ utf8, utf8_encode(code, utf8) });
}

/* --- blocks ------------------------------------------------------------------------------- */

static void end_paragraph(struct rtf *r)
{
	struct span none = { 0 };
	flush_bytes(r);
	if (top(r)->target == TO_NOTE) {
		buf_add_byte(&r->notes, ' ');
		return;
	}
	if (top(r)->target == TO_MARGIN)
		buf_add_byte(&r->margins, '\n');
	if (top(r)->target != TO_TEXT)
		return;
	if (r->table.depth > 0 && !r->in_table)
		office_table_close(&r->table, &r->d);
	if (r->table.depth > 0) {
		office_table_paragraph_end(&r->table);
		return;
	}
	if (r->level > 0)
		derive_end(&r->d, BLOCK_HEADING, r->level, none);
	else
		derive_end(&r->d, r->in_list ? BLOCK_LIST_ITEM : BLOCK_PARAGRAPH, r->in_list, none);
	if (r->notes.len > 0) {
		derive_add(&r->d, buf_span(&r->notes));
		derive_end(&r->d, BLOCK_PARAGRAPH, 0, none);
		buf_clear(&r->notes);
	}
}

/* Cells have no beginning of their own: text within a table is in one, up to \cell. */
static void need_cell(struct rtf *r)
{
	if (top(r)->target != TO_TEXT)
		return;
	if (r->in_table && r->table.depth == 0) {
		office_table_open(&r->table, &r->d);
		office_table_cell(&r->table, &r->d, 0);
	} else if (!r->in_table && r->table.depth > 0) {
		office_table_close(&r->table, &r->d);
	}
}

static void end_row(struct rtf *r)
{
	flush_bytes(r);
	if (r->table.depth == 0)
		return;
	office_table_row_end(&r->table, &r->d);
	office_table_cell(&r->table, &r->d, 0);
}

static void end_cell(struct rtf *r)
{
	need_cell(r);
	flush_bytes(r);
	if (r->table.depth > 0)
		office_table_cell(&r->table, &r->d, 0);
}

/* --- control words ------------------------------------------------------------------------ */

static const struct {
	const char *name;
	enum target target;
} destinations[] = {
	{ "fonttbl", TO_FONTS },      { "stylesheet", TO_STYLES },   { "colortbl", TO_NOTHING },
	{ "info", TO_NOTHING },       { "title", TO_TITLE },         { "author", TO_AUTHOR },
	{ "creatim", TO_DATE },       { "footnote", TO_NOTE },       { "annotation", TO_NOTE },
	{ "pict", TO_NOTHING },       { "objdata", TO_NOTHING },     { "fldinst", TO_NOTHING },
	{ "themedata", TO_NOTHING },  { "datastore", TO_NOTHING },   { "listtext", TO_NOTHING },
	{ "pntext", TO_NOTHING },     { "nonshppict", TO_NOTHING },  { "xe", TO_NOTHING },
	{ "tc", TO_NOTHING },         { "bkmkstart", TO_NOTHING },   { "bkmkend", TO_NOTHING },
	{ "listtable", TO_NOTHING },  { "rsidtbl", TO_NOTHING },     { "operator", TO_NOTHING },
	{ "company", TO_NOTHING },    { "subject", TO_NOTHING },     { "keywords", TO_NOTHING },
	{ "doccomm", TO_NOTHING },    { "revtim", TO_NOTHING },      { "printim", TO_NOTHING },
	{ "header", TO_MARGIN },      { "headerl", TO_MARGIN },      { "headerr", TO_MARGIN },
	{ "headerf", TO_MARGIN },     { "footer", TO_MARGIN },       { "footerl", TO_MARGIN },
	{ "footerr", TO_MARGIN },     { "footerf", TO_MARGIN },      { "ftnsep", TO_NOTHING },
	{ "ftnsepc", TO_NOTHING },    { "aftnsep", TO_NOTHING },     { "aftnsepc", TO_NOTHING },
	{ "atrfstart", TO_NOTHING },  { "atrfend", TO_NOTHING },     { "atnid", TO_NOTHING },
	{ "atnauthor", TO_NOTHING },  { "shprslt", TO_NOTHING },     { "sp", TO_NOTHING },
	{ "filetbl", TO_NOTHING },    { "revtbl", TO_NOTHING },      { "generator", TO_NOTHING },
};

/* Those that may stand behind \* and whose text is wanted all the same. */
static bool is_wanted_star(const char *word)
{
	return !strcmp(word, "shpinst") || !strcmp(word, "shptxt") || !strcmp(word, "shppict") ||
	       !strcmp(word, "annotation") || !strcmp(word, "atnid") || !strcmp(word, "footnote");
}

static bool set_target(struct rtf *r, const char *word)
{
	for (size_t i = 0; i < sizeof destinations / sizeof *destinations; i++) {
		if (strcmp(destinations[i].name, word) != 0)
			continue;
		flush_bytes(r);
		top(r)->target = destinations[i].target;
		buf_clear(&r->word);
		return true;
	}
	return false;
}

static const struct {
	const char *name;
	uint32_t code;
} characters[] = {
	{ "tab", ' ' },        { "emdash", 0x2014 },    { "endash", 0x2013 },    { "lquote", 0x2018 },
	{ "rquote", 0x2019 },  { "ldblquote", 0x201C }, { "rdblquote", 0x201D }, { "bullet", 0x2022 },
	{ "emspace", ' ' },    { "enspace", ' ' },      { "qmspace", ' ' },
};

static bool set_format(struct rtf *r, const char *word, bool has_number, int n)
{
	struct group *g = top(r);
	if (!strcmp(word, "f")) {
		flush_bytes(r);
		g->font = n;
	} else if (!strcmp(word, "fcharset")) {
		if (g->target == TO_FONTS && g->font >= 0 && g->font < FONTS_MAX)
			r->font_pages[g->font] = (short)code_page_of_charset(n);
	} else if (!strcmp(word, "ansicpg")) {
		r->code_page = n;
	} else if (!strcmp(word, "uc")) {
		g->skip_after_u = n >= 0 && n < 16 ? n : 1;
	} else if (!strcmp(word, "deleted")) {
		flush_bytes(r);
		g->deleted = !has_number || n != 0;
	} else if (!strcmp(word, "plain")) {
		flush_bytes(r);
		g->deleted = false;
	} else {
		return false;
	}
	return true;
}

static bool set_paragraph(struct rtf *r, const char *word, int n)
{
	if (top(r)->target == TO_STYLES && !strcmp(word, "s"))
		r->style = n;
	if (top(r)->target == TO_STYLES && !strcmp(word, "outlinelevel") && r->style >= 0 &&
	    r->style < STYLES_MAX && n >= 0 && n < 9)
		r->style_levels[r->style] = (signed char)(n + 1);
	if (top(r)->target != TO_TEXT)
		return false;
	if (!strcmp(word, "pard")) {
		r->level = 0;
		r->in_table = r->in_list = false;
	} else if (!strcmp(word, "intbl")) {
		r->in_table = true;
	} else if (!strcmp(word, "ls")) {
		r->in_list = true;
	} else if (!strcmp(word, "s")) {
		r->level = n >= 0 && n < STYLES_MAX ? r->style_levels[n] : 0;
	} else if (!strcmp(word, "outlinelevel")) {
		r->level = n >= 0 && n < 9 ? n + 1 : 0;
	} else {
		return false;
	}
	return true;
}

static bool set_block(struct rtf *r, const char *word)
{
	if (!strcmp(word, "par") || !strcmp(word, "sect") || !strcmp(word, "page")) {
		end_paragraph(r);
	} else if (!strcmp(word, "line")) {
		flush_bytes(r);
		if (top(r)->target == TO_TEXT)
			derive_line_break(&r->d);
	} else if (!strcmp(word, "cell")) {
		if (top(r)->target == TO_TEXT)
			end_cell(r);
	} else if (!strcmp(word, "row")) {
		if (top(r)->target == TO_TEXT)
			end_row(r);
	} else if (!strcmp(word, "nestcell") || !strcmp(word, "nestrow")) {
		put(r, span_of(" "));
	} else {
		return false;
	}
	return true;
}

static void control_word(struct rtf *r, const char *word, bool has_number, int n)
{
	static const char *const of_date[] = { "yr", "mo", "dy" };
	if (!strcmp(word, "u")) {
		need_cell(r);
		put_code(r, (uint32_t)(n < 0 ? n + 65536 : n) & 0xFFFF);
		r->to_skip = (size_t)top(r)->skip_after_u;
		return;
	}
	for (size_t i = 0; i < 3; i++)
		if (top(r)->target == TO_DATE && !strcmp(word, of_date[i]))
			r->date[i] = n;
	for (size_t i = 0; i < sizeof characters / sizeof *characters; i++)
		if (strcmp(characters[i].name, word) == 0)
			put_code(r, characters[i].code);
	if (!strcmp(word, "bin") && n > 0) {
		size_t left = r->in.len - r->at;
		r->at += (size_t)n < left ? (size_t)n : left;
		return;
	}
	if (set_target(r, word) || set_format(r, word, has_number, n) || set_paragraph(r, word, n))
		return;
	set_block(r, word);
}

/* --- the bytes ---------------------------------------------------------------------------- */

static void close_group(struct rtf *r)
{
	flush_bytes(r);
	r->to_skip = 0;
	if (r->too_deep > 0) {
		r->too_deep--;
		return;
	}
	if (r->depth == 0)
		return;
	enum target target = top(r)->target;
	r->depth--;
	if (top(r)->target == target)
		return;
	if (target == TO_TITLE)
		derive_title(&r->d, buf_span(&r->word));
	else if (target == TO_AUTHOR)
		derive_author(&r->d, buf_span(&r->word));
	else if (target == TO_NOTE)
		buf_add_byte(&r->notes, ' ');
	else if (target == TO_MARGIN)
		buf_add_byte(&r->margins, '\n');
}

static void open_group(struct rtf *r)
{
	flush_bytes(r);
	r->to_skip = 0;
	if (r->depth + 1 >= DEPTH_MAX) {
		r->too_deep++;
		return;
	}
	r->depth++;
	*top(r) = r->stack[r->depth - 1];
}

/* Behind the backslash of \* : what it begins is left out unless it is known. */
static void star(struct rtf *r)
{
	char word[WORD_MAX] = "";
	size_t n = 0, at = r->at;
	while (at < r->in.len && is_space(r->in.p[at]))
		at++;
	if (at < r->in.len && r->in.p[at] == '\\')
		at++;
	while (at < r->in.len && n < sizeof word - 1 && is_alpha(r->in.p[at]))
		word[n++] = r->in.p[at++];
	if (!is_wanted_star(word)) {
		flush_bytes(r);
		top(r)->target = TO_NOTHING;
	}
}

static int hex_digit(char c)
{
	return is_digit(c) ? c - '0' : to_lower(c) >= 'a' && to_lower(c) <= 'f' ? to_lower(c) - 'a' + 10 : -1;
}

static void hex_byte(struct rtf *r)
{
	int high = r->at < r->in.len ? hex_digit(r->in.p[r->at]) : -1;
	int low = r->at + 1 < r->in.len ? hex_digit(r->in.p[r->at + 1]) : -1;
	if (high < 0 || low < 0)
		return;
	r->at += 2;
	need_cell(r);
	put_byte(r, (char)(high * 16 + low));
}

static void control_symbol(struct rtf *r, char c)
{
	if (c == '\'')
		hex_byte(r);
	else if (c == '*')
		star(r);
	else if (c == '~')
		put_code(r, ' ');
	else if (c == '_')
		put_code(r, '-');
	else if (c == '\n' || c == '\r')
		end_paragraph(r);
	else if (c == '\\' || c == '{' || c == '}')
		put_byte(r, c);
}

/* "\word-12 " */
static void control(struct rtf *r)
{
	char word[WORD_MAX];
	size_t n = 0;
	struct span in = r->in;
	if (r->at >= in.len)
		return;
	if (!is_alpha(in.p[r->at])) {
		control_symbol(r, in.p[r->at++]);
		return;
	}
	while (r->at < in.len && is_alpha(in.p[r->at])) {
		if (n < sizeof word - 1)
			word[n++] = in.p[r->at];
		r->at++;
	}
	word[n] = '\0';
	bool negative = r->at < in.len && in.p[r->at] == '-', has_number = false;
	size_t at = r->at + negative;
	long number = 0;
	for (; at < in.len && is_digit(in.p[at]); at++, has_number = true)
		number = number < 100000000 ? number * 10 + (in.p[at] - '0') : number;
	if (has_number)
		r->at = at;
	if (r->at < in.len && in.p[r->at] == ' ')
		r->at++;
	control_word(r, word, has_number, (int)(negative ? -number : number));
}

static void read_all(struct rtf *r)
{
	while (r->at < r->in.len) {
		char c = r->in.p[r->at++];
		if (c == '{') {
			open_group(r);
		} else if (c == '}') {
			close_group(r);
		} else if (c == '\\') {
			control(r);
		} else if (c != '\r' && c != '\n' && c != '\0') {
			need_cell(r);
			put_byte(r, c);
		}
	}
	while (r->depth > 0)
		close_group(r);
	r->in_table = false;
	end_paragraph(r);
	derive_add_lines(&r->d, buf_span(&r->margins));
	if (!derive_has_word(&r->d))
		derive_drop(&r->d); /* a number alone is the page's */
	derive_end(&r->d, BLOCK_PARAGRAPH, 0, (struct span){ 0 });
}

enum skip_reason rtf_read(struct span path, struct span bytes, struct document *doc, const char **why)
{
	(void)path, (void)why;
	struct rtf *r = mem_zalloc(1, sizeof *r);
	r->in = bytes;
	r->d = derive_new();
	r->bytes = buf_new(4096);
	r->word = buf_new(4096);
	r->notes = buf_new(1 << 20);
	r->margins = buf_new(1 << 16);
	r->code_page = 1252;
	r->stack[0].skip_after_u = 1;
	read_all(r);
	if (r->date[0] > 0) {
		char date[32];
		snprintf(date, sizeof date, "%04d-%02d-%02d", r->date[0] % 10000, r->date[1] % 100,
		         r->date[2] % 100);
		derive_date(&r->d, span_of(date));
	}
	buf_free(&r->bytes);
	buf_free(&r->word);
	buf_free(&r->notes);
	buf_free(&r->margins);
	enum skip_reason reason = derive_finish(&r->d, doc);
	free(r);
	return reason;
}
