#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "store/store.h"

static char folder[128], path[160];
static struct err err;

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "%s/test_text_XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	char command[256];
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

/* A new index, with a transaction open. */
static struct store *create(void)
{
	static int n;
	snprintf(path, sizeof path, "%s/%d.db", folder, n++);
	struct store *s = store_open(path, STORE_CREATE, &err);
	assert_non_null(s);
	assert_int_equal(store_begin(s, &err), 0);
	return s;
}

static void put(struct store *s, const char *doc_path, const char *language, const char *title,
                const char *heading, const char *text)
{
	char copy[128], title_copy[128];
	snprintf(copy, sizeof copy, "%s", doc_path);
	snprintf(title_copy, sizeof title_copy, "%s", title ? title : "");
	struct store_chunk_in chunk = { .byte_end = strlen(text), .line_start = 1, .line_end = 1,
		                        .heading = heading, .text = span_of(text), .failure = "not now" };
	struct store_document doc = { .path = copy, .title = title ? title_copy : NULL, .format = "text" };
	snprintf(doc.language, sizeof doc.language, "%s", language);
	assert_int_equal(store_document_put(s, &doc, &chunk, 1, &err), 0);
}

static const struct store_column_weights weights = { .title = 8, .heading = 4, .name = 2, .text = 1 };

/* "CHUNK:TF CHUNK:TF …" of a phrase, its terms with a blank between them. */
static const char *postings(struct store *s, const char *phrase, size_t max)
{
	static char line[1024];
	char copy[256];
	struct span terms[16];
	size_t n_terms = 0, n, len = 0;
	struct store_posting *items;
	snprintf(copy, sizeof copy, "%s", phrase);
	for (char *term = strtok(copy, " "); term; term = strtok(NULL, " "))
		terms[n_terms++] = span_of(term);
	assert_int_equal(store_phrase_postings(s, terms, n_terms, &weights, max, &items, &n, &err), 0);
	line[0] = '\0';
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(line + len, sizeof line - len, "%s%lld:%g", i ? " " : "",
		                        (long long)items[i].chunk_id, (double)items[i].tf);
	free(items);
	return line;
}

static void terms_are_weighed_by_column(void **state)
{
	(void)state;
	struct store *s = create();
	put(s, "/a/heron.txt", "", "Birds", NULL, "the heron and the reed");
	put(s, "/a/b.txt", "", "The heron", "Reeds > Heron", "nothing of it");
	put(s, "/a/c.txt", "", NULL, NULL, "reed by reed");
	assert_int_equal(store_commit(s, &err), 0);
	assert_string_equal(postings(s, "heron", 0), "1:3 2:12");
	assert_string_equal(postings(s, "heron", 1), "1:3");
	assert_string_equal(postings(s, "reed", 0), "1:1 3:2");
	assert_string_equal(postings(s, "txt", 0), "1:2 2:2 3:2");
	assert_string_equal(postings(s, "\x03heron.txt", 0), "1:2");
	assert_string_equal(postings(s, "the reed", 0), "1:1");
	assert_string_equal(postings(s, "the heron", 0), "1:1 2:8");
	assert_string_equal(postings(s, "it heron", 0), ""); /* not across columns */
	assert_string_equal(postings(s, "stork", 0), "");
	assert_string_equal(postings(s, "", 0), "");
	assert_string_equal(postings(s, "a\"b", 0), "");
	assert_string_equal(postings(s, "\" OR heron", 0), "");
	assert_string_equal(postings(s, "heron*", 0), "");
	store_close(s);
}

static void forms_are_found_in_their_language(void **state)
{
	(void)state;
	struct store *s = create();
	put(s, "/en", "en", "Running", NULL, "they were counting");
	put(s, "/de", "de", NULL, "Verträge", "die Häuser");
	put(s, "/none", "", NULL, NULL, "counting parse_http_date running");
	put(s, "/zh", "zh", NULL, NULL, "中华人民");
	assert_int_equal(store_commit(s, &err), 0);
	assert_string_equal(postings(s, "\x01" "count", 0), "1:1 3:1"); /* as English otherwise */
	assert_string_equal(postings(s, "\x01run", 0), "1:8 3:1");
	assert_string_equal(postings(s, "counting", 0), "1:1 3:1");
	assert_string_equal(postings(s, "\x01haus", 0), "2:1");
	assert_string_equal(postings(s, "hauser", 0), "2:1");
	assert_string_equal(postings(s, "\x02häuser", 0), "2:1");
	assert_string_equal(postings(s, "\x01vertrag", 0), "2:4");
	assert_string_equal(postings(s, "\x03parsehttpdate", 0), "3:1");
	assert_string_equal(postings(s, "http date running", 0), "3:1");
	assert_string_equal(postings(s, "\x04华人", 0), "4:1");
	struct store_document doc;
	assert_int_equal(store_document_by_path(s, "/de", &doc, &err), 1);
	assert_string_equal(doc.language, "de");
	store_document_free(&doc);
	store_close(s);
}

