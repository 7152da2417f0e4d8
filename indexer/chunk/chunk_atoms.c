#include "indexer/chunk/chunk_atoms.h"

#include <stdlib.h>

#include "base/boundaries.h"
#include "base/mem.h"
#include "base/sentence.h"
#include "base/utf8.h"

#define NAMES_BYTES_MAX ((size_t)1 << 32)
/* Words are looked for in slices, so that memory does not grow with a sentence. */
#define SLICE_BYTES ((size_t)16 << 10)

struct maker {
	const struct document *doc;
	const struct chunk_options *opt;
	struct atoms *a;
	size_t whole; /* tokens of a stretch that is left as it is */
	size_t grain; /* neighbours of a weak cut are joined up to this */
	size_t scrap; /* smaller ones are joined even over a strong cut */
	uint32_t section;
	bool in_heading;
	float next_cut; /* of the first atom of a block; negative: the atom's own */
};

static size_t count(const struct chunk_options *opt, struct span text)
{
	return opt->count_tokens(opt->ctx, text);
}

static struct span text_of(const struct maker *m, size_t start, size_t end)
{
	return (struct span){ m->doc->text + start, end - start };
}

/* Shrinks *start, *end to what is no white space; false when nothing is left. */
static bool trim(const struct maker *m, size_t *start, size_t *end)
{
	struct span t = trim_white_space(text_of(m, *start, *end));
	*start = (size_t)(t.p - m->doc->text);
	*end = *start + t.len;
	return t.len > 0;
}

static uint32_t lead_tokens(const struct atoms *a, uint32_t section)
{
	uint32_t path = section == SECTION_NONE ? 0 : a->sections[section].tokens;
	return a->title_tokens + (path < a->path_limit ? path : a->path_limit);
}

/* Adds an atom, or lengthens the last one by it where both are small. */
static void push(struct maker *m, struct atom atom)
{
	struct atoms *a = m->a;
	struct atom *last = a->n ? &a->items[a->n - 1] : NULL;
	if (last) {
		size_t joined = (size_t)last->tokens + atom.tokens;
		bool weak = !atom.is_heading && atom.cut >= CUT_BLANK_LINE && joined <= m->grain;
		bool scrap = last->tokens < m->scrap && joined <= m->grain &&
		             (!atom.is_heading || last->is_heading);
		bool below = last->is_heading && joined <= m->whole;
		if (weak || scrap || below) {
			last->end = atom.end;
			last->tokens = (uint32_t)joined;
			last->is_heading &= atom.is_heading;
			last->section = section_common(a, last->section, atom.section);
			return;
		}
		if (last->is_heading)
			atom.cut += CUT_BELOW_HEADING;
	}
	a->items = mem_grow(a->items, &a->cap, a->n + 1, sizeof *a->items);
	a->items[a->n++] = atom;
}

static void add_atom(struct maker *m, size_t start, size_t end, size_t tokens, float cut)
{
	struct atom atom = { .start = start, .end = end, .section = m->section,
		             .is_heading = m->in_heading };
	atom.tokens = tokens ? (uint32_t)tokens : 1;
	/* the first atom of a block takes the block's cut */
	atom.cut = m->next_cut >= 0 ? m->next_cut : cut;
	m->next_cut = -1;
	uint32_t above = m->section;
	if (m->in_heading && above != SECTION_NONE)
		above = m->a->sections[above].parent;
	atom.lead = lead_tokens(m->a, above);
	push(m, atom);
}

/* Adds the stretch as one atom if it is no longer than `whole`. */
static bool add_if_whole(struct maker *m, size_t start, size_t end, float cut)
{
	if (!trim(m, &start, &end))
		return true;
	if (end - start > m->whole * TOKEN_BYTES_MAX)
		return false;
	size_t tokens = count(m->opt, text_of(m, start, end));
	if (tokens > m->whole)
		return false;
	add_atom(m, start, end, tokens, cut);
	return true;
}

static void add_trimmed(struct maker *m, size_t start, size_t end, float cut)
{
	if (trim(m, &start, &end))
		add_atom(m, start, end, count(m->opt, text_of(m, start, end)), cut);
}

/* A word over the budget: pieces of a few graphemes. */
static void add_graphemes(struct maker *m, size_t start, size_t end, float cut)
{
	size_t *ends, n = boundary_ends(BOUNDARY_GRAPHEME, text_of(m, start, end), &ends);
	size_t from = start, piece = m->grain * 2 < 16 ? 16 : m->grain * 2;
	for (size_t i = 0; i < n; i++) {
		size_t to = start + ends[i];
		while (to - from > piece * 4) { /* one "grapheme" of a thousand marks */
			size_t mid = utf8_floor(m->doc->text, m->doc->text_len, from + piece);
			add_trimmed(m, from, mid, cut);
			cut = CUT_GRAPHEME;
			from = mid;
		}
		if (to - from < piece && i + 1 < n)
			continue;
		add_trimmed(m, from, to, cut);
		cut = CUT_GRAPHEME;
		from = to;
	}
	free(ends);
}

