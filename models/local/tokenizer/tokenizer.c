#include "models/local/tokenizer/tokenizer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "models/local/tokenizer/tokenizer_file.h"
#include "models/local/tokenizer/unigram.h"
#include "models/local/tokenizer/wordpiece.h"

struct tokenizer {
	struct file_map map;
	struct tokenizer_header header;
	struct tokenizer_specials specials;
	struct unigram unigram;
	struct wordpiece wordpiece;
};

static uint64_t padded(uint64_t n)
{
	return (n + 7) / 8 * 8;
}

/* The tables follow the header and each other without gaps, and end the file. */
static bool tables_fit(const struct tokenizer_header *h)
{
	uint64_t at = h->header_size;
	for (size_t i = 0; i < TABLES; i++) {
		if (h->tables[i].offset != at || h->tables[i].size > h->file_size - at)
			return false;
		at += padded(h->tables[i].size);
		if (at > h->file_size)
			return false;
	}
	return at == h->file_size;
}

static bool numbers_agree(const struct tokenizer_header *h)
{
	uint64_t units = h->tables[TABLE_TRIE].size / 4;
	if (units == 0 || units > (1u << 23) || h->tables[TABLE_MAP_UNITS].size > (1u << 30) ||
	    h->tables[TABLE_MAP_POOL].size > (1u << 30))
		return false;
	if (h->vocab_size == 0 || h->vocab_size > TOKENIZER_MAX_VOCAB || h->unk_id >= h->vocab_size)
		return false;
	if (h->specials.n_before > 4 || h->specials.n_after > 4)
		return false;
	for (size_t i = 0; i < 4; i++)
		if (h->specials.before[i] >= h->vocab_size || h->specials.after[i] >= h->vocab_size)
			return false;
	if (h->kind == TOKENIZER_UNIGRAM)
		return h->tables[TABLE_SCORES].size == (uint64_t)h->vocab_size * sizeof(double);
	return h->kind == TOKENIZER_WORDPIECE && h->tables[TABLE_SCORES].size == 0 &&
	       (h->continuation_node < units || h->continuation_node == TOKENIZER_NO_NODE);
}

static int check_header(const struct tokenizer_header *h, size_t len, const char *path,
                        struct err *err)
{
	if (memcmp(h->magic, TOKENIZER_MAGIC, sizeof h->magic) != 0)
		return err_set(err, ERR_MODEL, "'%s' is no compiled tokeniser", path);
	if (h->version != TOKENIZER_VERSION)
		return err_set(err, ERR_MODEL,
		               "'%s' is a compiled tokeniser of version %u, not %u; compile it again",
		               path, (unsigned)h->version, TOKENIZER_VERSION);
	struct hash hash = hash_bytes(h, offsetof(struct tokenizer_header, header_hash));
	if (hash_compare(&hash, &h->header_hash) != 0 || h->header_size != sizeof *h)
		return err_set(err, ERR_MODEL, "'%s' is damaged: its header was altered", path);
	if (h->file_size != len)
		return err_set(err, ERR_MODEL, "'%s' is damaged: %zu bytes, not %llu", path, len,
		               (unsigned long long)h->file_size);
	if (!tables_fit(h) || !numbers_agree(h))
		return err_set(err, ERR_MODEL, "'%s' is damaged: its tables do not fit together", path);
	return 0;
}

static void bind(struct tokenizer *t)
{
	const struct tokenizer_header *h = &t->header;
	const unsigned char *p = t->map.p;
	const uint32_t *units = (const void *)(p + h->tables[TABLE_TRIE].offset);
	struct double_array trie = { units, (uint32_t)(h->tables[TABLE_TRIE].size / 4) };
	t->unigram = (struct unigram){
		.trie = trie,
		.scores = (const void *)(p + h->tables[TABLE_SCORES].offset),
		.map = { (const void *)(p + h->tables[TABLE_MAP_UNITS].offset),
		         (const char *)p + h->tables[TABLE_MAP_POOL].offset,
		         (uint32_t)(h->tables[TABLE_MAP_UNITS].size / 4),
		         (uint32_t)h->tables[TABLE_MAP_POOL].size },
		.plain_ascii = h->plain_ascii,
		.vocab_size = h->vocab_size, .unk_id = h->unk_id,
		.flags = h->flags, .unk_score = h->unk_score,
	};
	t->wordpiece = (struct wordpiece){
		.trie = trie, .vocab_size = h->vocab_size, .unk_id = h->unk_id, .flags = h->flags,
		.max_word_chars = h->max_word_chars, .continuation_node = h->continuation_node,
	};
	t->specials.n_before = h->specials.n_before;
	t->specials.n_after = h->specials.n_after;
	memcpy(t->specials.before, h->specials.before, sizeof t->specials.before);
	memcpy(t->specials.after, h->specials.after, sizeof t->specials.after);
}

struct tokenizer *tokenizer_open(const char *path, struct err *err)
{
	struct tokenizer *t = mem_zalloc(1, sizeof *t);
	if (file_map(&t->map, path, err) < 0)
		goto fail;
	if (t->map.len < sizeof t->header) {
		err_set(err, ERR_MODEL, "'%s' is no compiled tokeniser: too short", path);
		goto fail;
	}
	memcpy(&t->header, t->map.p, sizeof t->header);
	if (check_header(&t->header, t->map.len, path, err) < 0)
		goto fail;
	bind(t);
	return t;
fail:
	tokenizer_close(t);
	return NULL;
}

void tokenizer_close(struct tokenizer *t)
{
	if (!t)
		return;
	file_unmap(&t->map);
	free(t);
}

int tokenizer_check(const struct tokenizer *t, struct err *err)
{
	struct hash hash = hash_bytes(t->map.p + sizeof t->header, t->map.len - sizeof t->header);
	if (hash_compare(&hash, &t->header.tables_hash) != 0)
		return err_set(err, ERR_MODEL,
		               "the compiled tokeniser is damaged: its tables were altered");
	return 0;
}

size_t tokenizer_encode(const struct tokenizer *t, struct span text, uint32_t *ids, size_t max)
{
	struct id_sink sink = { .ids = ids, .max = max };
	if (t->header.kind == TOKENIZER_UNIGRAM)
		unigram_encode(&t->unigram, text, &sink);
	else
		wordpiece_encode(&t->wordpiece, text, &sink);
	return sink.n;
}

size_t tokenizer_count(const struct tokenizer *t, struct span text, size_t *n_unknown)
{
	size_t n = tokenizer_encode(t, text, NULL, 0);
	uint32_t *ids = mem_alloc(n, sizeof *ids);
	tokenizer_encode(t, text, ids, n);
	*n_unknown = 0;
	for (size_t i = 0; i < n; i++)
		*n_unknown += ids[i] == t->header.unk_id;
	free(ids);
	return n;
}

const struct tokenizer_specials *tokenizer_specials(const struct tokenizer *t)
{
	return &t->specials;
}

uint32_t tokenizer_vocab_size(const struct tokenizer *t)
{
	return t->header.vocab_size;
}

float tokenizer_information(const struct tokenizer *t, uint32_t id)
{
	/* without probabilities: as if all pieces were equally likely */
	if (t->header.kind != TOKENIZER_UNIGRAM || id >= t->header.vocab_size)
		return logf((float)t->header.vocab_size);
	if (id == t->header.unk_id)
		return (float)-t->header.unk_score;
	return (float)-t->unigram.scores[id];
}
