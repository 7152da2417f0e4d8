/* The remote embedder against the stand-in endpoint, fault by fault. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "models/embedder.h"
#include "models/models.h"

/* ---- the stand-in, one process a test ---- */

static struct {
	pid_t pid;
	int port;
	char log[64];
} server;

static void start_server(const char *options)
{
	const char *build = getenv("AKIN_BUILD");
	char command[1024], line[32] = "";
	snprintf(server.log, sizeof server.log, "/tmp/akin_standin_%d.log", (int)getpid());
	unlink(server.log);
	snprintf(command, sizeof command, "exec %s/standin --port 0 --log %s %s 2>/dev/null",
	         build ? build : "build/release", server.log, options);
	int out[2];
	assert_int_equal(pipe(out), 0);
	server.pid = fork();
	if (server.pid == 0) {
		dup2(out[1], 1);
		close(out[0]);
		close(out[1]);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	FILE *f = fdopen(out[0], "r");
	assert_non_null(fgets(line, sizeof line, f));
	fclose(f);
	server.port = atoi(line);
	assert_true(server.port > 0);
}

static int stop_server(void **state)
{
	(void)state;
	if (server.pid > 0) {
		kill(server.pid, SIGKILL); /* or it would answer what is under way first */
		waitpid(server.pid, NULL, 0);
	}
	server.pid = 0;
	unlink(server.log);
	return 0;
}

/* How often a text was answered with a status in the log. */
static int count_log(const char *text, int status)
{
	FILE *f = fopen(server.log, "r");
	if (!f)
		return 0;
	char line[4096], want_text[128], want_status[32];
	snprintf(want_text, sizeof want_text, "\"text\":\"%s\"", text);
	snprintf(want_status, sizeof want_status, "\"status\":%d}", status);
	int n = 0;
	while (fgets(line, sizeof line, f))
		n += strstr(line, want_text) && (status < 0 || strstr(line, want_status));
	fclose(f);
	return n;
}

static struct embedder *open_model(const char *name, struct model_options *opt)
{
	char url[64];
	struct err err = { 0 };
	snprintf(url, sizeof url, "http://127.0.0.1:%d/v1", server.port);
	if (!opt->base_url)
		opt->base_url = url;
	struct embedder *e = model_open(name, opt, &err);
	if (!e)
		fail_msg("%s", err.text);
	opt->base_url = NULL;
	return e;
}

/* ---- a run: n texts in batches, as the pipeline submits them ---- */

struct run {
	size_t n, dim, n_ok, n_failed;
	char (*texts)[32];
	struct span *spans;
	struct embed_batch *batches;
	size_t n_batches;
	int rc;
	struct err err;
	uint64_t tokens;
};

static struct run make_run(size_t n, size_t a_batch)
{
	struct run r = { .n = n, .n_batches = (n + a_batch - 1) / a_batch };
	r.texts = mem_zalloc(n, sizeof *r.texts);
	r.spans = mem_zalloc(n, sizeof *r.spans);
	r.batches = mem_zalloc(r.n_batches, sizeof *r.batches);
	for (size_t i = 0; i < n; i++) {
		snprintf(r.texts[i], sizeof r.texts[i], "text %zu", i);
		r.spans[i] = span_of(r.texts[i]);
	}
	for (size_t b = 0; b < r.n_batches; b++) {
		size_t left = n - b * a_batch;
		r.batches[b] = (struct embed_batch){ .kind = EMBED_PASSAGE, .texts = r.spans + b * a_batch,
			                                 .n = left < a_batch ? left : a_batch };
	}
	return r;
}

static void set_text(struct run *r, size_t i, const char *text)
{
	snprintf(r->texts[i], sizeof r->texts[i], "%s", text);
	r->spans[i] = span_of(r->texts[i]);
}

static void add_batch(struct run *r, const struct embed_batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		if (b->failures && b->failures[i]) {
			r->n_failed++;
			continue;
		}
		double norm = 0;
		for (size_t d = 0; d < b->dim; d++)
			norm += (double)b->vectors[i * b->dim + d] * (double)b->vectors[i * b->dim + d];
		r->n_ok += fabs(norm - 1) < 1e-4;
	}
	r->dim = b->dim;
	r->tokens += b->tokens;
}