/* A sentence over the budget: groups of words of about a grain's tokens. */
static void add_words(struct maker *m, size_t start, size_t end, float cut)
{
	for (size_t slice = start; slice < end;) {
		size_t stop = end - slice > SLICE_BYTES ?
		              utf8_floor(m->doc->text, m->doc->text_len, slice + SLICE_BYTES) : end;
		size_t *ends, n = boundary_ends(BOUNDARY_LINE, text_of(m, slice, stop), &ends);
		size_t from = slice;
		for (size_t i = 0; i < n; i++) {
			size_t to = slice + ends[i];
			if (to - from < m->grain * 3 && i + 1 < n)
				continue;
			if (!add_if_whole(m, from, to, cut))
				add_graphemes(m, from, to, cut);
			cut = CUT_WORD;
			from = to;
		}
		free(ends);
		slice = stop;
	}
}

static void add_sentences(struct maker *m, size_t start, size_t end, float cut)
{
	size_t *ends, n = sentence_ends(text_of(m, start, end), &ends), from = start;
	for (size_t i = 0; i < n; i++) {
		size_t to = start + ends[i];
		if (!add_if_whole(m, from, to, cut))
			add_words(m, from, to, cut);
		cut = CUT_SENTENCE;
		from = to;
	}
	free(ends);
}

static void add_lines(struct maker *m, size_t start, size_t end)
{
	float cut = CUT_LINE;
	for (size_t from = start; from < end;) {
		const char *nl = memchr(m->doc->text + from, '\n', end - from);
		size_t to = nl ? (size_t)(nl - m->doc->text) + 1 : end, a = from, b = to;
		if (!trim(m, &a, &b)) {
			cut = CUT_BLANK_LINE;
		} else {
			/* indented lines belong to the one above */
			bool inner = a > from;
			if (!add_if_whole(m, from, to, inner && cut > CUT_BLANK_LINE ? CUT_LINE + 0.05f : cut))
				add_sentences(m, from, to, cut);
			cut = CUT_LINE;
		}
		from = to;
	}
}

static void add_stretch(struct maker *m, enum block_kind kind, size_t start, size_t end)
{
	if (!trim(m, &start, &end))
		return;
	if (kind == BLOCK_CODE || kind == BLOCK_DEFINITION || kind == BLOCK_ROW) {
		if (kind != BLOCK_ROW || !add_if_whole(m, start, end, CUT_ROW))
			add_lines(m, start, end);
	} else {
		add_sentences(m, start, end, CUT_SENTENCE);
	}
}

/* Code at a nesting of `level` stands in no definition as deep or deeper. */
static void leave_definitions(struct maker *m, int level)
{
	const struct section *all = m->a->sections;
	while (m->section != SECTION_NONE && all[m->section].is_definition &&
	       all[m->section].level > level)
		m->section = all[m->section].parent;
}

/* Enters the section that a heading or a definition opens. */
static void enter_section(struct maker *m, const struct block *b)
{
	struct atoms *a = m->a;
	while (m->section != SECTION_NONE && (a->sections[m->section].level >= b->level ||
	                                      a->sections[m->section].depth >= SECTION_DEPTH_MAX))
		m->section = a->sections[m->section].parent;
	struct span name = trim_white_space(span_of(b->name ? b->name : ""));
	name.len = name.len > NAME_BYTES_MAX ? utf8_floor(name.p, name.len, NAME_BYTES_MAX) : name.len;
	name.len = tokens_prefix(m->opt, name, a->path_limit > 3 ? a->path_limit - 3 : 0);
	struct section s = { .name = a->names.len, .parent = m->section, .level = b->level,
		             .is_definition = b->kind == BLOCK_DEFINITION };
	if (buf_add_span(&a->names, name) == 0)
		s.name_len = name.len;
	s.depth = 1 + (m->section == SECTION_NONE ? 0 : a->sections[m->section].depth);
	s.tokens = m->section == SECTION_NONE ? 0 : a->sections[m->section].tokens;
	if (s.name_len)
		s.tokens += (uint32_t)count(m->opt, name) + 3;
	a->sections = mem_grow(a->sections, &a->sections_cap, a->n_sections + 1, sizeof s);
	m->section = (uint32_t)a->n_sections;
	a->sections[a->n_sections++] = s;
}

