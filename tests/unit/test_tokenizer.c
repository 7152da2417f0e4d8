#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <pthread.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/utf8.h"
#include "models/local/tokenizer/tokenizer.h"
#include "models/local/tokenizer/tokenizer_compile.h"
#include "models/local/tokenizer/tokenizer_file.h"

#define CASES "tests/cases/tokenizer/"
#define XLM_ROBERTA "data/models/multilingual-e5-small/tokenizer.akt"
#define MAX_IDS 20000

static struct buf read_file(const char *path)
{
	struct err err = { 0 };
	struct buf b = buf_new(64u << 20);
	if (file_read(path, &b, NULL, &err) < 0)
		fail_msg("%s", err.text);
	return b;
}

/* The file compiled into a temporary one and opened. */
static struct tokenizer *open_compiled(const char *json_path)
{
	struct err err = { 0 };
	char path[] = "/tmp/akin-test-tokenizer-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	struct buf json = read_file(json_path);
	if (tokenizer_compile(buf_span(&json), path, &err) < 0)
		fail_msg("%s", err.text);
	struct tokenizer *t = tokenizer_open(path, &err);
	if (!t)
		fail_msg("%s", err.text);
	assert_int_equal(tokenizer_check(t, &err), 0);
	unlink(path);
	buf_free(&json);
	return t;
}

static struct tokenizer *open_xlm_roberta(void)
{
	struct err err = { 0 };
	struct tokenizer *t = tokenizer_open(XLM_ROBERTA, &err);
	if (!t)
		fail_msg("%s", err.text);
	return t;
}

static bool next_line(struct span *rest, struct span *line)
{
	if (rest->len == 0)
		return false;
	const char *end = memchr(rest->p, '\n', rest->len);
	line->p = rest->p;
	line->len = end ? (size_t)(end - rest->p) : rest->len;
	size_t used = line->len + (end ? 1 : 0);
	*rest = (struct span){ rest->p + used, rest->len - used };
	return true;
}

/* "\u{HEX}" stands for a code point that is hard to see. */
static void unescape(struct span line, struct buf *text)
{
	buf_clear(text);
	for (size_t at = 0; at < line.len;) {
		if (line.len - at < 5 || memcmp(line.p + at, "\\u{", 3) != 0) {
			buf_add_byte(text, line.p[at++]);
			continue;
		}
		char *end, bytes[4];
		size_t n = utf8_encode((uint32_t)strtoul(line.p + at + 3, &end, 16), bytes);
		buf_add(text, bytes, n);
		at = (size_t)(end + 1 - line.p);
	}
}

static size_t parse_ids(struct span line, uint32_t *ids)
{
	size_t n = 0;
	const char *p = line.p, *end = line.p + line.len;
	while (p < end) {
		char *next;
		ids[n++] = (uint32_t)strtoul(p, &next, 10);
		p = next + 1;
	}
	return n;
}

static void check_line(const struct tokenizer *t, struct span text, struct span want_line,
                       size_t number)
{
	static uint32_t want[MAX_IDS], got[MAX_IDS];
	size_t n_want = parse_ids(want_line, want);
	size_t n_got = tokenizer_encode(t, text, got, MAX_IDS);
	if (n_want != n_got || memcmp(want, got, n_got * sizeof *got) != 0)
		fail_msg("line %zu: '%.*s' has other ids (%zu, not %zu)", number, (int)text.len, text.p,
		         n_got, n_want);
	assert_int_equal(tokenizer_encode(t, text, NULL, 0), n_got);
}

/* All lines of lines.txt against the ids in the file. */
static void check_lines(const struct tokenizer *t, const char *ids_path)
{
	struct buf lines = read_file(CASES "lines.txt"), ids = read_file(ids_path);
	struct buf text = buf_new(1 << 20);
	struct span rest = buf_span(&lines), rest_ids = buf_span(&ids), line, id_line;
	size_t n = 0;
	while (next_line(&rest, &line)) {
		assert_true(next_line(&rest_ids, &id_line));
		unescape(line, &text);
		check_line(t, buf_span(&text), id_line, ++n);
	}
	assert_true(n >= 5000);
	assert_int_equal(rest_ids.len, 0);
	buf_free(&lines);
	buf_free(&ids);
	buf_free(&text);
}

static void xlm_roberta_ids_are_the_reference_s(void **state)
{
	(void)state;
	struct tokenizer *t = open_xlm_roberta();
	struct err err = { 0 };
	check_lines(t, CASES "xlm-roberta.ids");
	assert_int_equal(tokenizer_check(t, &err), 0);
	tokenizer_close(t);
}

static void minilm_ids_are_the_reference_s(void **state)
{
	(void)state;
	char path[4096];
	snprintf(path, sizeof path, "%s/tokenizer.json", getenv("AKIN_TEST_MINILM"));
	struct tokenizer *t = open_compiled(path);
	assert_int_equal(tokenizer_vocab_size(t), 30522);
	assert_int_equal(tokenizer_specials(t)->before[0], 101);
	assert_int_equal(tokenizer_specials(t)->after[0], 102);
	check_lines(t, CASES "minilm.ids");
	tokenizer_close(t);
}

