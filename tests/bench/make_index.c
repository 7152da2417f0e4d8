/* make_index FILE CHUNKS [SEED]: makes an index of so many chunks without a model, straight
 * through the store, and prints questions about it, a line each: KIND<TAB>QUESTION.
 *
 * Documents have ten chunks of about 120 words, which follow Zipf's law (exponent 1) over
 * 200,000 words; the twenty commonest are English, the others made up, half of them with
 * an English ending, so that stems differ. Vectors are random and of the embedded model's
 * name and dimension, so that it can be asked. KIND is "words": four to ten words of the
 * ranks 200 to 20,000 (any power of ten as likely as another), "mixed": the same and as
 * many of the twenty, or "stop": ten of the twenty alone. The same arguments make the
 * same index. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "query/background.h"
#include "store/store.h"

enum {
	WORDS = 200000, STOP_WORDS = 20, DIM = 384, CHUNKS_PER_DOCUMENT = 10, TITLE_WORDS = 4,
	LEAST_WORDS = 90, MOST_WORDS = 150, DOCUMENTS_PER_COMMIT = 500, TEXT_MAX = 1 << 14,
	QUESTIONS = 40, FIRST_ASKED = 200, LAST_ASKED = 20000
};

static const char *const stop_words[STOP_WORDS] = { "the", "of", "and", "in", "to", "a", "is", "was",
	"it", "for", "with", "he", "be", "on", "i", "that", "by", "at", "you", "are" };

struct maker {
	struct store *store;
	uint64_t state;
	double *below;      /* [WORDS], the share of words of this rank and the commoner ones */
	char (*words)[16];  /* [WORDS] */
	int64_t n_vectors;
};

/* --- chance -------------------------------------------------------------------------- */

/* xorshift64*, its upper 32 bits */
static uint32_t random_bits(struct maker *m)
{
	m->state ^= m->state >> 12;
	m->state ^= m->state << 25;
	m->state ^= m->state >> 27;
	return (uint32_t)(m->state * 2685821657736338717u >> 32);
}

static double uniform(struct maker *m)
{
	return (double)random_bits(m) / 4294967296.0;
}

static size_t between(struct maker *m, size_t least, size_t most)
{
	return least + (size_t)(uniform(m) * (double)(most - least + 1));
}

