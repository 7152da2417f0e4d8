#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "query/present_pack.h"

/* --- an index of passages that are written here ------------------------------------- */

enum { MAX_CHUNKS = 8, MAX_HITS = 32 };

struct fixture {
	struct store *store;
	char path[64];
	struct hit items[MAX_HITS];
	size_t n;
};

static int open_store(void **state)
{
	struct fixture *f = mem_zalloc(1, sizeof *f);
	struct err err = { 0 };
	snprintf(f->path, sizeof f->path, "/tmp/akin_pack_%ld.db", (long)getpid());
	unlink(f->path);
	f->store = store_open(f->path, STORE_CREATE, &err);
	assert_non_null(f->store);
	struct store_model model = { "test/fake", 4 };
	assert_int_equal(store_begin(f->store, &err), 0);
	assert_int_equal(store_set_model(f->store, &model, &err), 0);
	assert_int_equal(store_commit(f->store, &err), 0);
	*state = f;
	return 0;
}

static int close_store(void **state)
{
	struct fixture *f = *state;
	store_close(f->store);
	unlink(f->path);
	char lock[80];
	snprintf(lock, sizeof lock, "%s.lock", f->path);
	unlink(lock);
	free(f);
	return 0;
}

/* Puts the texts as the passages of a document: ten bytes and one line lie between
 * them. */
static void put(struct fixture *f, const char *path, const char *title,
                const char *const texts[MAX_CHUNKS], const char *const headings[MAX_CHUNKS])
{
	struct err err = { 0 };
	struct store_chunk_in chunks[MAX_CHUNKS] = { 0 };
	size_t n = 0;
	uint64_t at = 0;
	uint32_t line = 1;
	assert_int_equal(store_begin(f->store, &err), 0);
	for (; n < MAX_CHUNKS && texts[n]; n++) {
		const float vector[4] = { 1, 0, 0, 0 };
		struct hash key = hash_bytes(vector, sizeof vector);
		uint32_t lines = 0;
		for (const char *p = texts[n]; *p; p++)
			lines += *p == '\n';
		chunks[n] = (struct store_chunk_in){
			.byte_start = at, .byte_end = at + strlen(texts[n]), .line_start = line,
			.line_end = line + lines, .n_tokens = 5, .heading = headings ? headings[n] : NULL,
			.text = span_of(texts[n]),
			.vector_id = store_vector_put(f->store, &key, vector, &err),
		};
		at += strlen(texts[n]) + 10;
		line += lines + 2;
	}
	char *own_path = mem_strdup(path), *own_title = title ? mem_strdup(title) : NULL;
	struct store_document doc = { .path = own_path, .size = at, .title = own_title, .format = "text",
		                      .content = hash_bytes(texts[0], strlen(texts[0])) };
	assert_int_equal(store_document_put(f->store, &doc, chunks, n, &err), 0);
	assert_int_equal(store_commit(f->store, &err), 0);
	free(own_path);
	free(own_title);
}

/* The seq-th passage of a document as the next hit. */
static void hit(struct fixture *f, const char *path, size_t seq)
{
	struct err err = { 0 };
	struct store_filter filter = { .paths = &path, .n_paths = 1 };
	struct store_chunk_ref *refs = NULL;
	struct store_chunk c;
	size_t n = 0;
	assert_int_equal(store_chunk_refs(f->store, &filter, &refs, &n, &err), 0);
	assert_true(seq < n && f->n < MAX_HITS);
	assert_int_equal(store_chunk(f->store, refs[seq].chunk_id, &c, &err), 1);
	assert_int_equal(c.seq, seq);
	free(refs);
	f->items[f->n] = (struct hit){
		.rank = f->n + 1, .score = 1.0 / (double)(f->n + 1), .chunk_id = c.id, .doc_id = c.doc_id,
		.path = c.path, .title = c.title, .heading = c.heading, .text = c.text,
		.text_len = c.text_len, .byte_start = c.byte_start, .byte_end = c.byte_end,
		.line_start = c.line_start, .line_end = c.line_end, .page = c.page,
	};
	f->n++;
	free(c.failure);
}

static void forget_hits(struct fixture *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->items[i].path);
		free(f->items[i].title);
		free(f->items[i].heading);
		free(f->items[i].text);
	}
	f->n = 0;
}

static size_t count_bytes(const void *ctx, struct span text)
{
	(void)ctx;
	return text.len;
}

