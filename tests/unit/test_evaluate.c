#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "query/evaluate.h"
#include "query/known_items.h"
#include "query/memo.h"

static void near(double a, double b)
{
	if (!(fabs(a - b) < 1e-12))
		fail_msg("%.15g is not %.15g", a, b);
}

struct fixture {
	struct store *store;
	char path[64];
	int64_t ids[8];
	size_t n;
};

static void put(struct fixture *f, const char *path, const char *title, const char *heading,
                const char *text)
{
	struct err err = { 0 };
	float vector[4] = { 1, 0, 0, 0 };
	struct hash key = hash_bytes(text, strlen(text));
	struct store_chunk_in chunk = { .byte_end = strlen(text), .line_start = 1, .line_end = 1,
		                        .n_tokens = 5, .heading = heading, .text = span_of(text),
		                        .vector_id = store_vector_put(f->store, &key, vector, &err) };
	char copy[64], title_copy[64];
	snprintf(copy, sizeof copy, "%s", path);
	snprintf(title_copy, sizeof title_copy, "%s", title ? title : "");
	struct store_document doc = { .path = copy, .size = 1, .title = title ? title_copy : NULL,
		                      .format = "text" };
	assert_int_equal(store_document_put(f->store, &doc, &chunk, 1, &err), 0);
	assert_int_equal(store_last_document(f->store, &f->ids[f->n++], &err), 0);
}

static int make(void **state)
{
	static int serial;
	struct fixture *f = mem_zalloc(1, sizeof *f);
	struct err err = { 0 };
	snprintf(f->path, sizeof f->path, "/tmp/akin_evaluate_%ld_%d.db", (long)getpid(), serial++);
	unlink(f->path);
	f->store = store_open(f->path, STORE_CREATE, &err);
	assert_non_null(f->store);
	struct store_model model = { "test/four", 4 };
	assert_int_equal(store_begin(f->store, &err), 0);
	assert_int_equal(store_set_model(f->store, &model, &err), 0);
	*state = f;
	return 0;
}

static int drop(void **state)
{
	struct fixture *f = *state;
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	store_close(f->store);
	for (size_t i = 0; i < 4; i++) {
		char name[80];
		snprintf(name, sizeof name, "%s%s", f->path, ends[i]);
		unlink(name);
	}
	free(f);
	return 0;
}

static void a_mode_is_measured_question_by_question(void **state)
{
	struct fixture *f = *state;
	struct err err = { 0 };
	put(f, "/a/one.txt", NULL, NULL, "alpha");
	put(f, "/a/two.txt", NULL, NULL, "alpha alpha beta gamma delta epsilon zeta eta theta iota");
	put(f, "/a/three.txt", NULL, NULL, "kappa");
	assert_int_equal(store_commit(f->store, &err), 0);
	const struct evaluation_document documents[] = { { f->ids[0], 0 }, { f->ids[1], 2 },
		                                         { f->ids[2], 1 } };
	/* 9: a document that the index has not */
	const struct evaluation_judgement judgements[] = { { 1, 1 }, { 9, 1 }, { 0, 1 }, { 1, 2 } };
	const struct evaluation_question questions[] = { { span_of("kappa"), 0, 1 },
		                                         { span_of("kappa"), 0, 2 },
		                                         { { "", 0 }, 2, 3 },
		                                         { span_of("alpha kappa"), 2, 4 } };
	const struct evaluation_set set = { questions, 4, judgements, documents, 3 };
	struct measures m[4];
	struct search_options opt = { .mode = SEARCH_LEXICAL };
	if (evaluate(f->store, NULL, &set, &opt, m, &err) < 0)
		fail_msg("%s", err.text);
	near(m[0].ndcg_10, 1);
	near(m[0].recall_10, 1);
	/* the one that there is comes first: 1 of the ideal 1 + 1/log2(3) */
	near(m[1].ndcg_10, 1 / (1 + 1 / log2(3)));
	near(m[1].recall_100, 0.5);
	near(m[2].ndcg_10 + m[2].mrr_10 + m[2].recall_100, 0);
	near(m[3].mrr_10, 1);
	near(m[3].recall_10, 1);
}

