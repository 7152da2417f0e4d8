#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "query/search.h"
#include "query/select.h"

enum { DIM = 4, N_MANY = 400 };

struct corpus {
	struct store *store;
	char path[64];
};

/* A document of one passage a text; a text that starts with "!" could not be embedded. */
static void put(struct store *s, const struct store_document *doc, const char *const *texts, size_t n)
{
	struct store_chunk_in chunks[4] = { 0 };
	struct err err = { 0 };
	for (size_t i = 0; i < n; i++) {
		float vector[DIM] = { 1 };
		struct hash key = hash_bytes(texts[i], strlen(texts[i]));
		chunks[i] = (struct store_chunk_in){ .text = span_of(texts[i]), .heading = i == 1 ? "Second" : NULL,
			                             .line_start = 1, .line_end = 1, .n_tokens = 1 };
		if (texts[i][0] != '!')
			chunks[i].vector_id = store_vector_put(s, &key, vector, &err);
	}
	assert_int_equal(store_document_put(s, doc, chunks, n, &err), 0);
}

/* Chunk ids: 1 2 3 of the first, 4 5, 6, 7, 8; then one a document. */
static void put_few(struct store *s)
{
	char lease[] = "/docs/lease.md", plan[] = "/docs/code/parser_test.c", thai[] = "/docs/th.txt",
	     zh[] = "/other/zh.txt", ko[] = "/other/ko.txt";
	char lease_title[] = "The Lease", zh_title[] = "北京大学";
	put(s, &(struct store_document){ .path = lease, .title = lease_title, .format = "markdown" },
	    (const char *const[]){ "Give three months of notice.", "Months: three. Müller's notice of May.",
	                           "!three months in a passage that failed" }, 3);
	put(s, &(struct store_document){ .path = plan, .format = "c", .language = "en", .mtime_ns = 5 },
	    (const char *const[]){ "int max_file_size = parseHTTPDate(v1);",
	                           "Muller and cafe, three months" }, 2);
	put(s, &(struct store_document){ .path = thai, .format = "text", .language = "th" },
	    (const char *const[]){ "ประเทศไทยมีประชากรมาก" }, 1);
	put(s, &(struct store_document){ .path = zh, .title = zh_title, .format = "text", .language = "zh" },
	    (const char *const[]){ "我在北京大学学习中文。猫。" }, 1);
	put(s, &(struct store_document){ .path = ko, .format = "text", .language = "ko" },
	    (const char *const[]){ "대한민국 헌법은 1948년에 만들어졌다" }, 1);
}

static int make_corpus(void **state)
{
	static struct corpus c;
	struct err err = { 0 };
	snprintf(c.path, sizeof c.path, "/tmp/akin_select_%ld.db", (long)getpid());
	unlink(c.path);
	c.store = store_open(c.path, STORE_CREATE, &err);
	assert_non_null(c.store);
	assert_int_equal(store_begin(c.store, &err), 0);
	assert_int_equal(store_set_model(c.store, &(struct store_model){ "test/fake", DIM }, &err), 0);
	put_few(c.store);
	for (int i = 0; i < N_MANY; i++) {
		char path[64], text[64];
		const char *texts[] = { text };
		snprintf(path, sizeof path, "/many/%03d.%s", i, i % 10 ? "txt" : "md");
		snprintf(text, sizeof text, "%sfiller number%d %s", i % 7 ? "" : "!", i, i % 2 ? "odd" : "even");
		put(c.store, &(struct store_document){ .path = path, .format = "text", .mtime_ns = i }, texts, 1);
	}
	assert_int_equal(store_commit(c.store, &err), 0);
	*state = &c;
	return 0;
}

static int drop_corpus(void **state)
{
	struct corpus *c = *state;
	static const char *const ends[] = { "", "-wal", "-shm", "-lock", ".lock" };
	store_close(c->store);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char path[80];
		snprintf(path, sizeof path, "%s%s", c->path, ends[i]);
		unlink(path);
	}
	return 0;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* Asks, checks the order of what comes, and gives the chunks' ids, ascending. */
