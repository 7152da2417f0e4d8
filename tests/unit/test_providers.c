/* Rows of servers, keys, base URLs, and the headers that tell the pace. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "models/remote/headers.h"
#include "models/remote/providers.h"

/* The variable, and the one that names a file. */
static void assert_key_is_known(const char *variable)
{
	size_t len = strlen(variable), n = 0;
	for (const char *const *v = provider_key_variables(); *v; v++)
		n += strncmp(*v, variable, len) == 0 && (!(*v)[len] || strcmp(*v + len, "_FILE") == 0);
	assert_int_equal(n, 2);
}

static void every_name_has_a_whole_row(void **state)
{
	(void)state;
	char names[256], *save = NULL;
	int n = 0;
	snprintf(names, sizeof names, "%s", provider_names());
	for (char *name = strtok_r(names, ", ", &save); name; name = strtok_r(NULL, ", ", &save), n++) {
		const struct provider *p = provider_find(name);
		struct err err;
		char host[256];
		assert_non_null(p);
		assert_non_null(p->url_variable);
		assert_key_is_known(p->key_variable);
		assert_int_equal(http_url_host(p->base_url, host, sizeof host, &err), 0);
		assert_true(p->max_batch_texts > 0 && p->max_batch_bytes > 0 && p->max_batch_tokens > 0);
		assert_true(p->max_in_flight > 0 && p->total_timeout_ms > 0);
	}
	assert_int_equal(n, 8);
	assert_key_is_known(provider_generic()->key_variable);
	assert_null(provider_find("OVHcloud"));
	assert_null(provider_find(""));
	assert_int_equal(provider_find("ovhcloud")->max_batch_texts, 25);
}

static void models_are_known_by_any_servers_name(void **state)
{
	(void)state;
	static const char *const names[] = { "bge-m3", "BGE-M3", "BAAI/bge-m3", "bge-m3:latest",
		                                 "bge-m3:567m" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct known_model *m = provider_model(names[i]);
		assert_int_equal(m->dim, 1024);
		assert_true(m->xlmr_tokenizer);
		assert_true(provider_model_is_known(m));
	}
	assert_string_equal(provider_model("intfloat/multilingual-e5-large")->query_prefix, "query: ");
	assert_false(provider_model_is_known(provider_model("bge-m3x")));
	assert_int_equal(provider_model("my-emb")->dim, 0);
}

static void a_base_url_has_its_order(void **state)
{
	(void)state;
	struct err err = { 0 };
	const struct provider *p = provider_find("ovhcloud");
	unsetenv("OVHCLOUD_API_BASE");
	char *url = provider_base_url(p, NULL, &err);
	assert_string_equal(url, "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1");
	free(url);
	setenv("OVHCLOUD_API_BASE", "http://127.0.0.1:1/v1//", 1);
	url = provider_base_url(p, NULL, &err);
	assert_string_equal(url, "http://127.0.0.1:1/v1");
	free(url);
	url = provider_base_url(p, "https://x/v1/", &err);
	assert_string_equal(url, "https://x/v1");
	free(url);
	unsetenv("OVHCLOUD_API_BASE");
}

static void keys_come_from_the_environment_or_a_file(void **state)
{
	(void)state;
	struct err err = { 0 };
	const struct provider *p = provider_find("tei");
	assert_null(provider_key(p, false, &err));
	assert_int_equal(err.code, ERR_NONE);
	char path[] = "/tmp/akin_key_XXXXXX";
	int fd = mkstemp(path);
	assert_int_equal(write(fd, "  from-file\r\n", 13), 13);
	close(fd);
	setenv("TEI_API_KEY_FILE", path, 1);
	char *key = provider_key(p, false, &err);
	assert_string_equal(key, "from-file");
	free(key);
	setenv("TEI_API_KEY", "direct", 1);
	key = provider_key(p, false, &err);
	assert_string_equal(key, "direct");
	free(key);
	setenv("TEI_API_KEY", "two\nlines: injected", 1);
	assert_null(provider_key(p, false, &err));
	assert_int_equal(err.code, ERR_AUTH);
	assert_null(strstr(err.text, "injected"));
	unsetenv("TEI_API_KEY");
	setenv("TEI_API_KEY_FILE", "/no/such/file", 1);
	err = (struct err){ 0 };
	assert_null(provider_key(p, false, &err));
	assert_int_not_equal(err.code, ERR_NONE);
	unsetenv("TEI_API_KEY_FILE");
	unlink(path);
	err = (struct err){ 0 };
	assert_null(provider_key(provider_find("openai"), false, &err));
	assert_int_equal(err.code, ERR_AUTH);
}

