#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "query/similar.h"

/* More than one block of vectors. */
enum { DIM = 20, N_DOCS = 150, CHUNKS = 4, FAILED = 2 };

struct fixture {
	struct store *store;
	char path[64];
	float vectors[N_DOCS * CHUNKS][DIM];
};

static uint64_t seed = 88172645463325252u;

static float random_unit(void) /* xorshift64, in [-1, 1) */
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (float)((double)(seed >> 11) / (double)(1ull << 52) - 1);
}

static double product(const float *a, const float *b)
{
	double sum = 0;
	for (size_t i = 0; i < DIM; i++)
		sum += (double)a[i] * (double)b[i];
	return sum;
}

static void scale(float *v)
{
	double length = sqrt(product(v, v));
	for (size_t i = 0; i < DIM; i++)
		v[i] = (float)((double)v[i] / length);
}

/* Lines 1-3, 5-7, 9-11, 13-15; the third passage of document 1 could not be embedded. */
static void put_document(struct fixture *f, size_t d, struct err *err)
{
	char path[64], texts[CHUNKS][64];
	struct store_chunk_in chunks[CHUNKS] = { 0 };
	snprintf(path, sizeof path, "/f%zu/doc%03zu.txt", d % 3, d);
	for (size_t i = 0; i < CHUNKS; i++) {
		float *vector = f->vectors[d * CHUNKS + i];
		bool failed = d == 1 && i == FAILED;
		for (size_t j = 0; j < DIM; j++)
			vector[j] = random_unit();
		scale(vector);
		snprintf(texts[i], sizeof texts[i], "passage %zu of %zu.", i, d);
		struct hash key = hash_bytes(vector, DIM * sizeof *vector);
		chunks[i] = (struct store_chunk_in){
			.byte_start = 100 * i, .byte_end = 100 * i + strlen(texts[i]),
			.line_start = (uint32_t)(4 * i + 1), .line_end = (uint32_t)(4 * i + 3),
			.text = span_of(texts[i]),
			.vector_id = failed ? 0 : store_vector_put(f->store, &key, vector, err),
			.failure = failed ? "too long" : NULL,
		};
	}
	struct store_document doc = { .path = path, .size = 1, .format = "text" };
	assert_int_equal(store_document_put(f->store, &doc, chunks, CHUNKS, err), 0);
}

static int make_corpus(void **state)
{
	struct fixture *f = mem_zalloc(1, sizeof *f);
	struct err err = { 0 };
	snprintf(f->path, sizeof f->path, "/tmp/akin_similar_%ld.db", (long)getpid());
	unlink(f->path);
	f->store = store_open(f->path, STORE_CREATE, &err);
	assert_non_null(f->store);
	struct store_model model = { "test/fake", DIM };
	assert_int_equal(store_begin(f->store, &err), 0);
	assert_int_equal(store_set_model(f->store, &model, &err), 0);
	for (size_t d = 0; d < N_DOCS; d++)
		put_document(f, d, &err);
	assert_int_equal(store_commit(f->store, &err), 0);
	*state = f;
	return 0;
}

static int free_corpus(void **state)
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

static struct store_document document(struct fixture *f, const char *path)
{
	struct err err = { 0 };
	struct store_document doc;
	assert_int_equal(store_document_by_path(f->store, path, &doc, &err), 1);
	return doc;
}

/* The best of the passages that are not left out, by brute force: its number. */
static size_t best_of(const struct fixture *f, const float *vector, size_t without_first,
                      size_t without_n)
{
	size_t best = SIZE_MAX;
	for (size_t i = 0; i < N_DOCS * CHUNKS; i++) {
		if ((i >= without_first && i < without_first + without_n) || i == CHUNKS + FAILED)
			continue;
		if (best == SIZE_MAX || product(vector, f->vectors[i]) > product(vector, f->vectors[best]))
			best = i;
	}
	return best;
}

static void check_first(const struct fixture *f, const struct hits *hits, const float *vector,
                        size_t expected)
{
	char text[64];
	snprintf(text, sizeof text, "passage %zu of %zu.", expected % CHUNKS, expected / CHUNKS);
	assert_string_equal(hits->items[0].text, text);
	assert_true(fabs(hits->items[0].score - product(vector, f->vectors[expected])) < 5e-4);
	assert_true(isnan(hits->items[0].lexical));
}