static struct pack make(struct fixture *f, size_t budget, pack_write *write)
{
	struct err err = { 0 };
	struct pack pack;
	struct hits hits = { .items = f->items, .n = f->n };
	struct pack_options opt = { .budget = budget, .write = write, .count = count_bytes };
	assert_int_equal(pack_make(f->store, &hits, &opt, &pack, &err), 0);
	struct buf out = buf_new(1 << 20);
	write(&out, &pack);
	if (pack.n) {
		assert_true(out.len <= budget);
		assert_int_equal(out.len, pack.tokens);
	}
	buf_free(&out);
	return pack;
}

static const char *const lease[MAX_CHUNKS] = { "The flat is on the second floor of the house.",
	                                       "The tenant gives three months of notice.",
	                                       "Pets are allowed, but for snakes.",
	                                       "Bicycles stand in the cellar.\nKeys are with Ann." };
static const char *const lease_headings[MAX_CHUNKS] = { "Lease > Place", "Lease > End > Notice",
	                                                "Lease > End > Pets", "Lease > Things" };
static const char *const bread[MAX_CHUNKS] = { "Mix flour, water and salt, and wait for a night." };

static void put_all(struct fixture *f)
{
	put(f, "/d/lease.md", "Lease", lease, lease_headings);
	put(f, "/d/bread.md", NULL, bread, NULL);
	put(f, "/d/copy.md", NULL, bread, NULL);
}

/* --- the pack ------------------------------------------------------------------------- */

static void neighbours_are_one_excerpt(void **state)
{
	struct fixture *f = *state;
	put_all(f);
	hit(f, "/d/lease.md", 2);
	hit(f, "/d/bread.md", 0);
	hit(f, "/d/lease.md", 1);
	hit(f, "/d/lease.md", 3);
	struct pack pack = make(f, 10000, present_pack_markdown);
	assert_int_equal(pack.n, 2);
	const struct excerpt *e = &pack.items[0];
	assert_string_equal(e->text, "The tenant gives three months of notice.\n\n"
	                             "Pets are allowed, but for snakes.\n\n"
	                             "Bicycles stand in the cellar.\nKeys are with Ann.");
	assert_string_equal(e->path, "/d/lease.md");
	assert_string_equal(e->heading, "Lease");
	assert_int_equal(e->rank, 1);
	assert_int_equal(e->line_start, 3);
	assert_int_equal(e->line_end, 8);
	assert_int_equal(e->n_passages, 3);
	assert_false(e->cut);
	assert_int_equal(pack.items[1].rank, 2);
	assert_null(pack.items[1].heading);
	assert_int_equal(pack.n_used, 4);
	pack_free(&pack);
	forget_hits(f);

	/* with a gap between them, they are two */
	hit(f, "/d/lease.md", 0);
	hit(f, "/d/lease.md", 2);
	pack = make(f, 10000, present_pack_markdown);
	assert_int_equal(pack.n, 2);
	pack_free(&pack);
	forget_hits(f);

	/* headings in common end between names: "Lease > End", not "Lease > End > " */
	hit(f, "/d/lease.md", 1);
	hit(f, "/d/lease.md", 2);
	pack = make(f, 10000, present_pack_markdown);
	assert_string_equal(pack.items[0].heading, "Lease > End");
	pack_free(&pack);
	forget_hits(f);
}

static void nothing_is_said_twice(void **state)
{
	struct fixture *f = *state;
	hit(f, "/d/copy.md", 0);
	hit(f, "/d/lease.md", 0);
	hit(f, "/d/bread.md", 0);
	struct pack pack = make(f, 10000, present_pack_markdown);
	assert_int_equal(pack.n, 2);
	assert_string_equal(pack.items[0].path, "/d/copy.md");
	assert_int_equal(pack.n_repeated, 1);
	pack_free(&pack);
	forget_hits(f);
}

