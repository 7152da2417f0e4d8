#include "models/local/tokenizer/viterbi.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "models/local/tokenizer/tokenizer_file.h"

/* A link says how the best path arrives at a byte: the piece's id in the upper
 * 24 bits and its length in the lower 8; 0 where no path arrives. */
#define LINK_UNKNOWN 0xFFFFFFu
#define RING (TOKENIZER_MAX_PIECE + 1)

_Static_assert(TOKENIZER_MAX_PIECE <= 0xFF, "a length has 8 bits");
_Static_assert(TOKENIZER_MAX_VOCAB < LINK_UNKNOWN, "an id has 24 bits");
_Static_assert((RING & (RING - 1)) == 0, "the ring is masked");

void viterbi_free(struct viterbi *v)
{
	free(v->links);
	*v = (struct viterbi){ 0 };
}

/* No piece is longer than the ring, so only the last RING scores are kept. */
struct forward {
	uint32_t *links;
	double scores[RING];
};

static inline void arrive(struct forward *f, size_t at, double score, uint32_t id, size_t len)
{
	if (f->links[at] == 0 || score > f->scores[at % RING]) {
		f->links[at] = id << 8 | (uint32_t)len;
		f->scores[at % RING] = score;
	}
}

/* The length by the first byte; the map may hold what is no UTF-8. */
static inline size_t character_len(struct span word, size_t at)
{
	unsigned char c = (unsigned char)word.p[at];
	size_t len = c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
	return len <= word.len - at ? len : word.len - at;
}

static inline void extend(struct forward *f, const struct unigram *u, struct span word, size_t at)
{
	double here = at ? f->scores[at % RING] : 0;
	size_t character = character_len(word, at), end = word.len - at;
	if (end > TOKENIZER_MAX_PIECE)
		end = TOKENIZER_MAX_PIECE;
	bool whole = false; /* a piece covers the one character */
	uint32_t node = 0, id;
	for (size_t len = 1; len <= end; len++) {
		if (!double_array_step(&u->trie, &node, (unsigned char)word.p[at + len - 1]))
			break;
		if (!double_array_value(&u->trie, node, &id) || id >= u->vocab_size)
			continue;
		arrive(f, at + len, u->scores[id] + here, id, len);
		whole |= len == character;
	}
	if (!whole)
		arrive(f, at + character, u->unk_score + here, LINK_UNKNOWN, character);
}

/* Follows the links from the end, which writes them in reverse at the end of
 * the same array: a link is at least one byte long, so none is overwritten
 * before it was read. Returns where they start. */
static size_t reverse(uint32_t *links, size_t len)
{
	size_t to = len + 1;
	for (size_t at = len; at > 0;) {
		uint32_t link = links[at];
		links[--to] = link;
		at -= link & 0xFF;
	}
	return to;
}

void viterbi_word(struct viterbi *v, const struct unigram *u, struct span word,
                  struct id_sink *sink)
{
	if (word.len + 1 > v->cap)
		v->links = mem_grow(v->links, &v->cap, word.len + 1, sizeof *v->links);
	struct forward f;
	f.links = v->links;
	memset(v->links, 0, (word.len + 1) * sizeof *v->links);
	for (size_t at = 0; at < word.len; at += character_len(word, at))
		extend(&f, u, word, at);
	bool unknown = false;
	for (size_t i = reverse(v->links, word.len); i <= word.len; i++) {
		uint32_t id = v->links[i] >> 8;
		if (id != LINK_UNKNOWN)
			id_sink_add(sink, id);
		else if (!unknown)
			id_sink_add(sink, u->unk_id);
		unknown = id == LINK_UNKNOWN;
	}
}