/* Submits with a bounded number open, as a pipeline does, and collects all. */
static void do_run(struct run *r, struct embedder *e)
{
	size_t next = 0, open = 0;
	r->rc = 1;
	while (r->rc > 0 && (next < r->n_batches || open > 0)) {
		if (next < r->n_batches && open < 2 * e->limits.max_in_flight) {
			r->rc = embedder_submit(e, &r->batches[next++], &r->err) < 0 ? -1 : 1;
			open++;
			continue;
		}
		struct embed_batch *done;
		r->rc = embedder_collect(e, 60000, &done, &r->err);
		if (r->rc > 0) {
			add_batch(r, done);
			open--;
		}
	}
}

static void end_run(struct run *r, struct embedder *e)
{
	embedder_close(e);
	for (size_t b = 0; b < r->n_batches; b++)
		embed_batch_release(&r->batches[b]);
	free(r->batches);
	free(r->spans);
	free(r->texts);
}

/* ---- tests ---- */

static void vectors_come_in_order(void **state)
{
	(void)state;
	start_server("--dim 64 --latency 2");
	struct model_options opt = { 0 };
	struct embedder *e = open_model("ovhcloud/any", &opt);
	assert_string_equal(e->model, "ovhcloud/any");
	struct run r = make_run(500, 25);
	do_run(&r, e);
	assert_int_equal(r.rc, 1);
	assert_int_equal(r.n_ok, 500);
	assert_int_equal(r.dim, 64);
	assert_int_equal(r.tokens, 500 * 7); /* as the stand-in counts them */
	/* the same text alone has the same vector */
	float *alone;
	assert_int_equal(embedder_embed(e, EMBED_PASSAGE, &r.spans[37], 1, &alone, &r.err), 0);
	double dot = 0;
	for (int d = 0; d < 64; d++)
		dot += (double)alone[d] * (double)r.batches[1].vectors[12 * 64 + d];
	assert_true(dot > 0.99999);
	free(alone);
	for (size_t i = 0; i < 500; i++)
		if (i != 37)
			assert_int_equal(count_log(r.texts[i], 200), 1);
	end_run(&r, e);
}

static void harmless_forms_change_nothing(void **state)
{
	(void)state;
	static const char *const faults[] = { "reversed", "no-index", "base64", "ints" };
	for (size_t k = 0; k < sizeof faults / sizeof *faults; k++) {
		char options[64];
		snprintf(options, sizeof options, "--dim 48 --fault %s", faults[k]);
		start_server(options);
		struct model_options opt = { 0 };
		struct embedder *e = open_model("tei/any", &opt);
		struct run r = make_run(30, 10);
		do_run(&r, e);
		assert_int_equal(r.rc, 1);
		assert_int_equal(r.n_ok, 30);
		for (size_t i = 0; i < 30; i++)
			assert_int_equal(count_log(r.texts[i], -1), 1);
		end_run(&r, e);
		stop_server(NULL);
	}
}

/* Faults of a whole reply or of one vector, at random: in the end each text has its vector. */
static void passing_faults_lose_nothing(void **state)
{
	(void)state;
	static const char *const faults[] = {
		"down", "html502", "cut", "truncated", "wrong-count", "extra", "wrong-dim", "nan", "null",
		"zero", "dup-index", "error200", "413", "429", "500", "503", "huge-body", "garbage"
	};
	for (size_t k = 0; k < sizeof faults / sizeof *faults; k++) {
		char options[96];
		snprintf(options, sizeof options, "--dim 1024 --seed %zu --fault %s:0.3", 40 + k, faults[k]);
		start_server(options);
		struct model_options opt = { .max_in_flight = 4 };
		struct embedder *e = open_model("ovhcloud/bge-m3", &opt);
		struct run r = make_run(200, 25);
		do_run(&r, e);
		/* a 413 for a text alone is final, and chance may give it to one */
		size_t refused = strcmp(faults[k], "413") == 0 ? r.n_failed : 0;
		if (r.rc != 1 || r.n_ok + refused != 200 || refused > 20)
			fail_msg("%s: %zu of 200, %zu failed: %s", faults[k], r.n_ok, r.n_failed, r.err.text);
		assert_int_equal(r.dim, 1024);
		end_run(&r, e);
		stop_server(NULL);
	}
}

