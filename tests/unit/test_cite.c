#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ask/cite.h"
#include "base/boundaries.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

#define CASES "tests/cases/cite/"

/* ---- cases as data ----
 *
 * "@sources" begins a set, "@source PATH | TITLE | HEADING" a source's text, "@question" says what
 * was asked; any other word behind "@" (answer, or what kind it is) begins an answer, behind the
 * verdicts that its sentences are to get (count_wrong). What stands before the first is a comment. */

struct cases {
	struct buf text;
	struct sources sources;
	struct span question;
	size_t n_answers, n_claims, n_wrong, n_known; /* known: to be judged wrongly */
	size_t pieces; /* 0: cite_check alone; else the stream is cut into pieces of so many bytes */
};

static const char *const verdict_names[] = { "+", "none", "no-quote", "no-source", "not-there",
	                                     "number", "short", "negation", "name" };

static struct span take_field(struct span *line, char end)
{
	const char *hit = memchr(line->p, end, line->len);
	struct span field = { line->p, hit ? (size_t)(hit - line->p) : line->len };
	size_t skip = field.len + (hit != NULL);
	line->p += skip;
	line->len -= skip;
	return trim_white_space(field);
}

static char *copy_of(struct span text)
{
	return text.len ? mem_strndup(text.p, text.len) : NULL;
}

static void add_source(struct cases *c, struct span line, struct span body)
{
	struct source s = { .line_start = 1, .line_end = 1 };
	struct span name = take_field(&line, '|');
	struct buf path = buf_new(1000);
	buf_printf(&path, "/home/ann/docs/%.*s", (int)name.len, name.p);
	s.path = buf_take(&path, NULL);
	s.title = copy_of(take_field(&line, '|'));
	s.heading = copy_of(take_field(&line, '|'));
	s.text = mem_strndup(body.p, body.len);
	s.text_len = body.len;
	sources_add(&c->sources, &s);
}

/* The verdicts as a line: "+ number". */
static void write_verdicts(const struct cite_check *check, struct buf *out)
{
	for (size_t i = 0; i < check->n; i++)
		buf_printf(out, "%s%s", i ? " " : "", verdict_names[check->claims[i].verdict]);
}

/* "-" stands for any verdict but "+"; "~" before one: it is known to be judged wrongly. */
static size_t count_wrong(struct cases *c, const struct cite_check *check, struct span wanted)
{
	size_t wrong = 0, i = 0;
	while (wanted.len) {
		struct span w = take_field(&wanted, ' ');
		bool known = w.len && w.p[0] == '~';
		w = known ? (struct span){ w.p + 1, w.len - 1 } : w;
		const char *got = i < check->n ? verdict_names[check->claims[i].verdict] : "";
		bool right = span_equal(w, span_of(got)) || (span_equal(w, span_of("-")) && *got && *got != '+');
		i++;
		c->n_known += known && !right;
		wrong += right == known; /* what has become right is no longer to be marked */
	}
	return wrong + (i != check->n);
}

static void check_answer(struct cases *c, struct span wanted, struct span answer, const char *file)
{
	struct cite_check check;
	struct buf got = buf_new(10000);
	cite_check(answer, c->question, &c->sources, &check);
	write_verdicts(&check, &got);
	c->n_answers++;
	c->n_claims += check.n;
	size_t wrong = count_wrong(c, &check, wanted);
	c->n_wrong += wrong;
	if (wrong) {
		print_message("%s: wanted %.*s, got %s\n    %.*s\n", file, (int)wanted.len, wanted.p,
		              buf_span(&got).p, (int)answer.len, answer.p);
		for (size_t i = 0; i < check.n; i++)
			print_message("    claim %zu: %s: %.*s\n", i + 1, verdict_names[check.claims[i].verdict],
			              (int)(check.claims[i].end - check.claims[i].start),
			              answer.p + check.claims[i].start);
	}
	cite_check_free(&check);
	buf_free(&got);
}

typedef void on_answer(struct cases *c, struct span wanted, struct span answer, const char *file);

/* Where the next line begins with "@"; the end if none does. */
static size_t body_len(struct span rest)
{
	for (size_t i = 0; i < rest.len; i++)
		if (rest.p[i] == '@' && (i == 0 || rest.p[i - 1] == '\n'))
			return i;
	return rest.len;
}

