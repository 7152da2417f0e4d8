#define _XOPEN_SOURCE 700
#include "cli/paths.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

const char *const docid_kind_names[] = { "path", "relative", "stem", NULL };

/* Takes ".", ".." and doubled slashes out of an absolute path, in place. */
static void clean(char *path)
{
	char *out = path;
	for (char *p = path; *p;) {
		while (*p == '/')
			p++;
		size_t len = strcspn(p, "/");
		if (len == 2 && p[0] == '.' && p[1] == '.') {
			while (out > path && *--out != '/')
				;
		} else if (len && !(len == 1 && p[0] == '.')) {
			*out++ = '/';
			memmove(out, p, len);
			out += len;
		}
		p += len;
	}
	if (out == path)
		*out++ = '/';
	*out = '\0';
}

/* The longest beginning that exists, resolved, and the rest by its name. */
static char *resolve(char *path)
{
	size_t len = strlen(path);
	for (size_t end = len; end > 0; end--) {
		if (end < len && path[end] != '/')
			continue;
		char kept = path[end];
		path[end] = '\0';
		char *real = realpath(path, NULL);
		path[end] = kept;
		if (!real)
			continue;
		struct buf out = buf_new(1 << 20);
		buf_add_str(&out, strcmp(real, "/") == 0 ? "" : real);
		buf_add_str(&out, path + end);
		free(real);
		if (out.len == 0)
			buf_add_str(&out, "/");
		return buf_take(&out, NULL);
	}
	return mem_strdup(path);
}

char *path_absolute(const char *typed)
{
	char *real = realpath(typed, NULL);
	if (real)
		return real;
	struct buf path = buf_new(1 << 20);
	char *cwd = typed[0] == '/' ? NULL : getcwd(NULL, 0);
	if (cwd)
		buf_printf(&path, "%s/", cwd);
	buf_add_str(&path, typed);
	free(cwd);
	char *whole = buf_take(&path, NULL);
	clean(whole);
	char *resolved = resolve(whole);
	free(whole);
	return resolved;
}

bool path_is_within(const char *path, const char *root)
{
	size_t len = strlen(root);
	if (len == 1 && root[0] == '/')
		return path[0] == '/';
	return strncmp(path, root, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

const char *path_from(const char *path, const char *cwd)
{
	size_t len = strlen(cwd);
	if (len <= 1 || !path_is_within(path, cwd) || !path[len])
		return path;
	return path + len + 1;
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static const char *relative(const char *path, const struct store_roots *roots)
{
	size_t longest = 0;
	for (size_t i = 0; i < roots->n; i++) {
		size_t len = strlen(roots->items[i].path);
		if (len > longest && path_is_within(path, roots->items[i].path))
			longest = len;
	}
	if (!longest || !path[longest])
		return file_name(path); /* the root is the file itself */
	return path + longest + (path[longest] == '/');
}

void docid_add(struct buf *out, enum docid_kind kind, const char *path,
               const struct store_roots *roots)
{
	if (kind == DOCID_PATH) {
		buf_add_str(out, path);
	} else if (kind == DOCID_RELATIVE) {
		buf_add_str(out, relative(path, roots));
	} else {
		const char *name = file_name(path), *dot = strrchr(name, '.');
		buf_add(out, name, dot && dot > name ? (size_t)(dot - name) : strlen(name));
	}
}
