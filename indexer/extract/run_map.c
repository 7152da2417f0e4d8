#include "indexer/extract/run_map.h"

#include <stdlib.h>

#include "base/mem.h"

/* Units of re-encoded text join up to this many source bytes. */
#define UNIT_MAX 16
/* Beyond the first runs, at most one for so many source bytes. */
#define FREE_RUNS 4096
#define BYTES_PER_RUN 8

void run_map_free(struct run_map *m)
{
	free(m->items);
	*m = (struct run_map){ 0 };
}

static bool joins(const struct run_map *m, const struct source_run *last, size_t text_len,
                  size_t source_start, size_t source_len)
{
	if (last->source_start + last->source_len != source_start)
		return false;
	bool last_same = last->text_len == last->source_len;
	bool same = text_len == source_len;
	if (last_same && same)
		return true;
	size_t source_total = last->source_len + source_len;
	if (last->text_len + text_len == source_total)
		return false; /* would look like bytes that correspond one to one */
	if (m->n > FREE_RUNS + source_start / BYTES_PER_RUN)
		return true;
	return !m->cut && !last_same && !same && source_total <= UNIT_MAX;
}

void run_map_add(struct run_map *m, size_t text_len, size_t source_start, size_t source_len)
{
	if (text_len == 0)
		return;
	size_t text_start = 0;
	if (m->n > 0) {
		struct source_run *last = &m->items[m->n - 1];
		text_start = last->text_start + last->text_len;
		if (joins(m, last, text_len, source_start, source_len)) {
			last->text_len += (uint32_t)text_len;
			last->source_len += (uint32_t)source_len;
			m->cut = false;
			return;
		}
	}
	m->items = mem_grow(m->items, &m->cap, m->n + 1, sizeof *m->items);
	m->items[m->n++] = (struct source_run){
		(uint32_t)text_start, (uint32_t)text_len, (uint32_t)source_start, (uint32_t)source_len,
	};
	m->cut = false;
}

/* The last run that starts at or before `at`; n > 0 and runs[0] starts at 0. */
static const struct source_run *run_at(const struct source_run *runs, size_t n, size_t at)
{
	size_t low = 0, high = n;
	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;
		if (runs[mid].text_start <= at)
			low = mid;
		else
			high = mid;
	}
	return &runs[low];
}

static size_t run_source_start(const struct source_run *run, size_t at)
{
	size_t into = at - run->text_start;
	if (run->text_len != run->source_len)
		return into < run->text_len ? run->source_start : run->source_start + run->source_len;
	return run->source_start + (into < run->text_len ? into : run->text_len);
}

void run_map_range(const struct source_run *runs, size_t n, size_t start, size_t end,
                   size_t *source_start, size_t *source_end)
{
	if (n == 0) {
		*source_start = start;
		*source_end = end;
		return;
	}
	*source_start = run_source_start(run_at(runs, n, start), start);
	*source_end = *source_start;
	if (end <= start)
		return;
	const struct source_run *last = run_at(runs, n, end - 1);
	size_t into = end - last->text_start;
	if (last->text_len != last->source_len || into > last->text_len)
		into = last->source_len;
	*source_end = last->source_start + into;
}

/* Cuts an identity run of the outer map where the inner runs end. */
static void compose_same(const struct source_run *run, const struct source_run *inner,
                         size_t n_inner, struct run_map *out)
{
	size_t at = run->source_start, end = at + run->source_len;
	const struct source_run *in = run_at(inner, n_inner, at), *last = inner + n_inner - 1;
	while (at < end) {
		size_t in_end = in->text_start + in->text_len;
		size_t stop = in_end < end && in < last ? in_end : end;
		size_t from, to;
		run_map_range(in, 1, at, stop, &from, &to);
		run_map_add(out, stop - at, from, to - from);
		at = stop;
		in++;
	}
}

void run_map_compose(const struct run_map *outer, const struct source_run *inner, size_t n_inner,
                     struct run_map *out)
{
	for (size_t i = 0; i < outer->n; i++) {
		const struct source_run *run = &outer->items[i];
		if (n_inner > 0 && run->text_len == run->source_len) {
			compose_same(run, inner, n_inner, out);
			continue;
		}
		size_t from, to;
		run_map_range(inner, n_inner, run->source_start, run->source_start + run->source_len,
		              &from, &to);
		run_map_add(out, run->text_len, from, to - from);
	}
}
