#include "models/local/tokenizer/tokenizer_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/local/tokenizer/base64.h"
#include "base/json.h"
#include "base/mem.h"

#define MAX_CHARSMAP (64u << 20)
#define MAX_SEQUENCE 8

static bool text_is(const cJSON *object, const char *name, const char *value)
{
	const char *s = json_string(object, name);
	return s && strcmp(s, value) == 0;
}

static int unsupported(struct err *err, const char *what, const cJSON *node)
{
	const char *type = json_string(node, "type");
	return err_set(err, ERR_INPUT, "tokenizer.json has a %s that is not supported: '%s'", what,
	               type ? type : "(none)");
}

/* The steps of a "Sequence", or the node itself; null is no step. -1: too many. */
static int steps_of(const cJSON *node, const char *list, const cJSON *steps[MAX_SEQUENCE])
{
	if (!node)
		return 0;
	if (!text_is(node, "type", "Sequence")) {
		steps[0] = node;
		return 1;
	}
	int n = 0;
	const cJSON *step;
	cJSON_ArrayForEach(step, json_get(node, list)) {
		if (n == MAX_SEQUENCE)
			return -1;
		steps[n++] = step;
	}
	return n;
}

static int read_charsmap(const cJSON *step, struct tokenizer_json *out, struct err *err)
{
	const char *text = json_string(step, "precompiled_charsmap");
	if (!text || out->charsmap.len)
		return err_set(err, ERR_INPUT, "tokenizer.json has no usable precompiled_charsmap");
	if (base64_decode(span_of(text), &out->charsmap) < 0)
		return err_set(err, ERR_INPUT, "the precompiled_charsmap of tokenizer.json is no base64");
	return 0;
}

/* {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "} */
static bool collapses_spaces(const cJSON *step)
{
	return text_is(step, "type", "Replace") && text_is(step, "content", " ") &&
	       text_is(json_get(step, "pattern"), "Regex", " {2,}");
}

static int read_unigram_normalizer(const cJSON *node, struct tokenizer_json *out, struct err *err)
{
	const cJSON *steps[MAX_SEQUENCE];
	int n = steps_of(node, "normalizers", steps);
	if (n < 0)
		return unsupported(err, "normalizer", node);
	for (int i = 0; i < n; i++) {
		if (text_is(steps[i], "type", "Precompiled") && i == 0) {
			if (read_charsmap(steps[i], out, err) < 0)
				return -1;
		} else if (collapses_spaces(steps[i])) {
			out->header.flags |= TOKENIZER_COLLAPSE_SPACES;
		} else {
			return unsupported(err, "normalizer", steps[i]);
		}
	}
	return 0;
}

/* Older files say add_prefix_space, newer ones prepend_scheme. */
static int read_metaspace(const cJSON *step, struct tokenizer_json *out, struct err *err)
{
	const char *mark = json_string(step, "replacement");
	const char *scheme = json_string(step, "prepend_scheme");
	if (!mark || strcmp(mark, "\xE2\x96\x81") != 0)
		return err_set(err, ERR_INPUT, "the Metaspace of tokenizer.json must replace by U+2581");
	if (!scheme)
		scheme = json_bool(step, "add_prefix_space", true) ? "always" : "never";
	bool first = strcmp(scheme, "first") == 0;
	if (first && out->header.flags & TOKENIZER_SPLIT_WHITESPACE)
		return err_set(err, ERR_INPUT, "tokenizer.json's prepend_scheme 'first' behind "
		               "WhitespaceSplit is not supported");
	if (first || strcmp(scheme, "always") == 0)
		out->header.flags |= TOKENIZER_PREPEND;
	else if (strcmp(scheme, "never") != 0)
		return err_set(err, ERR_INPUT, "tokenizer.json has an unknown prepend_scheme '%s'", scheme);
	if (json_bool(step, "split", true))
		out->header.flags |= TOKENIZER_SPLIT_METASPACE;
	return 0;
}

static int read_unigram_pre_tokenizer(const cJSON *node, struct tokenizer_json *out,
                                      struct err *err)
{
	const cJSON *steps[MAX_SEQUENCE];
	int n = steps_of(node, "pretokenizers", steps);
	if (n < 1)
		return unsupported(err, "pre_tokenizer", node);
	for (int i = 0; i < n; i++) {
		if (i < n - 1 && text_is(steps[i], "type", "WhitespaceSplit")) {
			out->header.flags |= TOKENIZER_SPLIT_WHITESPACE;
		} else if (text_is(steps[i], "type", "Metaspace") && i == n - 1) {
			if (read_metaspace(steps[i], out, err) < 0)
				return -1;
		} else {
			return unsupported(err, "pre_tokenizer", steps[i]);
		}
	}
	return 0;
}