static void overlaps_stand_once(void **state)
{
	(void)state;
	char a[] = "one two three four", b[] = "three four five six", c[] = "four five";
	char path[] = "/x";
	struct hit hits[] = {
		{ .rank = 1, .doc_id = 1, .path = path, .text = a, .text_len = 18, .byte_start = 100,
		  .byte_end = 118, .line_start = 1, .line_end = 1 },
		{ .rank = 2, .doc_id = 1, .path = path, .text = b, .text_len = 19, .byte_start = 108,
		  .byte_end = 127, .line_start = 1, .line_end = 1 },
		{ .rank = 3, .doc_id = 1, .path = path, .text = c, .text_len = 9, .byte_start = 114,
		  .byte_end = 123, .line_start = 1, .line_end = 1 },
		{ .rank = 4, .doc_id = 2, .path = path, .text = c, .text_len = 9, .byte_start = 114,
		  .byte_end = 123, .line_start = 1, .line_end = 1 },
	};
	struct passage passages[] = { { &hits[3], 0, { { 0 } } }, { &hits[2], 7, { { 0 } } },
		                      { &hits[1], 5, { { 0 } } }, { &hits[0], 3, { { 0 } } } };
	struct excerpt *items;
	assert_int_equal(excerpts_make(passages, 4, &items), 2);
	assert_string_equal(items[0].text, "one two three four five six");
	assert_int_equal(items[0].byte_end, 127);
	assert_string_equal(items[1].text, "four five");
	excerpts_free(items, 2);

	/* on one line: touching, and with a space between */
	hits[1].byte_start = 118;
	hits[2].byte_start = 129;
	hits[2].byte_end = 138;
	struct passage line[] = { { &hits[0], 0, { { 0 } } }, { &hits[1], 1, { { 0 } } },
		                  { &hits[2], 2, { { 0 } } } };
	assert_int_equal(excerpts_make(line, 3, &items), 1);
	assert_string_equal(items[0].text, "one two three fourthree four five six four five");
	excerpts_free(items, 1);
}

static void ids_are_the_passage_s(void **state)
{
	struct fixture *f = *state;
	char first[EXCERPT_ID_LENGTH + 1];
	hit(f, "/d/lease.md", 1);
	struct pack pack = make(f, 10000, present_pack_markdown);
	memcpy(first, pack.items[0].id, sizeof first);
	assert_int_equal(strspn(first, "abcdefghijklmnopqrstuvwxyz234567"), EXCERPT_ID_LENGTH);
	pack_free(&pack);
	forget_hits(f);

	/* at another rank, beside others, in another form */
	hit(f, "/d/bread.md", 0);
	hit(f, "/d/lease.md", 3);
	hit(f, "/d/lease.md", 1);
	pack = make(f, 10000, present_pack_xml);
	assert_int_equal(pack.n, 3);
	assert_string_equal(pack.items[2].id, first);
	assert_string_not_equal(pack.items[1].id, first);
	pack_free(&pack);
	forget_hits(f);

	/* the same bytes of the same content under two paths: the later gets another */
	struct hit twice[2] = { { .rank = 1, .doc_id = 1, .text_len = 1 },
		                { .rank = 2, .doc_id = 2, .text_len = 1 } };
	char path[] = "/x", text[] = "x";
	twice[0].path = twice[1].path = path;
	twice[0].text = twice[1].text = text;
	struct passage passages[] = { { &twice[0], 0, { { 1 } } }, { &twice[1], 0, { { 1 } } } };
	struct excerpt *items, *alone;
	assert_int_equal(excerpts_make(passages, 2, &items), 2);
	assert_int_equal(excerpts_make(passages, 1, &alone), 1);
	assert_string_equal(items[0].id, alone[0].id);
	assert_string_not_equal(items[1].id, items[0].id);
	excerpts_free(items, 2);
	excerpts_free(alone, 1);
}

static pack_write *const writers[] = { present_pack_markdown, present_pack_json, present_pack_xml };

static void never_over_the_budget(void **state)
{
	struct fixture *f = *state;
	hit(f, "/d/lease.md", 3);
	hit(f, "/d/bread.md", 0);
	for (size_t i = 0; i < 3; i++)
		hit(f, "/d/lease.md", i);
	for (size_t w = 0; w < 3; w++) {
		size_t most = 0;
		for (size_t budget = 0; budget < 1200; budget++) {
			struct pack pack = make(f, budget, writers[w]);
			/* the best passage is in it before any other */
			if (pack.n)
				assert_int_equal(pack.items[0].rank, 1);
			for (size_t i = 0; i < pack.n; i++)
				assert_true(!pack.items[i].cut || pack.n == 1);
			most = pack.n_used > most ? pack.n_used : most;
			pack_free(&pack);
		}
		assert_int_equal(most, 5);
	}
	forget_hits(f);
}

