/* SQLite behind the store: one connection, its statements and its errors.
 * Included by store/ only. */
#ifndef AKIN_STORE_DB_H
#define AKIN_STORE_DB_H

#include <sqlite3.h>

#include "store/store.h"

struct statement {
	const char *sql; /* the literal itself is the key */
	sqlite3_stmt *stmt;
};

/* blobs.c */
enum blob_table { BLOB_ROWS, BLOB_CODES, BLOB_SLOTS, N_BLOB_TABLES };
struct open_blob {
	sqlite3_blob *blob; /* NULL: none */
	int64_t row;
	bool writes;
};

struct store {
	sqlite3 *db;
	char *path;
	int lock_fd; /* -1: not the writer */
	bool in_transaction;
	struct statement statements[64];
	size_t n_statements;
	struct store_model model; /* as stored; name "" when not read yet */
	enum store_precision precision; /* read with the model */
	struct quantiser *quantiser;    /* NULL: this and the two below are not read yet */
	float *centre;                  /* NULL: the origin */
	int64_t generation;
	void *group;                    /* of codes, as it was written last; NULL: none */
	int64_t group_at;
	struct open_blob blobs[N_BLOB_TABLES]; /* of each table the last, within a transaction */
	struct terms *terms;      /* of text that is indexed or asked for */
	int64_t n_words;          /* word positions of the column that FTS5 indexed last */
	int64_t next_slot;        /* no slot is free, and this is behind the last; 0: not known */
	struct checkpointer *checkpointer; /* NULL: not the writer */
};

/* Puts SQLite's last error into err, as a sentence about the file; returns -1. */
int db_fail(struct store *s, const char *doing, struct err *err);

/* A statement for a string literal: compiled once, reset and unbound each time.
 * Valid until the next db_prepare of the same literal. NULL with err. */
sqlite3_stmt *db_prepare(struct store *s, const char *sql, struct err *err);

/* 1: a row, 0: done (the statement is reset), -1 with err. */
int db_step(struct store *s, sqlite3_stmt *stmt, struct err *err);

/* Runs statements that give no rows. */
int db_exec(struct store *s, const char *sql, struct err *err);

/* The first column of the first row; *value stays as it is when there is none. */
int db_int(struct store *s, const char *sql, int64_t *value, struct err *err);

void db_bind_hash(sqlite3_stmt *stmt, int at, const struct hash *hash);
void db_bind_path(sqlite3_stmt *stmt, int at, const char *path); /* as a BLOB: any bytes */
/* Text or NULL, by value of the pointer; the bytes must live until the step. */
void db_bind_text(sqlite3_stmt *stmt, int at, const char *text);
/* Binds at and at + 1 to the half-open range of paths below `path`; with
 * path = ? beside it, that is "at or below". */
void db_bind_below(sqlite3_stmt *stmt, int at, const char *path);
char *db_column_string(sqlite3_stmt *stmt, int column); /* a copy; NULL for NULL */
struct hash db_column_hash(sqlite3_stmt *stmt, int column);

/* schema.c: makes or migrates the tables. */
int schema_ensure(struct store *s, struct err *err);
int schema_check(struct store *s, struct err *err); /* is it ours, and not newer? */

/* blobs.c: n bytes at the offset of a row's blob: 1, 0: there is no such row, -1: also where
 * the blob is shorter. */
int blob_read(struct store *s, enum blob_table table, int64_t row, size_t offset, void *to, size_t n,
              struct err *err);
int blob_length(struct store *s, enum blob_table table, int64_t row, size_t *length, struct err *err);
/* Writes into a row's blob, which is made of zeros where there is none. */
struct blob_part {
	size_t offset;
	const void *p;
	size_t len;
};
int blob_write(struct store *s, enum blob_table table, int64_t row, size_t length,
               const struct blob_part *parts, size_t n_parts, struct err *err);
void blobs_close(struct store *s); /* before a commit or a rollback */

