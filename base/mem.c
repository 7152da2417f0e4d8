#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void out_of_memory(void)
{
	fputs("akin: out of memory\n", stderr);
	_Exit(2);
}

static size_t bytes(size_t n, size_t size)
{
	if (size && n > SIZE_MAX / 2 / size)
		out_of_memory();
	size_t total = n * size;
	return total ? total : 1;
}

void *mem_alloc(size_t n, size_t size)
{
	void *p = malloc(bytes(n, size));
	if (!p)
		out_of_memory();
	return p;
}

void *mem_zalloc(size_t n, size_t size)
{
	void *p = calloc(1, bytes(n, size));
	if (!p)
		out_of_memory();
	return p;
}

void *mem_realloc(void *p, size_t n, size_t size)
{
	p = realloc(p, bytes(n, size));
	if (!p)
		out_of_memory();
	return p;
}

char *mem_strndup(const char *p, size_t len)
{
	char *s = mem_alloc(len + 1, 1);
	if (len)
		memcpy(s, p, len);
	s[len] = '\0';
	return s;
}

char *mem_strdup(const char *s)
{
	return mem_strndup(s, strlen(s));
}

void *mem_grow(void *p, size_t *cap, size_t n, size_t size)
{
	if (n <= *cap)
		return p;
	size_t want = *cap + *cap / 2 + 8;
	*cap = want > n ? want : n;
	return mem_realloc(p, *cap, size);
}

float *mem_floats(size_t n)
{
	size_t size = bytes(n, sizeof(float));
	if (size > SIZE_MAX - 63)
		out_of_memory();
	void *p = aligned_alloc(64, (size + 63) & ~(size_t)63);
	if (!p)
		out_of_memory();
	return p;
}