static void a_long_first_passage_is_cut(void **state)
{
	struct fixture *f = *state;
	static const char *const texts[MAX_CHUNKS] = {
		"One sentence stands here. Another\nstands behind it. A third one ends it.",
		"a b", "นกบินไปมาอยู่นอกหน้าต่าง" };
	put(f, "/l", NULL, texts, NULL);
	hit(f, "/l", 0);
	hit(f, "/d/bread.md", 0);
	struct pack pack = make(f, 90, present_pack_markdown);
	assert_int_equal(pack.n, 1);
	assert_true(pack.items[0].cut);
	assert_string_equal(pack.items[0].text, "One sentence stands here. Another\nstands behind it.");
	assert_int_equal(pack.items[0].line_end, 2);
	pack_free(&pack);
	pack = make(f, 64, present_pack_markdown);
	assert_string_equal(pack.items[0].text, "One sentence stands here.");
	assert_int_equal(pack.items[0].line_end, 1);
	pack_free(&pack);
	/* no sentence fits: between words; no word: nothing */
	pack = make(f, 48, present_pack_markdown);
	assert_string_equal(pack.items[0].text, "One sentence");
	pack_free(&pack);
	pack = make(f, 20, present_pack_markdown);
	assert_int_equal(pack.n, 0);
	assert_null(pack.items);
	pack_free(&pack);
	forget_hits(f);
	hit(f, "/l", 2);
	for (size_t budget = 38; budget < 100; budget++) {
		pack = make(f, budget, present_pack_markdown);
		for (size_t i = 0; i < pack.n; i++)
			assert_true(utf8_is_valid(pack.items[i].text, pack.items[i].text_len));
		pack_free(&pack);
	}
	forget_hits(f);
}

static void the_same_twice(void **state)
{
	struct fixture *f = *state;
	for (size_t i = 0; i < 4; i++)
		hit(f, "/d/lease.md", 3 - i);
	hit(f, "/d/bread.md", 0);
	for (size_t w = 0; w < 3; w++) {
		struct pack a = make(f, 400, writers[w]), b = make(f, 400, writers[w]);
		struct buf x = buf_new(1 << 16), y = buf_new(1 << 16);
		writers[w](&x, &a);
		writers[w](&y, &b);
		assert_true(span_equal(buf_span(&x), buf_span(&y)));
		buf_free(&x);
		buf_free(&y);
		pack_free(&a);
		pack_free(&b);
	}
	forget_hits(f);
}

static void what_is_gone_is_left_out(void **state)
{
	struct fixture *f = *state;
	static const char *const texts[MAX_CHUNKS] = { "It was here." };
	struct err err = { 0 };
	struct store_document doc;
	put(f, "/gone", NULL, texts, NULL);
	hit(f, "/gone", 0);
	hit(f, "/d/bread.md", 0);
	assert_int_equal(store_document_by_path(f->store, "/gone", &doc, &err), 1);
	assert_int_equal(store_begin(f->store, &err), 0);
	assert_int_equal(store_document_delete(f->store, doc.id, &err), 0);
	assert_int_equal(store_commit(f->store, &err), 0);
	store_document_free(&doc);
	struct pack pack = make(f, 1000, present_pack_markdown);
	assert_int_equal(pack.n, 1);
	assert_string_equal(pack.items[0].path, "/d/bread.md");
	pack_free(&pack);
	forget_hits(f);
	pack = make(f, 1000, present_pack_markdown);
	assert_int_equal(pack.n, 0);
	pack_free(&pack);
}

static void estimates(void **state)
{
	(void)state;
	for (size_t len = 0; len < 100; len++)
		assert_int_equal(pack_estimate_tokens(NULL, (struct span){ NULL, len }), (len * 2 + 6) / 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbours_are_one_excerpt),
		cmocka_unit_test(nothing_is_said_twice),
		cmocka_unit_test(overlaps_stand_once),
		cmocka_unit_test(ids_are_the_passage_s),
		cmocka_unit_test(never_over_the_budget),
		cmocka_unit_test(a_long_first_passage_is_cut),
		cmocka_unit_test(the_same_twice),
		cmocka_unit_test(what_is_gone_is_left_out),
		cmocka_unit_test(estimates),
	};
	return cmocka_run_group_tests_name("pack", tests, open_store, close_store);
}