static void small_tokenizers_are_compiled_true(void **state)
{
	(void)state;
	static const char *const names[] = { "wordpiece", "wordpiece_cased", "wordpiece_accents",
		                             "unigram" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[256];
		snprintf(path, sizeof path, CASES "%s.json", names[i]);
		struct tokenizer *t = open_compiled(path);
		snprintf(path, sizeof path, CASES "%s.ids", names[i]);
		check_lines(t, path);
		tokenizer_close(t);
	}
}

static void specials_stand_around_and_text_never_gives_them(void **state)
{
	(void)state;
	struct tokenizer *t = open_xlm_roberta();
	const struct tokenizer_specials *s = tokenizer_specials(t);
	assert_int_equal(s->n_before, 1);
	assert_int_equal(s->n_after, 1);
	assert_int_equal(s->before[0], 0);
	assert_int_equal(s->after[0], 2);
	assert_int_equal(tokenizer_vocab_size(t), 250002);
	static const char *const texts[] = { "<s>", "a</s>", "<pad> <mask>", "<unk>" };
	for (size_t i = 0; i < 4; i++) {
		uint32_t ids[64];
		size_t n = tokenizer_encode(t, span_of(texts[i]), ids, 64);
		assert_true(n > 1);
		for (size_t k = 0; k < n; k++)
			assert_in_range(ids[k], 4, 250000);
	}
	tokenizer_close(t);
}

static void information_is_minus_the_score(void **state)
{
	(void)state;
	struct tokenizer *t = open_xlm_roberta();
	assert_float_equal(tokenizer_information(t, 4), 3.46354, 1e-5); /* "," */
	assert_float_equal(tokenizer_information(t, 3), 30.3648, 1e-3); /* unknown */
	assert_true(tokenizer_information(t, UINT32_MAX) > 0);
	tokenizer_close(t);
}

static void only_max_ids_are_written(void **state)
{
	(void)state;
	struct tokenizer *t = open_xlm_roberta();
	uint32_t ids[3] = { 7, 7, 7 }, all[64];
	struct span text = span_of("three months of notice, in writing");
	size_t n = tokenizer_encode(t, text, all, 64);
	assert_true(n > 3);
	assert_int_equal(tokenizer_encode(t, text, ids, 2), n);
	assert_memory_equal(ids, all, 2 * sizeof *ids);
	assert_int_equal(ids[2], 7);
	tokenizer_close(t);
}

static void broken_utf8_counts_as_replacement(void **state)
{
	(void)state;
	struct tokenizer *tokenizers[] = { open_xlm_roberta(), open_compiled(CASES "wordpiece.json") };
	static const char broken[] = "in \xFF\xC3( \xF0\x9F e\xCC month\xE4\xB8";
	static const char whole[] = "in \xEF\xBF\xBD\xEF\xBF\xBD( \xEF\xBF\xBD\xEF\xBF\xBD "
	                            "e\xEF\xBF\xBD month\xEF\xBF\xBD\xEF\xBF\xBD";
	for (size_t i = 0; i < 2; i++) {
		uint32_t a[64], b[64];
		size_t n = tokenizer_encode(tokenizers[i], span_of(broken), a, 64);
		assert_int_equal(tokenizer_encode(tokenizers[i], span_of(whole), b, 64), n);
		assert_memory_equal(a, b, n * sizeof *a);
		tokenizer_close(tokenizers[i]);
	}
}

/* Each would take minutes if the time grew with the square of the length. */
static void long_texts_without_a_space_are_no_trouble(void **state)
{
	(void)state;
	struct tokenizer *xlm = open_xlm_roberta(), *small = open_compiled(CASES "wordpiece.json");
	static const char *const units[] = {
		"a", "supercali", "\xCC\x81", "\xE6\xBC\xA2", "\xF3\xB0\x80\x80", "\xE0\xA3\x93",
		"\xEF\xB7\xBA", "\xE2\x96\x81", "\xFF", "#", "\xF0\x9F\x87\xA9",
		"\xF0\x9F\x91\xA8\xE2\x80\x8D"
	};
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		struct buf text = buf_new(2u << 20);
		while (text.len < 1u << 20)
			buf_add_str(&text, units[i]);
		assert_true(tokenizer_encode(xlm, buf_span(&text), NULL, 0) > 0);
		tokenizer_encode(small, buf_span(&text), NULL, 0);
		buf_free(&text);
	}
	tokenizer_close(xlm);
	tokenizer_close(small);
}

static struct tokenizer *open_bytes(const void *p, size_t n, struct err *err)
{
	char path[] = "/tmp/akin-test-tokenizer-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, p, n), n);
	close(fd);
	struct tokenizer *t = tokenizer_open(path, err);
	unlink(path);
	return t;
}

static struct buf compiled(const char *json_path)
{
	struct err err = { 0 };
	struct buf json = read_file(json_path), out = buf_new(64u << 20);
	assert_int_equal(tokenizer_compile_bytes(buf_span(&json), &out, &err), 0);
	buf_free(&json);
	return out;
}