static void read_cases(struct cases *c, const char *file, on_answer *visit)
{
	struct err err = { 0 };
	char path[200];
	snprintf(path, sizeof path, CASES "%s", file);
	*c = (struct cases){ .text = buf_new(1 << 22), .question = { "", 0 } };
	assert_int_equal(file_read(path, &c->text, NULL, &err), 0);
	struct span rest = buf_span(&c->text);
	rest.p += body_len(rest);
	rest.len -= (size_t)(rest.p - c->text.p);
	while (rest.len) {
		struct span line = take_field(&rest, '\n');
		struct span body = { rest.p, body_len(rest) };
		rest.p += body.len;
		rest.len -= body.len;
		struct span word = take_field(&line, ' ');
		if (span_equal(word, span_of("@sources"))) {
			sources_free(&c->sources);
			c->question = (struct span){ "", 0 };
		} else if (span_equal(word, span_of("@source"))) {
			add_source(c, line, trim_white_space(body));
		} else if (span_equal(word, span_of("@question"))) {
			c->question = trim_white_space(line);
		} else {
			visit(c, trim_white_space(line), trim_white_space(body), file);
		}
	}
}

static void free_cases(struct cases *c)
{
	sources_free(&c->sources);
	buf_free(&c->text);
}

static const char *const case_files[] = { "english.txt", "german.txt", "others.txt", "forms.txt",
	                                  "numbers.txt", "held-out.txt", "fresh.txt", "fresh2.txt",
	                                  "fresh3.txt", "fresh4.txt", "fresh5.txt", "fresh6.txt",
	                                  "fresh7.txt", "fresh8.txt" };

static void made_answers_are_judged_right(void **state)
{
	(void)state;
	size_t n = 0, wrong = 0, known = 0;
	for (size_t i = 0; i < sizeof case_files / sizeof *case_files; i++) {
		struct cases c;
		read_cases(&c, case_files[i], check_answer);
		print_message("%s: %zu answers, %zu claims, %zu judged wrongly, %zu of them known\n",
		              case_files[i], c.n_answers, c.n_claims, c.n_wrong + c.n_known, c.n_known);
		n += c.n_answers;
		wrong += c.n_wrong;
		known += c.n_known;
		free_cases(&c);
	}
	assert_int_equal(wrong, 0);
	assert_true(known * 100 <= n);
}

/* ---- the stream ---- */

static void collect(void *ctx, struct span text)
{
	buf_add_span(ctx, text);
}

static void stream_in_pieces(struct cases *c, struct span answer, size_t piece, struct buf *out)
{
	struct cite_stream *s = cite_stream_new(c->question, &c->sources, collect, out);
	for (size_t at = 0; at < answer.len; at += piece)
		cite_stream_add(s, (struct span){ answer.p + at, answer.len - at < piece ? answer.len - at : piece });
	cite_stream_end(s);
	cite_stream_free(s);
}

static size_t count_marks(struct span text)
{
	size_t n = 0, len = strlen(CITE_MARK);
	for (size_t i = 0; i + len <= text.len; i++)
		n += memcmp(text.p + i, CITE_MARK, len) == 0;
	return n;
}

static void stream_answer(struct cases *c, struct span wanted, struct span answer, const char *file)
{
	(void)wanted;
	(void)file;
	static const size_t pieces[] = { 1, 2, 3, 5, 7, 11, 64 };
	struct buf whole = buf_new(1 << 22);
	struct cite_check check;
	stream_in_pieces(c, answer, answer.len, &whole);
	cite_check(answer, c->question, &c->sources, &check);
	assert_int_equal(count_marks(buf_span(&whole)), check.n - check.n_supported);
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct buf out = buf_new(1 << 22);
		stream_in_pieces(c, answer, pieces[i], &out);
		assert_string_equal(buf_span(&out).p, buf_span(&whole).p);
		buf_free(&out);
	}
	cite_check_free(&check);
	buf_free(&whole);
}

static void pieces_make_no_difference(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof case_files / sizeof *case_files; i++) {
		struct cases c;
		read_cases(&c, case_files[i], stream_answer);
		free_cases(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_answers_are_judged_right),
		cmocka_unit_test(pieces_make_no_difference),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