static void a_passage_is_its_own_vector(void **state)
{
	struct fixture *f = *state;
	struct err err = { 0 };
	for (size_t d = 0; d < N_DOCS; d += 7) {
		char path[64];
		snprintf(path, sizeof path, "/f%zu/doc%03zu.txt", d % 3, d);
		struct store_document doc = document(f, path);
		struct similar_source source;
		struct hits hits;
		assert_int_equal(similar_source(f->store, &doc, 6, &source, &err), 0);
		assert_int_equal(source.line_start, 5);
		assert_int_equal(source.line_end, 7);
		const float *own = f->vectors[d * CHUNKS + 1];
		assert_true(product(source.vector, own) > 1 - 1e-5);
		struct similar_options opt = { .k = 5, .without_chunk = source.chunk_id };
		assert_int_equal(search_vector(f->store, source.vector, &opt, &hits, &err), 0);
		assert_int_equal(hits.n, 5);
		assert_int_equal(hits.n_candidates, N_DOCS * CHUNKS - 2);
		check_first(f, &hits, own, best_of(f, own, d * CHUNKS + 1, 1));
		for (size_t i = 1; i < hits.n; i++) {
			assert_int_equal(hits.items[i].rank, i + 1);
			assert_true(hits.items[i].score <= hits.items[i - 1].score);
		}
		hits_free(&hits);
		similar_source_free(&source);
		store_document_free(&doc);
	}
}

static void a_document_is_the_mean(void **state)
{
	struct fixture *f = *state;
	struct err err = { 0 };
	struct store_document doc = document(f, "/f0/doc009.txt");
	struct similar_source source;
	struct hits hits;
	float mean[DIM] = { 0 };
	for (size_t i = 0; i < CHUNKS; i++)
		for (size_t j = 0; j < DIM; j++)
			mean[j] += f->vectors[9 * CHUNKS + i][j];
	scale(mean);
	assert_int_equal(similar_source(f->store, &doc, 0, &source, &err), 0);
	assert_true(product(source.vector, mean) > 1 - 1e-5);
	assert_true(fabs(product(source.vector, source.vector) - 1) < 1e-5);
	assert_int_equal(source.chunk_id, 0);
	struct similar_options opt = { .k = 1000, .per_doc = 1, .without_doc = doc.id };
	assert_int_equal(search_vector(f->store, source.vector, &opt, &hits, &err), 0);
	assert_int_equal(hits.n, N_DOCS - 1);
	check_first(f, &hits, mean, best_of(f, mean, 9 * CHUNKS, CHUNKS));
	for (size_t i = 0; i < hits.n; i++)
		assert_string_not_equal(hits.items[i].path, doc.path);
	hits_free(&hits);

	const char *below = "/f1";
	opt.filter = (struct store_filter){ .paths = &below, .n_paths = 1 };
	assert_int_equal(search_vector(f->store, source.vector, &opt, &hits, &err), 0);
	assert_int_equal(hits.n, N_DOCS / 3);
	hits_free(&hits);
	similar_source_free(&source);
	store_document_free(&doc);
}

static void lines_are_found(void **state)
{
	struct fixture *f = *state;
	struct store_document doc = document(f, "/f0/doc000.txt");
	static const uint32_t starts[] = { 0, 1, 1, 1, 5, 5, 5, 5, 9, 9, 9, 9, 13, 13, 13, 13 };
	for (uint64_t line = 1; line <= 15; line++) {
		struct err err = { 0 };
		struct similar_source source;
		assert_int_equal(similar_source(f->store, &doc, line, &source, &err), 0);
		assert_int_equal(source.line_start, starts[line]);
		similar_source_free(&source);
	}
	struct err err = { 0 };
	struct similar_source source;
	assert_int_equal(similar_source(f->store, &doc, 16, &source, &err), -1);
	assert_int_equal(err.code, ERR_INPUT);
	assert_non_null(strstr(err.text, "has no passage at line 16"));
	assert_int_equal(similar_source(f->store, &doc, UINT64_MAX, &source, &err), -1);
	store_document_free(&doc);

	/* a passage that could not be embedded is not passed over for the one behind */
	doc = document(f, "/f1/doc001.txt");
	assert_int_equal(similar_source(f->store, &doc, 10, &source, &err), -1);
	assert_non_null(strstr(err.text, "at line 10 could not be embedded: too long"));
	assert_int_equal(similar_source(f->store, &doc, 12, &source, &err), 0);
	assert_int_equal(source.line_start, 13);
	similar_source_free(&source);
	store_document_free(&doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_passage_is_its_own_vector),
		cmocka_unit_test(a_document_is_the_mean),
		cmocka_unit_test(lines_are_found),
	};
	return cmocka_run_group_tests_name("similar", tests, make_corpus, free_corpus);
}
