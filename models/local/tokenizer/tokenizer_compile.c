#define _POSIX_C_SOURCE 200809L
#include "models/local/tokenizer/tokenizer_compile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "models/local/tokenizer/charsmap.h"
#include "models/local/tokenizer/double_array.h"
#include "models/local/tokenizer/tokenizer_json.h"

#define MAX_COMPILED (256u << 20)

static int compare_keys(const void *a, const void *b)
{
	const struct double_array_key *x = a, *y = b;
	size_t n = x->key.len < y->key.len ? x->key.len : y->key.len;
	int c = memcmp(x->key.p, y->key.p, n);
	if (c == 0)
		c = (x->key.len > y->key.len) - (x->key.len < y->key.len);
	/* of equal pieces the last wins, as in a map that is filled in order */
	return c ? c : (x->value < y->value) - (x->value > y->value);
}

static size_t drop_doubles(struct double_array_key *keys, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || !span_equal(keys[i].key, keys[kept - 1].key))
			keys[kept++] = keys[i];
	return kept;
}

static int build_trie(const struct tokenizer_json *j, uint32_t **units, uint32_t *n_units,
                      struct err *err)
{
	struct double_array_key *keys = mem_alloc(j->n_pieces, sizeof *keys);
	size_t n = 0;
	for (size_t i = 0; i < j->n_pieces; i++) {
		struct span key = span_of(j->pieces[i].text);
		if (key.len == 0 || j->pieces[i].special)
			continue;
		if (key.len > TOKENIZER_MAX_PIECE || !utf8_is_valid(key.p, key.len)) {
			free(keys);
			return err_set(err, ERR_INPUT,
			               "piece '%.40s' of tokenizer.json is too long or no UTF-8", key.p);
		}
		keys[n++] = (struct double_array_key){ key, j->pieces[i].id };
	}
	qsort(keys, n, sizeof *keys, compare_keys);
	n = drop_doubles(keys, n);
	int rc = double_array_build(keys, n, units, n_units, err);
	free(keys);
	return rc;
}

static uint32_t find_node(const struct double_array *trie, const char *prefix)
{
	uint32_t node = 0;
	for (; *prefix; prefix++)
		if (!double_array_step(trie, &node, (unsigned char)*prefix))
			return TOKENIZER_NO_NODE;
	return node;
}

/* The map as it is in the JSON: the size of its trie in bytes (little-endian),
 * the trie, the pool. */
static int split_charsmap(struct span map, struct span *trie, struct span *pool, struct err *err)
{
	*trie = *pool = (struct span){ "", 0 };
	if (map.len == 0)
		return 0;
	uint32_t size = 0;
	if (map.len >= 4)
		memcpy(&size, map.p, 4);
	if (size == 0 || size % 4 != 0 || size > map.len - 4)
		return err_set(err, ERR_INPUT, "the precompiled_charsmap of tokenizer.json is damaged");
	*trie = (struct span){ map.p + 4, size };
	*pool = (struct span){ map.p + 4 + size, map.len - 4 - size };
	if (!utf8_is_valid(pool->p, pool->len))
		return err_set(err, ERR_INPUT, "the precompiled_charsmap of tokenizer.json is no UTF-8");
	return 0;
}

static void find_plain_ascii(struct span trie, struct span pool, unsigned char plain[128])
{
	uint32_t *units = mem_alloc(trie.len / 4, sizeof *units);
	memcpy(units, trie.p, trie.len);
	struct charsmap map = { units, pool.p, (uint32_t)(trie.len / 4), (uint32_t)pool.len };
	for (int c = 0; c < 128; c++) {
		char byte = (char)c;
		struct span replacement;
		plain[c] = !charsmap_find(&map, (struct span){ &byte, 1 }, &replacement);
	}
	free(units);
}

/* The header and the tables, with their offsets and hashes filled in. */
static int assemble(struct tokenizer_header *h, const struct span tables[TABLES], struct buf *out,
                    struct err *err)
{
	static const char zeros[8];
	memcpy(h->magic, TOKENIZER_MAGIC, sizeof h->magic);
	h->version = TOKENIZER_VERSION;
	h->header_size = sizeof *h;
	buf_add(out, h, sizeof *h);
	for (size_t i = 0; i < TABLES; i++) {
		h->tables[i].offset = out->len;
		h->tables[i].size = tables[i].len;
		buf_add_span(out, tables[i]);
		buf_add(out, zeros, (8 - out->len % 8) % 8);
	}
	if (out->overflow)
		return err_set(err, ERR_LIMIT, "the compiled tokeniser would be larger than %u MB",
		               MAX_COMPILED >> 20);
	h->file_size = out->len;
	h->tables_hash = hash_bytes(out->p + sizeof *h, out->len - sizeof *h);
	h->header_hash = hash_bytes(h, offsetof(struct tokenizer_header, header_hash));
	memcpy(out->p, h, sizeof *h);
	return 0;
}

static int compile(struct tokenizer_json *j, struct buf *out, struct err *err)
{
	struct span tables[TABLES];
	if (split_charsmap(buf_span(&j->charsmap), &tables[TABLE_MAP_UNITS], &tables[TABLE_MAP_POOL],
	                   err) < 0)
		return -1;
	find_plain_ascii(tables[TABLE_MAP_UNITS], tables[TABLE_MAP_POOL], j->header.plain_ascii);
	uint32_t *units = NULL, n_units = 0;
	if (build_trie(j, &units, &n_units, err) < 0)
		return -1;
	if (j->header.kind == TOKENIZER_WORDPIECE)
		j->header.continuation_node =
			find_node(&(struct double_array){ units, n_units }, j->continuation);
	tables[TABLE_TRIE] = (struct span){ (const char *)units, n_units * sizeof *units };
	tables[TABLE_SCORES] = (struct span){ (const char *)j->scores,
		j->scores ? j->header.vocab_size * sizeof *j->scores : 0 };
	int rc = assemble(&j->header, tables, out, err);
	free(units);
	return rc;
}

int tokenizer_compile_bytes(struct span json, struct buf *out, struct err *err)
{
	cJSON *tree = json_parse(json, "tokenizer.json", err);
	if (!tree)
		return -1;
	struct tokenizer_json j;
	int rc = tokenizer_json_read(tree, &j, err);
	if (rc == 0)
		rc = compile(&j, out, err);
	tokenizer_json_release(&j);
	cJSON_Delete(tree);
	return rc;
}

/* Beside the place first, then renamed: no half file is ever at out_path. */
static int write_file(const char *path, struct span bytes, struct err *err)
{
	struct buf name = buf_new(strlen(path) + 32);
	buf_printf(&name, "%s.%ld.tmp", path, (long)getpid());
	FILE *f = fopen(name.p, "wb");
	bool ok = f && fwrite(bytes.p, 1, bytes.len, f) == bytes.len;
	if (f && fclose(f) != 0)
		ok = false;
	if (!ok || rename(name.p, path) != 0) {
		err_set(err, ERR_IO, "cannot write '%s': %s", path, strerror(errno));
		remove(name.p);
		ok = false;
	}
	buf_free(&name);
	return ok ? 0 : -1;
}

int tokenizer_compile(struct span tokenizer_json, const char *out_path, struct err *err)
{
	struct buf bytes = buf_new(MAX_COMPILED);
	int rc = tokenizer_compile_bytes(tokenizer_json, &bytes, err);
	if (rc == 0)
		rc = write_file(out_path, buf_span(&bytes), err);
	buf_free(&bytes);
	return rc;
}
