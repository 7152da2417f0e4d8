#include "ask/cite.h"

#include <stdlib.h>
#include <string.h>

#include "ask/claims.h"
#include "ask/judge.h"
#include "base/mem.h"

const char *cite_verdict_text(enum cite_verdict verdict)
{
	switch (verdict) {
	case CITE_SUPPORTED:
		return "its quotes stand in the sources it cites";
	case CITE_NONE:
		return "it cites no source";
	case CITE_NO_QUOTE:
		return "it quotes nothing of the source it cites";
	case CITE_NO_SOURCE:
		return "it cites a source that there is not";
	case CITE_NOT_THERE:
		return "its quote does not stand in the source it cites";
	case CITE_NUMBER:
		return "it states a number that its quotes do not have";
	case CITE_TOO_SHORT:
		return "its quote is too short to support it";
	case CITE_NEGATION:
		return "its quote says the opposite";
	case CITE_NAME:
		return "it names another than its quote does";
	}
	return "";
}

/* ---- a whole answer ---- */

struct checking {
	struct judge *judge;
	const struct sources *sources;
	struct cite_check *check;
	size_t cap;
};

static void pass_over_text(void *ctx, struct span text)
{
	(void)ctx;
	(void)text;
}

static void on_citation(void *ctx, const size_t *numbers, size_t n)
{
	struct checking *c = ctx;
	for (size_t i = 0; i < n; i++)
		if (numbers[i] > 0 && numbers[i] <= c->sources->n)
			c->check->cited[numbers[i] - 1] = true;
}

static void on_claim(void *ctx, const struct claim *claim)
{
	struct checking *c = ctx;
	struct cite_claim judged;
	if (!judge_claim(c->judge, claim, &judged))
		return;
	c->check->claims = mem_grow(c->check->claims, &c->cap, c->check->n + 1, sizeof judged);
	c->check->claims[c->check->n++] = judged;
	c->check->n_supported += judged.verdict == CITE_SUPPORTED;
}

void cite_check(struct span answer, struct span question, const struct sources *sources,
                struct cite_check *check)
{
	static const struct claims_visit visit = { pass_over_text, on_citation, on_claim };
	struct checking c = { .judge = judge_new(question, sources), .sources = sources, .check = check };
	*check = (struct cite_check){ .cited = mem_zalloc(sources->n + 1, sizeof *check->cited) };
	struct claims *claims = claims_new(&visit, &c);
	claims_add(claims, answer);
	claims_end(claims);
	claims_free(claims);
	judge_free(c.judge);
}

void cite_check_free(struct cite_check *check)
{
	for (size_t i = 0; i < check->n; i++)
		free(check->claims[i].quotes);
	free(check->claims);
	free(check->cited);
	*check = (struct cite_check){ 0 };
}
