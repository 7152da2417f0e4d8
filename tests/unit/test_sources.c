#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ask/sources.h"
#include "base/mem.h"

static struct source made(const char *path, const char *text)
{
	return (struct source){ .path = mem_strdup(path), .title = mem_strdup("A title"),
		                .text = mem_strdup(text), .text_len = strlen(text) };
}

static void a_source_keeps_its_number(void **state)
{
	(void)state;
	struct sources list = { 0 };
	struct source a = made("/a", "one"), b = made("/b", "one"), c = made("/a", "two"),
	              again = made("/b", "one");
	assert_int_equal(sources_add(&list, &a), 1);
	assert_int_equal(sources_add(&list, &b), 2);
	assert_int_equal(sources_add(&list, &c), 3);
	assert_null(c.path); /* taken */
	assert_int_equal(sources_add(&list, &again), 2);
	assert_null(again.path); /* freed */
	assert_int_equal(list.n, 3);
	assert_string_equal(list.items[2].text, "two");
	sources_free(&list);
	assert_int_equal(list.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_source_keeps_its_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
