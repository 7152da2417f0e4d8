/* make_vectors FILE KIND N [DIM]: makes an index of N made-up vectors (default of 1,024
 * numbers) straight through the store, ten passages of two words a document, so that little
 * but vectors is in it. KIND is clustered or hard (tests/support/synthetic.h). Beside it come
 * FILE.questions, 200 vectors near some of them, float32, and on the standard output the seconds
 * that the store took for the vectors and for the rest. The same arguments make the same index. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "query/background.h"
#include "store/store.h"
#include "tests/support/synthetic.h"

enum { PER_DOCUMENT = 10, PER_COMMIT = 20000, QUESTIONS = 200, SEED = 1 };
static const char model_name[] = "made-up/vectors";

struct maker {
	struct store *store;
	struct synthetic synthetic;
	size_t n, dim;
	float *vectors; /* [PER_COMMIT, dim] */
	int64_t *ids;   /* [PER_COMMIT] */
	double vectors_s, rest_s;
};

static int put_vectors(struct maker *m, size_t first, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		synthetic_vector(&m->synthetic, first + i, m->vectors + i * m->dim);
	double start = clock_seconds();
	for (size_t i = 0; i < n; i++) {
		uint64_t number = first + i;
		struct hash key = hash_bytes(&number, sizeof number);
		m->ids[i] = store_vector_put(m->store, &key, m->vectors + i * m->dim, err);
		if (m->ids[i] < 0)
			return -1;
	}
	m->vectors_s += clock_seconds() - start;
	return 0;
}

static int put_document(struct maker *m, size_t first, const int64_t *ids, size_t n, struct err *err)
{
	struct store_chunk_in chunks[PER_DOCUMENT] = { 0 };
	char path[64], texts[PER_DOCUMENT][32];
	for (size_t i = 0; i < n; i++) {
		int len = snprintf(texts[i], sizeof texts[i], "passage n%zu", first + i);
		chunks[i] = (struct store_chunk_in){ .text = { texts[i], (size_t)len }, .line_start = 1,
			                             .line_end = 1, .n_tokens = 2, .vector_id = ids[i] };
	}
	snprintf(path, sizeof path, "/archive/%04zu/%08zu.txt", first / 10000, first);
	struct store_document doc = { .path = path, .format = "text", .language = "en",
		                      .content = hash_bytes(&first, sizeof first) };
	return store_document_put(m->store, &doc, chunks, n, err);
}

static int put_all(struct maker *m, struct err *err)
{
	struct store_model model = { .dim = m->dim };
	snprintf(model.name, sizeof model.name, "%s", model_name);
	if (store_begin(m->store, err) < 0 || store_set_model(m->store, &model, err) < 0 ||
	    store_commit(m->store, err) < 0)
		return -1;
	for (size_t done = 0; done < m->n; done += PER_COMMIT) {
		size_t n = m->n - done < PER_COMMIT ? m->n - done : PER_COMMIT;
		if (store_begin(m->store, err) < 0 || put_vectors(m, done, n, err) < 0)
			return -1;
		double start = clock_seconds();
		for (size_t i = 0; i < n; i += PER_DOCUMENT)
			if (put_document(m, done + i, m->ids + i, n - i < PER_DOCUMENT ? n - i : PER_DOCUMENT, err) < 0)
				return -1;
		if (store_commit(m->store, err) < 0)
			return -1;
		m->rest_s += clock_seconds() - start;
	}
	return 0;
}

/* What `akin index` does behind the last document. The embedder has a host, so that
 * nothing is embedded. */
static int finish(struct maker *m, struct err *err)
{
	static const struct embedder_ops nothing = { 0 };
	struct embedder nobody = { .ops = &nothing, .host = "nowhere" };
	snprintf(nobody.model, sizeof nobody.model, "%s", model_name);
	double start = clock_seconds();
	if (store_sample_refresh(m->store, true, err) < 0 ||
	    background_refresh(m->store, &nobody, err) < 0)
		return -1;
	m->rest_s += clock_seconds() - start;
	return 0;
}

static int write_questions(struct maker *m, const char *index, struct err *err)
{
	char path[4096];
	snprintf(path, sizeof path, "%s.questions", index);
	FILE *f = fopen(path, "wb");
	size_t written = 0;
	for (size_t i = 0; f && i < QUESTIONS; i++) {
		synthetic_question(&m->synthetic, i, m->n, m->vectors);
		written += fwrite(m->vectors, sizeof(float), m->dim, f);
	}
	if (!f || fclose(f) != 0 || written != QUESTIONS * m->dim)
		return err_set(err, ERR_IO, "cannot write '%s'", path);
	return 0;
}

int main(int argc, char **argv)
{
	struct err err = { 0 };
	struct maker m = { .n = argc > 3 ? strtoull(argv[3], NULL, 10) : 0,
		           .dim = argc > 4 ? strtoull(argv[4], NULL, 10) : 1024 };
	if (m.n == 0 || m.dim == 0 || (strcmp(argv[2], "clustered") != 0 && strcmp(argv[2], "hard") != 0)) {
		fprintf(stderr, "usage: make_vectors FILE clustered|hard N [DIM]\n");
		return 2;
	}
	m.synthetic = synthetic_new(strcmp(argv[2], "hard") == 0 ? SYNTHETIC_HARD : SYNTHETIC_CLUSTERED,
	                            m.dim, SEED);
	m.vectors = mem_floats(PER_COMMIT * m.dim);
	m.ids = mem_alloc(PER_COMMIT, sizeof *m.ids);
	m.store = store_open(argv[1], STORE_CREATE, &err);
	int rc = m.store ? put_all(&m, &err) : -1;
	if (rc == 0)
		rc = finish(&m, &err);
	if (rc == 0)
		rc = write_questions(&m, argv[1], &err);
	store_close(m.store);
	if (rc == 0)
		printf("vectors\t%.2f\ts\nrest\t%.2f\ts\n", m.vectors_s, m.rest_s);
	else
		fprintf(stderr, "make_vectors: %s\n", err.text);
	synthetic_free(&m.synthetic);
	free(m.vectors);
	free(m.ids);
	return rc < 0 ? 2 : 0;
}
