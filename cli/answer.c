#define _POSIX_C_SOURCE 200809L
#include "cli/answer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/paths.h"
#include "cli/show.h"
#include "query/in_source.h"

enum { MAX_GIVEN = 5 };

/* What a model says must not drive a terminal, wherever it is read in the end. */
static void write_harmless(FILE *file, struct span text)
{
	struct buf out = buf_new(text.len * 3 + 1);
	for (size_t at = 0; at < text.len;) {
		const char *newline = memchr(text.p + at, '\n', text.len - at);
		size_t end = newline ? (size_t)(newline - text.p) : text.len;
		text_harmless(&out, (struct span){ text.p + at, end - at });
		if (newline)
			buf_add_byte(&out, '\n');
		at = end + 1;
	}
	fwrite(buf_span(&out).p, 1, out.len, file);
	fflush(file);
	buf_free(&out);
}

void answer_show(void *ctx, struct span text)
{
	(void)ctx;
	write_harmless(stdout, text);
}

void answer_show_reasoning(void *ctx, struct span text)
{
	struct cli *cli = ctx;
	fputs(terminal_style(&cli->err, STYLE_DIM), stderr);
	write_harmless(stderr, text);
	fputs(terminal_style(&cli->err, STYLE_PLAIN), stderr);
}

void answer_show_checked(struct cli *cli, const struct conversation *c, const struct ask_result *r)
{
	struct cite_stream *stream = cite_stream_new(span_of(c->question), &c->sources, answer_show, cli);
	cite_stream_add(stream, span_of(r->answer));
	cite_stream_end(stream);
	cite_stream_free(stream);
}

void answer_note(void *ctx, const char *line)
{
	cli_note(ctx, "akin: %s", line);
}

/* The first thing that is quoted of a source; NULL: nothing. */
static const struct cite_quote *first_quote(const struct ask_result *r, size_t number)
{
	for (size_t i = 0; i < r->check.n; i++)
		for (size_t j = 0; j < r->check.claims[i].n_quotes; j++)
			if (r->check.claims[i].quotes[j].source == number)
				return &r->check.claims[i].quotes[j];
	return NULL;
}

/* Where a person looks: the quote's line, else the source's first. */
static size_t line_of(const struct source *s, const struct cite_quote *q)
{
	if (!q)
		return s->line_start;
	struct in_source_passage passage = { s->path, s->byte_start, s->byte_end, s->line_start,
		                             { s->text, s->text_len } };
	struct in_source_range range = { q->start, q->end, s->line_start };
	in_source(&passage, &range, 1);
	return (size_t)range.line;
}

static void add_source(const struct terminal *t, struct buf *out, size_t number,
                       const struct source *s, const struct cite_quote *q, const char *cwd)
{
	struct buf label = buf_new((size_t)1 << 20);
	size_t line = line_of(s, q);
	buf_printf(out, "[%zu] ", number);
	buf_add_str(&label, terminal_style(t, STYLE_PATH));
	text_path(&label, span_of(path_from(s->path, cwd)));
	buf_printf(&label, "%s:%s%zu%s", terminal_style(t, STYLE_PLAIN), terminal_style(t, STYLE_LINE), line,
	           terminal_style(t, STYLE_PLAIN));
	terminal_link(t, out, s->path, line, buf_span(&label));
	if (s->page)
		buf_printf(out, " page %u", (unsigned)s->page);
	const char *heading = s->heading ? s->heading : s->title;
	if (heading) {
		buf_printf(out, "  %s", terminal_style(t, STYLE_HEADING));
		text_harmless(out, span_of(heading));
		buf_add_str(out, terminal_style(t, STYLE_PLAIN));
	}
	buf_add_byte(out, '\n');
	buf_free(&label);
}

/* What quote j of claim i says, an earlier one has said. */
static bool is_repeated(const struct ask_result *r, size_t i, size_t j)
{
	const struct cite_quote *q = &r->check.claims[i].quotes[j];
	for (size_t k = 0; k <= i; k++) {
		const struct cite_claim *claim = &r->check.claims[k];
		for (size_t l = 0; l < (k < i ? claim->n_quotes : j); l++)
			if (claim->quotes[l].source == q->source && claim->quotes[l].start == q->start &&
			    claim->quotes[l].end == q->end)
				return true;
	}
	return false;
}

static void add_quotes(const struct terminal *t, struct buf *out, const struct conversation *c,
                       const struct ask_result *r, size_t number)
{
	static const struct evidence no_marks;
	for (size_t i = 0; i < r->check.n; i++) {
		for (size_t j = 0; j < r->check.claims[i].n_quotes; j++) {
			const struct cite_quote *q = &r->check.claims[i].quotes[j];
			if (q->source != number || is_repeated(r, i, j))
				continue;
			struct buf quote = buf_new((size_t)1 << 20);
			buf_add_str(&quote, "\"");
			text_harmless(&quote, (struct span){ c->sources.items[number - 1].text + q->start,
				                             q->end - q->start });
			buf_add_str(&quote, "\"");
			buf_add_str(out, terminal_style(t, STYLE_DIM));
			show_wrapped(t, out, buf_span(&quote), &no_marks, 4);
			buf_add_str(out, terminal_style(t, STYLE_PLAIN));
			buf_free(&quote);
		}
	}
}