static void durations_are_read(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = { { "0", 0 }, { "5", 5000 }, { "1.5", 1500 }, { "20ms", 20 }, { "1m30s", 90000 },
		          { "6m0s", 360000 }, { "1h", 3600000 }, { "2.5s", 2500 },
		          { "Thu, 01 Jan 1970 00:01:40 GMT", 90000 }, { "Thu, 01 Jan 1970 00:00:01 GMT", 0 },
		          { "", -1 }, { "soon", -1 }, { "-5", -1 }, { "5 apples", 5000 }, { "5x", -1 },
		          { "1e300", 86400000 }, { "nan", -1 } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (http_duration_ms(cases[i].text, 10) != cases[i].ms)
			fail_msg("'%s': %d", cases[i].text, (int)http_duration_ms(cases[i].text, 10));
}

static void read_lines(struct http_reply *r, const char *const *lines)
{
	*r = (struct http_reply){ .hints = { -1, -1, -1, -1 } };
	for (; *lines; lines++)
		headers_read(span_of(*lines), 10, r);
}

static void both_spellings_of_hints_count(void **state)
{
	(void)state;
	struct http_reply r;
	read_lines(&r, (const char *const[]){ "HTTP/1.1 429 Too Many\r\n", "Retry-After: 7\r\n",
	                                      "Content-Type: application/json\r\n", "\r\n", NULL });
	assert_int_equal(r.hints.retry_after_ms, 7000);
	assert_string_equal(r.content_type, "application/json");
	read_lines(&r, (const char *const[]){ "llm_provider-retry-after: 20\r\n", "retry-after: 5\r\n",
	                                      "x-ratelimit-limit-requests: 400\r\n",
	                                      "llm_provider-x-ratelimit-reset-requests: 1s\r\n",
	                                      "X-RateLimit-Remaining-Requests: 0\r\n", NULL });
	assert_int_equal(r.hints.retry_after_ms, 20000);
	assert_int_equal(r.hints.limit, 400);
	assert_int_equal(r.hints.remaining, 0);
	assert_int_equal(r.hints.reset_ms, 1000);
	/* what an interim reply or a proxy said does not count */
	read_lines(&r, (const char *const[]){ "Retry-After: 9\r\n", "HTTP/1.1 200 OK\r\n", NULL });
	assert_int_equal(r.hints.retry_after_ms, -1);
}

static void hosts_are_cut_from_urls(void **state)
{
	(void)state;
	char host[64];
	struct err err;
	assert_int_equal(http_url_host("https://a.b:8080/v1", host, sizeof host, &err), 0);
	assert_string_equal(host, "a.b:8080");
	assert_int_equal(http_url_host("http://[::1]:80", host, sizeof host, &err), 0);
	assert_string_equal(host, "[::1]:80");
	static const char *const bad[] = { "", "a.b/v1", "https://", "http:///x", "file:///etc/passwd",
		                               "https://u:secret@a.b/", "http://a b/", "https://u:secret@a b" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(http_url_host(bad[i], host, sizeof host, &err), -1);
		assert_null(strstr(err.text, "secret"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_has_a_whole_row),
		cmocka_unit_test(models_are_known_by_any_servers_name),
		cmocka_unit_test(a_base_url_has_its_order),
		cmocka_unit_test(keys_come_from_the_environment_or_a_file),
		cmocka_unit_test(durations_are_read),
		cmocka_unit_test(both_spellings_of_hints_count),
		cmocka_unit_test(hosts_are_cut_from_urls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