static void all_faults_together(void **state)
{
	(void)state;
	start_server("--seed 7 --poison POISON --fault down:0.03 --fault html502:0.03 --fault cut:0.03 "
	             "--fault wrong-count:0.03 --fault nan:0.03 --fault null:0.03 --fault dup-index:0.03 "
	             "--fault error200:0.03 --fault 429:0.03 --fault 500:0.03");
	struct model_options opt = { .max_in_flight = 8 };
	struct embedder *e = open_model("ovhcloud/bge-m3", &opt);
	struct run r = make_run(2000, 25);
	set_text(&r, 3, "POISON 3");
	set_text(&r, 1500, "POISON 1500");
	do_run(&r, e);
	assert_int_equal(r.rc, 1);
	assert_int_equal(r.n_ok, 1998);
	assert_int_equal(r.n_failed, 2);
	end_run(&r, e);
}

static void the_one_bad_text_is_found(void **state)
{
	(void)state;
	static const int statuses[] = { 400, 422, 500, 200 };
	for (size_t k = 0; k < sizeof statuses / sizeof *statuses; k++) {
		char options[96];
		snprintf(options, sizeof options, "--dim 32 --poison POISON --poison-status %d", statuses[k]);
		start_server(options);
		struct model_options opt = { 0 };
		struct embedder *e = open_model("tei/any", &opt);
		struct run r = make_run(60, 20);
		set_text(&r, 27, "POISON");
		do_run(&r, e);
		assert_int_equal(r.rc, 1);
		assert_int_equal(r.n_ok, 59);
		assert_int_equal(r.n_failed, 1);
		const char *words = r.batches[1].failures[7];
		assert_non_null(words);
		assert_non_null(strstr(words, statuses[k] == 200 ? "null" : "a text cannot be embedded"));
		for (int d = 0; d < 32; d++)
			assert_true(r.batches[1].vectors[7 * 32 + d] == 0);
		end_run(&r, e);
		stop_server(NULL);
	}
}

static void limits_are_learned_from_refusals(void **state)
{
	(void)state;
	static const char *const options[] = { "--max-texts 6 --refusal-status 422",
		                                   "--max-texts 6 --refusal-status 413",
		                                   "--max-texts 6 --refusal-status 400",
		                                   "--max-bytes 200 --refusal-status 413" };
	for (size_t k = 0; k < sizeof options / sizeof *options; k++) {
		start_server(options[k]);
		struct model_options opt = { .max_in_flight = 1 };
		struct embedder *e = open_model("ovhcloud/bge-m3", &opt);
		struct run r = make_run(100, 25);
		do_run(&r, e);
		assert_int_equal(r.rc, 1);
		assert_int_equal(r.n_ok, 100);
		if (k < 3)
			assert_int_equal(e->limits.max_batch_texts, 6);
		else
			assert_int_equal(e->limits.max_batch_bytes, 200);
		/* once learned, no refusal more */
		assert_int_equal(count_log("text 99", -1), 1);
		end_run(&r, e);
		stop_server(NULL);
	}
}

static void a_text_too_long_fails_alone(void **state)
{
	(void)state;
	start_server("--max-tokens-text 5");
	struct model_options opt = { 0 };
	struct embedder *e = open_model("ovhcloud/bge-m3", &opt);
	struct run r = make_run(25, 25);
	set_text(&r, 11, "a b c d e f g h");
	do_run(&r, e);
	assert_int_equal(r.rc, 1);
	assert_int_equal(r.n_ok, 24);
	assert_non_null(strstr(r.batches[0].failures[11], "less than 5 tokens"));
	end_run(&r, e);
}