static size_t ask(struct store *s, const char *text, const struct store_filter *filter, int64_t ids[500])
{
	struct question q;
	struct err err = { 0 };
	struct store_chunk_ref *refs;
	size_t n;
	assert_int_equal(question_parse(&q, span_of(text), 0, &err), 0);
	assert_int_equal(question_refs(s, &q, filter, &refs, &n, &err), 0);
	assert_true(n <= 500);
	for (size_t i = 0; i < n; i++) {
		const struct store_chunk_ref *a = &refs[i ? i - 1 : 0], *b = &refs[i];
		bool is_ordered = i == 0 || a->vector_id < b->vector_id ||
		                  (a->vector_id == b->vector_id && a->chunk_id < b->chunk_id);
		assert_true(is_ordered);
		ids[i] = refs[i].chunk_id;
	}
	qsort(ids, n, sizeof *ids, by_number);
	free(refs);
	question_free(&q);
	return n;
}

static const struct {
	const char *question, *chunks;
} cases[] = {
	{ "x path:docs", "1 2 3 4 5 6" },
	{ "x path:docs type:md", "1 2 3" },
	{ "x title:lease", "1 2 3" },
	{ "x lang:th lang:zh", "6 7" },
	{ "x path:nowhere", "" },
	/* phrases */
	{ "\"three months\"", "1 3 5" },
	{ "\"THREE, months\"", "1 3 5" },
	{ "\"three months\" \"notice\"", "1" },
	{ "\"three months\" path:lease", "1 3" },
	{ "\"notice months\"", "" },
	{ "\"the lease\"", "1 2 3" },
	{ "\"second\" path:docs", "2 5" },
	{ "\"lease.md\"", "1 2 3" },
	{ "\"max file size\"", "4" },
	{ "\"max_file_size\"", "4" },
	{ "\"parse http date\"", "4" },
	{ "\"muller\"", "2 5" },
	{ "\"Müller\"", "2" },
	{ "\"nosuchword\" \"three\"", "" },
	/* exclusions */
	{ "x path:docs -notice", "3 4 5 6" },
	{ "x path:docs -\"three months\"", "2 4 6" },
	{ "\"three months\" -notice -muller", "3" },
	{ "x path:docs -lease", "4 5 6" },
	{ "\"three months\" -nosuchword", "1 3 5" },
	{ "x path:docs -notice -three -parser", "6" },
	/* scripts without spaces: however the text was divided */
	{ "\"北京大学\"", "7" },
	{ "\"京大学\"", "7" },
	{ "\"大学学习\"", "7" },
	{ "\"北京学习\"", "" },
	{ "\"北大\"", "" },
	{ "\"猫\"", "7" },
	{ "x path:other -中文", "8" },
	{ "\"대한민국 헌법\"", "8" },
	{ "\"헌법 대한민국\"", "" },
	{ "\"ประเทศไทย\"", "6" },
	{ "\"ไทยประเทศ\"", "" },
};

static void chunks_are_selected(void **state)
{
	struct corpus *c = *state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		int64_t ids[500];
		struct buf found = buf_new(4096);
		size_t n = ask(c->store, cases[i].question, NULL, ids);
		for (size_t k = 0; k < n; k++)
			buf_printf(&found, k ? " %d" : "%d", (int)ids[k]);
		if (strcmp(buf_span(&found).p, cases[i].chunks) != 0)
			print_message("# of: %s\n", cases[i].question);
		assert_string_equal(buf_span(&found).p, cases[i].chunks);
		buf_free(&found);
	}
}

static bool is_up_to(void *ctx, const struct store_document *doc)
{
	const int64_t *last = ctx;
	return doc->id <= *last;
}

/* None, one, a few or all documents: looked up, or taken out of the index of all. */
static void few_and_many_are_selected_alike(void **state)
{
	struct corpus *c = *state;
	const char *paths[] = { "/many" };
	for (int64_t most = 0; most <= N_MANY; most += most < 5 ? 1 : 79) {
		int64_t last = 5 + most, ids[500];
		struct store_filter filter = { .paths = paths, .n_paths = 1, .passes = is_up_to,
			                       .passes_ctx = &last };
		assert_int_equal(ask(c->store, "x", &filter, ids), most);
		for (int i = 0; i < most; i++)
			assert_int_equal(ids[i], 9 + i);
		size_t n = ask(c->store, "x type:md", &filter, ids);
		assert_int_equal(n, (most + 9) / 10);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(ids[i], 9 + 10 * i);
	}
}

