#include "models/remote/token_ratio.h"

/* A first reply of few words is no measure yet: so many tokens at a ratio of 1 stand
 * beside it. What is older than about MEMORY tokens weighs half, since folders
 * change their language on the way. */
static const double prior = 500, memory = 500000, widest = 8;

void token_ratio_add(struct token_ratio *r, uint64_t estimated, uint64_t told)
{
	if (estimated == 0 || told == 0)
		return;
	double most = (double)estimated * widest * widest; /* a number that is no count */
	r->estimated += (double)estimated;
	r->told += (double)told < most ? (double)told : most;
	if (r->estimated > memory) {
		r->estimated /= 2;
		r->told /= 2;
	}
}

double token_ratio(const struct token_ratio *r)
{
	double ratio = (r->told + prior) / (r->estimated + prior);
	return ratio > widest ? widest : ratio < 1 / widest ? 1 / widest : ratio;
}