static int read_bert_steps(const cJSON *tree, struct tokenizer_json *out, struct err *err)
{
	const cJSON *n = json_get(tree, "normalizer"), *p = json_get(tree, "pre_tokenizer");
	if (!text_is(n, "type", "BertNormalizer"))
		return unsupported(err, "normalizer", n);
	if (!text_is(p, "type", "BertPreTokenizer"))
		return unsupported(err, "pre_tokenizer", p);
	bool lower = json_bool(n, "lowercase", true);
	if (json_bool(n, "clean_text", true))
		out->header.flags |= TOKENIZER_CLEAN;
	if (json_bool(n, "handle_chinese_chars", true))
		out->header.flags |= TOKENIZER_CHINESE;
	if (lower)
		out->header.flags |= TOKENIZER_LOWERCASE;
	/* null: as lowercase says */
	if (json_bool(n, "strip_accents", lower))
		out->header.flags |= TOKENIZER_STRIP_ACCENTS;
	return 0;
}

static int read_unigram_vocab(const cJSON *model, struct tokenizer_json *out, struct err *err)
{
	const cJSON *vocab = json_get(model, "vocab"), *item;
	int n = cJSON_IsArray(vocab) ? cJSON_GetArraySize(vocab) : 0;
	if (n < 1 || n > (int)TOKENIZER_MAX_VOCAB)
		return err_set(err, ERR_INPUT, "tokenizer.json has no usable vocabulary");
	out->pieces = mem_zalloc((size_t)n, sizeof *out->pieces);
	out->scores = mem_zalloc((size_t)n, sizeof *out->scores);
	double least = INFINITY;
	cJSON_ArrayForEach(item, vocab) {
		const cJSON *text = cJSON_GetArrayItem(item, 0), *score = cJSON_GetArrayItem(item, 1);
		if (!cJSON_IsString(text) || !cJSON_IsNumber(score) || !isfinite(score->valuedouble))
			return err_set(err, ERR_INPUT, "piece %zu of tokenizer.json is no [text, score]",
			               out->n_pieces);
		out->scores[out->n_pieces] = score->valuedouble;
		least = fmin(least, score->valuedouble);
		out->pieces[out->n_pieces] =
			(struct tokenizer_piece){ text->valuestring, (uint32_t)out->n_pieces, false };
		out->n_pieces++;
	}
	out->header.vocab_size = (uint32_t)n;
	out->header.unk_score = least - 10; /* SentencePiece's penalty for what is unknown */
	int64_t unk = json_int(model, "unk_id", 0, n - 1, -1);
	if (unk < 0)
		return err_set(err, ERR_INPUT, "tokenizer.json has no unk_id");
	out->header.unk_id = (uint32_t)unk;
	return 0;
}

static int read_unigram(const cJSON *tree, struct tokenizer_json *out, struct err *err)
{
	const cJSON *model = json_get(tree, "model");
	out->header.kind = TOKENIZER_UNIGRAM;
	out->header.continuation_node = TOKENIZER_NO_NODE;
	if (json_bool(model, "byte_fallback", false))
		return err_set(err, ERR_INPUT, "tokenizer.json asks for byte_fallback: not supported");
	if (read_unigram_normalizer(json_get(tree, "normalizer"), out, err) < 0 ||
	    read_unigram_pre_tokenizer(json_get(tree, "pre_tokenizer"), out, err) < 0)
		return -1;
	return read_unigram_vocab(model, out, err);
}

static int read_wordpiece_vocab(const cJSON *model, struct tokenizer_json *out, struct err *err)
{
	const cJSON *vocab = json_get(model, "vocab"), *item;
	int n = cJSON_IsObject(vocab) ? cJSON_GetArraySize(vocab) : 0;
	const char *unk = json_string(model, "unk_token");
	bool found = false;
	if (n < 1 || n > (int)TOKENIZER_MAX_VOCAB || !unk)
		return err_set(err, ERR_INPUT, "tokenizer.json has no usable vocabulary");
	out->pieces = mem_zalloc((size_t)n, sizeof *out->pieces);
	cJSON_ArrayForEach(item, vocab) {
		double id = cJSON_IsNumber(item) ? item->valuedouble : -1;
		if (id < 0 || id >= TOKENIZER_MAX_VOCAB || id != floor(id))
			return err_set(err, ERR_INPUT, "piece '%s' of tokenizer.json has no usable id",
			               item->string);
		struct tokenizer_piece piece = { item->string, (uint32_t)id, false };
		if (piece.id >= out->header.vocab_size)
			out->header.vocab_size = piece.id + 1;
		if (strcmp(item->string, unk) == 0) {
			out->header.unk_id = piece.id;
			found = true;
		}
		out->pieces[out->n_pieces++] = piece;
	}
	if (!found)
		return err_set(err, ERR_INPUT, "tokenizer.json has no piece '%s', its unk_token", unk);
	return 0;
}

