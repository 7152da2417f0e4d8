#include <stdio.h>
#include <stdlib.h>

#include "ask/cite.h"
#include "ask/claims.h"
#include "ask/judge.h"
#include "base/mem.h"

struct cite_stream {
	struct judge *judge;
	struct claims *claims;
	cite_show *show;
	void *ctx;
};

static void on_text(void *ctx, struct span text)
{
	struct cite_stream *s = ctx;
	s->show(s->ctx, text);
}

/* [2], or [1, 2]. */
static void on_citation(void *ctx, const size_t *numbers, size_t n)
{
	struct cite_stream *s = ctx;
	char text[32];
	for (size_t i = 0; i < n; i++) {
		int len = snprintf(text, sizeof text, "%s%zu%s", i ? ", " : "[", numbers[i], i + 1 == n ? "]" : "");
		s->show(s->ctx, (struct span){ text, (size_t)len });
	}
}

static void on_claim(void *ctx, const struct claim *claim)
{
	struct cite_stream *s = ctx;
	struct cite_claim judged;
	bool is_claim = judge_claim(s->judge, claim, &judged);
	free(judged.quotes);
	if (is_claim && judged.verdict != CITE_SUPPORTED)
		s->show(s->ctx, span_of(" " CITE_MARK));
}

struct cite_stream *cite_stream_new(struct span question, const struct sources *sources,
                                    cite_show *show, void *ctx)
{
	static const struct claims_visit visit = { on_text, on_citation, on_claim };
	struct cite_stream *s = mem_zalloc(1, sizeof *s);
	s->judge = judge_new(question, sources);
	s->claims = claims_new(&visit, s);
	s->show = show;
	s->ctx = ctx;
	return s;
}

void cite_stream_add(struct cite_stream *s, struct span text)
{
	claims_add(s->claims, text);
}

void cite_stream_end(struct cite_stream *s)
{
	claims_end(s->claims);
}

void cite_stream_free(struct cite_stream *s)
{
	if (!s)
		return;
	claims_free(s->claims);
	judge_free(s->judge);
	free(s);
}
