#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/boundaries.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "indexer/chunk/chunk.h"

/* A token is up to six bytes of a word, or a character beyond Latin. */
static size_t count_sixes(const void *ctx, struct span text)
{
	(void)ctx;
	size_t tokens = 0, run = 0;
	for (size_t at = 0; at < text.len;) {
		uint32_t code;
		at += utf8_decode(text.p + at, text.len - at, &code);
		if (is_white_space(code)) {
			run = 0;
		} else if (code >= 0x0E00) {
			tokens++;
			run = 0;
		} else if (run++ % 6 == 0) {
			tokens++;
		}
	}
	return tokens;
}

static struct chunk_options options(size_t max, size_t target)
{
	return (struct chunk_options){ max, target, count_sixes, NULL };
}

static void add_block(struct document *doc, size_t *cap, struct block b)
{
	doc->blocks = mem_grow(doc->blocks, cap, doc->n_blocks + 1, sizeof b);
	doc->blocks[doc->n_blocks++] = b;
}

/* Reads a line's kind from its first characters. */
static struct block kind_of(const char *line, size_t len, bool in_code)
{
	struct block b = { .kind = BLOCK_PARAGRAPH };
	size_t hashes = 0;
	while (hashes < len && line[hashes] == '#')
		hashes++;
	if (in_code) {
		b.kind = BLOCK_CODE;
	} else if (hashes > 0) {
		b.kind = BLOCK_HEADING;
		b.level = (int)hashes;
	} else if (len > 1 && memcmp(line, "- ", 2) == 0) {
		b.kind = BLOCK_LIST_ITEM;
		b.level = 1;
	} else if (len && *line == '|') {
		b.kind = BLOCK_ROW;
		b.level = len > 1 && line[1] == '!';
	} else if (len > 4 && memcmp(line, "def ", 4) == 0) {
		b.kind = BLOCK_DEFINITION;
		b.level = 1;
	}
	return b;
}

/* A document of a few rules, so that these tests stand on their own: "#"
 * headings, "- " items, "|" rows ("|!": a header), "def " definitions, ``` code, paragraphs of
 * adjacent lines. text is taken over. */
static struct document document_of(char *text, size_t len)
{
	struct document doc = { .text = text, .text_len = len, .format = "text" };
	size_t cap = 0, lines_cap = 0;
	bool in_code = false, joins = false;
	for (size_t at = 0; at < len;) {
		const char *nl = memchr(text + at, '\n', len - at);
		size_t end = nl ? (size_t)(nl - text) : len;
		struct span line = { text + at, end - at };
		doc.line_starts = mem_grow(doc.line_starts, &lines_cap, doc.n_lines + 1, sizeof(size_t));
		doc.line_starts[doc.n_lines++] = at;
		struct span inner = trim_white_space(line);
		bool fence = line.len >= 3 && memcmp(line.p, "```", 3) == 0;
		struct block b = kind_of(line.p, line.len, in_code);
		b.start = (size_t)(inner.p - text);
		b.end = b.start + inner.len;
		if (fence) {
			in_code = !in_code;
		} else if (inner.len && joins && b.kind == doc.blocks[doc.n_blocks - 1].kind &&
		           (b.kind == BLOCK_PARAGRAPH || b.kind == BLOCK_CODE)) {
			doc.blocks[doc.n_blocks - 1].end = b.end;
		} else if (inner.len) {
			struct span name = { line.p + b.level, line.len - (size_t)b.level };
			name = trim_white_space(name);
			if (b.kind == BLOCK_ROW && b.level == 1)
				b.name = mem_strndup(name.p + 1, name.len - 1);
			if (b.kind == BLOCK_HEADING || b.kind == BLOCK_DEFINITION)
				b.name = mem_strndup(name.p, name.len);
			add_block(&doc, &cap, b);
		}
		joins = inner.len > 0 && !fence && doc.n_blocks > 0;
		at = end + 1;
	}
	return doc;
}

static struct document document_of_string(const char *s)
{
	return document_of(mem_strdup(s), strlen(s));
}

static void assert_only_white(const struct document *doc, size_t start, size_t end)
{
	assert_true(start <= end);
	assert_int_equal(trim_white_space((struct span){ doc->text + start, end - start }).len, 0);
}

static bool is_heading_end(const struct document *doc, size_t end)
{
	for (size_t i = 0; i < doc->n_blocks; i++)
		if (doc->blocks[i].kind == BLOCK_HEADING && doc->blocks[i].end == end)
			return true;
	return false;
}

