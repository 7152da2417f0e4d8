#include "models/local/tokenizer/unigram.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "models/local/tokenizer/tokenizer_file.h"
#include "models/local/tokenizer/unicode.h"
#include "models/local/tokenizer/viterbi.h"

/* Clusters of fewer bytes are looked up whole (the limit of `tokenizers`). */
#define WHOLE_CLUSTER_BYTES 6
#define METASPACE "\xE2\x96\x81" /* U+2581 stands for a space in the pieces */

/* Normalised text comes in character by character and leaves as words. */
struct divider {
	const struct unigram *u;
	struct id_sink *sink;
	struct viterbi viterbi;
	char *word;
	size_t len, cap;
	bool prefix_due;  /* the next character starts a text or part */
	bool after_space; /* the character before was U+0020 */
};

static void end_word(struct divider *d)
{
	if (d->len)
		viterbi_word(&d->viterbi, d->u, (struct span){ d->word, d->len }, d->sink);
	d->len = 0;
}

static inline void append(struct divider *d, const char *p, size_t len)
{
	if (d->len + len > d->cap)
		d->word = mem_grow(d->word, &d->cap, d->len + len, 1);
	memcpy(d->word + d->len, p, len);
	d->len += len;
}

static void take_metaspace(struct divider *d)
{
	if (d->u->flags & TOKENIZER_SPLIT_METASPACE)
		end_word(d);
	append(d, METASPACE, 3);
	d->prefix_due = false;
}

static void take_white_space(struct divider *d)
{
	end_word(d);
	d->prefix_due = d->u->flags & TOKENIZER_PREPEND;
}

static inline void take_letter(struct divider *d, const char *p, size_t len)
{
	if (d->prefix_due) {
		append(d, METASPACE, 3);
		d->prefix_due = false;
	}
	append(d, p, len);
	d->after_space = false;
}

static inline void take_character(struct divider *d, const char *p, size_t len, uint32_t code)
{
	if (code > ' ' && code < 0x80) {
		take_letter(d, p, len);
		return;
	}
	bool repeated = code == ' ' && d->after_space;
	d->after_space = code == ' ';
	if (repeated && d->u->flags & TOKENIZER_COLLAPSE_SPACES)
		return;
	if (d->u->flags & TOKENIZER_SPLIT_WHITESPACE &&
	    unicode_class(code)->pre_token == PRE_TOKEN_SPACE)
		take_white_space(d);
	else if (code == ' ' || code == 0x2581)
		take_metaspace(d);
	else
		take_letter(d, p, len);
}

static void take_text(struct divider *d, struct span text)
{
	for (size_t at = 0; at < text.len;) {
		uint32_t code;
		size_t len = utf8_decode(text.p + at, text.len - at, &code);
		take_character(d, text.p + at, len, code);
		at += len;
	}
}

/* A cluster's bytes with U+FFFD for what is no UTF-8; 0 when there are too
 * many for a cluster that is looked up whole. */
static size_t valid_cluster(struct span cluster, char out[WHOLE_CLUSTER_BYTES])
{
	size_t n = 0;
	for (size_t at = 0; at < cluster.len;) {
		uint32_t code;
		char bytes[4];
		at += utf8_decode(cluster.p + at, cluster.len - at, &code);
		size_t len = utf8_encode(code, bytes);
		if (n + len >= WHOLE_CLUSTER_BYTES)
			return 0;
		memcpy(out + n, bytes, len);
		n += len;
	}
	return n;
}

static void take_cluster(struct divider *d, struct span cluster)
{
	char bytes[WHOLE_CLUSTER_BYTES];
	struct span replacement;
	size_t n = cluster.len < WHOLE_CLUSTER_BYTES ? valid_cluster(cluster, bytes) : 0;
	if (n && charsmap_find(&d->u->map, (struct span){ bytes, n }, &replacement)) {
		take_text(d, replacement);
		return;
	}
	for (size_t at = 0; at < cluster.len;) {
		uint32_t code;
		at += utf8_decode(cluster.p + at, cluster.len - at, &code);
		n = utf8_encode(code, bytes);
		if (charsmap_find(&d->u->map, (struct span){ bytes, n }, &replacement))
			take_text(d, replacement);
		else
			take_character(d, bytes, n, code);
	}
}

/* True when the byte is a cluster of its own that the map does not change. */
static inline bool is_plain(const struct unigram *u, struct span text, size_t at)
{
	unsigned char c = (unsigned char)text.p[at];
	if (c >= 0x80 || !u->plain_ascii[c] || c == '\r')
		return false;
	return at + 1 == text.len || (unsigned char)text.p[at + 1] < 0x80;
}

void unigram_encode(const struct unigram *u, struct span text, struct id_sink *sink)
{
	struct divider d = { .u = u, .sink = sink, .prefix_due = u->flags & TOKENIZER_PREPEND };
	for (size_t at = 0; at < text.len;) {
		if (is_plain(u, text, at)) {
			take_character(&d, text.p + at, 1, (unsigned char)text.p[at]);
			at++;
			continue;
		}
		size_t len = unicode_grapheme_len(text.p + at, text.len - at);
		take_cluster(&d, (struct span){ text.p + at, len });
		at += len;
	}
	end_word(&d);
	viterbi_free(&d.viterbi);
	free(d.word);
}
