#define _XOPEN_SOURCE 700
#include "indexer/walk/rules.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "indexer/walk/ignore.h"
#include "indexer/extract/line.h"

struct rules {
	struct ignore *ignore;
	size_t base_len; /* of the folder's path with its slash */
	struct rules *up;
};

static int read_small(const char *path, struct buf *b)
{
	struct stat st;
	*b = buf_new(IGNORE_MAX_BYTES);
	if (stat(path, &st) || !S_ISREG(st.st_mode) || file_read(path, b, NULL, NULL)) {
		buf_free(b);
		return -1;
	}
	return 0;
}

static struct rules *add_file(struct rules *up, const char *dir, const char *name)
{
	size_t dir_len = strlen(dir);
	struct buf path = buf_new(1 << 16), text;
	buf_add(&path, dir, dir_len);
	if (dir_len == 0 || dir[dir_len - 1] != '/')
		buf_add_byte(&path, '/');
	size_t base_len = path.len;
	buf_add_str(&path, name);
	struct ignore *ignore = NULL;
	if (!path.overflow && read_small(path.p, &text) == 0) {
		ignore = ignore_new(buf_span(&text));
		buf_free(&text);
	}
	buf_free(&path);
	if (!ignore)
		return up;
	struct rules *rules = mem_alloc(1, sizeof *rules);
	*rules = (struct rules){ ignore, base_len, up };
	return rules;
}

unsigned rules_source_of(const char *name)
{
	if (name[0] != '.')
		return 0;
	return strcmp(name, ".git") == 0          ? RULES_EXCLUDE
	       : strcmp(name, ".gitignore") == 0  ? RULES_GIT
	       : strcmp(name, ".akinignore") == 0 ? RULES_AKIN
	                                          : 0;
}

struct rules *rules_enter(struct rules *up, const char *dir, unsigned sources)
{
	struct rules *rules = up;
	if (sources & RULES_EXCLUDE)
		rules = add_file(rules, dir, ".git/info/exclude");
	if (sources & RULES_GIT)
		rules = add_file(rules, dir, ".gitignore");
	return sources & RULES_AKIN ? add_file(rules, dir, ".akinignore") : rules;
}

void rules_leave(struct rules *rules, const struct rules *up)
{
	while (rules && rules != up) {
		struct rules *next = rules->up;
		ignore_free(rules->ignore);
		free(rules);
		rules = next;
	}
}

static bool has_git(const char *path, size_t len)
{
	struct buf git = buf_new(1 << 16);
	buf_add(&git, path, len);
	buf_add_str(&git, "/.git");
	struct stat st;
	bool there = !git.overflow && stat(git.p, &st) == 0;
	buf_free(&git);
	return there;
}

/* The length of the path of the folder above; 0 for the file system's root. */
static size_t parent_len(const char *path, size_t len)
{
	while (len > 0 && path[len - 1] != '/')
		len--;
	return len > 0 ? len - 1 : 0;
}

struct rules *rules_above(const char *root)
{
	size_t len = strlen(root), top = len;
	while (top > 0 && !has_git(root, top))
		top = parent_len(root, top);
	if (top == 0 || top == len)
		return NULL;
	struct rules *rules = NULL;
	char *dir = mem_strdup(root);
	for (size_t at = top; at < len; at++) {
		if (root[at] != '/')
			continue;
		dir[at] = '\0';
		rules = rules_enter(rules, dir, RULES_EXCLUDE | RULES_GIT | RULES_AKIN);
		dir[at] = '/';
	}
	free(dir);
	return rules;
}

bool rules_ignore(const struct rules *rules, struct span path, bool is_dir)
{
	for (; rules; rules = rules->up) {
		struct span below = { path.p + rules->base_len, path.len - rules->base_len };
		enum ignore_verdict verdict = ignore_match(rules->ignore, below, is_dir);
		if (verdict != IGNORE_UNSAID)
			return verdict == IGNORE_EXCLUDE;
	}
	return false;
}
