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
#include "indexer/walk/walk.h"

/* Each test stands in a folder of its own. */
struct place {
	char root[64];
	char back[4096];
	struct buf seen; /* "name: reason\n" in the order of the visits */
};

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof *p);
	strcpy(p->root, "/tmp/akin-walk-XXXXXX");
	p->seen = buf_new(1 << 24);
	*state = p;
	return !mkdtemp(p->root) || !getcwd(p->back, sizeof p->back) || chdir(p->root);
}

static int tear_down(void **state)
{
	struct place *p = *state;
	char command[256];
	snprintf(command, sizeof command, "chmod -R u+rwx '%s'; rm -rf '%s'", p->root, p->root);
	int status = chdir(p->back) || system(command);
	buf_free(&p->seen);
	free(p);
	return status;
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int note(void *ctx, const struct walk_entry *entry)
{
	struct place *p = ctx;
	size_t len = strlen(p->root);
	const char *name = entry->path + (strncmp(entry->path, p->root, len) == 0 ? len + 1 : 0);
	buf_printf(&p->seen, "%s%s: %s\n", name, entry->is_dir ? "/" : "", skip_reason_name(entry->skip));
	return 0;
}

static const char *walked(struct place *p, const char *root, struct walk_options opt)
{
	struct err err = { 0 };
	buf_clear(&p->seen);
	if (opt.max_file_bytes == 0)
		opt.max_file_bytes = 1 << 20;
	if (walk(root, &opt, note, p, &err))
		fail_msg("%s", err.text);
	return p->seen.p ? p->seen.p : "";
}

static void every_file_is_taken_or_has_a_reason(void **state)
{
	struct place *p = *state;
	mkdir("b", 0700);
	mkdir(".git", 0700);
	mkdir(".ssh", 0700);
	mkdir(".config", 0700);
	put("b/x.txt", "x");
	put("a.txt", "x");
	put("B.txt", "x");
	put("b.txt", "x");
	put(".hidden", "x");
	put(".env", "x");
	put("id_rsa", "x");
	put("id_rsa.pub", "x");
	put("empty", "");
	put("large", "xxxxxxxxxxxxxxxxxxxxxxxx");
	put("build.o", "x");
	put(".gitignore", "*.o\n");
	assert_int_equal(mkfifo("fifo", 0600), 0);
	struct walk_options opt = { .max_file_bytes = 20 };
	assert_string_equal(walked(p, p->root, opt),
	                    ".config/: hidden\n.env: looks like a secret\n.git/: hidden\n"
	                    ".gitignore: hidden\n.hidden: hidden\n.ssh/: looks like a secret\n"
	                    "B.txt: taken\na.txt: taken\nb/x.txt: taken\nb.txt: taken\n"
	                    "build.o: ignored\nempty: empty\nfifo: special file\n"
	                    "id_rsa: looks like a secret\nid_rsa.pub: taken\nlarge: too large\n");
}

static void options_take_more(void **state)
{
	struct place *p = *state;
	mkdir(".git", 0700);
	put(".git/config", "x");
	put(".env", "x");
	put("a.o", "x");
	put(".gitignore", "*.o\n");
	assert_string_equal(walked(p, p->root, (struct walk_options){ .hidden = true }),
	                    ".env: looks like a secret\n.git/: hidden\n.gitignore: taken\na.o: ignored\n");
	assert_string_equal(walked(p, p->root,
	                           (struct walk_options){ .hidden = true, .secrets = true, .no_ignore = true }),
	                    ".env: taken\n.git/: hidden\n.gitignore: taken\na.o: taken\n");
}

static void ignore_files_of_all_kinds_count(void **state)
{
	struct place *p = *state;
	char sub[128];
	mkdir(".git", 0700);
	mkdir(".git/info", 0700);
	mkdir("sub", 0700);
	mkdir("sub/deep", 0700);
	put(".git/info/exclude", "*.x\n*.y\n");
	put(".gitignore", "!keep.x\n/sub/deep/no\n");
	put("sub/.akinignore", "*.z\n!back.q\n");
	put("sub/.gitignore", "*.q\n");
	put("sub/a.x", "x");
	put("sub/keep.x", "x");
	put("sub/a.z", "x");
	put("sub/a.q", "x");
	put("sub/back.q", "x");
	put("sub/deep/no", "x");
	put("sub/deep/yes", "x");
	snprintf(sub, sizeof sub, "%s/sub", p->root);
	const char *expected = "sub/.akinignore: hidden\nsub/.gitignore: hidden\nsub/a.q: ignored\n"
	                       "sub/a.x: ignored\nsub/a.z: ignored\nsub/back.q: taken\n"
	                       "sub/deep/no: ignored\nsub/deep/yes: taken\nsub/keep.x: taken\n";
	/* the rules above the root hold as well */
	assert_string_equal(walked(p, sub, (struct walk_options){ 0 }), expected);
}

static void links_do_not_lead_astray(void **state)
{
	struct place *p = *state;
	mkdir("dir", 0700);
	put("dir/file", "x");
	put("id_rsa", "x");
	assert_int_equal(symlink("..", "dir/up"), 0);
	assert_int_equal(symlink("loop", "loop"), 0);
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	assert_int_equal(symlink("dir/file", "inside"), 0);
	assert_int_equal(symlink("/etc/passwd", "outside"), 0);
	assert_int_equal(symlink("id_rsa", "innocent"), 0);
	assert_string_equal(walked(p, p->root, (struct walk_options){ 0 }),
	                    "dangling: symbolic link\ndir/file: taken\ndir/up/: symbolic link\n"
	                    "id_rsa: looks like a secret\ninnocent: looks like a secret\n"
	                    "inside: taken\nloop: symbolic link\noutside: symbolic link\n");
	assert_string_equal(walked(p, p->root, (struct walk_options){ .follow = true }),
	                    "dangling: symbolic link\ndir/file: taken\n"
	                    "id_rsa: looks like a secret\ninnocent: looks like a secret\n"
	                    "inside: taken\nloop: symbolic link\noutside: taken\n");
}

static void names_of_any_bytes_are_kept(void **state)
{
	struct place *p = *state;
	put("new\nline", "x");
	put("\xFF\xFE", "x");
	put("\xF0\x9F\x98\x80", "x");
	assert_string_equal(walked(p, p->root, (struct walk_options){ 0 }),
	                    "new\nline: taken\n\xF0\x9F\x98\x80: taken\n\xFF\xFE: taken\n");
}

static void a_file_may_be_the_root(void **state)
{
	struct place *p = *state;
	char path[128];
	put(".gitignore", "*\n");
	put("a.o", "x");
	put("id_rsa", "x");
	snprintf(path, sizeof path, "%s/a.o", p->root);
	assert_string_equal(walked(p, path, (struct walk_options){ 0 }), "a.o: taken\n");
	snprintf(path, sizeof path, "%s/id_rsa", p->root);
	assert_string_equal(walked(p, path, (struct walk_options){ 0 }), "id_rsa: looks like a secret\n");
	struct err err = { 0 };
	struct walk_options opt = { 0 };
	assert_int_equal(walk("/nowhere/at/all", &opt, note, p, &err), -1);
	assert_non_null(strstr(err.text, "/nowhere/at/all"));
}

static void a_folder_that_cannot_be_read_is_said(void **state)
{
	struct place *p = *state;
	mkdir("closed", 0);
	put("open", "x");
	chmod(p->root, 0755);
	uid_t uid = geteuid();
	if (uid == 0) /* root can read everything: be nobody for a while */
		assert_int_equal(seteuid(65534), 0);
	const char *seen = walked(p, p->root, (struct walk_options){ 0 });
	if (uid == 0)
		assert_int_equal(seteuid(0), 0);
	assert_string_equal(seen, "closed/: unreadable\nopen: taken\n");
}

static int stop_at_second(void *ctx, const struct walk_entry *entry)
{
	(void)entry;
	return ++*(int *)ctx == 2 ? 42 : 0;
}

static void a_visit_can_stop_the_walk(void **state)
{
	struct place *p = *state;
	int n = 0;
	struct walk_options opt = { .max_file_bytes = 10 };
	struct err err = { 0 };
	put("a", "x");
	put("b", "x");
	put("c", "x");
	assert_int_equal(walk(p->root, &opt, stop_at_second, &n, &err), 42);
	assert_int_equal(n, 2);
}

/* Deeper than a path may be long, so that no call can reach the bottom. */
static void deep_folders_do_no_harm(void **state)
{
	struct place *p = *state;
	char name[201];
	memset(name, 'd', 200);
	name[200] = '\0';
	int depth = 0;
	while (depth < 30 && mkdir(name, 0700) == 0 && chdir(name) == 0)
		depth++;
	assert_int_equal(chdir(p->root), 0);
	const char *seen = walked(p, p->root, (struct walk_options){ 0 });
	assert_non_null(strstr(seen, "unreadable"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_file_is_taken_or_has_a_reason, set_up, tear_down),
		cmocka_unit_test_setup_teardown(options_take_more, set_up, tear_down),
		cmocka_unit_test_setup_teardown(ignore_files_of_all_kinds_count, set_up, tear_down),
		cmocka_unit_test_setup_teardown(links_do_not_lead_astray, set_up, tear_down),
		cmocka_unit_test_setup_teardown(names_of_any_bytes_are_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_file_may_be_the_root, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_folder_that_cannot_be_read_is_said, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_visit_can_stop_the_walk, set_up, tear_down),
		cmocka_unit_test_setup_teardown(deep_folders_do_no_harm, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("walk", tests, NULL, NULL);
}
