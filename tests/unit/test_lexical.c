#define _POSIX_C_SOURCE 200809L
#include <math.h>
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
#include "base/mem.h"
#include "query/lexical.h"
#include "query/slots.h"

enum { DIM = 2, N_DOCS = 13 };

/* A document of one passage each; all words in lower case with one blank between them, so
 * that the reference below can count them. Passage n has the id n. */
static const struct {
	const char *title, *text;
} docs[N_DOCS + 1] = {
	[1] = { NULL, "the heron counts the reeds" },
	[2] = { NULL, "the herons counted herons in the reed bed" },
	[3] = { NULL, "the café opens early" },
	[4] = { NULL, "the cafe opens late" },
	[5] = { NULL, "the function parse_http_date reads its argument" },
	[6] = { NULL, "the parse of an http header with its date" },
	[7] = { NULL, "the lantern is lit" },
	[8] = { NULL, "the dog sleeps by the fire" },
	[9] = { NULL, "the market was closed" },
	[10] = { "heron", "the title has the bird" },
	[11] = { NULL, "the wind blows over the hill and again over the hill" },
	[12] = { NULL, "the boat has oars" },
	[13] = { NULL, "the counting of boats" },
};

struct corpus {
	struct store *store;
	struct store_chunk_ref *refs;
	size_t n_refs;
	struct lexical *lexical;
	char path[64];
};

static void put(struct store *s, size_t n)
{
	char path[16], title[16];
	float vector[DIM] = { 1 };
	struct err err = { 0 };
	struct hash key = hash_bytes(&n, sizeof n);
	snprintf(path, sizeof path, "/d/n%zu", n);
	snprintf(title, sizeof title, "%s", docs[n].title ? docs[n].title : "");
	struct store_chunk_in chunk = { .line_start = 1, .line_end = 1, .n_tokens = 1,
		                        .text = span_of(docs[n].text),
		                        .vector_id = store_vector_put(s, &key, vector, &err) };
	struct store_document doc = { .path = path, .title = docs[n].title ? title : NULL,
		                      .format = "text", .language = "en" };
	assert_int_equal(store_document_put(s, &doc, &chunk, 1, &err), 0);
}

static int make_corpus(void **state)
{
	static struct corpus c;
	struct err err = { 0 };
	snprintf(c.path, sizeof c.path, "/tmp/akin_lexical_%ld.db", (long)getpid());
	unlink(c.path);
	c.store = store_open(c.path, STORE_CREATE, &err);
	assert_non_null(c.store);
	assert_int_equal(store_begin(c.store, &err), 0);
	assert_int_equal(store_set_model(c.store, &(struct store_model){ "test/fake", DIM }, &err), 0);
	for (size_t n = 1; n <= N_DOCS; n++)
		put(c.store, n);
	assert_int_equal(store_sample_refresh(c.store, true, &err), 0);
	assert_int_equal(store_commit(c.store, &err), 0);
	assert_int_equal(store_chunk_refs(c.store, NULL, &c.refs, &c.n_refs, &err), 0);
	assert_int_equal(c.n_refs, N_DOCS);
	for (size_t i = 0; i < c.n_refs; i++)
		assert_int_equal(c.refs[i].chunk_id, i + 1);
	c.lexical = lexical_open(c.store, c.refs, c.n_refs, &err);
	assert_non_null(c.lexical);
	*state = &c;
	return 0;
}

static int drop_corpus(void **state)
{
	struct corpus *c = *state;
	static const char *const ends[] = { "", "-wal", "-shm", "-lock", ".lock" };
	lexical_close(c->lexical);
	free(c->refs);
	store_close(c->store);
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char path[80];
		snprintf(path, sizeof path, "%s%s", c->path, ends[i]);
		unlink(path);
	}
	return 0;
}

/* scores[n] of passage n. */
static struct fuse_lexical ask(struct corpus *c, const char *question, float scores[N_DOCS + 1])
{
	struct fuse_lexical evidence;
	struct err err = { 0 };
	struct span q = span_of(question);
	scores[0] = -1;
	assert_int_equal(lexical_scores(c->lexical, q, scores + 1, &evidence, NULL, &err), 0);
	for (size_t n = 1; n <= N_DOCS; n++)
		assert_true(scores[n] >= 0 && (double)scores[n] <= evidence.best);
	assert_true(evidence.known <= evidence.ideal + 1e-9);
	return evidence;
}

/* --- a slow reference ------------------------------------------------------------------------ */

