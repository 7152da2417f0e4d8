/* Memory. Running out of it is the one fault that the library does not report:
 * these functions write one line on stderr and end the process with status 2.
 * Nothing is lost by that, since the index survives a kill at any instant. */
#ifndef AKIN_BASE_MEM_H
#define AKIN_BASE_MEM_H

#include <stddef.h>

/* n * size bytes, checked for overflow. Never NULL; free() them. */
void *mem_alloc(size_t n, size_t size);
void *mem_zalloc(size_t n, size_t size); /* zeroed */
void *mem_realloc(void *p, size_t n, size_t size);

/* A copy of len bytes with a NUL behind them. Never NULL; free() it. */
char *mem_strndup(const char *p, size_t len);
char *mem_strdup(const char *s);

/* Room for n elements of `size` bytes in an array that has *cap: grows by
 * halves, sets *cap, returns the array. */
void *mem_grow(void *p, size_t *cap, size_t n, size_t size);

/* Memory for vectors: aligned to 64 bytes. free() it. */
float *mem_floats(size_t n);

#endif
