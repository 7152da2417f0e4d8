/* Any bytes as text, for the tokeniser of the embedded model and for a small
 * WordPiece: counting agrees with encoding, ids are below the vocabulary size,
 * and a small room gets the first of them. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "models/local/tokenizer/tokenizer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_IDS (1u << 20)

static struct tokenizer *tokenizers[2];
static uint32_t ids[MAX_IDS];

static void open_all(void)
{
	struct err err = { 0 };
	struct buf json = buf_new(1 << 20);
	const char *path = "/tmp/akin-fuzz-wordpiece.akt";
	if (file_read("tests/cases/tokenizer/wordpiece.json", &json, NULL, &err) < 0 ||
	    tokenizer_compile(buf_span(&json), path, &err) < 0)
		abort(); /* run it from the top of the source tree */
	tokenizers[0] = tokenizer_open("data/models/multilingual-e5-small/tokenizer.akt", &err);
	tokenizers[1] = tokenizer_open(path, &err);
	buf_free(&json);
	if (!tokenizers[0] || !tokenizers[1])
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	if (!tokenizers[0])
		open_all();
	for (size_t k = 0; k < 2; k++) {
		size_t n = tokenizer_encode(tokenizers[k], text, ids, MAX_IDS);
		if (n != tokenizer_encode(tokenizers[k], text, NULL, 0) || n > 20 * size)
			abort();
		for (size_t i = 0; i < n && i < MAX_IDS; i++)
			if (ids[i] >= tokenizer_vocab_size(tokenizers[k]))
				abort();
		uint32_t first[4];
		tokenizer_encode(tokenizers[k], text, first, 4);
		if (memcmp(first, ids, (n < 4 ? n : 4) * sizeof *ids) != 0)
			abort();
	}
	return 0;
}