static uint32_t line_at(const struct document *doc, size_t at)
{
	uint32_t line = 1;
	for (size_t i = 0; i < at; i++)
		line += doc->text[i] == '\n';
	return line;
}

/* What holds for every division. */
static void assert_sound(const struct document *doc, const struct chunk_options *opt,
                         const struct chunks *c)
{
	size_t at = 0;
	struct buf text = buf_new((size_t)1 << 24);
	for (size_t i = 0; i < c->n; i++) {
		const struct chunk *k = &c->items[i];
		assert_only_white(doc, at, k->start);
		assert_true(k->start < k->end && k->end <= doc->text_len);
		struct span t = { doc->text + k->start, k->end - k->start };
		assert_int_equal(trim_white_space(t).len, t.len);
		assert_true(utf8_is_valid(t.p, t.len));
		buf_clear(&text);
		chunk_embedded_text(doc, k, &text);
		assert_int_equal(opt->count_tokens(opt->ctx, buf_span(&text)), k->n_tokens);
		assert_true(k->n_tokens <= opt->max_tokens);
		assert_int_equal(k->byte_start, k->start);
		assert_int_equal(k->byte_end, k->end);
		assert_int_equal(k->line_start, line_at(doc, k->start));
		assert_int_equal(k->line_end, line_at(doc, k->end));
		if (i + 1 < c->n)
			assert_false(is_heading_end(doc, k->end));
		at = k->end;
	}
	assert_only_white(doc, at, doc->text_len);
	buf_free(&text);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void add_word(struct buf *b, uint32_t *seed)
{
	static const char *const odd[] = { "北京大学", "ภาษาไทย", "naïve", "e.g.", "x.", "Größe", "👩‍👩‍👧", "…" };
	if (next_random(seed) % 8 == 0) {
		buf_add_str(b, odd[next_random(seed) % 8]);
		return;
	}
	size_t len = 1 + next_random(seed) % 11;
	if (next_random(seed) % 900 == 0)
		len = 3000;
	for (size_t i = 0; i < len; i++)
		buf_add_byte(b, (char)('a' + next_random(seed) % 26));
}

static void add_sentence(struct buf *b, uint32_t *seed, size_t words)
{
	buf_add_byte(b, (char)('A' + next_random(seed) % 26));
	for (size_t i = 0; i < words; i++) {
		add_word(b, seed);
		buf_add_byte(b, next_random(seed) % 15 ? ' ' : '\n');
	}
	buf_add_str(b, "end. ");
}

static struct document random_document(uint32_t *seed)
{
	static const char *const starts[] = { "# ", "## ", "### ", "- ", "| ", "", "", "", "def " };
	struct buf b = buf_new((size_t)1 << 24);
	size_t blocks = next_random(seed) % 60;
	bool heading = false;
	for (size_t i = 0; i < blocks; i++) {
		uint32_t kind = next_random(seed) % 9;
		if (heading && kind < 3)
			kind = 6;
		heading = kind < 3;
		buf_add_str(&b, starts[kind]);
		if (heading) {
			for (size_t w = 1 + next_random(seed) % 4; w > 0; w--)
				buf_add_str(&b, "Word ");
		} else {
			for (size_t s = 1 + next_random(seed) % 9; s > 0; s--)
				add_sentence(&b, seed, next_random(seed) % 30);
		}
		buf_add_str(&b, next_random(seed) % 3 ? "\n\n" : "\n");
	}
	size_t len;
	char *text = buf_take(&b, &len);
	struct document doc = document_of(text, len);
	if (next_random(seed) % 2)
		doc.title = mem_strdup(next_random(seed) % 2 ? "A title" : "A title that is so long that "
		                       "it would fill a small budget if nobody cut it down to a part");
	return doc;
}

static void random_documents_divide_soundly(void **state)
{
	(void)state;
	for (uint32_t round = 0; round < 400; round++) {
		uint32_t seed = round * 7919 + 1;
		struct document doc = random_document(&seed);
		size_t max = 64 + next_random(&seed) % 500;
		struct chunk_options opt = options(max, max - next_random(&seed) % (max / 2));
		struct chunks c;
		chunk_document(&doc, &opt, &c);
		assert_sound(&doc, &opt, &c);
		chunks_free(&c);
		document_free(&doc);
	}
}

static void prose_falls_into_even_parts(void **state)
{
	(void)state;
	for (uint32_t round = 1; round < 40; round++) {
		struct buf b = buf_new((size_t)1 << 22);
		for (uint32_t seed = round, n = 40 * round; n > 0; n--) {
			buf_add_str(&b, "Some words stand here");
			for (uint32_t w = next_random(&seed) % 12; w > 0; w--)
				buf_add_str(&b, " and more");
			buf_add_str(&b, ". ");
		}
		size_t len;
		char *text = buf_take(&b, &len);
		struct document doc = document_of(text, len);
		struct chunk_options opt = options(300, 300);
		struct chunks c;
		chunk_document(&doc, &opt, &c);
		assert_sound(&doc, &opt, &c);
		uint32_t least = UINT32_MAX, most = 0;
		for (size_t i = 0; i < c.n; i++) {
			least = c.items[i].n_tokens < least ? c.items[i].n_tokens : least;
			most = c.items[i].n_tokens > most ? c.items[i].n_tokens : most;
		}
		assert_true(c.n >= count_sixes(NULL, (struct span){ doc.text, len }) / 300);
		assert_true(c.n <= count_sixes(NULL, (struct span){ doc.text, len }) / 270 + 2);
		assert_true(most <= least + least / 3);
		chunks_free(&c);
		document_free(&doc);
	}
}

/* n sentences, a heading before every tenth; sentence `edited` is longer */
static struct document sections(size_t n, size_t edited)
{
	struct buf b = buf_new((size_t)1 << 22);
	uint32_t seed = 3;
	for (size_t i = 0; i < n; i++) {
		if (i % 10 == 0)
			buf_add_str(&b, "# Heading\n\n");
		buf_printf(&b, "Sentence number %zu stands here", i);
		for (uint32_t w = next_random(&seed) % 12 + (i == edited ? 30 : 0); w > 0; w--)
			buf_add_str(&b, " and more");
		buf_add_str(&b, ".\n\n");
	}
	size_t len;
	char *text = buf_take(&b, &len);
	return document_of(text, len);
}

static void an_edit_leaves_distant_chunks_alone(void **state)
{
	(void)state;
	struct document one = sections(2000, SIZE_MAX), other = sections(2000, 1000);
	struct chunk_options opt = options(300, 300);
	struct chunks a, b;
	chunk_document(&one, &opt, &a);
	chunk_document(&other, &opt, &b);
	size_t same = 0;
	while (same < a.n && a.items[same].end == b.items[same].end)
		same++;
	assert_true(same > a.n * 4 / 10);
	chunks_free(&a);
	chunks_free(&b);
	document_free(&one);
	document_free(&other);
}

static void what_fits_is_one_chunk(void **state)
{
	(void)state;
	struct document doc = document_of_string("# Rent\n\nIt is due on the third.\n\n## Notice\n\nThree "
	                                         "months.\n");
	struct chunk_options opt = options(100, 60);
	struct chunks c;
	chunk_document(&doc, &opt, &c);
	assert_int_equal(c.n, 1);
	assert_string_equal(c.items[0].heading, "Rent");
	assert_int_equal(c.items[0].line_start, 1);
	assert_int_equal(c.items[0].line_end, 7);
	chunks_free(&c);
	document_free(&doc);
}

static void a_title_that_the_text_begins_with_takes_no_room(void **state)
{
	(void)state;
	struct document doc = sections(12, SIZE_MAX);
	doc.title = mem_strdup("Heading");
	struct chunk_options opt = options(count_sixes(NULL, (struct span){ doc.text, doc.text_len }), 100);
	struct chunks c;
	chunk_document(&doc, &opt, &c);
	assert_int_equal(c.n, 1);
	assert_int_equal(c.items[0].n_tokens, opt.max_tokens);
	chunks_free(&c);
	document_free(&doc);
}

static void text_outside_of_blocks_counts(void **state)
{
	(void)state;
	char *text = mem_strdup("```c\nint a;\n```\n\n---\n\n1. An item ##\ntail");
	size_t lines[] = { 0, 5, 12, 16, 17, 21, 22, 36 };
	struct block blocks[] = { { BLOCK_CODE, 0, 5, 11, NULL }, { BLOCK_LIST_ITEM, 1, 25, 32, NULL } };
	for (size_t n = 0; n <= 2; n++) {
		struct document doc = { .text = text, .text_len = strlen(text), .blocks = blocks,
			                .n_blocks = n, .line_starts = lines, .n_lines = 8 };
		for (size_t max = 16; max < 40; max += 8) {
			struct chunk_options opt = options(max, max / 2);
			struct chunks c;
			chunk_document(&doc, &opt, &c);
			assert_sound(&doc, &opt, &c);
			chunks_free(&c);
		}
	}
	free(text);
}

static void nothing_but_white_space_has_no_chunk(void **state)
{
	(void)state;
	static const char *const empty[] = { "", "\n\n", " \t\xC2\xA0\xE3\x80\x80\n" };
	for (size_t i = 0; i < 3; i++) {
		struct document doc = document_of_string(empty[i]);
		struct chunk_options opt = options(100, 100);
		struct chunks c;
		chunk_document(&doc, &opt, &c);
		assert_int_equal(c.n, 0);
		chunks_free(&c);
		document_free(&doc);
	}
}

static void assert_embedded(const struct document *doc, const struct chunk *c, const char *want)
{
	struct buf b = buf_new(10000);
	chunk_embedded_text(doc, c, &b);
	assert_string_equal(b.p, want);
	buf_free(&b);
}

static void what_stands_above_is_embedded_once(void **state)
{
	(void)state;
	struct document doc = document_of_string("# Rent\n\n## Notice\n\ntext\n");
	doc.title = mem_strdup("Contract");
	struct chunk c = { .start = 0, .end = 6, .title_len = 8, .heading = NULL };
	assert_embedded(&doc, &c, "Contract\n# Rent");
	c.heading = (char[]){ "Rent" };
	assert_embedded(&doc, &c, "Contract\n# Rent");
	c = (struct chunk){ .start = 8, .end = 23, .title_len = 8,
	                    .heading = (char[]){ "Rent > Notice" } };
	assert_embedded(&doc, &c, "Contract\nRent\n## Notice\n\ntext");
	c.start = 19;
	assert_embedded(&doc, &c, "Contract\nRent > Notice\ntext");
	free(doc.title);
	doc.title = mem_strdup("Rent");
	c.title_len = 4;
	assert_embedded(&doc, &c, "Rent\nNotice\ntext");
	c.title_len = 0;
	c.heading = NULL;
	assert_embedded(&doc, &c, "text");
	document_free(&doc);
}

static void long_headings_take_a_quarter_at_most(void **state)
{
	(void)state;
	struct buf b = buf_new(1 << 20);
	for (int level = 1; level <= 6; level++) {
		for (int i = 0; i < level; i++)
			buf_add_byte(&b, '#');
		for (int i = 0; i < 40; i++)
			buf_add_str(&b, " heading");
		buf_add_str(&b, "\n\ntext\n\n");
	}
	for (int i = 0; i < 400; i++)
		buf_add_str(&b, "A sentence of text. ");
	size_t len;
	char *text = buf_take(&b, &len);
	struct document doc = document_of(text, len);
	struct chunk_options opt = options(128, 128);
	struct chunks c;
	chunk_document(&doc, &opt, &c);
	assert_sound(&doc, &opt, &c);
	const struct chunk *last = &c.items[c.n - 1];
	assert_non_null(last->heading);
	size_t own = count_sixes(NULL, (struct span){ doc.text + last->start, last->end - last->start });
	assert_true(last->n_tokens - own <= 32);
	chunks_free(&c);
	document_free(&doc);
}

static void one_endless_word_is_cut_between_graphemes(void **state)
{
	(void)state;
	struct buf b = buf_new(1 << 20);
	for (int i = 0; i < 5000; i++)
		buf_add_str(&b, "e\xCC\x81"); /* e and a combining acute */
	size_t len;
	char *text = buf_take(&b, &len);
	struct document doc = document_of(text, len);
	struct chunk_options opt = options(100, 100);
	struct chunks c;
	chunk_document(&doc, &opt, &c);
	assert_sound(&doc, &opt, &c);
	assert_true(c.n > 10);
	for (size_t i = 0; i < c.n; i++)
		assert_int_equal(doc.text[c.items[i].start], 'e');
	chunks_free(&c);
	document_free(&doc);
}

/* Cases: a first line "MAX TARGET", then a document in which each place where a
 * chunk must start (but the first) bears the mark §. */
static bool run_case(const char *path)
{
	struct err err = { 0 };
	struct buf file = buf_new(1 << 20), text = buf_new(1 << 20);
	assert_int_equal(file_read(path, &file, NULL, &err), 0);
	size_t max = 0, target = 0, marks[100], n_marks = 0;
	assert_int_equal(sscanf(file.p, "%zu %zu", &max, &target), 2);
	for (const char *p = strchr(file.p, '\n') + 1; *p; p++) {
		if (memcmp(p, "\xC2\xA7", 2) == 0) {
			assert_true(n_marks < 100);
			marks[n_marks++] = text.len;
			p++;
		} else {
			buf_add_byte(&text, *p);
		}
	}
	size_t len;
	char *taken = buf_take(&text, &len);
	struct document doc = document_of(taken, len);
	struct chunk_options opt = options(max, target);
	struct chunks c;
	chunk_document(&doc, &opt, &c);
	assert_sound(&doc, &opt, &c);
	bool same = c.n == n_marks + 1;
	for (size_t i = 1; same && i < c.n; i++)
		same = c.items[i].start == marks[i - 1];
	if (!same)
		for (size_t i = 0; i < c.n; i++)
			print_error("%s: %u tokens, [%s] %.50s\n", path, c.items[i].n_tokens,
			            c.items[i].heading ? c.items[i].heading : "", doc.text + c.items[i].start);
	chunks_free(&c);
	document_free(&doc);
	buf_free(&file);
	return same;
}

static void cases_are_cut_where_they_say(void **state)
{
	(void)state;
	static const char *const names[] = { "sections", "prose", "list", "code", "rows", "chinese",
		                             "thai" };
	bool good = true;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[100];
		snprintf(path, sizeof path, "tests/cases/chunk/%s.txt", names[i]);
		good &= run_case(path);
	}
	assert_true(good);
}

