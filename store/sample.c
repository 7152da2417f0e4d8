/* What a sample of the index says of its texts, kept among the facts: terms that are
 * frequent, languages. Derived: it can be made again from the chunks. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store/db.h"
#include "words/terms.h"

enum {
	SAMPLE_CHUNKS = 2048,
	SAMPLE_BYTES = 4096,  /* of a chunk's text */
	LEAST_CHUNKS = 8,     /* with a term, for it to be frequent; and one in LEAST_SHARE */
	LEAST_SHARE = 20,
	MAX_LANGUAGES = 64,
	MAX_FACT = 1 << 20,
};

/* --- counting ---------------------------------------------------------------------- */

struct counted {
	size_t at; /* of the term in tally.bytes; its length is before it */
	uint32_t len, n_chunks, last; /* last: the chunk that was counted last */
};

struct tally {
	struct counted *terms; /* open addressing, a power of two, n_chunks 0: free */
	size_t n_terms, n_slots;
	struct buf bytes;
	uint32_t n_chunks;
	struct store_language languages[MAX_LANGUAGES]; /* share: of chunks, a count so far */
	size_t n_languages;
};

static struct counted *find(struct tally *t, struct span term)
{
	uint32_t h = 0x811C9DC5u;
	for (size_t i = 0; i < term.len; i++)
		h = (h ^ (unsigned char)term.p[i]) * 0x01000193u; /* FNV-1a */
	for (size_t at = (h ^ h >> 15) & (t->n_slots - 1);; at = (at + 1) & (t->n_slots - 1)) {
		struct counted *c = &t->terms[at];
		if (c->n_chunks == 0 || (c->len == term.len && memcmp(t->bytes.p + c->at, term.p, term.len) == 0))
			return c;
	}
}

static void make_room(struct tally *t)
{
	struct tally old = *t;
	if (t->n_terms * 2 < t->n_slots)
		return;
	t->n_slots = t->n_slots ? t->n_slots * 2 : 4096;
	t->terms = mem_zalloc(t->n_slots, sizeof *t->terms);
	for (size_t i = 0; i < old.n_slots; i++)
		if (old.terms[i].n_chunks)
			*find(t, (struct span){ t->bytes.p + old.terms[i].at, old.terms[i].len }) = old.terms[i];
	free(old.terms);
}

static int count_term(void *ctx, const struct term *term)
{
	struct tally *t = ctx;
	make_room(t);
	struct counted *c = find(t, term->text);
	if (c->n_chunks == 0) {
		c->at = t->bytes.len;
		c->len = (uint32_t)term->text.len;
		t->n_terms++;
		if (buf_add_span(&t->bytes, term->text) < 0)
			return 1; /* 2,048 times 4 KB do not come to this */
	}
	if (c->n_chunks == 0 || c->last != t->n_chunks)
		c->n_chunks++;
	c->last = t->n_chunks;
	return 0;
}

static void count_language(struct tally *t, const char *code)
{
	size_t i = 0;
	while (i < t->n_languages && strcmp(t->languages[i].code, code) != 0)
		i++;
	if (i == MAX_LANGUAGES)
		return;
	if (i == t->n_languages)
		snprintf(t->languages[t->n_languages++].code, sizeof t->languages[i].code, "%s", code);
	t->languages[i].share += 1;
}

/* The chunk at id or the next; its id, 0 when there is none. */
static int64_t count_chunk(struct store *s, struct tally *t, int64_t id, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "SELECT c.id, d.language, c.text FROM chunks c"
	                                " JOIN documents d ON d.id = c.document_id"
	                                " WHERE c.id >= ?1 ORDER BY c.id LIMIT 1", err);
	if (!q)
		return -1;
	sqlite3_bind_int64(q, 1, id);
	int rc = db_step(s, q, err);
	if (rc <= 0)
		return rc;
	id = sqlite3_column_int64(q, 0);
	const char *language = (const char *)sqlite3_column_text(q, 1);
	const char *text = (const char *)sqlite3_column_text(q, 2);
	size_t len = (size_t)sqlite3_column_bytes(q, 2);
	if (len > SAMPLE_BYTES)
		len = SAMPLE_BYTES; /* a sequence that is cut is no word */
	count_language(t, language ? language : "");
	if (text)
		terms_each(s->terms, (struct span){ text, len }, language ? language : "", TERMS_INDEX,
		           count_term, t);
	t->n_chunks++;
	sqlite3_reset(q);
	return id;
}