static void of_two_files_with_one_name_the_better_counts(void **state)
{
	struct fixture *f = *state;
	struct err err = { 0 };
	put(f, "/a/same.txt", NULL, NULL, "alpha");
	put(f, "/b/same.txt", NULL, NULL, "alpha and other words beside it");
	put(f, "/b/other.txt", NULL, NULL, "alpha and many other words that stand beside it here");
	assert_int_equal(store_commit(f->store, &err), 0);
	const struct evaluation_document documents[] = { { f->ids[0], 1 }, { f->ids[1], 1 },
		                                         { f->ids[2], 0 } };
	const struct evaluation_judgement judgements[] = { { 0, 1 } };
	const struct evaluation_question questions[] = { { span_of("alpha"), 0, 1 } };
	const struct evaluation_set set = { questions, 1, judgements, documents, 3 };
	struct measures m;
	struct search_options opt = { .mode = SEARCH_LEXICAL };
	assert_int_equal(evaluate(f->store, NULL, &set, &opt, &m, &err), 0);
	near(m.mrr_10, 0.5); /* third of the files, second of the names */
}

/* --- the memo ------------------------------------------------------------------------ */

/* An embedder whose vector is the text's first byte, and that refuses "bad". */
struct counting {
	struct embed_batch *waiting;
	size_t n_texts;
};

static int count_submit(void *self, struct embed_batch *b, struct err *err)
{
	(void)err;
	((struct counting *)self)->waiting = b;
	return 0;
}

static int count_collect(void *self, int timeout_ms, struct embed_batch **batch, struct err *err)
{
	(void)timeout_ms;
	struct counting *c = self;
	struct embed_batch *b = *batch = c->waiting;
	c->waiting = NULL;
	if (!b)
		return 0;
	c->n_texts += b->n;
	b->dim = 2;
	b->vectors = mem_floats(b->n * 2);
	for (size_t i = 0; i < b->n; i++) {
		if (span_equal(b->texts[i], span_of("bad")))
			return err_set(err, ERR_NETWORK, "refused");
		b->vectors[2 * i] = (float)b->texts[i].p[0];
		b->vectors[2 * i + 1] = b->kind == EMBED_QUERY ? 1 : 0;
	}
	return 1;
}

static size_t count_count(const void *self, struct span text)
{
	(void)self;
	return text.len;
}

static void count_close(void *self)
{
	(void)self;
}

static void toy_drain(void *self)
{
	(void)self;
}

static void a_text_is_embedded_once(void **state)
{
	(void)state;
	static const struct embedder_ops ops = {
		.submit = count_submit, .collect = count_collect, .count_tokens = count_count,
		.close = count_close, .drain = toy_drain,
	};
	struct counting counting = { 0 };
	struct embedder *inner = mem_zalloc(1, sizeof *inner);
	*inner = (struct embedder){ .ops = &ops, .self = &counting, .model = "test/count", .host = "far",
		                    .limits.dim = 2 };
	struct embedder *memo = memo_open(inner);
	struct err err = { 0 };
	float *v = NULL;
	const struct span first[] = { span_of("a"), span_of("b"), span_of("c") };
	const struct span second[] = { span_of("d"), span_of("c"), span_of("a"), span_of("d") };
	assert_string_equal(memo->model, "test/count");
	assert_int_equal(embedder_embed(memo, EMBED_QUERY, first, 3, &v, &err), 0);
	assert_int_equal(counting.n_texts, 3);
	free(v);
	assert_int_equal(embedder_embed(memo, EMBED_QUERY, second, 4, &v, &err), 0);
	const float expected[] = { 'd', 1, 'c', 1, 'a', 1, 'd', 1 };
	assert_memory_equal(v, expected, sizeof expected);
	free(v);
	size_t before = counting.n_texts;
	assert_int_equal(embedder_embed(memo, EMBED_QUERY, second, 4, &v, &err), 0);
	assert_int_equal(counting.n_texts, before);
	free(v);
	/* as a passage it is another text */
	assert_int_equal(embedder_embed(memo, EMBED_PASSAGE, first, 1, &v, &err), 0);
	assert_int_equal(counting.n_texts, before + 1);
	near((double)v[1], 0);
	free(v);
	const struct span bad[] = { span_of("a"), span_of("bad") };
	assert_int_equal(embedder_embed(memo, EMBED_QUERY, bad, 2, &v, &err), -1);
	assert_string_equal(err.text, "refused");
	/* and goes on afterwards */
	assert_int_equal(embedder_embed(memo, EMBED_QUERY, first, 3, &v, &err), 0);
	free(v);
	embedder_close(memo);
	embedder_close(inner);
}

/* --- known items ------------------------------------------------------------------------ */

static bool asks(const struct known_items *k, const char *text, int64_t doc_id)
{
	for (size_t i = 0; i < k->set.n; i++) {
		size_t name = k->judgements[i].name;
		if (strcmp(k->texts[i], text) != 0)
			continue;
		for (size_t d = 0; d < k->set.n_documents; d++)
			if (k->documents[d].name == name)
				return k->documents[d].id == doc_id;
	}
	return false;
}