static void on_fault(void *ctx, const char *sentence)
{
	snprintf(ctx, 200, "%s", sentence);
}

static void assert_clean(struct store *s)
{
	char fault[200] = "";
	assert_int_equal(store_check(s, false, on_fault, fault, &err), 0);
	assert_string_equal(fault, "");
}

static void full_text_follows_its_documents(void **state)
{
	(void)state;
	struct store *s = create();
	put(s, "/a/heron.txt", "en", "Bird", "Reeds", "counting herons");
	put(s, "/b/\xff\n/h\xc3\xa9ron\xfe.md", "fr", NULL, NULL, "un héron");
	assert_int_equal(store_commit(s, &err), 0);
	assert_clean(s);
	assert_string_equal(postings(s, "heron", 0), "1:2 2:3");
	/* to another folder, to another name */
	assert_int_equal(store_begin(s, &err), 0);
	assert_int_equal(store_document_update(s, 1, "/c/heron.txt", 1, 2, 3, &err), 0);
	assert_int_equal(store_document_update(s, 2, "/b/stork.md", 1, 2, 3, &err), 0);
	assert_int_equal(store_commit(s, &err), 0);
	assert_clean(s);
	assert_string_equal(postings(s, "heron", 0), "1:2 2:1");
	assert_string_equal(postings(s, "stork", 0), "2:2");
	/* replaced by the same text in another language; removed */
	assert_int_equal(store_begin(s, &err), 0);
	put(s, "/c/heron.txt", "de", "Bird", "Reeds", "counting herons");
	assert_int_equal(store_document_delete(s, 2, &err), 0);
	assert_int_equal(store_commit(s, &err), 0);
	assert_clean(s);
	assert_string_equal(postings(s, "\x01" "count", 0), "");
	assert_string_equal(postings(s, "stork", 0), "");
	uint64_t n_chunks, n_words;
	assert_int_equal(store_words_total(s, &n_chunks, &n_words, &err), 0);
	assert_int_equal(n_chunks, 1);
	assert_int_equal(n_words, 2);
	store_close(s);
}

static void words_are_counted_without_their_forms(void **state)
{
	(void)state;
	struct store *s = create();
	uint64_t n_chunks, n_words;
	assert_int_equal(store_words_total(s, &n_chunks, &n_words, &err), 0);
	assert_int_equal(n_chunks + n_words, 0);
	struct store_model model = { "test/two", 2 };
	assert_int_equal(store_set_model(s, &model, &err), 0);
	struct hash key = hash_bytes("x", 1);
	float v[2] = { 1, 0 };
	char doc_path[] = "/a/some_name.txt", title[] = "Three word title";
	struct store_chunk_in chunk = { .byte_end = 1, .heading = "Heading",
		                        .text = span_of("parseHTTPDate runs 中华人民"),
		                        .vector_id = store_vector_put(s, &key, v, &err) };
	struct store_document doc = { .path = doc_path, .title = title, .format = "text", .language = "en" };
	assert_int_equal(store_document_put(s, &doc, &chunk, 1, &err), 0);
	assert_int_equal(store_commit(s, &err), 0);
	assert_int_equal(store_words_total(s, &n_chunks, &n_words, &err), 0);
	assert_int_equal(n_chunks, 1);
	assert_int_equal(n_words, 6); /* parse http date runs 中华 人民 */
	const char *below = "/a";
	struct store_filter filters[] = { { .n_paths = 0 }, { .paths = &below, .n_paths = 1 } };
	for (int i = 0; i < 2; i++) {
		struct store_chunk_ref *refs;
		size_t n;
		assert_int_equal(store_chunk_refs(s, &filters[i], &refs, &n, &err), 0);
		assert_int_equal(n, 1);
		assert_int_equal(refs[0].n_words, 6);
		free(refs);
	}
	store_close(s);
}

