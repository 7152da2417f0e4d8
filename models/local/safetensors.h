/* Reader of safetensors files: u64 length of a JSON header, the header, data.
 * Format: https://github.com/huggingface/safetensors ("Format"). The whole
 * header is checked before anything is believed; the data is the caller's
 * mapping and is not read. */
#ifndef AKIN_MODELS_LOCAL_SAFETENSORS_H
#define AKIN_MODELS_LOCAL_SAFETENSORS_H

#include <stddef.h>

#include "base/err.h"

#define SAFETENSORS_MAX_HEADER ((size_t)4 << 20) /* bytes */
#define SAFETENSORS_MAX_TENSORS 20000
#define SAFETENSORS_MAX_DIMS 8

enum safetensors_type {
	TENSOR_F32,
	TENSOR_F16,
	TENSOR_BF16,
	TENSOR_U8,
	TENSOR_OTHER /* of a type that encoders have no use for */
};

struct tensor {
	char *name;
	enum safetensors_type type;
	size_t n_dims;
	size_t dims[SAFETENSORS_MAX_DIMS];
	const unsigned char *data; /* into the file */
	size_t bytes;
};

struct safetensors {
	struct tensor *tensors; /* [n], sorted by name */
	size_t n;
};

/* Reads the header of file[len]. ERR_MODEL (without a path in it): the header
 * is none, offsets overlap or leave a hole, a size does not follow from type
 * and shape, or the data does not end exactly where the file ends, as when it
 * was cut off. Tensors point into the file. Free with safetensors_free, also
 * after a failure. */
int safetensors_read(struct safetensors *st, const unsigned char *file, size_t len,
                     struct err *err);
void safetensors_free(struct safetensors *st);

/* NULL: there is none of that name. */
const struct tensor *safetensors_find(const struct safetensors *st, const char *name);

#endif