static void damaged_files_are_refused(void **state)
{
	(void)state;
	struct buf file = compiled(CASES "unigram.json");
	for (size_t n = 0; n < file.len; n += n < 600 ? 1 : 97) {
		struct err err = { 0 };
		assert_null(open_bytes(file.p, n, &err));
		assert_int_equal(err.code, ERR_MODEL);
	}
	for (size_t at = 0; at < sizeof(struct tokenizer_header); at++) {
		struct err err = { 0 };
		file.p[at] ^= 1;
		assert_null(open_bytes(file.p, file.len, &err));
		assert_int_equal(err.code, ERR_MODEL);
		file.p[at] ^= 1;
	}
	buf_free(&file);
}

/* An altered table is found by the check, and harmless without it. */
static void altered_tables_do_no_harm(void **state)
{
	(void)state;
	static const char *const paths[] = { CASES "unigram.json", CASES "wordpiece.json", NULL };
	struct buf lines = read_file(CASES "lines.txt");
	const size_t header = sizeof(struct tokenizer_header);
	srand(1);
	for (size_t i = 0; i < 3; i++) {
		struct buf file = paths[i] ? compiled(paths[i]) : read_file(XLM_ROBERTA);
		for (int round = 0; round < (paths[i] ? 60 : 8); round++) {
			struct err err = { 0 };
			for (size_t k = 0; k < 50 + file.len / 100; k++)
				file.p[header + (size_t)rand() % (file.len - header)] = (char)rand();
			struct tokenizer *t = open_bytes(file.p, file.len, &err);
			assert_non_null(t);
			assert_int_equal(tokenizer_check(t, &err), -1);
			static uint32_t ids[400000];
			size_t n = tokenizer_encode(t, (struct span){ lines.p, 20000 }, ids, 400000);
			for (size_t k = 0; k < n; k++)
				assert_true(ids[k] < tokenizer_vocab_size(t));
			tokenizer_close(t);
		}
		buf_free(&file);
	}
	buf_free(&lines);
}

static void what_is_not_supported_is_named(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{ "{}", "model" },
		{ "[1]", "model" },
		{ "{\"model\": {\"type\": \"BPE\"}}", "'BPE'" },
		{ "{\"model\": {\"type\": \"Unigram\", \"byte_fallback\": true}}", "byte_fallback" },
		{ "{\"model\": {\"type\": \"Unigram\"}, \"normalizer\": {\"type\": \"NFKC\"}}", "'NFKC'" },
		{ "{\"model\": {\"type\": \"Unigram\"}, \"pre_tokenizer\": {\"type\": \"ByteLevel\"}}",
		  "'ByteLevel'" },
		{ "{\"model\": {\"type\": \"WordPiece\"}, \"normalizer\": {\"type\": \"Lowercase\"}}",
		  "'Lowercase'" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct err err = { 0 };
		struct buf out = buf_new(1 << 20);
		assert_int_equal(tokenizer_compile_bytes(span_of(cases[i][0]), &out, &err), -1);
		assert_int_equal(err.code, ERR_INPUT);
		assert_non_null(strstr(err.text, cases[i][1]));
		buf_free(&out);
	}
}

static void *encode_often(void *tokenizer)
{
	struct span text = span_of("Drei Monate Frist, \xE4\xB8\x89\xE3\x81\x8B\xE6\x9C\x88");
	size_t total = 0;
	for (int i = 0; i < 200; i++)
		total += tokenizer_encode(tokenizer, text, NULL, 0);
	return (void *)(uintptr_t)total;
}

static void threads_may_share_one(void **state)
{
	(void)state;
	struct tokenizer *t = open_xlm_roberta();
	pthread_t threads[4];
	void *want = encode_often(t), *got;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, encode_often, t), 0);
	for (size_t i = 0; i < 4; i++) {
		pthread_join(threads[i], &got);
		assert_ptr_equal(got, want);
	}
	tokenizer_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(minilm_ids_are_the_reference_s),
		cmocka_unit_test(xlm_roberta_ids_are_the_reference_s),
		cmocka_unit_test(small_tokenizers_are_compiled_true),
		cmocka_unit_test(specials_stand_around_and_text_never_gives_them),
		cmocka_unit_test(information_is_minus_the_score),
		cmocka_unit_test(only_max_ids_are_written),
		cmocka_unit_test(broken_utf8_counts_as_replacement),
		cmocka_unit_test(long_texts_without_a_space_are_no_trouble),
		cmocka_unit_test(damaged_files_are_refused),
		cmocka_unit_test(altered_tables_do_no_harm),
		cmocka_unit_test(what_is_not_supported_is_named),
		cmocka_unit_test(threads_may_share_one),
	};
	/* cmocka's own skip() says "not ok" in TAP */
	size_t first = getenv("AKIN_TEST_MINILM") ? 0 : 1;
	if (first)
		puts("ok - minilm_ids_are_the_reference_s # SKIP AKIN_TEST_MINILM is no folder");
	fflush(stdout);
	return _cmocka_run_group_tests("tokenizer", tests + first, sizeof tests / sizeof *tests - first,
	                               NULL, NULL);
}