static bool is_one_of(const char *word, size_t len, const char *forms)
{
	for (const char *at = forms; *at; at += strcspn(at, " ")) {
		at += strspn(at, " ");
		if (strcspn(at, " ") == len && memcmp(at, word, len) == 0)
			return true;
	}
	return false;
}

static size_t count(const char *text, const char *forms)
{
	size_t n = 0;
	for (const char *at = text; at && *at; at += strcspn(at, " ")) {
		at += strspn(at, " ");
		n += is_one_of(at, strcspn(at, " "), forms);
	}
	return n;
}

static size_t n_words(const char *text)
{
	size_t n = 1;
	for (const char *at = text; *at; at++)
		n += *at == ' ' || *at == '_';
	return n;
}

/* Of a passage for the forms; *weight: their idf. A title's words count twice. */
static double bm25(size_t n, const char *forms, double *weight)
{
	double found = 0, words = 0;
	for (size_t d = 1; d <= N_DOCS; d++) {
		found += count(docs[d].text, forms) || count(docs[d].title, forms);
		words += (double)n_words(docs[d].text);
	}
	*weight = log((N_DOCS - found + 0.5) / (found + 0.5));
	*weight = *weight < 1e-6 ? 1e-6 : *weight;
	double tf = (double)(count(docs[n].text, forms) + 2 * count(docs[n].title, forms));
	double length = (double)n_words(docs[n].text) / (words / N_DOCS);
	return *weight * tf * 2.2 / (tf + 1.2 * (0.2 + 0.8 * length));
}

struct asked {
	const char *written; /* "": a word that the passages have not */
	const char *forms;   /* with its stem */
	double times;
};

static void assert_as_reference(struct corpus *c, const char *question, const struct asked *asked)
{
	float scores[N_DOCS + 1];
	struct fuse_lexical e = ask(c, question, scores);
	double known = 0, ideal = 0, best = 0, w, s, missing = log((N_DOCS + 0.5) / 0.5);
	for (size_t n = 1; n <= N_DOCS; n++) {
		double wanted = 0;
		for (const struct asked *a = asked; a->forms; a++)
			wanted += a->times * (0.3 * bm25(n, a->written, &w) + 0.7 * bm25(n, a->forms, &s));
		assert_true(fabs(wanted - (double)scores[n]) < 1e-5);
		best = wanted > best ? wanted : best;
	}
	for (const struct asked *a = asked; a->forms; a++) {
		bm25(1, a->written, &w);
		bm25(1, a->forms, &s);
		bool has_written = *a->written, has_forms = *a->forms;
		known += 2.2 * a->times * (0.3 * has_written * w + 0.7 * has_forms * s);
		ideal += 2.2 * a->times * (0.3 * (has_written ? w : missing) + 0.7 * (has_forms ? s : missing));
	}
	assert_true(fabs(e.best - best) < 1e-5);
	assert_true(fabs(e.known - known) < 1e-9);
	assert_true(fabs(e.ideal - ideal) < 1e-9);
}

static void scores_are_those_of_the_reference(void **state)
{
	struct corpus *c = *state;
	static const char herons[] = "heron herons", counts[] = "counts counted counting";
	assert_as_reference(c, "heron", (struct asked[]){ { "heron", herons, 1 }, { 0 } });
	assert_as_reference(c, "Herons counted!", (struct asked[]){
		{ "herons", herons, 1 }, { "counted", counts, 1 }, { 0 } });
	assert_as_reference(c, "hill wind dog", (struct asked[]){
		{ "hill", "hill", 1 }, { "wind", "wind", 1 }, { "dog", "dog", 1 }, { 0 } });
	assert_as_reference(c, "the reed", (struct asked[]){
		{ "the", "the", 1 }, { "reed", "reed reeds", 1 }, { 0 } });
	/* what nobody wrote so, and what nobody wrote at all */
	assert_as_reference(c, "count zyzzyva", (struct asked[]){
		{ "", counts, 1 }, { "", "", 1 }, { 0 } });
	/* asked for three times */
	assert_as_reference(c, "heron lantern HERON heron", (struct asked[]){
		{ "heron", herons, 3 }, { "lantern", "lantern", 1 }, { 0 } });
}

static void nothing_matches(void **state)
{
	struct corpus *c = *state;
	float scores[N_DOCS + 1];
	static const char *const questions[] = { "zyzzyva quokka", "犬", "?!", "", "\xff\xfe" };
	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
		struct fuse_lexical e = ask(c, questions[i], scores);
		assert_true(e.best <= 0 && e.known <= 0);
		assert_int_equal(e.ideal > 0, i < 3 && questions[i][0] != '?');
	}
}

