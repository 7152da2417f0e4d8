#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/glob.h"
#include "indexer/walk/ignore.h"
#include "indexer/walk/walk.h"

static bool matches(const char *pattern, const char *path, bool dir)
{
	struct ignore *rules = ignore_new(span_of(pattern));
	enum ignore_verdict verdict = ignore_match(rules, span_of(path), dir);
	ignore_free(rules);
	return verdict == IGNORE_EXCLUDE;
}

static void patterns_match_as_git_says(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *path;
		bool dir, excluded;
	} cases[] = {
		{ "*.o", "a/b.o", false, true },
		{ "/*.o", "a/b.o", false, false },
		{ "a/*.o", "a/b.o", false, true },
		{ "a/*.o", "x/a/b.o", false, false },
		{ "**/a/*.o", "x/a/b.o", false, true },
		{ "**/a/*.o", "a/b.o", false, true },
		{ "a/**/b", "a/b", false, true },
		{ "a/**/b", "a/x/y/b", false, true },
		{ "a/**", "a", true, false },
		{ "a/**", "a/x/y", false, true },
		{ "build/", "build", false, false },
		{ "build/", "x/build", true, true },
		{ "/build/", "x/build", true, false },
		{ "a?c", "abc", false, true },
		{ "x/a?c", "x/a/c", false, false },
		{ "[a-c]x", "bx", false, true },
		{ "[!a-c]x", "bx", false, false },
		{ "[]]x", "]x", false, true },
		{ "[[:digit:]]", "7", false, true },
		{ "[[:nonsense:]]", "7", false, false },
		{ "[abc", "a", false, false },
		{ "\\!x", "!x", false, true },
		{ "\\#x", "#x", false, true },
		{ "#x", "#x", false, false },
		{ "x  ", "x", false, true },
		{ "x\\ ", "x ", false, true },
		{ "x\\\\ ", "x\\", false, true },
		{ "x\r\n", "x", false, true },
		{ "x\\", "x\\", false, false },
		{ "*\n!x", "x", false, false },
		{ "!x\n*", "x", false, true },
		{ "\xEF\xBB\xBFx", "x", false, true },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (matches(cases[i].pattern, cases[i].path, cases[i].dir) != cases[i].excluded)
			fail_msg("'%s' on '%s'", cases[i].pattern, cases[i].path);
	}
}

/* A matcher that backtracks would not come back from this. */
static void stars_do_not_explode(void **state)
{
	(void)state;
	char pattern[401], text[4001];
	for (size_t i = 0; i < 400; i += 2)
		memcpy(pattern + i, "a*", 2);
	pattern[399] = 'b';
	pattern[400] = '\0';
	memset(text, 'a', 4000);
	text[4000] = '\0';
	assert_false(matches(pattern, text, false));
	text[3999] = 'b';
	assert_true(matches(pattern, text, false));
}

/* ---- against git itself --------------------------------------------------- */

#define N_ROUNDS 250

static unsigned next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(*seed >> 33);
}

static const char *const tree[] = {
	"a/", "a/a", "a/b", "a/b.o", "a/ab/", "a/ab/a", "a/ab/b.o", "a/ab/ab/", "a/ab/ab/a b", "a/c/",
	"a/c/a", "b/", "b/a/", "b/a/a", "b/a/b.o", "b/a/!a", "b/ab", "b/#b", "b/.o", "b.o", "ab", "a b",
	"abc", "c/", "c/a]", "c/[a]", "c/a\\", "c/*", "c/ab/", "c/ab/c/", "c/ab/c/b", "c/ab/c/a-b", "o",
	"d ", "z/", "z/z/", "z/z/z/", "z/z/z/a", "z/z/b",
};
#define N_TREE (sizeof tree / sizeof *tree)

static void random_pattern(uint64_t *seed, struct buf *b)
{
	static const char *const bits[] = {
		"a", "b", "ab", "c", "z", ".o", "*", "*", "**", "**", "/", "/", "/", "?", "[ab]", "[!a]", "[a-c]",
		"[^/]", "\\", " ", "!", "#", "[[:alpha:]]", "[", "]", "-", "[]-a]", "[a\\]b]", "\\ ", "/**/", "**/",
		"/**", "\t", "\r",
	};
	size_t n = 1 + next_random(seed) % 5;
	if (next_random(seed) % 5 == 0)
		buf_add_byte(b, '!');
	for (size_t i = 0; i < n; i++)
		buf_add_str(b, bits[next_random(seed) % (sizeof bits / sizeof *bits)]);
	if (next_random(seed) % 6 == 0)
		buf_add_byte(b, '/');
	buf_add_byte(b, '\n');
}