static size_t zipf(struct maker *m)
{
	double share = uniform(m);
	size_t low = 0, high = WORDS - 1;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (m->below[mid] < share)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* --- words --------------------------------------------------------------------------- */

/* Three syllables of a hundred, by a number that is prime to a million and so gives each
 * rank other ones. */
static void make_word(size_t rank, char word[16])
{
	static const char *const endings[] = { "", "s", "", "ing" };
	static const char consonants[] = "bcdfghjklmnprstvwxyz", vowels[] = "aeiou";
	size_t number = rank * 610639 % 1000000;
	char *p = word;
	for (int i = 0; i < 3; i++, number /= 100) {
		*p++ = consonants[number % 20];
		*p++ = vowels[number / 20 % 5];
	}
	*p++ = 'n';
	snprintf(p, 16 - (size_t)(p - word), "%s", endings[rank % 4]);
}

static void make_words(struct maker *m)
{
	double sum = 0;
	m->below = mem_alloc(WORDS, sizeof *m->below);
	m->words = mem_alloc(WORDS, sizeof *m->words);
	for (size_t i = 0; i < WORDS; i++) {
		sum += 1 / (double)(i + 1);
		m->below[i] = sum;
		if (i < STOP_WORDS)
			snprintf(m->words[i], sizeof m->words[i], "%s", stop_words[i]);
		else
			make_word(i, m->words[i]);
	}
	for (size_t i = 0; i < WORDS; i++)
		m->below[i] /= sum;
}

static void add_words(struct maker *m, size_t n, struct buf *text)
{
	for (size_t i = 0; i < n; i++) {
		buf_add_str(text, i ? " " : "");
		buf_add_str(text, m->words[zipf(m)]);
	}
}

/* --- the index ----------------------------------------------------------------------- */

static int64_t put_vector(struct maker *m, struct err *err)
{
	float vector[DIM];
	double square = 0;
	for (size_t i = 0; i < DIM; i++) { /* a sum of four is near enough to a normal deviate */
		double x = uniform(m) + uniform(m) + uniform(m) + uniform(m) - 2;
		vector[i] = (float)x;
		square += x * x;
	}
	for (size_t i = 0; i < DIM; i++)
		vector[i] = (float)((double)vector[i] / sqrt(square));
	struct hash key = hash_bytes(&m->n_vectors, sizeof m->n_vectors);
	m->n_vectors++;
	return store_vector_put(m->store, &key, vector, err);
}

static int put_document(struct maker *m, size_t number, size_t n_chunks, struct err *err)
{
	struct store_chunk_in chunks[CHUNKS_PER_DOCUMENT] = { 0 };
	struct buf texts[CHUNKS_PER_DOCUMENT], title = buf_new(TEXT_MAX);
	char path[80];
	int rc = 0;
	for (size_t i = 0; i < n_chunks; i++) {
		texts[i] = buf_new(TEXT_MAX);
		add_words(m, between(m, LEAST_WORDS, MOST_WORDS), &texts[i]);
		chunks[i] = (struct store_chunk_in){ .text = buf_span(&texts[i]), .line_start = 1,
			                             .line_end = 1, .n_tokens = 200 };
		chunks[i].vector_id = put_vector(m, err);
		rc = chunks[i].vector_id < 0 ? -1 : rc;
	}
	add_words(m, TITLE_WORDS, &title);
	snprintf(path, sizeof path, "/archive/%03zu/document%07zu.txt", number % 1000, number);
	struct store_document doc = { .path = path, .title = title.p, .format = "text",
		                      .language = "en",
		                      .content = hash_bytes(&number, sizeof number) };
	if (rc == 0)
		rc = store_document_put(m->store, &doc, chunks, n_chunks, err);
	for (size_t i = 0; i < n_chunks; i++)
		buf_free(&texts[i]);
	buf_free(&title);
	return rc;
}

static int put_documents(struct maker *m, size_t n_chunks, struct err *err)
{
	struct store_model model = { "local/multilingual-e5-small", DIM };
	if (store_begin(m->store, err) < 0 || store_set_model(m->store, &model, err) < 0)
		return -1;
	for (size_t i = 0; i * CHUNKS_PER_DOCUMENT < n_chunks; i++) {
		size_t left = n_chunks - i * CHUNKS_PER_DOCUMENT;
		if (put_document(m, i, left < CHUNKS_PER_DOCUMENT ? left : CHUNKS_PER_DOCUMENT, err) < 0)
			return -1;
		if (i % DOCUMENTS_PER_COMMIT == DOCUMENTS_PER_COMMIT - 1 &&
		    (store_commit(m->store, err) < 0 || store_begin(m->store, err) < 0))
			return -1;
	}
	return store_commit(m->store, err);
}

/* What `akin index` does behind the last document. The embedder has a host, so that
 * nothing is embedded. */
static int finish(struct maker *m, struct err *err)
{
	static const struct embedder_ops nothing = { 0 };
	struct embedder nobody = { .ops = &nothing, .model = "local/multilingual-e5-small",
		                   .host = "nowhere" };
	if (store_sample_refresh(m->store, true, err) < 0)
		return -1;
	return background_refresh(m->store, &nobody, err);
}

/* --- questions ----------------------------------------------------------------------- */

static void print_question(struct maker *m, size_t n, bool with_stop_words)
{
	double orders = log((double)LAST_ASKED / FIRST_ASKED);
	printf("%s\t", with_stop_words ? "mixed" : "words");
	for (size_t i = 0; i < n; i++) {
		size_t rank = (size_t)(FIRST_ASKED * exp(uniform(m) * orders));
		const char *stop = stop_words[between(m, 0, STOP_WORDS - 1)];
		printf("%s%s", i ? " " : "", with_stop_words ? stop : "");
		printf("%s%s", with_stop_words ? " " : "", m->words[rank]);
	}
	printf("\n");
}

static void print_questions(struct maker *m)
{
	for (int i = 0; i < QUESTIONS; i++)
		print_question(m, between(m, 4, 10), false);
	for (int i = 0; i < QUESTIONS; i++)
		print_question(m, between(m, 4, 10), true);
	printf("stop\t");
	for (size_t i = 0; i < 10; i++)
		printf("%s%s", i ? " " : "", stop_words[2 * i]);
	printf("\n");
}

int main(int argc, char **argv)
{
	struct err err = { 0 };
	if (argc < 3) {
		fprintf(stderr, "usage: make_index FILE CHUNKS [SEED]\n");
		return 2;
	}
	struct maker m = { .state = 88172645463325252u + (argc > 3 ? strtoull(argv[3], NULL, 10) : 0) };
	make_words(&m);
	m.store = store_open(argv[1], STORE_CREATE, &err);
	int rc = m.store ? put_documents(&m, strtoull(argv[2], NULL, 10), &err) : -1;
	if (rc == 0)
		rc = finish(&m, &err);
	if (rc == 0)
		print_questions(&m);
	store_close(m.store);
	free(m.below);
	free(m.words);
	if (rc < 0)
		fprintf(stderr, "make_index: %s\n", err.text);
	return rc < 0 ? 2 : 0;
}