static void an_inflected_word_finds_the_stem(void **state)
{
	struct corpus *c = *state;
	float scores[N_DOCS + 1];
	ask(c, "lanterns", scores);
	assert_true(scores[7] > 0);
	ask(c, "reading", scores);
	assert_true(scores[5] > 0);
	/* of two forms the one that was written is better, as far as lengths allow */
	ask(c, "boats", scores);
	assert_true(scores[13] > scores[12] && scores[12] > 0);
	ask(c, "boat", scores);
	assert_true(scores[12] > scores[13] && scores[13] > 0);
}

static void diacritics(void **state)
{
	struct corpus *c = *state;
	float scores[N_DOCS + 1];
	ask(c, "café", scores);
	assert_true(scores[3] > scores[4] && scores[4] > 0);
	ask(c, "cafe", scores);
	assert_true(scores[3] > 0 && scores[4] > 0);
	ask(c, "cafe\xCC\x81", scores); /* decomposed */
	assert_true(scores[3] > scores[4] && scores[4] > 0);
}

static void an_identifier_before_its_parts(void **state)
{
	struct corpus *c = *state;
	float scores[N_DOCS + 1];
	static const char *const questions[] = { "parse_http_date", "parseHTTPDate" };
	for (size_t i = 0; i < 2; i++) {
		ask(c, questions[i], scores);
		assert_true(scores[5] > 1.3f * scores[6] && scores[6] > 0);
	}
	ask(c, "parsehttpdate", scores);
	assert_true(scores[5] > 0);
	assert_true(scores[6] <= 0);
	/* one that the index lacks as a whole is not missed: its parts are all known */
	struct fuse_lexical e = ask(c, "http_parse", scores);
	assert_true(e.known >= e.ideal);
}

static void a_word_of_every_passage(void **state)
{
	struct corpus *c = *state;
	float scores[N_DOCS + 1];
	struct fuse_lexical e = ask(c, "the", scores);
	for (size_t n = 1; n <= N_DOCS; n++)
		assert_true(scores[n] > 0 && scores[n] < 1e-5f);
	assert_true(e.known > 0);
	float with[N_DOCS + 1];
	ask(c, "lantern", scores);
	ask(c, "the lantern", with);
	for (size_t n = 1; n <= N_DOCS; n++)
		assert_true(fabsf(with[n] - scores[n]) < 1e-5f);
}

/* Passages that the search may not find have no place; those that it may, the same score. */
static void some_of_the_passages(void **state)
{
	struct corpus *c = *state;
	struct store_chunk_ref some[N_DOCS];
	size_t n = 0;
	for (size_t i = c->n_refs; i > 0; i -= i > 1 ? 2 : 1) /* backwards, every second */
		some[n++] = c->refs[i - 1];
	float all[N_DOCS + 1], scores[N_DOCS];
	struct fuse_lexical of_all = ask(c, "heron counting", all), of_some;
	struct err err = { 0 };
	struct lexical *l = lexical_open(c->store, some, n, &err);
	assert_non_null(l);
	assert_int_equal(lexical_scores(l, span_of("heron counting"), scores, &of_some, NULL, &err), 0);
	lexical_close(l);
	double best = 0;
	for (size_t i = 0; i < n; i++) {
		assert_true(fabsf(scores[i] - all[some[i].chunk_id]) < 1e-6f);
		best = (double)scores[i] > best ? (double)scores[i] : best;
	}
	assert_true(fabs(of_some.best - best) < 1e-9);
	assert_true(fabs(of_some.ideal - of_all.ideal) < 1e-9);
	l = lexical_open(c->store, NULL, 0, &err);
	assert_int_equal(lexical_scores(l, span_of("heron"), scores, &of_some, NULL, &err), 0);
	assert_true(of_some.best <= 0 && of_some.known > 0);
	lexical_close(l);
}

static void words_of_a_question(void **state)
{
	struct corpus *c = *state;
	float scores[N_DOCS];
	struct fuse_lexical e;
	struct lexical_words words;
	struct err err = { 0 };
	struct span question = span_of("the herons zyzzyva");
	assert_int_equal(lexical_scores(c->lexical, question, scores, &e, &words, &err), 0);
	assert_int_equal(words.n, 3);
	/* only "the" is known to be frequent beforehand */
	assert_string_equal(words.items[0].text, "herons");
	assert_int_equal(words.items[0].n_chunks, 3);
	assert_true(fabs(words.items[0].weight - log(10.5 / 3.5)) < 1e-9);
	assert_string_equal(words.items[1].text, "zyzzyva");
	assert_int_equal(words.items[1].n_chunks, 0);
	assert_string_equal(words.items[2].text, "the");
	assert_int_equal(words.items[2].n_chunks, N_DOCS);
	assert_false(words.items[2].skipped);
	lexical_words_free(&words);
}