static void fill_corpus(struct fixture *f)
{
	struct err err = { 0 };
	put(f, "/a/lease.txt", "Terms of the lease", "Lease > See also",
	    "The tenant must give three whole months of notice before he moves out.");
	put(f, "/a/bread.txt", "Baking: our bread", "Bread > Resting the dough",
	    "Let the dough rest over night in a cold place before you bake it slowly.");
	put(f, "/a/copy.txt", "A shared title", NULL,
	    "This notice stands in two documents and so it is nobody's own sentence at all.");
	put(f, "/a/other.txt", "A Shared Title", NULL,
	    "This notice stands in two documents and so it is nobody's own sentence at all.");
	assert_int_equal(store_commit(f->store, &err), 0);
}

static void questions_are_made_of_the_index(void **state)
{
	struct fixture *f = *state;
	fill_corpus(f);
	struct known_items k, again;
	struct err err = { 0 };
	if (known_items_make(&k, f->store, 100, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(k.n_headings, 3);
	assert_int_equal(k.n_sentences, 2);
	assert_int_equal(k.set.n, 5);
	assert_true(asks(&k, "Terms of the lease", f->ids[0]));
	assert_true(asks(&k, "Resting the dough", f->ids[1]));
	assert_true(asks(&k, "our bread", f->ids[1]) || asks(&k, "Baking our bread", f->ids[1]));
	for (size_t i = 0; i < k.set.n; i++) {
		assert_null(strstr(k.texts[i], "nobody"));
		assert_null(strstr(k.texts[i], "hared"));
		assert_null(strstr(k.texts[i], "also"));
	}
	/* the same index, the same questions */
	assert_int_equal(known_items_make(&again, f->store, 100, &err), 0);
	for (size_t i = 0; i < k.set.n; i++)
		assert_string_equal(k.texts[i], again.texts[i]);
	known_items_free(&again);
	assert_int_equal(known_items_make(&again, f->store, 2, &err), 0);
	assert_int_equal(again.n_headings, 1);
	assert_int_equal(again.n_sentences, 1);
	struct measures m[2];
	struct search_options opt = { .mode = SEARCH_LEXICAL };
	assert_int_equal(evaluate(f->store, NULL, &again.set, &opt, m, &err), 0);
	near(m[0].recall_10, 1);
	near(m[1].recall_10, 1);
	known_items_free(&again);
	known_items_free(&k);
}

static void an_index_without_text_gives_none(void **state)
{
	struct fixture *f = *state;
	struct err err = { 0 };
	put(f, "/a/x.txt", "Notes", NULL, "too short");
	assert_int_equal(store_commit(f->store, &err), 0);
	struct known_items k;
	assert_int_equal(known_items_make(&k, f->store, 10, &err), -1);
	assert_int_equal(err.code, ERR_INPUT);
	known_items_free(&k);
}

static void a_tuned_weight_is_kept(void **state)
{
	struct fixture *f = *state;
	struct err err = { 0 };
	struct store_ranking r = { 7, 7 };
	assert_int_equal(store_ranking(f->store, &r, &err), 0);
	assert_int_equal(r.n_questions, 0);
	assert_int_equal(store_set_ranking(f->store, &(struct store_ranking){ 0, 40 }, &err), 0);
	assert_int_equal(store_ranking(f->store, &r, &err), 0);
	near(r.lexical_weight, 0);
	assert_int_equal(r.n_questions, 40);
	assert_int_equal(store_set_ranking(f->store, &(struct store_ranking){ 1.5, 41 }, &err), 0);
	assert_int_equal(store_ranking(f->store, &r, &err), 0);
	near(r.lexical_weight, 1.5);
	assert_int_equal(store_set_ranking(f->store, &(struct store_ranking){ NAN, 41 }, &err), -1);
	assert_int_equal(store_set_ranking(f->store, &(struct store_ranking){ -1, 41 }, &err), -1);
	assert_int_equal(store_set_ranking(f->store, &(struct store_ranking){ 0 }, &err), 0);
	assert_int_equal(store_ranking(f->store, &r, &err), 0);
	assert_int_equal(r.n_questions, 0);
	assert_int_equal(store_commit(f->store, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_mode_is_measured_question_by_question, make, drop),
		cmocka_unit_test_setup_teardown(of_two_files_with_one_name_the_better_counts, make, drop),
		cmocka_unit_test(a_text_is_embedded_once),
		cmocka_unit_test_setup_teardown(questions_are_made_of_the_index, make, drop),
		cmocka_unit_test_setup_teardown(an_index_without_text_gives_none, make, drop),
		cmocka_unit_test_setup_teardown(a_tuned_weight_is_kept, make, drop),
	};
	return cmocka_run_group_tests_name("evaluate", tests, NULL, NULL);
}
