#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/command.h"
#include "cli/open.h"
#include "cli/table.h"

static const struct usage usage = {
	.synopsis = "[OPTION…] TEXT…|-",
	.about = "Prints the vectors of the texts as the JSON object of an OpenAI embeddings\n"
	         "reply; \"-\" reads a text a line from the standard input. Vectors have unit\n"
	         "length. Models with prefixes embed a question otherwise than a passage that is\n"
	         "to be found. The model is --model's, $AKIN_MODEL's, or the default; no index is\n"
	         "used.",
	.example = "akin embed --query \"how much notice must a tenant give\"",
};

struct texts {
	struct buf input;
	struct span *items;
	size_t n;
};

static int check_texts(const struct texts *t, struct err *err)
{
	if (!t->n)
		return err_set(err, ERR_INPUT, "no text to embed");
	for (size_t i = 0; i < t->n; i++) {
		struct span s = t->items[i];
		if (strspn(s.p, " \t\r\n\f\v") >= s.len)
			return err_set(err, ERR_INPUT, "text %zu is empty", i + 1);
		if (!utf8_is_valid(s.p, s.len) || memchr(s.p, '\0', s.len))
			return err_set(err, ERR_INPUT, "text %zu is not valid UTF-8", i + 1);
	}
	return 0;
}

static int read_lines(struct texts *t, struct err *err)
{
	if (table_read_text("-", &t->input, err) < 0)
		return -1;
	size_t cap = 0;
	struct span all = buf_span(&t->input);
	for (const char *p = all.p, *end = p + all.len; p < end;) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		const char *stop = newline ? newline : end;
		size_t len = (size_t)(stop - p);
		t->items = mem_grow(t->items, &cap, t->n + 1, sizeof *t->items);
		t->items[t->n++] = (struct span){ p, len && p[len - 1] == '\r' ? len - 1 : len };
		p = stop + 1;
	}
	return 0;
}

static int gather(struct texts *t, int n, char **argv, struct err *err)
{
	if (n == 1 && strcmp(argv[0], "-") == 0) {
		if (read_lines(t, err) < 0)
			return -1;
	} else {
		t->items = mem_alloc((size_t)n, sizeof *t->items);
		for (int i = 0; i < n; i++)
			t->items[t->n++] = span_of(argv[i]);
	}
	return check_texts(t, err);
}

/* Nine digits give each float back exactly; cJSON would write the seventeen of a
 * double. The model's name is ours or was checked, and holds nothing to escape. */
static void print_reply(const struct embedder *e, const struct texts *t, const float *vectors)
{
	size_t dim = e->limits.dim, tokens = 0;
	printf("{\"object\":\"list\",\"data\":[");
	for (size_t i = 0; i < t->n; i++) {
		printf("%s\n{\"object\":\"embedding\",\"index\":%zu,\"embedding\":[", i ? "," : "", i);
		for (size_t d = 0; d < dim; d++)
			printf("%s%.9g", d ? "," : "", (double)vectors[i * dim + d]);
		printf("]}");
		tokens += embedder_count_tokens(e, t->items[i]);
	}
	printf("\n],\"model\":\"");
	for (const char *p = e->model; *p; p++)
		if (*p != '"' && *p != '\\' && (unsigned char)*p >= ' ')
			putchar(*p);
	printf("\",\"usage\":{\"prompt_tokens\":%zu,\"total_tokens\":%zu}}\n", tokens, tokens);
}

static int embed(struct cli *cli, const struct texts *t, enum embed_kind kind, struct err *err)
{
	struct embedder *e = open_model(cli, NULL, err);
	if (!e)
		return -1;
	open_say_host(cli, e, "texts go");
	float *vectors = NULL;
	int rc = embedder_embed(e, kind, t->items, t->n, &vectors, err);
	if (rc == 0)
		print_reply(e, t, vectors);
	free(vectors);
	embedder_close(e);
	return rc;
}

int cmd_embed(struct cli *cli, int argc, char **argv)
{
	bool query = false, passage = false;
	const struct option options[] = {
		{ OPTION_FLAG, 0, "passage", &passage, NULL, "as a text to be found (default)", 0, 0, NULL },
		{ OPTION_FLAG, 0, "query", &query, NULL, "as a question", 0, 0, NULL },
		{ 0 },
	};
	struct err err = { 0 };
	int status;
	int n = cli_parse(cli, &usage, options, argc, argv, 1, -1, &status);
	if (n < 0)
		return status;
	if (query && passage) {
		err_set(&err, ERR_USAGE, "give one of --passage and --query");
		return cli_fail(cli, &err);
	}
	struct texts texts = { 0 };
	int rc = gather(&texts, n, argv, &err);
	if (rc == 0)
		rc = embed(cli, &texts, query ? EMBED_QUERY : EMBED_PASSAGE, &err);
	free(texts.items);
	buf_free(&texts.input);
	return rc < 0 ? cli_fail(cli, &err) : STATUS_DONE;
}
