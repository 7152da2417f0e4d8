/* The header of a safetensors file: what is accepted covers the file exactly. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "models/local/safetensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct safetensors st;
	struct err err = { 0 };
	if (safetensors_read(&st, data, size, &err) == 0) {
		size_t total = 0;
		for (size_t i = 0; i < st.n; i++) {
			const struct tensor *t = &st.tensors[i];
			if (t->data < data || t->data + t->bytes > data + size ||
			    safetensors_find(&st, t->name) != t)
				abort();
			total += t->bytes;
		}
		if (total > size - 8)
			abort();
	} else if (err.code != ERR_MODEL) {
		abort();
	}
	safetensors_free(&st);
	return 0;
}
