#include "cli/vector_file.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/table.h"

enum { MAX_DIM = 65536 };

/* The numbers of a JSON array, at most MAX_DIM; 0: the text is none. */
static size_t parse_array(const char *p, float *numbers)
{
	size_t n = 0;
	char *end;
	p += strspn(p, " \t\r\n");
	if (*p++ != '[')
		return 0;
	for (;; p++) {
		p += strspn(p, " \t\r\n");
		if (n == MAX_DIM || !(isdigit((unsigned char)*p) || *p == '-'))
			return 0;
		numbers[n++] = strtof(p, &end);
		p = end + strspn(end, " \t\r\n");
		if (*p != ',')
			break;
	}
	return *p == ']' && p[1 + strspn(p + 1, " \t\r\n")] == '\0' ? n : 0;
}

static int to_unit(const char *path, float *v, size_t n, struct err *err)
{
	double square = 0;
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(v[i]))
			return err_set(err, ERR_INPUT, "number %zu of the vector in '%s' is not finite", i + 1, path);
		square += (double)v[i] * (double)v[i];
	}
	if (!(square > 0))
		return err_set(err, ERR_INPUT, "the vector in '%s' has no direction: it is all zeros", path);
	for (size_t i = 0; i < n; i++)
		v[i] = (float)((double)v[i] / sqrt(square));
	return 0;
}

static int take_numbers(const char *path, const struct buf *text, size_t dim, float *v, struct err *err)
{
	size_t n = text->len && !memchr(text->p, '\0', text->len) ? parse_array(text->p, v) : 0;
	if (n == 0 && text->len % sizeof(float) == 0 && text->len / sizeof(float) <= MAX_DIM) {
		n = text->len / sizeof(float);
		if (n)
			memcpy(v, text->p, text->len);
	} else if (n == 0) {
		return err_set(err, ERR_INPUT, "'%s' holds no vector: neither float32 (%zu bytes) nor a JSON array "
		               "of %zu numbers", path, dim * sizeof(float), dim);
	}
	if (n != dim)
		return err_set(err, ERR_INPUT, "the vector in '%s' has %zu numbers, those of the index have %zu",
		               path, n, dim);
	return to_unit(path, v, n, err);
}

int vector_file_read(const char *path, size_t dim, float **vector, struct err *err)
{
	struct buf text = { 0 };
	*vector = NULL;
	int rc = table_read_text(path, &text, err);
	if (rc == 0) {
		*vector = mem_floats(MAX_DIM);
		rc = take_numbers(path, &text, dim, *vector, err);
	}
	buf_free(&text);
	if (rc < 0) {
		free(*vector);
		*vector = NULL;
	}
	return rc;
}