static void the_callers_filter_and_the_questions_both_count(void **state)
{
	struct corpus *c = *state;
	struct err err = { 0 };
	int64_t ids[500];
	const char *paths[] = { "/docs", "/docs/code", "/docs/", "/other/zh.txt" };
	struct store_filter filter = { .paths = paths, .n_paths = 4 };
	assert_int_equal(ask(c->store, "x", &filter, ids), 7); /* each once */
	struct search_filter f = { 0 };
	assert_int_equal(search_filter_add(&f, FILTER_TYPE, false, span_of("code"), 0, &err), 0);
	filter.passes = search_filter_test;
	filter.passes_ctx = &f;
	assert_int_equal(ask(c->store, "x", &filter, ids), 2);
	assert_int_equal(ask(c->store, "x type:md", &filter, ids), 0);
	assert_int_equal(ask(c->store, "\"three months\"", &filter, ids), 1);
	assert_int_equal(ids[0], 5);
	const int64_t chunks[] = { 1, 4, 5, 77 };
	filter.chunks = chunks;
	filter.n_chunks = 4;
	assert_int_equal(ask(c->store, "x", &filter, ids), 2);
	assert_int_equal(ask(c->store, "\"max file size\"", &filter, ids), 1);
	filter.n_chunks = 1;
	assert_int_equal(ask(c->store, "\"max file size\"", &filter, ids), 0);
	search_filter_free(&f);
	assert_int_equal(ask(c->store, "x", NULL, ids), 8 + N_MANY);
	assert_int_equal(ask(c->store, "\"filler\" -odd -\"number4\"", NULL, ids), N_MANY / 2 - 1);
}

static void the_full_text_honours_the_filter(void **state)
{
	struct corpus *c = *state;
	struct err err = { 0 };
	struct search_filter f = { 0 };
	struct hits hits;
	assert_int_equal(search_filter_add(&f, FILTER_PATH, false, span_of("/many/0?3.txt"), 0, &err), 0);
	struct store_filter filter = { .passes = search_filter_test, .passes_ctx = &f };
	struct search_options opt = { .mode = SEARCH_LEXICAL, .k = 5, .filter = filter };
	assert_int_equal(search(c->store, NULL, span_of("filler"), &opt, &hits, &err), 0);
	assert_int_equal(hits.n, 5);
	for (size_t i = 0; i < hits.n; i++)
		assert_int_equal((hits.items[i].chunk_id - 9) % 10, 3);
	hits_free(&hits);
	search_filter_free(&f);
}

/* Without failed_too only what has a vector is listed. */
static void chunks_without_a_vector_are_asked_for(void **state)
{
	struct corpus *c = *state;
	struct err err = { 0 };
	struct store_chunk_ref *refs;
	size_t n, with;
	assert_int_equal(store_chunk_refs(c->store, NULL, &refs, &n, &err), 0);
	free(refs);
	struct store_filter filter = { .failed_too = true };
	assert_int_equal(store_chunk_refs(c->store, &filter, &refs, &with, &err), 0);
	assert_int_equal(with, 8 + N_MANY);
	assert_int_equal(with - n, 1 + (N_MANY + 6) / 7);
	for (size_t i = 0; i < with; i++)
		assert_int_equal(refs[i].vector_id == 0, i < with - n);
	free(refs);
}

int main(void)
{
	setenv("TZ", "UTC", 1);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chunks_are_selected),
		cmocka_unit_test(few_and_many_are_selected_alike),
		cmocka_unit_test(the_callers_filter_and_the_questions_both_count),
		cmocka_unit_test(the_full_text_honours_the_filter),
		cmocka_unit_test(chunks_without_a_vector_are_asked_for),
	};
	return cmocka_run_group_tests(tests, make_corpus, drop_corpus);
}