static void rows_keep_their_header(void **state)
{
	(void)state;
	struct buf text = buf_new(1 << 20);
	buf_add_str(&text, "# Keys\n\n|!boat | rent\n");
	for (int i = 0; i < 100; i++)
		buf_printf(&text, "|Seagull %d | %d francs\n", i, 100 + i);
	buf_add_str(&text, "\nBelow it stands a sentence.\n\n|a row | of another\n");
	size_t len;
	char *p = buf_take(&text, &len);
	struct document doc = document_of(p, len);
	struct chunk_options opt = options(200, 100);
	struct chunks chunks;
	chunk_document(&doc, &opt, &chunks);
	assert_true(chunks.n > 4);
	assert_string_equal(chunks.items[0].heading ? chunks.items[0].heading : "", "Keys");
	for (size_t i = 1; i + 1 < chunks.n; i++)
		assert_string_equal(chunks.items[i].heading, "Keys > boat | rent");
	for (size_t i = 0; i < chunks.n; i++)
		assert_true(chunks.items[i].n_tokens <= 200);
	chunks_free(&chunks);
	document_free(&doc);
}

/* However short pages are, no chunk reaches over the end of one. */
static void chunks_stay_within_a_page(void **state)
{
	(void)state;
	char *text = mem_strdup("One sentence.\n\nTwo of them.\n\nThe third page begins here.\n\nIt goes on.\n");
	struct document doc = document_of(text, strlen(text));
	struct chunk_options opt = options(200, 200);
	struct chunks chunks;
	chunk_document(&doc, &opt, &chunks);
	assert_int_equal(chunks.n, 1);
	assert_int_equal(chunks.items[0].page, 0);
	chunks_free(&chunks);
	size_t starts[] = { 0, 15, 15, (size_t)(strstr(text, "The third") - text) };
	doc.page_starts = starts;
	doc.n_pages = 4;
	chunk_document(&doc, &opt, &chunks);
	assert_int_equal(chunks.n, 3);
	assert_int_equal(chunks.items[0].page, 1);
	assert_int_equal(chunks.items[1].page, 3); /* the second is empty */
	assert_int_equal(chunks.items[2].page, 4);
	assert_int_equal(chunks.items[2].end, strlen(text) - 1);
	chunks_free(&chunks);
	doc.page_starts = NULL;
	document_free(&doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_keep_their_header),
		cmocka_unit_test(random_documents_divide_soundly),
		cmocka_unit_test(prose_falls_into_even_parts),
		cmocka_unit_test(an_edit_leaves_distant_chunks_alone),
		cmocka_unit_test(what_fits_is_one_chunk),
		cmocka_unit_test(chunks_stay_within_a_page),
		cmocka_unit_test(a_title_that_the_text_begins_with_takes_no_room),
		cmocka_unit_test(text_outside_of_blocks_counts),
		cmocka_unit_test(nothing_but_white_space_has_no_chunk),
		cmocka_unit_test(what_stands_above_is_embedded_once),
		cmocka_unit_test(long_headings_take_a_quarter_at_most),
		cmocka_unit_test(one_endless_word_is_cut_between_graphemes),
		cmocka_unit_test(cases_are_cut_where_they_say),
	};
	return cmocka_run_group_tests_name("chunk", tests, NULL, NULL);
}