static void a_book_is_no_question(void **state)
{
	struct corpus *c = *state;
	struct buf text = buf_new(1 << 18);
	struct lexical_words words;
	struct fuse_lexical e;
	float scores[N_DOCS];
	struct err err = { 0 };
	buf_add_str(&text, "heron ");
	for (int i = 0; i < 10000; i++)
		buf_printf(&text, "word%c%c%c ", 'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676);
	buf_add_str(&text, "lantern");
	assert_int_equal(lexical_scores(c->lexical, buf_span(&text), scores, &e, &words, &err), 0);
	assert_true(words.n <= SLOTS_MAX);
	assert_true(scores[0] > 0);
	assert_true(scores[6] <= 0); /* behind the end of what is looked at */
	assert_true(isfinite(e.ideal) && e.known > 0);
	lexical_words_free(&words);
	buf_free(&text);
}

/* --- slots ----------------------------------------------------------------------------------- */

/* "WEIGHT[!][?][2]:FORM,FORM …" in the question's order: ! a whole, ? optional, 2 a pair of
 * characters; a mark is written as = (stem), ' (exact), ! and 2. */
static void assert_slots(const char *question, const char *language, const char *wanted)
{
	static const char marks[] = { 0, '=', '\'', '!', '2' };
	struct terms *terms = terms_new();
	struct slots slots;
	struct buf line = buf_new(4096);
	slots_of(&slots, terms, span_of(question), &language, 1);
	for (size_t i = 0; i < slots.n; i++) {
		const struct slot *s = &slots.items[i];
		buf_printf(&line, "%s%g%s%s%s:", i ? " " : "", s->weight, s->is_whole ? "!" : "",
		           s->is_optional ? "?" : "", s->is_gram ? "2" : "");
		for (size_t f = 0; f < s->n_forms; f++) {
			struct span form = { s->forms[f].text, s->forms[f].len };
			bool is_marked = form.p[0] >= 1 && form.p[0] <= 4;
			buf_printf(&line, "%s%.*s%s", f ? "," : "", is_marked,
			           is_marked ? &marks[(unsigned char)form.p[0]] : "", form.p + is_marked);
		}
	}
	assert_string_equal(buf_span(&line).p, wanted);
	buf_free(&line);
	slots_free(&slots);
	terms_free(terms);
}

static void slots_of_questions(void **state)
{
	(void)state;
	assert_slots("", "en", "");
	assert_slots("?! --", "en", "");
	assert_slots("Counting", "en", "1:counting,=count,count 1!?:!counting");
	assert_slots("Counting", "", "1:counting 1!?:!counting");
	assert_slots("Häuser", "de", "1:hauser,'häuser,=haus,haus 1!?:!hauser");
	assert_slots("heron Heron HERON", "", "3:heron 3!?:!heron");
	assert_slots("parse_date", "", "1:parse 2.5!:!parsedate,parsedate 1:date");
}

/* A word and the pairs of characters that cross it share one weight. */
static void slots_of_scripts_without_blanks(void **state)
{
	(void)state;
	assert_slots("北京大学", "zh",
	             "0.5:北京 0.52:2北京,北京 0.52:2京大,京大 0.5:大学 0.52:2大学,大学");
	assert_slots("猫", "zh", "1:猫");
	assert_slots("猫 中文", "zh", "1:猫 0.5:中文 0.52:2中文,中文");
	assert_slots("中文 heron", "zh", "0.5:中文 0.52:2中文,中文 1:heron 1!?:!heron");
	assert_slots("대한민국", "ko",
	             "0.5:대한민국 0.52:2대한,대한 0.52:2한민,한민 0.52:2민국,민국");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scores_are_those_of_the_reference),
		cmocka_unit_test(nothing_matches),
		cmocka_unit_test(an_inflected_word_finds_the_stem),
		cmocka_unit_test(diacritics),
		cmocka_unit_test(an_identifier_before_its_parts),
		cmocka_unit_test(a_word_of_every_passage),
		cmocka_unit_test(some_of_the_passages),
		cmocka_unit_test(words_of_a_question),
		cmocka_unit_test(a_book_is_no_question),
		cmocka_unit_test(slots_of_questions),
		cmocka_unit_test(slots_of_scripts_without_blanks),
	};
	return cmocka_run_group_tests_name("lexical", tests, make_corpus, drop_corpus);
}