/* What ends a run: the code, and a word of what to do. */
static void some_refusals_end_the_run(void **state)
{
	(void)state;
	static const struct {
		const char *options;
		enum err_code code;
		const char *words;
	} cases[] = {
		{ "--key secret", ERR_AUTH, "OVHCLOUD_API_KEY" },
		{ "--fault 403", ERR_AUTH, "Forbidden: Authentication Failed" },
		{ "--fault 404", ERR_NETWORK, "has no model 'bge-m3'" },
		{ "--fault 429-forever", ERR_NETWORK, "too many requests" },
		{ "--fault 429-cooldown", ERR_NETWORK, "the proxy has given up" },
		{ "--fault 500", ERR_NETWORK, "something broke" },
		{ "--fault garbage", ERR_REPLY, "no answer" },
		{ "--fault html502", ERR_NETWORK, "502 Bad Gateway" },
		{ "--fault down", ERR_NETWORK, "no progress" },
		{ "--fault 400", ERR_REPLY, "this text is not liked" },
	};
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		start_server(cases[k].options);
		struct model_options opt = { .patience_ms = 300 };
		struct embedder *e = open_model("ovhcloud/bge-m3", &opt);
		struct run r = make_run(100, 25);
		do_run(&r, e);
		assert_int_equal(r.rc, -1);
		if (r.err.code != cases[k].code || !strstr(r.err.text, cases[k].words) ||
		    !strstr(r.err.text, "127.0.0.1"))
			fail_msg("%s: %s", cases[k].options, r.err.text);
		assert_int_equal(embedder_submit(e, &r.batches[0], &r.err), -1);
		end_run(&r, e);
		stop_server(NULL);
	}
}

static void a_key_reaches_the_server_and_no_error(void **state)
{
	(void)state;
	setenv("OVHCLOUD_API_KEY", " sk-very-secret\n", 1);
	start_server("--dim 16 --key sk-very-secret");
	struct model_options opt = { 0 };
	struct embedder *e = open_model("ovhcloud/any", &opt);
	struct run r = make_run(3, 3);
	do_run(&r, e);
	assert_int_equal(r.n_ok, 3);
	end_run(&r, e);
	stop_server(NULL);
	start_server("--key sk-another");
	e = open_model("ovhcloud/any", &opt);
	r = make_run(3, 3);
	do_run(&r, e);
	assert_int_equal(r.err.code, ERR_AUTH);
	assert_null(strstr(r.err.text, "very-secret"));
	end_run(&r, e);
	unsetenv("OVHCLOUD_API_KEY");
}

static void a_server_that_is_not_there(void **state)
{
	(void)state;
	struct model_options opt = { .base_url = "http://127.0.0.1:9/v1", .patience_ms = 200 };
	struct err err = { 0 };
	struct embedder *e = model_open("ollama/bge-m3", &opt, &err);
	struct run r = make_run(2, 2);
	do_run(&r, e);
	assert_int_equal(r.rc, -1);
	assert_int_equal(r.err.code, ERR_NETWORK);
	assert_non_null(strstr(r.err.text, "127.0.0.1:9"));
	end_run(&r, e);
	opt.base_url = "http://no.such.host.invalid/v1";
	e = model_open("ollama/bge-m3", &opt, &err);
	r = make_run(2, 2);
	do_run(&r, e);
	assert_int_equal(r.err.code, ERR_NETWORK);
	end_run(&r, e);
}

static void a_server_that_is_slow(void **state)
{
	(void)state;
	start_server("--dim 8 --seed 3 --fault slow:0.3 --slow-ms 1500");
	struct model_options opt = { .first_byte_timeout_ms = 150, .max_in_flight = 2 };
	struct embedder *e = open_model("tei/any", &opt);
	struct run r = make_run(40, 4);
	do_run(&r, e);
	assert_int_equal(r.rc, 1);
	assert_int_equal(r.n_ok, 40);
	end_run(&r, e);
}

/* A limit that the client knows is kept to; refusals are the exception: what arrives late,
 * since the machine is busy, may be one too many. How exactly, test_pacer plays. */
static void the_rate_is_kept(void **state)
{
	(void)state;
	start_server("--dim 8 --limit-per-min 40 --window-ms 1000");
	struct model_options opt = { .requests_per_minute = 2400 };
	struct embedder *e = open_model("ovhcloud/any", &opt);
	struct run r = make_run(500, 5);
	do_run(&r, e);
	assert_int_equal(r.n_ok, 500);
	int refused = 0;
	for (size_t i = 0; i < 500; i += 5)
		refused += count_log(r.texts[i], 429);
	assert_true(refused <= 8); /* without the limit 16 */
	end_run(&r, e);
}

