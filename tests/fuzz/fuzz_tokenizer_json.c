/* A hostile tokenizer.json: refused, or compiled into a file that opens and
 * whose ids stay below its vocabulary size. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "models/local/tokenizer/tokenizer.h"
#include "models/local/tokenizer/tokenizer_compile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(struct span file, struct span text)
{
	struct err err = { 0 };
	char path[64];
	int fd = memfd_create("tokenizer", MFD_CLOEXEC);
	if (fd < 0 || write(fd, file.p, file.len) != (ssize_t)file.len)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	struct tokenizer *t = tokenizer_open(path, &err);
	close(fd);
	if (!t || tokenizer_check(t, &err) < 0)
		abort();
	uint32_t ids[256];
	size_t n = tokenizer_encode(t, text, ids, 256);
	for (size_t i = 0; i < n && i < 256; i++)
		if (ids[i] >= tokenizer_vocab_size(t))
			abort();
	tokenizer_close(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { 0 };
	struct span json = { (const char *)data, size };
	struct buf out = buf_new(64u << 20);
	if (tokenizer_compile_bytes(json, &out, &err) == 0)
		use(buf_span(&out), json);
	else if (err.code == ERR_NONE)
		abort();
	buf_free(&out);
	return 0;
}