/* slots.c: what uses each slot. A chunk's or document's number fits in 32 bits. */
#define SLOT_SHARED 0x80000000u
enum { SLOT_BLOCK_ROWS = 4096 };
struct slot {
	uint32_t chunk_id; /* the first that uses it; 0: none does */
	uint32_t doc_id;
	uint32_t words; /* of its text, and SLOT_SHARED where other chunks use it as well */
};
/* slots[SLOT_BLOCK_ROWS], of the slots from block * SLOT_BLOCK_ROWS + 1. 1, 0: none, -1. */
int slots_read(struct store *s, int64_t block, struct slot *slots, struct err *err);
/* After chunks that use the slot came or went. */
int slots_refresh(struct store *s, int64_t id, struct err *err);
/* The slots that a document's chunks use, some twice; *ids is the caller's to free, also
 * after -1. */
int slots_of_document(struct store *s, int64_t doc_id, int64_t **ids, size_t *n, struct err *err);
/* Compares all with the chunks and counts what is wrong; repair: puts it right. */
int slots_check(struct store *s, bool repair, size_t *n_wrong, struct err *err);

/* codes.c: of the vector as it is kept. */
int codes_put(struct store *s, int64_t id, const float *vector, struct err *err);
/* Compares all with the vectors and counts what is wrong; repair: makes it anew. */
int codes_check(struct store *s, bool repair, size_t *n_wrong, struct err *err);
void codes_forget(struct store *s); /* what is cached of how they are made */

/* vectors.c: the last slot that is used, 0 when there is none; -1. */
int64_t vectors_last(struct store *s, struct err *err);
/* Registers the SQL function akin_f16(BLOB), float32 to float16. */
int vectors_register(struct store *s, struct err *err);

/* tokenizer.c: makes FTS5 know the tokenizer "akin", and SQL the function
 * akin_words(TEXT), the number of word positions, on this connection. s->terms is set.
 *
 * A column's value is TEXT_MARK, a language's code, TEXT_MARK, text: FTS5 must get from the
 * view what it got from an insertion, and it knows no more of a row than its text. In a
 * query a string is one ready term, or several with
 * TEXT_MARK between them. */
#define TEXT_MARK '\x1f'
int tokenizer_register(struct store *s, struct err *err);

/* postings.c: the auxiliary functions of FTS5 that read postings and totals. */
int postings_register(struct store *s, fts5_api *api, struct err *err);

/* The last component of a path, as SQL: functions of our own would keep other programs
 * from reading the view. */
#define SQL_NAME_OF(path) \
	"substr(" path ", length(rtrim(" path ", replace(" path ", '/', ''))) + 1)"
#define SQL_MARKED(language, text) "char(31)||" language "||char(31)||" text

/* filter.c: what passes a filter, made once for many chunks. */
struct gate {
	bool by_document;   /* false: every document passes */
	int64_t *documents; /* [n_documents], ascending; owned */
	size_t n_documents;
	uint64_t n_chunks; /* of the documents, or more where paths overlap */
	const int64_t *chunks; /* borrowed from the filter; NULL: every chunk passes */
	size_t n_of_chunks;
};
/* filter NULL: all. gate_free() it, also after -1. */
int gate_make(struct gate *g, struct store *s, const struct store_filter *filter, struct err *err);
void gate_free(struct gate *g);
bool gate_passes(const struct gate *g, int64_t chunk_id, int64_t doc_id);

/* text.c: keeps the full text in step with the chunks. */
struct text_row {
	int64_t chunk_id;
	const char *language, *title, *heading, *path;
	struct span text;
};
/* Adds a chunk; *n_words: word positions of its text. */
int text_add(struct store *s, const struct text_row *row, int64_t *n_words, struct err *err);
/* The chunks of a document as they lie in the tables: what is there is forgotten, or added. */
/* checkpoint.c: moves what s commits from the log to the file, on a thread with a
 * connection of its own that starts after the first megabytes; within the commit
 * itself only when the log has grown to its bound. Belongs to s->db: free it just
 * before that is closed (NULL is fine), which moves the rest. */
struct checkpointer *checkpointer_new(struct store *s);
void checkpointer_free(struct checkpointer *c);
int text_remove_document(struct store *s, int64_t doc_id, struct err *err);
int text_add_document(struct store *s, int64_t doc_id, struct err *err);

#endif
