#define _POSIX_C_SOURCE 200809L
#include "cli/results.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/print_json.h"
#include "cli/show.h"
#include "query/present.h"

/* What the fused score is the sum of, and the words that were found. */
static void explain_hit(struct buf *out, const struct hits *hits, const struct hit *h)
{
	const struct fuse_spread *s = &hits->spread;
	double rest = h->fused; /* what is neither of the passage: its document's words */
	buf_printf(out, "    fused %.2f", h->fused);
	if (!isnan(h->dense))
		buf_printf(out, "; meaning: cosine %.3f, %.2f deviations up, times %.2f", h->dense,
		           (h->dense - s->mean) / s->deviation, s->contrast);
	if (!isnan(h->lexical))
		buf_printf(out, "; words: BM25 %.2f, times %.3f", h->lexical, s->lexical_scale);
	if (!isnan(h->dense) && !isnan(h->lexical)) {
		rest -= s->contrast * (h->dense - s->mean) / s->deviation + s->lexical_scale * h->lexical;
		if (rest > 0.005)
			buf_printf(out, "; its document's words: %.2f", rest);
	}
	buf_add_str(out, "\n");
	for (size_t i = 0; i < h->n_matched; i++) {
		buf_add_str(out, i ? ", " : "    has: ");
		text_harmless(out, span_of(h->matched[i]));
	}
	buf_add_str(out, h->n_matched ? "\n" : "");
	for (size_t i = 0; i < h->n_also; i++) {
		buf_add_str(out, "    the same in: ");
		text_path(out, span_of(h->also[i]));
		buf_add_str(out, "\n");
	}
}

static void explain_words(struct cli *cli, const struct hits *hits)
{
	if (hits->estimated)
		cli_note(cli, "their scores were estimated from codes; %zu that may be among the best were then "
		         "scored exactly", hits->n_exact);
	cli_note(cli, "%zu passages compared, %zu left out that say the same; question embedded in %.1f ms, "
	         "scan %.1f ms, words %.1f ms, rest %.1f ms", hits->n_candidates, hits->n_folded,
	         hits->timings.embed_ms, hits->timings.dense_ms, hits->timings.lexical_ms,
	         hits->timings.rest_ms);
	for (size_t i = 0; i < hits->words.n; i++) {
		const struct lexical_word *w = &hits->words.items[i];
		struct buf word = buf_new(1 << 10);
		text_harmless(&word, span_of(w->text));
		if (w->taken_for) {
			buf_add_str(&word, ": not in the index, taken for ");
			text_harmless(&word, span_of(w->taken_for));
		}
		cli_note(cli, "  %s: %s%" PRIu64 " passages, weight %.2f", buf_span(&word).p,
		         w->skipped ? "too frequent to count, about " : "", w->n_chunks, w->weight);
		buf_free(&word);
	}
}

/* Nobody should wonder at passages that have not what was asked for. */
static void say_taken_words(struct cli *cli, const struct hits *hits)
{
	for (size_t i = 0; i < hits->words.n; i++) {
		const struct lexical_word *w = &hits->words.items[i];
		if (w->taken_for) /* letters alone, both */
			cli_note(cli, "akin: no '%s' here; searched for '%s' as well", w->text, w->taken_for);
	}
}

static void print_for_people(struct cli *cli, const struct results *r, const struct hits *hits)
{
	if (r->explain)
		explain_words(cli, hits);
	else
		say_taken_words(cli, hits);
	char *cwd = getcwd(NULL, 0);
	struct buf out = buf_new((size_t)1 << 30);
	for (size_t i = 0; i < hits->n; i++) {
		buf_clear(&out);
		buf_add_str(&out, i ? "\n" : "");
		struct shown shown = { .hit = &hits->items[i], .full = r->full, .decimals = r->decimals };
		show_hit(&cli->out, &out, &shown, cwd ? cwd : "/");
		if (r->explain)
			explain_hit(&out, hits, &hits->items[i]);
		fwrite(buf_span(&out).p, 1, out.len, stdout);
	}
	buf_free(&out);
	free(cwd);
}

void results_print(struct cli *cli, const struct results *r, const struct hits *hits)
{
	if (r->json) {
		print_json(stdout, present_hits(hits, r->question, r->mode, r->model, r->full), false);
		return;
	}
	if (!r->jsonl) {
		print_for_people(cli, r, hits);
		return;
	}
	for (size_t i = 0; i < hits->n; i++)
		print_json(stdout, present_hit(&hits->items[i], r->full), true);
}
