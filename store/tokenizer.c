/* The tokenizer of the full text: words/terms.h for FTS5. */
#include "base/utf8.h"
#include "store/db.h"
#include "words/terms.h"

/* FTS5's tokenizers have no errors of their own: a struct is all it wants. */
struct tokenizer {
	struct store *store;
};

struct token_sink {
	void *ctx;
	int (*add)(void *ctx, int flags, const char *token, int len, int start, int end);
	size_t offset; /* of the text in what FTS5 gave */
	int64_t n_words;
};

static int create(void *ctx, const char **args, int n_args, Fts5Tokenizer **out)
{
	(void)args;
	(void)n_args;
	*out = ctx; /* the connection's one */
	return SQLITE_OK;
}

static void destroy(Fts5Tokenizer *tokenizer)
{
	(void)tokenizer;
}

static int add_term(void *ctx, const struct term *term)
{
	struct token_sink *sink = ctx;
	sink->n_words += !term->colocated;
	return sink->add(sink->ctx, term->colocated ? FTS5_TOKEN_COLOCATED : 0, term->text.p,
	                 (int)term->text.len, (int)(sink->offset + term->start),
	                 (int)(sink->offset + term->end));
}

/* Takes the language off the front of text; one that has none is of no language. */
static size_t read_language(struct span text, char language[8])
{
	language[0] = '\0';
	if (text.len < 2 || text.p[0] != TEXT_MARK)
		return 0;
	const char *end = memchr(text.p + 1, TEXT_MARK, text.len - 1);
	size_t len = end ? (size_t)(end - text.p) - 1 : 8;
	if (len >= 8)
		return 0;
	memcpy(language, text.p + 1, len);
	language[len] = '\0';
	return len + 2;
}

static int give_ready_terms(struct span text, struct token_sink *sink)
{
	int rc = SQLITE_OK;
	for (size_t at = 0; at < text.len && rc == SQLITE_OK;) {
		const char *end = memchr(text.p + at, TEXT_MARK, text.len - at);
		size_t len = end ? (size_t)(end - text.p) - at : text.len - at;
		if (len)
			rc = sink->add(sink->ctx, 0, text.p + at, (int)len, (int)at, (int)(at + len));
		at += len + 1;
	}
	return rc;
}

static int tokenize(Fts5Tokenizer *tokenizer, void *ctx, int flags, const char *p, int len,
                    int (*add)(void *, int, const char *, int, int, int))
{
	struct store *s = (struct store *)(void *)tokenizer;
	struct span text = { p ? p : "", p && len > 0 ? (size_t)len : 0 };
	struct token_sink sink = { .ctx = ctx, .add = add };
	if (flags & FTS5_TOKENIZE_QUERY)
		return give_ready_terms(text, &sink);
	char language[8];
	sink.offset = read_language(text, language);
	text = (struct span){ text.p + sink.offset, text.len - sink.offset };
	int rc = terms_each(s->terms, text, language, TERMS_INDEX, add_term, &sink);
	s->n_words = sink.n_words;
	return rc;
}

static int count_term(void *ctx, const struct term *term)
{
	*(int64_t *)ctx += !term->colocated;
	return 0;
}

static void akin_words(sqlite3_context *ctx, int n_args, sqlite3_value **args)
{
	(void)n_args;
	struct store *s = sqlite3_user_data(ctx);
	const char *p = (const char *)sqlite3_value_text(args[0]);
	int64_t n = 0;
	struct span text = { p ? p : "", p ? (size_t)sqlite3_value_bytes(args[0]) : 0 };
	terms_each(s->terms, text, "", TERMS_INDEX, count_term, &n);
	sqlite3_result_int64(ctx, n);
}

static fts5_api *find_fts5(sqlite3 *db)
{
	fts5_api *api = NULL;
	sqlite3_stmt *q = NULL;
	if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &q, NULL) == SQLITE_OK) {
		sqlite3_bind_pointer(q, 1, (void *)&api, "fts5_api_ptr", NULL);
		sqlite3_step(q);
	}
	sqlite3_finalize(q);
	return api;
}

int tokenizer_register(struct store *s, struct err *err)
{
	static const fts5_tokenizer methods = { create, destroy, tokenize };
	if (!s->terms)
		s->terms = terms_new();
	fts5_api *api = find_fts5(s->db);
	if (!api)
		return err_set(err, ERR_STORE, "this SQLite has no full text (FTS5)");
	fts5_tokenizer copy = methods;
	if (api->xCreateTokenizer(api, "akin", s, &copy, NULL) != SQLITE_OK ||
	    sqlite3_create_function_v2(s->db, "akin_words", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, s, akin_words,
	                               NULL, NULL, NULL) != SQLITE_OK)
		return db_fail(s, "open", err);
	return postings_register(s, api, err);
}