static void the_rate_is_learned(void **state)
{
	(void)state;
	static const char *const options[] = { "--dim 8 --limit-per-min 40 --window-ms 1000",
		                                   "--dim 8 --limit-per-min 40 --window-ms 1000 "
		                                   "--no-retry-after" };
	for (size_t k = 0; k < 2; k++) {
		start_server(options[k]);
		struct model_options opt = { 0 };
		struct embedder *e = open_model("tei/any", &opt);
		struct run r = make_run(1000, 5);
		do_run(&r, e);
		assert_int_equal(r.n_ok, 1000);
		int refused = 0;
		for (size_t i = 0; i < 1000; i += 5)
			refused += count_log(r.texts[i], 429);
		assert_true(refused < 50);
		end_run(&r, e);
		stop_server(NULL);
	}
}

static void names_are_checked(void **state)
{
	(void)state;
	struct err err = { 0 };
	struct model_options opt = { 0 };
	assert_null(model_open("nobody/model", &opt, &err));
	assert_int_equal(err.code, ERR_USAGE);
	assert_non_null(strstr(err.text, "litellm_proxy"));
	assert_null(model_open("openai/text-embedding-3-small", &opt, &err));
	assert_int_equal(err.code, ERR_AUTH);
	assert_non_null(strstr(err.text, "OPENAI_API_KEY"));
	opt.base_url = "http://127.0.0.1:1/v1";
	struct embedder *e = model_open("BAAI/bge-m3", &opt, &err);
	assert_non_null(e);
	assert_string_equal(e->model, "BAAI/bge-m3");
	assert_int_equal(e->limits.max_text_tokens, 8190);
	embedder_close(e);
	opt.base_url = "http://user:pass@127.0.0.1:1/v1";
	assert_null(model_open("tei/x", &opt, &err));
	assert_null(strstr(err.text, "pass"));
	opt.base_url = "ftp://127.0.0.1:1/v1";
	assert_null(model_open("tei/x", &opt, &err));
	assert_int_equal(err.code, ERR_USAGE);
}

/* A caller that writes for a while, or for ever, keeps no server waiting. */
static void requests_go_on_while_the_caller_is_busy(void **state)
{
	(void)state;
	start_server("--latency 5");
	struct embedder *e = open_model("ovhcloud/bge-m3", &(struct model_options){ .max_in_flight = 1 });
	struct run r = make_run(6, 2);
	for (size_t b = 0; b < r.n_batches; b++)
		assert_int_equal(embedder_submit(e, &r.batches[b], &r.err), 0);
	int64_t until_ms = clock_ms() + 60000;
	while (count_log("text 5", 200) == 0 && clock_ms() < until_ms)
		usleep(1000); /* nobody collects */
	assert_int_equal(count_log("text 5", 200), 1);
	end_run(&r, e);
}

static void closing_in_the_middle_is_safe(void **state)
{
	(void)state;
	start_server("--latency 5000");
	struct model_options opt = { 0 };
	struct embedder *e = open_model("tei/any", &opt);
	struct run r = make_run(100, 5);
	for (size_t b = 0; b < r.n_batches; b++)
		assert_int_equal(embedder_submit(e, &r.batches[b], &r.err), 0);
	struct embed_batch *done;
	assert_int_equal(embedder_collect(e, 20, &done, &r.err), 0);
	end_run(&r, e);
}

/* The stand-in says 7 tokens a text, whatever it is. */
static void estimates_follow_what_the_server_counts(void **state)
{
	(void)state;
	start_server("--dim 8");
	struct model_options opt = { 0 };
	struct embedder *e = open_model("tei/any", &opt);
	size_t before = e->limits.max_batch_tokens;
	struct run r = make_run(2000, 20);
	size_t counted = 0;
	for (size_t i = 0; i < r.n; i++)
		counted += embedder_count_tokens(e, r.spans[i]);
	assert_int_equal(embedder_own_tokens(e, 1000), 1000);
	do_run(&r, e);
	assert_int_equal(r.tokens, 7 * 2000);
	double truth = 7 * 2000 / (double)counted;
	assert_true(fabs(e->limits.token_ratio / truth - 1) < 0.1);
	assert_true(fabs((double)embedder_own_tokens(e, counted) / (7 * 2000) - 1) < 0.1);
	/* a batch may have as many tokens of the server's as before */
	double batch = (double)e->limits.max_batch_tokens * e->limits.token_ratio;
	assert_true(fabs(batch / (double)before - 1) < 0.001);
	end_run(&r, e);
}