static void change(const char *sql)
{
	sqlite3 *db;
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void what_disagrees_is_found_and_mended(void **state)
{
	(void)state;
	static const struct {
		const char *change, *sentence;
	} cases[] = {
		{ "UPDATE chunks SET n_words = 9", "1 chunks miscount their words; --repair: counted anew" },
		{ "UPDATE chunks SET text = 'a little stork'", "the full text does not agree" },
		{ "UPDATE documents SET language = 'de'", "the full text does not agree" },
		{ "UPDATE documents SET path = CAST('/b' AS BLOB)", "the full text does not agree" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char fault[200] = "";
		struct store *s = create();
		put(s, "/a", "en", NULL, NULL, "counting herons slowly");
		assert_int_equal(store_commit(s, &err), 0);
		assert_clean(s);
		store_close(s);
		change(cases[i].change);
		s = store_open(path, STORE_MODIFY, &err);
		assert_non_null(s);
		assert_true(store_check(s, false, on_fault, fault, &err) > 0);
		assert_non_null(strstr(fault, cases[i].sentence));
		assert_true(store_check(s, true, on_fault, fault, &err) > 0);
		assert_clean(s);
		store_close(s);
	}
}

static float share_of(const struct store_sample *sample, const char *term)
{
	for (size_t i = 0; i < sample->n_words; i++)
		if (span_equal(sample->words[i].term, span_of(term)))
			return sample->words[i].share;
	return 0;
}

static void put_many(struct store *s, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		char doc_path[32], text[64];
		snprintf(doc_path, sizeof doc_path, "/%zu", i);
		snprintf(text, sizeof text, "the %s of word%zu %s", i % 2 ? "lanterns" : "herons", i,
		         i % 25 ? "" : "rare");
		put(s, doc_path, i % 4 ? "en" : "", NULL, NULL, text);
	}
}

static void a_sample_tells_what_is_frequent(void **state)
{
	(void)state;
	struct store *s = create();
	struct store_sample sample;
	assert_int_equal(store_sample(s, &sample, &err), 0);
	assert_int_equal(sample.n_words + sample.n_languages, 0);
	store_sample_free(&sample);
	put_many(s, 0, 5);
	assert_int_equal(store_sample_refresh(s, false, &err), 0);
	assert_int_equal(store_sample(s, &sample, &err), 0);
	assert_int_equal(sample.n_words, 0); /* 5 chunks say nothing of a word */
	assert_int_equal(sample.n_languages, 2);
	store_sample_free(&sample);
	put_many(s, 5, 3000);
	assert_int_equal(store_commit(s, &err), 0);
	assert_int_equal(store_sample_refresh(s, false, &err), 0);
	assert_int_equal(store_sample(s, &sample, &err), 0);
	assert_float_equal(share_of(&sample, "the"), 1, 1e-4);
	assert_float_equal(share_of(&sample, "herons"), 0.5, 0.05);
	/* every fourth document has no language, and so no stems: half of those with herons */
	assert_float_equal(share_of(&sample, "\x01heron"), 0.25, 0.05);
	assert_float_equal(share_of(&sample, "rare"), 0, 0);
	for (size_t i = 1; i < sample.n_words; i++)
		assert_true(memcmp(sample.words[i - 1].term.p, sample.words[i].term.p, 2) <= 0);
	assert_int_equal(sample.n_languages, 2);
	assert_string_equal(sample.languages[0].code, "en");
	assert_float_equal(sample.languages[0].share, 0.75, 0.05);
	store_sample_free(&sample);
	/* a few more do not change it; force does */
	assert_int_equal(store_begin(s, &err), 0);
	for (int i = 0; i < 400; i++) {
		char doc_path[32];
		snprintf(doc_path, sizeof doc_path, "/more/%d", i);
		put(s, doc_path, "de", NULL, NULL, "stork");
	}
	for (int force = 0; force < 2; force++) {
		assert_int_equal(store_sample_refresh(s, force, &err), 0);
		assert_int_equal(store_sample(s, &sample, &err), 0);
		assert_int_equal(share_of(&sample, "stork") > 0, force);
		store_sample_free(&sample);
	}
	assert_int_equal(store_commit(s, &err), 0);
	/* damaged: what can be read is */
	store_close(s);
	change("UPDATE facts SET value = x'FF' WHERE name = 'frequent_words'");
	change("UPDATE facts SET value = substr(value, 1, 6) WHERE name = 'languages'");
	s = store_open(path, STORE_READ, &err);
	assert_int_equal(store_sample(s, &sample, &err), 0);
	assert_int_equal(sample.n_words, 0);
	assert_int_equal(sample.n_languages, 1);
	store_sample_free(&sample);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terms_are_weighed_by_column),
		cmocka_unit_test(forms_are_found_in_their_language),
		cmocka_unit_test(full_text_follows_its_documents),
		cmocka_unit_test(words_are_counted_without_their_forms),
		cmocka_unit_test(what_disagrees_is_found_and_mended),
		cmocka_unit_test(a_sample_tells_what_is_frequent),
	};
	return cmocka_run_group_tests_name("text", tests, make_folder, remove_folder);
}
