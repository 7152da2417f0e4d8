/* The compiled tokeniser on disk: this header, then four tables, each aligned
 * to 8 bytes, little-endian. It is mapped and used in place. The header is
 * covered by its own hash, so that its offsets and numbers can be trusted once
 * that was checked; the tables are covered by a hash that only tokenizer_check
 * reads (it costs a pass over megabytes), and are used without trusting them:
 * an altered table gives wrong ids, never a read outside the file or an id
 * outside the vocabulary. */
#ifndef AKIN_MODELS_LOCAL_TOKENIZER_TOKENIZER_FILE_H
#define AKIN_MODELS_LOCAL_TOKENIZER_TOKENIZER_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "models/local/tokenizer/tokenizer.h"

#define TOKENIZER_MAGIC "AKINTOK\n"
#define TOKENIZER_VERSION 1u
#define TOKENIZER_MAX_VOCAB 4000000u
#define TOKENIZER_MAX_PIECE 255u /* bytes */
#define TOKENIZER_NO_NODE UINT32_MAX

enum tokenizer_kind { TOKENIZER_UNIGRAM = 1, TOKENIZER_WORDPIECE = 2 };

enum tokenizer_flag {
	/* Unigram: what becomes of spaces */
	TOKENIZER_COLLAPSE_SPACES = 1 << 0,  /* runs of U+0020 become one */
	TOKENIZER_SPLIT_WHITESPACE = 1 << 1, /* white space divides and is dropped */
	TOKENIZER_PREPEND = 1 << 2,          /* U+2581 before each text, or each divided part */
	TOKENIZER_SPLIT_METASPACE = 1 << 3,  /* pieces do not cross U+2581 */
	/* WordPiece: BERT's normaliser */
	TOKENIZER_CLEAN = 1 << 4,
	TOKENIZER_CHINESE = 1 << 5,
	TOKENIZER_STRIP_ACCENTS = 1 << 6,
	TOKENIZER_LOWERCASE = 1 << 7
};

enum tokenizer_table {
	TABLE_TRIE,      /* uint32_t: struct double_array, piece -> id */
	TABLE_SCORES,    /* double[vocab_size]: log probabilities; none for WordPiece */
	TABLE_MAP_UNITS, /* uint32_t: struct charsmap; may be empty */
	TABLE_MAP_POOL,  /* char */
	TABLES
};

struct tokenizer_header {
	char magic[8];
	uint32_t version, header_size;
	uint64_t file_size;
	uint32_t kind, flags;
	uint32_t vocab_size, unk_id;
	double unk_score;           /* Unigram: of a character that no piece covers */
	uint32_t max_word_chars;    /* WordPiece: longer words are unknown */
	uint32_t continuation_node; /* WordPiece: where the trie stands after "##" */
	struct {
		uint64_t offset; /* from the start of the file */
		uint64_t size;   /* bytes */
	} tables[TABLES];
	struct {
		uint32_t n_before, n_after, before[4], after[4];
	} specials;
	unsigned char plain_ascii[128]; /* 1: the map leaves this byte as it is */
	struct hash tables_hash;  /* of all bytes behind the header */
	struct hash header_hash;  /* of all bytes of the header before this */
};

#endif