static size_t count_cited(const struct conversation *c, const struct ask_result *r)
{
	size_t n = 0;
	for (size_t i = 0; r->check.cited && i < c->sources.n; i++)
		n += r->check.cited[i];
	return n;
}

static void add_cited(struct cli *cli, struct buf *out, const struct conversation *c,
                      const struct ask_result *r, const char *cwd)
{
	for (size_t i = 0; i < c->sources.n; i++) {
		if (!r->check.cited[i])
			continue;
		add_source(&cli->out, out, i + 1, &c->sources.items[i], first_quote(r, i + 1), cwd);
		add_quotes(&cli->out, out, c, r, i + 1);
	}
}

/* Of an answer that cites nothing: what it had to go by, the best first. */
static void add_given(struct cli *cli, struct buf *out, const struct conversation *c, const char *cwd)
{
	size_t shown = c->n_given < MAX_GIVEN || cli->verbose ? c->n_given : MAX_GIVEN;
	buf_add_str(out, shown ? "It cites nothing; the model was given:\n" : "");
	for (size_t i = 0; i < shown; i++)
		add_source(&cli->out, out, c->given[i], &c->sources.items[c->given[i] - 1], NULL, cwd);
	if (shown < c->n_given)
		buf_printf(out, "and %zu more (--verbose lists them)\n", c->n_given - shown);
}

void answer_print_sources(struct cli *cli, const struct conversation *c, const struct ask_result *r)
{
	char *cwd = getcwd(NULL, 0);
	struct buf out = buf_new((size_t)64 << 20);
	if (count_cited(c, r))
		add_cited(cli, &out, c, r, cwd ? cwd : "/");
	else
		add_given(cli, &out, c, cwd ? cwd : "/");
	fwrite(buf_span(&out).p, 1, out.len, stdout);
	buf_free(&out);
	free(cwd);
}

void answer_print_end(struct cli *cli, const struct conversation *c, const struct ask_result *r)
{
	size_t len = strlen(r->answer), bad = r->check.n - r->check.n_supported;
	fputs(len && r->answer[len - 1] == '\n' ? "" : "\n", stdout);
	if (c->sources.n) {
		fputs("\n", stdout);
		answer_print_sources(cli, c, r);
		printf("\n%s%zu of %zu claims are supported by quotes that were found in the sources%s%s\n",
		       terminal_style(&cli->out, STYLE_DIM), r->check.n_supported, r->check.n,
		       bad ? "; " CITE_MARK " marks the others" : "", terminal_style(&cli->out, STYLE_PLAIN));
	}
	if (r->finish == CHAT_LENGTH)
		cli_note(cli, "akin: the answer ends where its tokens did; --max-tokens allows more");
	else if (r->finish == CHAT_FILTERED)
		cli_note(cli, "akin: the server's filter ended the answer");
	fflush(stdout);
}

void answer_say_usage(struct cli *cli, const struct chat *chat, const struct ask_result *r)
{
	if (!r->usage_known)
		return;
	double price = ((double)r->prompt_tokens * chat->price_in +
	                (double)r->completion_tokens * chat->price_out) / 1e6;
	if (price > 0)
		cli_note(cli, "akin: %" PRIu64 " tokens read, %" PRIu64 " written, about %.4f EUR",
		         r->prompt_tokens, r->completion_tokens, price);
	else if (cli->verbose)
		cli_note(cli, "akin: %" PRIu64 " tokens read, %" PRIu64 " written", r->prompt_tokens,
		         r->completion_tokens);
	if (cli->verbose)
		cli_note(cli, "%zu requests, %zu calls; search %.1f ms, first token after %.0f ms, all after "
		         "%.0f ms", r->n_requests, r->n_calls, r->search_ms, r->first_token_ms, r->total_ms);
}

void answer_say_nothing(struct cli *cli, const struct ask_result *r)
{
	if (r->best_score < r->least_score)
		cli_note(cli, "akin: nothing in the index answers that: the nearest passage scores %.1f, less "
		         "than %g (--min-score 0 asks anyway)", r->best_score, r->least_score);
	else
		cli_note(cli, "akin: nothing in the index answers that");
}

void answer_say_unsupported(struct cli *cli, const struct ask_result *r)
{
	for (size_t i = 0; i < r->check.n; i++) {
		const struct cite_claim *claim = &r->check.claims[i];
		if (claim->verdict != CITE_SUPPORTED)
			cli_note(cli, "akin: %s: %.*s", cite_verdict_text(claim->verdict),
			         (int)(claim->end - claim->start), r->answer + claim->start);
	}
}