static int count_sample(struct store *s, struct tally *t, struct err *err)
{
	int64_t last = 0, id = 0;
	if (db_int(s, "SELECT max(id) FROM chunks", &last, err) < 0)
		return -1;
	for (int i = 0; i < SAMPLE_CHUNKS && id < last; i++) {
		int64_t even = (int64_t)((double)last * i / SAMPLE_CHUNKS);
		id = count_chunk(s, t, even > id ? even : id + 1, err);
		if (id <= 0)
			return (int)id;
	}
	return 0;
}

/* --- keeping ------------------------------------------------------------------------ */

/* A length of one byte, the share in ten-thousandths of two (little-endian), the bytes. */
static void write_item(struct buf *out, struct span text, double share)
{
	unsigned ten_thousandths = (unsigned)(share * 10000 + 0.5);
	buf_add_byte(out, (char)text.len);
	buf_add_byte(out, (char)(ten_thousandths & 0xFF));
	buf_add_byte(out, (char)(ten_thousandths >> 8));
	buf_add_span(out, text);
}

struct kept {
	struct span text;
	uint32_t n_chunks;
};

static int by_bytes(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;
	size_t len = x->text.len < y->text.len ? x->text.len : y->text.len;
	int order = memcmp(x->text.p, y->text.p, len);
	return order ? order : (x->text.len > y->text.len) - (x->text.len < y->text.len);
}

static int by_share(const void *a, const void *b)
{
	const struct store_language *x = a, *y = b;
	if (x->share != y->share)
		return x->share > y->share ? -1 : 1;
	return strcmp(x->code, y->code);
}

static void write_terms(const struct tally *t, struct buf *out)
{
	struct kept *kept = mem_alloc(t->n_terms + 1, sizeof *kept);
	size_t n = 0;
	for (size_t i = 0; i < t->n_slots; i++) {
		const struct counted *c = &t->terms[i];
		if (c->n_chunks >= LEAST_CHUNKS && c->n_chunks * LEAST_SHARE >= t->n_chunks)
			kept[n++] = (struct kept){ { t->bytes.p + c->at, c->len }, c->n_chunks };
	}
	qsort(kept, n, sizeof *kept, by_bytes);
	for (size_t i = 0; i < n; i++)
		write_item(out, kept[i].text, (double)kept[i].n_chunks / t->n_chunks);
	free(kept);
}

static void write_languages(struct tally *t, struct buf *out)
{
	qsort(t->languages, t->n_languages, sizeof *t->languages, by_share);
	for (size_t i = 0; i < t->n_languages; i++)
		write_item(out, span_of(t->languages[i].code), (double)t->languages[i].share / t->n_chunks);
}

static int put_sample(struct store *s, struct tally *t, int64_t n_chunks, struct err *err)
{
	struct buf words = buf_new(MAX_FACT), languages = buf_new(MAX_FACT);
	write_terms(t, &words);
	write_languages(t, &languages);
	int rc = -1;
	sqlite3_stmt *q = db_prepare(s, "INSERT OR REPLACE INTO facts VALUES('frequent_words', ?1),"
	                                " ('languages', ?2), ('sampled_chunks', ?3)", err);
	if (q) {
		sqlite3_bind_blob(q, 1, buf_span(&words).p, (int)words.len, SQLITE_STATIC);
		sqlite3_bind_blob(q, 2, buf_span(&languages).p, (int)languages.len, SQLITE_STATIC);
		sqlite3_bind_int64(q, 3, n_chunks);
		rc = db_step(s, q, err);
		sqlite3_clear_bindings(q);
	}
	buf_free(&words);
	buf_free(&languages);
	return rc;
}

