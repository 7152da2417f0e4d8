#include "models/local/tokenizer/double_array.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define MAX_UNITS (1u << 23)
#define BLOCK 256u
/* Free units further back than this are given up: they are few, and looking
 * at them for every node would make the build quadratic. */
#define OPEN_BLOCKS 16u

/* Of each unit while building: whether something stands there, whether it is
 * somebody's base, and its neighbours in the ring of free units. */
struct slot {
	uint32_t next, prev;
	bool used, is_base;
};

struct builder {
	const struct double_array_key *keys;
	uint32_t *units;
	struct slot *slots;
	uint32_t n;
	uint32_t first_free; /* n: none */
	size_t units_cap, slots_cap;
};

static void unlink_slot(struct builder *b, uint32_t at)
{
	struct slot *s = &b->slots[at];
	b->slots[s->prev].next = s->next;
	b->slots[s->next].prev = s->prev;
	if (b->first_free == at)
		b->first_free = s->next == at ? b->n : s->next;
	s->used = true;
}

static void close_block(struct builder *b, uint32_t start)
{
	for (uint32_t i = start; i < start + BLOCK; i++)
		if (!b->slots[i].used)
			unlink_slot(b, i);
}

static int add_block(struct builder *b, struct err *err)
{
	if (b->n + BLOCK > MAX_UNITS)
		return err_set(err, ERR_LIMIT, "the vocabulary is too large for its table");
	if (b->n >= OPEN_BLOCKS * BLOCK)
		close_block(b, b->n - OPEN_BLOCKS * BLOCK);
	uint32_t old = b->n;
	bool none = b->first_free == old;
	b->n += BLOCK;
	b->units = mem_grow(b->units, &b->units_cap, b->n, sizeof *b->units);
	b->slots = mem_grow(b->slots, &b->slots_cap, b->n, sizeof *b->slots);
	for (uint32_t i = old; i < b->n; i++) {
		b->units[i] = 0;
		b->slots[i] = (struct slot){ .next = i + 1, .prev = i - 1 };
	}
	uint32_t first = none ? old : b->first_free;
	uint32_t last = none ? b->n - 1 : b->slots[first].prev;
	b->slots[old].prev = last;
	b->slots[last].next = old;
	b->slots[b->n - 1].next = first;
	b->slots[first].prev = b->n - 1;
	b->first_free = first;
	return 0;
}

static bool fits(const struct builder *b, uint32_t base, const unsigned char *labels, size_t n)
{
	if (base == 0 || b->slots[base].is_base)
		return false;
	for (size_t i = 0; i < n; i++)
		if (b->slots[base ^ labels[i]].used)
			return false;
	return true;
}

/* A base whose places for all labels are free. */
static int find_base(struct builder *b, const unsigned char *labels, size_t n, uint32_t *base,
                     struct err *err)
{
	uint32_t at = b->first_free;
	if (at != b->n) {
		do {
			if (fits(b, at ^ labels[0], labels, n)) {
				*base = at ^ labels[0];
				return 0;
			}
			at = b->slots[at].next;
		} while (at != b->first_free);
	}
	*base = b->n;
	return add_block(b, err);
}

struct range {
	size_t first, last, depth; /* keys[first, last) share depth bytes */
	uint32_t node;
};

static int byte_at(const struct builder *b, size_t key, size_t depth)
{
	struct span s = b->keys[key].key;
	return depth < s.len ? (unsigned char)s.p[depth] : 0;
}

/* Places the children of one node and writes their ranges to out[256]. */
static int place(struct builder *b, struct range r, struct range *out, size_t *n_out,
                 struct err *err)
{
	unsigned char labels[256];
	size_t starts[257], n = 0;
	for (size_t k = r.first; k < r.last; k++) {
		int c = byte_at(b, k, r.depth);
		if (n == 0 || labels[n - 1] != c) {
			labels[n] = (unsigned char)c;
			starts[n++] = k;
		}
	}
	starts[n] = r.last;
	uint32_t base;
	if (find_base(b, labels, n, &base, err) < 0)
		return -1;
	b->slots[base].is_base = true;
	b->units[r.node] |= base << 9 | (labels[0] == 0 ? 0x100u : 0);
	*n_out = 0;
	for (size_t i = 0; i < n; i++) {
		uint32_t at = base ^ labels[i];
		unlink_slot(b, at);
		b->units[at] = labels[i] ? labels[i] : b->keys[starts[i]].value << 9;
		if (labels[i])
			out[(*n_out)++] = (struct range){ starts[i], starts[i + 1], r.depth + 1, at };
	}
	return 0;
}

static int place_all(struct builder *b, size_t n_keys, struct err *err)
{
	size_t cap = 0, n = 0;
	struct range *stack = mem_grow(NULL, &cap, 512, sizeof *stack);
	stack[n++] = (struct range){ 0, n_keys, 0, 0 };
	int rc = 0;
	while (n > 0 && rc == 0) {
		stack = mem_grow(stack, &cap, n + 256, sizeof *stack);
		struct range r = stack[--n];
		size_t added = 0;
		rc = place(b, r, stack + n, &added, err);
		n += added;
	}
	free(stack);
	return rc;
}

int double_array_build(const struct double_array_key *keys, size_t n, uint32_t **units,
                       uint32_t *n_units, struct err *err)
{
	struct builder b = { .keys = keys };
	*units = NULL;
	int rc = add_block(&b, err);
	unlink_slot(&b, 0); /* the root */
	if (rc == 0 && n > 0)
		rc = place_all(&b, n, err);
	free(b.slots);
	if (rc < 0) {
		free(b.units);
		return -1;
	}
	*units = mem_realloc(b.units, b.n, sizeof **units);
	*n_units = b.n;
	return 0;
}