static int read_wordpiece(const cJSON *tree, struct tokenizer_json *out, struct err *err)
{
	const cJSON *model = json_get(tree, "model");
	out->header.kind = TOKENIZER_WORDPIECE;
	out->continuation = json_string(model, "continuing_subword_prefix");
	if (!out->continuation)
		out->continuation = "##";
	out->header.max_word_chars =
		(uint32_t)json_int(model, "max_input_chars_per_word", 1, 100000, 100);
	if (read_bert_steps(tree, out, err) < 0)
		return -1;
	return read_wordpiece_vocab(model, out, err);
}

/* Special tokens stand in the vocabulary; text never produces them. */
static int mark_specials(const cJSON *tree, struct tokenizer_json *out, struct err *err)
{
	bool *special = mem_zalloc(out->header.vocab_size, sizeof *special);
	const cJSON *token;
	int rc = 0;
	cJSON_ArrayForEach(token, json_get(tree, "added_tokens")) {
		int64_t id = json_int(token, "id", 0, out->header.vocab_size - 1, -1);
		const char *content = json_string(token, "content");
		if (id < 0 || !json_bool(token, "special", false)) {
			rc = err_set(err, ERR_INPUT, "tokenizer.json has an added token that is not "
			             "supported: '%s'", content ? content : "(none)");
			break;
		}
		special[id] = true;
	}
	special[out->header.unk_id] = true;
	for (size_t i = 0; i < out->n_pieces; i++)
		out->pieces[i].special = special[out->pieces[i].id];
	free(special);
	return rc;
}

static int add_special(uint32_t *ids, uint32_t *n, const cJSON *id, uint32_t vocab_size,
                       struct err *err)
{
	if (*n == 4 || !cJSON_IsNumber(id) || id->valuedouble < 0 || id->valuedouble >= vocab_size)
		return err_set(err, ERR_INPUT, "tokenizer.json's post_processor has unusable ids");
	ids[(*n)++] = (uint32_t)id->valuedouble;
	return 0;
}

static int read_template(const cJSON *post, struct tokenizer_header *h, struct err *err)
{
	const cJSON *step, *id, *table = json_get(post, "special_tokens");
	bool after = false;
	int steps = 0;
	cJSON_ArrayForEach(step, json_get(post, "single")) {
		if (++steps > MAX_SEQUENCE)
			return unsupported(err, "post_processor", post);
		const cJSON *special = json_get(step, "SpecialToken");
		if (!special) {
			if (after || !json_get(step, "Sequence"))
				return unsupported(err, "post_processor", post);
			after = true;
			continue;
		}
		const char *name = json_string(special, "id");
		const cJSON *ids = name ? json_get(json_get(table, name), "ids") : NULL;
		if (!cJSON_IsArray(ids))
			return err_set(err, ERR_INPUT, "tokenizer.json's post_processor has no ids for '%s'",
			               name ? name : "(none)");
		cJSON_ArrayForEach(id, ids)
			if (add_special(after ? h->specials.after : h->specials.before,
			                after ? &h->specials.n_after : &h->specials.n_before, id,
			                h->vocab_size, err) < 0)
				return -1;
	}
	return 0;
}

static int read_post_processor(const cJSON *post, struct tokenizer_header *h, struct err *err)
{
	if (!post)
		return 0;
	if (text_is(post, "type", "TemplateProcessing"))
		return read_template(post, h, err);
	if (!text_is(post, "type", "BertProcessing") && !text_is(post, "type", "RobertaProcessing"))
		return unsupported(err, "post_processor", post);
	const cJSON *cls = cJSON_GetArrayItem(json_get(post, "cls"), 1);
	const cJSON *sep = cJSON_GetArrayItem(json_get(post, "sep"), 1);
	if (add_special(h->specials.before, &h->specials.n_before, cls, h->vocab_size, err) < 0)
		return -1;
	return add_special(h->specials.after, &h->specials.n_after, sep, h->vocab_size, err);
}

int tokenizer_json_read(const cJSON *tree, struct tokenizer_json *out, struct err *err)
{
	*out = (struct tokenizer_json){ .charsmap = buf_new(MAX_CHARSMAP) };
	const cJSON *model = json_get(tree, "model");
	int rc = text_is(model, "type", "Unigram")     ? read_unigram(tree, out, err)
	         : text_is(model, "type", "WordPiece") ? read_wordpiece(tree, out, err)
	                                               : unsupported(err, "model", model);
	if (rc < 0 || mark_specials(tree, out, err) < 0)
		return -1;
	return read_post_processor(json_get(tree, "post_processor"), &out->header, err);
}

void tokenizer_json_release(struct tokenizer_json *j)
{
	free(j->pieces);
	free(j->scores);
	buf_free(&j->charsmap);
	j->pieces = NULL;
	j->scores = NULL;
	j->n_pieces = 0;
}