/* What a cut before the block costs; prev NULL: it is the first. */
static float block_cut(const struct block *b, const struct block *prev)
{
	int level = b->level < 1 ? 1 : b->level > 8 ? 8 : b->level;
	float depth = CUT_LEVEL * (float)(level - 1);
	switch (b->kind) {
	case BLOCK_HEADING:
		return CUT_HEADING + depth;
	case BLOCK_DEFINITION:
		return CUT_DEFINITION + depth;
	case BLOCK_LIST_ITEM:
		return prev && prev->kind != BLOCK_LIST_ITEM ? CUT_TIED : CUT_LIST_ITEM + depth;
	case BLOCK_ROW:
		return CUT_ROW;
	case BLOCK_CODE:
		return prev && prev->kind == BLOCK_PARAGRAPH ? CUT_BLANK_LINE : CUT_CODE;
	case BLOCK_PARAGRAPH:
		break;
	}
	return CUT_PARAGRAPH;
}

/* Line ends in the white space before text[at]. */
static unsigned line_ends_before(const struct maker *m, size_t at)
{
	unsigned n = 0;
	for (; at > 0 && n < 2; at--) {
		char c = m->doc->text[at - 1];
		if (c == '\n')
			n++;
		else if (c != ' ' && c != '\t')
			break;
	}
	return n;
}

/* Divides what stands between two blocks: up to *tail it shares a line with the
 * block before, from *head on with the block after; between them is markup. */
static void split_gap(const char *text, size_t start, size_t end, bool is_last, size_t *tail,
                      size_t *head)
{
	const char *first = start < end ? memchr(text + start, '\n', end - start) : NULL;
	if (!first) {
		*tail = *head = is_last ? end : start;
		return;
	}
	*tail = (size_t)(first - text) + 1;
	*head = end;
	while (!is_last && text[*head - 1] != '\n')
		(*head)--;
}

static void add_markup(struct maker *m, size_t start, size_t end)
{
	if (!trim(m, &start, &end))
		return;
	m->next_cut = line_ends_before(m, start) < 2 ? CUT_TIED : CUT_MARKUP;
	add_lines(m, start, end);
	m->next_cut = -1;
}

/* text[start, end) is the block with what shares its lines; tied: markup that
 * belongs to it may stand directly before. */
static void add_block(struct maker *m, const struct block *b, const struct block *prev,
                      size_t start, size_t end, bool tied)
{
	m->in_heading = b->kind == BLOCK_HEADING;
	if (b->kind == BLOCK_HEADING || b->kind == BLOCK_DEFINITION)
		enter_section(m, b);
	else if (b->kind == BLOCK_CODE)
		leave_definitions(m, b->level);
	if (trim(m, &start, &end)) {
		tied = tied && b->kind != BLOCK_HEADING && line_ends_before(m, start) < 2;
		m->next_cut = tied ? CUT_TIED : block_cut(b, prev);
		add_stretch(m, b->kind, start, end);
	}
	m->next_cut = -1;
	m->in_heading = false;
}

static void fit_title(const struct document *doc, const struct chunk_options *opt, struct atoms *a)
{
	size_t quarter = opt->max_tokens / 4;
	struct span title = trim_white_space(span_of(doc->title ? doc->title : ""));
	if (title.len > NAME_BYTES_MAX)
		title.len = utf8_floor(title.p, title.len, NAME_BYTES_MAX);
	title.len = title.len ? tokens_prefix(opt, title, quarter / 2) : 0;
	if (title.len) {
		a->title_len = (size_t)(title.p - doc->title) + title.len;
		a->title_tokens = (uint32_t)count(opt, title);
	}
	a->path_limit = (uint32_t)(quarter - a->title_tokens);
}

void atoms_of_document(const struct document *doc, const struct chunk_options *opt,
                       struct atoms *out)
{
	*out = (struct atoms){ .names = buf_new(NAMES_BYTES_MAX) };
	fit_title(doc, opt, out);
	struct maker m = { .doc = doc, .opt = opt, .a = out, .section = SECTION_NONE, .next_cut = -1,
		           .whole = opt->target_tokens / 4, .grain = opt->target_tokens / 40,
		           .scrap = opt->target_tokens / 256 };
	if (doc->n_blocks == 0) {
		add_stretch(&m, BLOCK_PARAGRAPH, 0, doc->text_len);
		return;
	}
	size_t tail, head;
	split_gap(doc->text, 0, doc->blocks[0].start, false, &tail, &head);
	add_markup(&m, 0, head);
	size_t before = 0, start = head;
	for (size_t i = 0; i < doc->n_blocks; i++) {
		const struct block *b = &doc->blocks[i];
		bool is_last = i + 1 == doc->n_blocks;
		split_gap(doc->text, b->end, is_last ? doc->text_len : b[1].start, is_last, &tail, &head);
		bool tied = out->n > before;
		add_block(&m, b, i ? b - 1 : NULL, start, tail, tied);
		before = out->n;
		add_markup(&m, tail, head);
		start = head;
	}
}
