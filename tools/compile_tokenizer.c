/* compile_tokenizer IN.json OUT.akt: a Hugging Face tokenizer.json made into the
 * file that models/local/tokenizer/tokenizer.c maps. */
#include <stdio.h>

#include "base/buf.h"
#include "base/file.h"
#include "models/local/tokenizer/tokenizer.h"

int main(int argc, char **argv)
{
	struct err err = { 0 };
	struct buf json = buf_new(256u << 20);
	if (argc != 3) {
		fputs("usage: compile_tokenizer tokenizer.json tokenizer.akt\n", stderr);
		return 2;
	}
	int rc = file_read(argv[1], &json, NULL, &err);
	if (rc == 0)
		rc = tokenizer_compile(buf_span(&json), argv[2], &err);
	buf_free(&json);
	if (rc < 0)
		fprintf(stderr, "compile_tokenizer: %s\n", err.text);
	return rc < 0 ? 2 : 0;
}
