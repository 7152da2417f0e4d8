#include "cli/context.h"

#include <stdio.h>
#include <string.h>

#include "query/present_pack.h"

size_t context_limit(const struct context_arguments *args)
{
	return 10 + (size_t)(args->budget ? args->budget : CONTEXT_BUDGET) / 80;
}

static size_t count_tokens(const void *ctx, struct span text)
{
	return embedder_count_tokens(ctx, text);
}

/* On a terminal, what a document holds must not drive it; elsewhere bytes are kept. */
static void print(const struct cli *cli, struct span text)
{
	if (!cli->out.tty) {
		fwrite(text.p, 1, text.len, stdout);
		return;
	}
	struct buf line = buf_new(text.len * 3 + 1);
	for (size_t at = 0; at < text.len;) {
		const char *newline = memchr(text.p + at, '\n', text.len - at);
		size_t end = newline ? (size_t)(newline - text.p) : text.len;
		buf_clear(&line);
		text_harmless(&line, (struct span){ text.p + at, end - at });
		printf("%s\n", buf_span(&line).p);
		at = end + 1;
	}
	buf_free(&line);
}

int context_print(struct cli *cli, struct store *store, const struct embedder *embedder,
                  const struct context_arguments *args, const struct hits *hits, struct err *err)
{
	struct pack pack = { 0 };
	struct pack_options options = {
		.budget = (size_t)(args->budget ? args->budget : CONTEXT_BUDGET),
		.write = pack_writer(args->format < 0 ? PACK_MARKDOWN : (enum pack_form)args->format),
		.count = embedder ? count_tokens : NULL,
		.ctx = embedder,
	};
	struct buf text = buf_new((size_t)1 << 30);
	int rc = pack_make(store, hits, &options, &pack, err);
	if (rc == 0 && pack.n == 0 && hits->n)
		rc = err_set(err, ERR_USAGE, "%zu tokens hold no passage; give a larger --budget",
		             options.budget);
	/* a program that wants JSON or XML gets an empty list */
	if (rc == 0) {
		options.write(&text, &pack);
		print(cli, buf_span(&text));
	}
	if (rc == 0 && cli->verbose)
		cli_note(cli, "%zu of %zu passages in %zu excerpts, %zu of %zu tokens%s; %zu repeated",
		         pack.n_used, pack.n_hits, pack.n, pack.tokens, pack.budget,
		         embedder ? "" : " (estimated)", pack.n_repeated);
	int found = pack.n > 0;
	buf_free(&text);
	pack_free(&pack);
	return rc < 0 ? -1 : found;
}
