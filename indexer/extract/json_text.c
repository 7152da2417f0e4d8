#include "indexer/extract/json_text.h"

#include <stdlib.h>

#include "indexer/extract/line.h"

/* A member of the top level that is longer is cut between its own members. */
#define MEMBER_MAX_BYTES 1000
#define CUT_DEPTH_MAX 32

struct reader {
	struct outline *o;
	struct span text;
	size_t at, start; /* of the block */
	size_t depth;
	size_t n_values; /* of the top level that are complete */
	struct span key;  /* the last string of depth 1 that a ':' followed */
	struct span last; /* the last string of depth 1 */
};

static void cut(struct reader *r, size_t end, size_t next)
{
	outline_add(r->o, BLOCK_ROW, 0, r->start, end, (struct span){ 0 });
	r->start = next;
}

/* The string at r->at; a line end closes one that is broken. */
static void read_string(struct reader *r)
{
	size_t start = ++r->at;
	while (r->at < r->text.len && r->text.p[r->at] != '"' && r->text.p[r->at] != '\n')
		r->at += r->text.p[r->at] == '\\' && r->at + 1 < r->text.len ? 2 : 1;
	if (r->at > r->text.len)
		r->at = r->text.len;
	if (r->depth != 1)
		return;
	r->last = (struct span){ r->text.p + start, r->at - start };
	if (r->key.p && (span_is_nocase(r->key, "title") || span_is_nocase(r->key, "name")) &&
	    !memchr(r->last.p, '\\', r->last.len))
		outline_title(r->o, r->last);
	r->key = (struct span){ 0 };
}

static void read_comma(struct reader *r)
{
	r->key = (struct span){ 0 };
	/* what its author put on a line stays together: records of JSON Lines, say */
	bool line_end = r->at + 1 < r->text.len && r->text.p[r->at + 1] == '\n';
	bool cut_here = (r->depth == 1 && line_end) ||
	                (r->depth <= CUT_DEPTH_MAX && r->at - r->start >= MEMBER_MAX_BYTES);
	if (cut_here)
		cut(r, r->at + 1, r->at + 1);
}

void json_outline(struct outline *o)
{
	struct reader r = { .o = o, .text = o->text };
	for (; r.at < r.text.len; r.at++) {
		switch (r.text.p[r.at]) {
		case '"':
			read_string(&r);
			break;
		case '{':
		case '[':
			r.depth++;
			break;
		case '}':
		case ']':
			r.n_values += r.depth == 1;
			r.depth -= r.depth > 0;
			break;
		case ':':
			if (r.depth == 1)
				r.key = r.last;
			break;
		case ',':
			read_comma(&r);
			break;
		case '\n':
			if (r.depth == 0) /* JSON Lines */
				cut(&r, r.at, r.at + 1);
			break;
		default:
			break;
		}
	}
	cut(&r, r.text.len, r.text.len);
	if (r.n_values > 1) { /* the title was one record's */
		free(o->title);
		o->title = NULL;
	}
}