static void write_text(const char *path, struct span text)
{
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	fwrite(text.p, 1, text.len, f);
	fclose(f);
}

struct seen {
	bool taken[N_TREE];
	size_t root_len;
};

static int note(void *ctx, const struct walk_entry *entry)
{
	struct seen *seen = ctx;
	for (size_t i = 0; i < N_TREE; i++) {
		if (strcmp(entry->path + seen->root_len, tree[i]) == 0)
			seen->taken[i] = entry->skip == SKIP_NONE;
	}
	return 0;
}

static void ask_git(bool ignored[N_TREE])
{
	memset(ignored, 0, N_TREE * sizeof *ignored);
	FILE *f = popen("git check-ignore -z --no-index --stdin <paths", "r");
	assert_non_null(f);
	char line[256];
	size_t n = 0;
	for (int c; (c = getc(f)) != EOF;) {
		line[n++] = (char)c;
		assert_true(n < sizeof line);
		if (c != 0)
			continue;
		n = 0;
		for (size_t i = 0; i < N_TREE; i++)
			ignored[i] |= strcmp(line, tree[i]) == 0;
	}
	pclose(f);
}

static void make_tree(void)
{
	struct buf paths = buf_new(1 << 16);
	for (size_t i = 0; i < N_TREE; i++) {
		size_t len = strlen(tree[i]);
		if (tree[i][len - 1] == '/')
			assert_int_equal(mkdir(tree[i], 0700), 0);
		else
			write_text(tree[i], span_of("x"));
		if (tree[i][len - 1] != '/')
			buf_add(&paths, tree[i], len + 1);
	}
	write_text("paths", buf_span(&paths));
	buf_free(&paths);
}

static void one_round(uint64_t *seed, const char *root)
{
	static const char *const files[] = { ".gitignore", "a/.gitignore", "b/.gitignore", "c/ab/.gitignore",
		                             ".git/info/exclude" };
	struct buf all = buf_new(1 << 16);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct buf text = buf_new(1 << 16);
		size_t n = next_random(seed) % (i == 0 ? 5 : 3);
		for (size_t k = 0; k < n; k++)
			random_pattern(seed, &text);
		write_text(files[i], buf_span(&text));
		buf_printf(&all, "%s:\n%s", files[i], text.p ? text.p : "");
		buf_free(&text);
	}
	bool ignored[N_TREE];
	ask_git(ignored);
	struct walk_options opt = { .hidden = true, .secrets = true, .max_file_bytes = 1 << 20 };
	struct seen seen = { .root_len = strlen(root) + 1 };
	struct err err = { 0 };
	assert_int_equal(walk(root, &opt, note, &seen, &err), 0);
	for (size_t i = 0; i < N_TREE; i++) {
		if (tree[i][strlen(tree[i]) - 1] != '/' && seen.taken[i] == ignored[i])
			fail_msg("'%s' is %s for git:\n%s", tree[i], ignored[i] ? "ignored" : "taken", all.p);
	}
	buf_free(&all);
}

static void random_rules_agree_with_git(void **state)
{
	(void)state;
	if (system("git --version >/dev/null 2>&1") != 0) {
		print_message("# skipped: git is not installed\n");
		return;
	}
	char root[] = "/tmp/akin-ignore-XXXXXX", back[4096], command[256];
	assert_non_null(mkdtemp(root));
	assert_non_null(getcwd(back, sizeof back));
	assert_int_equal(chdir(root), 0);
	setenv("HOME", root, 1);
	setenv("XDG_CONFIG_HOME", root, 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	assert_int_equal(system("git init -q ."), 0);
	make_tree();
	uint64_t seed = getenv("AKIN_SEED") ? strtoull(getenv("AKIN_SEED"), NULL, 10) : 1;
	for (int i = 0; i < N_ROUNDS; i++)
		one_round(&seed, root);
	assert_int_equal(chdir(back), 0);
	snprintf(command, sizeof command, "rm -rf '%s'", root);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match_as_git_says),
		cmocka_unit_test(stars_do_not_explode),
		cmocka_unit_test(random_rules_agree_with_git),
	};
	return cmocka_run_group_tests_name("ignore", tests, NULL, NULL);
}
