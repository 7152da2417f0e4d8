#include "indexer/chunk/chunk_divide.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

/* From this many parts on, the even length does not depend on the whole: an edit
 * then moves the cuts near it, and the rest need not be embedded again. */
#define MANY_PARTS 12
#define MANY_PARTS_FILL 0.92 /* of the target; leaves room to even out the rest */

/* Tokens of text in a part if all parts were alike. */
static double even_tokens(const struct atom *atoms, size_t n, const struct divide_limits *limits)
{
	double total = 0, lead = 0;
	for (size_t i = 0; i < n; i++) {
		total += atoms[i].tokens;
		lead += (double)atoms[i].lead * atoms[i].tokens;
	}
	if (total + atoms[0].lead <= (double)limits->whole_tokens)
		return total;
	double room = (double)limits->target_tokens - lead / total;
	if (room < 1)
		room = 1;
	double parts = ceil(total / room);
	if (parts >= MANY_PARTS)
		return room * MANY_PARTS_FILL;
	return total / (parts > 1 ? parts : 1);
}

/* best[i] is the least cost of atoms[0, i), from[i] where its last part starts. */
struct division {
	double *best;
	size_t *from;
};

static void best_part_before(const struct atom *atoms, size_t end, double even, size_t max_tokens,
                             struct division *d)
{
	size_t tokens = 0;
	for (size_t start = end; start-- > 0;) {
		const struct atom *first = &atoms[start];
		tokens += first->tokens;
		bool single = start + 1 == end;
		if (tokens > max_tokens && !single)
			break;
		if (tokens + first->lead > max_tokens && !single)
			continue;
		double deviation = ((double)tokens - even) / even;
		double cost = d->best[start] + deviation * deviation + (start ? first->cut : 0);
		if (single || cost < d->best[end]) {
			d->best[end] = cost;
			d->from[end] = start;
		}
	}
}

size_t divide_evenly(const struct atom *atoms, size_t n, const struct divide_limits *limits,
                     size_t **ends)
{
	*ends = NULL;
	if (n == 0)
		return 0;
	double even = even_tokens(atoms, n, limits);
	struct division d = { mem_alloc(n + 1, sizeof *d.best), mem_alloc(n + 1, sizeof *d.from) };
	d.best[0] = 0;
	for (size_t end = 1; end <= n; end++)
		best_part_before(atoms, end, even, limits->max_tokens, &d);
	size_t parts = 0;
	for (size_t end = n; end > 0; end = d.from[end])
		parts++;
	*ends = mem_alloc(parts, sizeof **ends);
	size_t at = parts;
	for (size_t end = n; end > 0; end = d.from[end])
		(*ends)[--at] = end;
	free(d.best);
	free(d.from);
	return parts;
}
