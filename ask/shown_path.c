#include "ask/shown_path.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Without the slash at its end; 0: there is none. */
static size_t home_len(const char *home)
{
	size_t len = home ? strlen(home) : 0;
	while (len && home[len - 1] == '/')
		len--;
	return len;
}

/* a[n], then b */
static char *join(const char *a, size_t n, const char *b)
{
	size_t len = strlen(b);
	char *both = mem_alloc(n + len + 1, 1);
	memcpy(both, a, n);
	memcpy(both + n, b, len + 1);
	return both;
}

char *shown_path(const char *path)
{
	const char *home = getenv("HOME");
	size_t len = home_len(home);
	if (len && strncmp(path, home, len) == 0 && path[len] == '/')
		return join("~", 1, path + len);
	return mem_strdup(path);
}

char *shown_path_read(const char *shown)
{
	const char *home = getenv("HOME");
	size_t len = home_len(home);
	return len && strncmp(shown, "~/", 2) == 0 ? join(home, len, shown + 1) : mem_strdup(shown);
}
