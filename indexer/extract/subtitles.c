#define _GNU_SOURCE /* memmem */
#include "indexer/extract/subtitles.h"

#include "indexer/extract/line.h"

#define PASSAGE_S 60 /* after which a new heading comes */
#define NO_PASSAGE (-1L)

struct reader {
	struct outline *o;
	struct span text;
	struct line line;
	long passage_s; /* when the passage began */
	bool in_cue;    /* behind a line with times */
};

/* "01:02:03,456" or "02:03.456" in seconds, and how much of it is before the fraction; -1: none. */
static long seconds_of(struct span s, size_t *len)
{
	long total = 0, number = 0;
	size_t n = 0, colons = 0;
	for (; n < s.len && n < 12 && (is_digit(s.p[n]) || s.p[n] == ':'); n++) {
		if (s.p[n] == ':') {
			total = (total + number) * 60;
			number = 0;
			colons++;
		} else {
			number = number * 10 + (s.p[n] - '0');
		}
	}
	*len = n;
	return colons > 0 && colons < 3 ? total + number : -1;
}

/* "00:00:01,000 --> 00:00:04,000" */
static bool read_times(struct reader *r, struct span s)
{
	size_t len;
	long at = memmem(s.p, s.len, "-->", 3) ? seconds_of(s, &len) : -1;
	if (at < 0)
		return false;
	if (r->passage_s == NO_PASSAGE || at >= r->passage_s + PASSAGE_S || at < r->passage_s) {
		outline_add(r->o, BLOCK_HEADING, 1, r->line.first, r->line.first + len,
		            (struct span){ s.p, len });
		r->passage_s = at;
	}
	r->in_cue = true;
	return true;
}

static void read_line(struct reader *r)
{
	struct span s = line_content(r->text, &r->line);
	if (r->line.blank)
		r->in_cue = false;
	else if (!read_times(r, s) && r->in_cue)
		outline_add(r->o, BLOCK_PARAGRAPH, 0, r->line.start, r->line.end, (struct span){ 0 });
	else if (span_starts(s, "WEBVTT - ") || span_starts(s, "Title:"))
		outline_title(r->o, (struct span){ s.p + (s.p[0] == 'W' ? 9 : 6), s.len - (s.p[0] == 'W' ? 9 : 6) });
}

void subtitles_outline(struct outline *o)
{
	struct reader r = { .o = o, .text = o->text, .passage_s = NO_PASSAGE };
	while (line_next(r.text, &r.line))
		read_line(&r);
}
