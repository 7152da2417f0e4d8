#include "models/local/tokenizer/wordpiece.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "models/local/tokenizer/bert_normalizer.h"
#include "models/local/tokenizer/tokenizer_file.h"
#include "models/local/tokenizer/unicode.h"

/* The longest piece that starts at `at`: its length, 0 when there is none. */
static size_t longest(const struct wordpiece *w, struct span word, size_t at, uint32_t *id)
{
	uint32_t node = at ? w->continuation_node : 0, value;
	size_t found = 0;
	if (node == TOKENIZER_NO_NODE)
		return 0;
	for (size_t i = at; i < word.len; i++) {
		if (!double_array_step(&w->trie, &node, (unsigned char)word.p[i]))
			break;
		if (double_array_value(&w->trie, node, &value) && value < w->vocab_size) {
			*id = value;
			found = i + 1 - at;
		}
	}
	return found;
}

void wordpiece_word(const struct wordpiece *w, struct span word, struct id_sink *sink)
{
	size_t before = sink->n;
	for (size_t at = 0; at < word.len;) {
		uint32_t id = 0;
		size_t len = longest(w, word, at, &id);
		if (len == 0) {
			sink->n = before;
			id_sink_add(sink, w->unk_id);
			return;
		}
		id_sink_add(sink, id);
		at += len;
	}
}

/* Normalised code points come in and leave as words. */
struct divider {
	const struct wordpiece *w;
	struct id_sink *sink;
	char *word;
	size_t len, cap;
	size_t chars;
};

static void end_word(struct divider *d)
{
	if (d->chars > d->w->max_word_chars)
		id_sink_add(d->sink, d->w->unk_id);
	else if (d->len)
		wordpiece_word(d->w, (struct span){ d->word, d->len }, d->sink);
	d->len = d->chars = 0;
}

static void append(struct divider *d, uint32_t code)
{
	/* what is too long is unknown: no need to keep it */
	if (++d->chars > d->w->max_word_chars)
		return;
	if (d->len + 4 > d->cap)
		d->word = mem_grow(d->word, &d->cap, d->len + 4, 1);
	d->len += utf8_encode(code, d->word + d->len);
}

static void take(void *context, uint32_t code)
{
	struct divider *d = context;
	uint8_t class = unicode_class(code)->pre_token;
	if (class != PRE_TOKEN_LETTER)
		end_word(d);
	if (class == PRE_TOKEN_SPACE)
		return;
	append(d, code);
	if (class == PRE_TOKEN_PUNCTUATION)
		end_word(d);
}

void wordpiece_encode(const struct wordpiece *w, struct span text, struct id_sink *sink)
{
	struct divider d = { .w = w, .sink = sink };
	struct bert_normalizer b = { .flags = w->flags, .take = take, .context = &d };
	for (size_t at = 0; at < text.len;) {
		uint32_t code;
		at += utf8_decode(text.p + at, text.len - at, &code);
		bert_normalize(&b, code);
	}
	bert_normalize_end(&b);
	end_word(&d);
	free(d.word);
}