/* 1: the sample is to be taken again; *now: the number of chunks. */
static int has_changed(struct store *s, int64_t *now, struct err *err)
{
	int64_t before = 0;
	uint64_t n_chunks, n_words;
	if (db_int(s, "SELECT value FROM facts WHERE name = 'sampled_chunks'", &before, err) < 0 ||
	    store_words_total(s, &n_chunks, &n_words, err) < 0)
		return -1;
	*now = (int64_t)n_chunks;
	return (*now > before ? *now - before : before - *now) * 5 > before;
}

static int take_sample(struct store *s, int64_t n_chunks, struct err *err)
{
	struct tally t = { .bytes = buf_new(64 << 20) };
	int rc = count_sample(s, &t, err);
	if (rc == 0)
		rc = put_sample(s, &t, n_chunks, err);
	free(t.terms);
	buf_free(&t.bytes);
	return rc;
}

int store_sample_refresh(struct store *s, bool force, struct err *err)
{
	int64_t n_chunks;
	int changed = has_changed(s, &n_chunks, err);
	if (changed < 0 || (!changed && !force))
		return changed;
	if (s->in_transaction)
		return take_sample(s, n_chunks, err);
	if (store_begin(s, err) < 0)
		return -1;
	if (take_sample(s, n_chunks, err) == 0)
		return store_commit(s, err);
	store_rollback(s);
	return -1;
}

/* --- reading ------------------------------------------------------------------------- */

/* The next item of what write_item wrote; false at the end, or where it is damaged. */
static bool read_item(struct span *rest, struct span *text, float *share)
{
	const unsigned char *p = (const unsigned char *)rest->p;
	if (rest->len < 3 || rest->len < 3 + (size_t)p[0])
		return false;
	*text = (struct span){ rest->p + 3, p[0] };
	*share = (float)(p[1] | p[2] << 8) / 10000;
	rest->p += 3 + text->len;
	rest->len -= 3 + text->len;
	return true;
}

static void read_words(struct store_sample *sample, struct span rest)
{
	struct span term;
	float share;
	size_t cap = 0;
	sample->bytes = mem_strndup(rest.p, rest.len);
	rest.p = sample->bytes;
	while (read_item(&rest, &term, &share)) {
		sample->words = mem_grow(sample->words, &cap, sample->n_words + 1, sizeof *sample->words);
		sample->words[sample->n_words++] = (struct store_frequent_word){ term, share };
	}
}

static void read_languages(struct store_sample *sample, struct span rest)
{
	struct span code;
	float share;
	size_t cap = 0;
	while (sample->n_languages < MAX_LANGUAGES && read_item(&rest, &code, &share)) {
		sample->languages = mem_grow(sample->languages, &cap, sample->n_languages + 1,
		                             sizeof *sample->languages);
		struct store_language *to = &sample->languages[sample->n_languages++];
		to->share = share;
		snprintf(to->code, sizeof to->code, "%.*s", (int)code.len, code.p);
	}
}

static struct span blob(sqlite3_stmt *q, int column)
{
	const void *p = sqlite3_column_blob(q, column);
	return (struct span){ p ? p : "", p ? (size_t)sqlite3_column_bytes(q, column) : 0 };
}

int store_sample(struct store *s, struct store_sample *sample, struct err *err)
{
	*sample = (struct store_sample){ 0 };
	sqlite3_stmt *q = db_prepare(s, "SELECT (SELECT value FROM facts WHERE name = 'frequent_words'),"
	                                " (SELECT value FROM facts WHERE name = 'languages')", err);
	if (!q || db_step(s, q, err) < 0)
		return -1;
	read_words(sample, blob(q, 0));
	read_languages(sample, blob(q, 1));
	sqlite3_reset(q);
	return 0;
}

void store_sample_free(struct store_sample *sample)
{
	free(sample->words);
	free(sample->languages);
	free(sample->bytes);
	*sample = (struct store_sample){ 0 };
}