/* Nothing leaves after it; what came of a batch that was sent in parts is given back. */
static void draining_gives_back_what_has_come(void **state)
{
	(void)state;
	start_server("--dim 8 --max-texts 4 --refusal-status 413");
	struct model_options opt = { .max_in_flight = 1, .requests_per_minute = 60 };
	struct embedder *e = open_model("tei/any", &opt);
	struct run r = make_run(30, 10);
	for (size_t b = 0; b < r.n_batches; b++)
		assert_int_equal(embedder_submit(e, &r.batches[b], &r.err), 0);
	struct embed_batch *done;
	/* the first request is refused, then come four texts, four, and two */
	for (int tries = 0; tries < 600 && count_log("text 3", 200) == 0; tries++)
		assert_int_equal(embedder_collect(e, 100, &done, &r.err), 0);
	embedder_drain(e);
	assert_int_equal(embedder_collect(e, 5000, &done, &r.err), 1);
	assert_ptr_equal(done, &r.batches[0]);
	assert_non_null(done->unsent);
	size_t n_unsent = 0;
	for (size_t i = 0; i < done->n; i++) {
		assert_int_equal(count_log(r.texts[i], 200), !done->unsent[i]);
		assert_true((done->vectors[i * 8] != 0) == !done->unsent[i]);
		n_unsent += done->unsent[i];
	}
	assert_in_range(n_unsent, 2, 8);
	assert_int_equal(embedder_collect(e, 5000, &done, &r.err), 0);
	for (size_t i = 10; i < 30; i++)
		assert_int_equal(count_log(r.texts[i], -1), 0);
	end_run(&r, e);
}

/* A connection that the server has closed meanwhile costs no try and no pause. */
static void an_idle_connection_may_end(void **state)
{
	(void)state;
	start_server("--dim 8 --idle-s 1");
	struct model_options opt = { 0 };
	struct embedder *e = open_model("tei/any", &opt);
	for (int round = 0; round < 2; round++) {
		struct run r = make_run(20, 5);
		if (round)
			clock_sleep_ms(2200);
		do_run(&r, e);
		assert_int_equal(r.rc, 1);
		assert_int_equal(r.n_ok, 20);
		for (size_t i = 0; i < 20; i++)
			assert_int_equal(count_log(r.texts[i], 200), 1 + round);
		end_run(&r, round ? e : NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(vectors_come_in_order, stop_server),
		cmocka_unit_test_teardown(harmless_forms_change_nothing, stop_server),
		cmocka_unit_test_teardown(passing_faults_lose_nothing, stop_server),
		cmocka_unit_test_teardown(all_faults_together, stop_server),
		cmocka_unit_test_teardown(the_one_bad_text_is_found, stop_server),
		cmocka_unit_test_teardown(limits_are_learned_from_refusals, stop_server),
		cmocka_unit_test_teardown(a_text_too_long_fails_alone, stop_server),
		cmocka_unit_test_teardown(some_refusals_end_the_run, stop_server),
		cmocka_unit_test_teardown(a_key_reaches_the_server_and_no_error, stop_server),
		cmocka_unit_test_teardown(a_server_that_is_not_there, stop_server),
		cmocka_unit_test_teardown(a_server_that_is_slow, stop_server),
		cmocka_unit_test_teardown(the_rate_is_kept, stop_server),
		cmocka_unit_test_teardown(the_rate_is_learned, stop_server),
		cmocka_unit_test_teardown(names_are_checked, stop_server),
		cmocka_unit_test_teardown(an_idle_connection_may_end, stop_server),
		cmocka_unit_test_teardown(estimates_follow_what_the_server_counts, stop_server),
		cmocka_unit_test_teardown(draining_gives_back_what_has_come, stop_server),
		cmocka_unit_test_teardown(requests_go_on_while_the_caller_is_busy, stop_server),
		cmocka_unit_test_teardown(closing_in_the_middle_is_safe, stop_server),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
