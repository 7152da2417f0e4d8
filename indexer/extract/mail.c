/* Written here, and not left to GMime: attachments are read by child processes, which a reader
 * within walls could not start. */
#include "indexer/extract/mail.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/extract/decode.h"
#include "indexer/extract/derive.h"
#include "indexer/extract/format.h"
#include "indexer/extract/line.h"
#include "indexer/extract/magic.h"
#include "indexer/extract/mail_body.h"
#include "indexer/extract/mail_header.h"
#include "indexer/extract/packed.h"

enum {
	DEPTH_MAX = 8,
	PARTS_MAX = 256,   /* of a multipart */
	CHILDREN_MAX = 64, /* attachments of a file that a child process reads */
	FAILED_MAX = 3     /* after so many that broke it or took too long, no more are tried */
};

struct mail {
	struct derive d;
	int depth;  /* of messages and multiparts */
	int level;  /* of the message's heading */
	bool attachments_only;
	int n_children, n_failed;
};

struct entity {
	struct span header, body;
	struct span type, disposition; /* values of the header's fields */
};

static void read_entity(struct mail *m, struct span text);
static void read_message(struct mail *m, struct span text);

/* --- text --------------------------------------------------------------------------------- */

static void add_paragraphs(struct mail *m, struct span text)
{
	struct line line = { 0 };
	size_t open = 0;
	for (bool more = true; more;) {
		more = line_next(text, &line);
		if (more && !line.blank)
			continue;
		size_t end = more ? line.start : text.len;
		derive_add_verbatim(&m->d, span_trim((struct span){ text.p + open, end - open }));
		derive_end(&m->d, BLOCK_PARAGRAPH, 0, (struct span){ 0 });
		open = line.next;
	}
}

static bool parameter_is(struct span value, const char *name, const char *what)
{
	struct buf b = buf_new(256);
	mail_parameter(value, name, &b);
	bool is = span_is_nocase(buf_span(&b), what);
	buf_free(&b);
	return is;
}

/* The entity's bytes as they were before they were sent; what needs no decoding is borrowed. */
static struct span decode_transfer(const struct entity *e, struct buf *b)
{
	struct span encoding = mail_field(e->header, "content-transfer-encoding");
	*b = buf_new(e->body.len + 1);
	if (span_starts_nocase(encoding, "base64"))
		mail_base64(e->body, b);
	else if (span_starts_nocase(encoding, "quoted-printable"))
		mail_quoted(e->body, false, b);
	else
		return e->body;
	return buf_span(b);
}

static void add_document(struct mail *m, const char *name, struct span bytes, int deeper)
{
	struct document doc;
	char why[EXTRACT_WHY];
	if (extract(span_of(name), bytes, &doc, why) == SKIP_NONE)
		derive_add_blocks(&m->d, (struct span){ doc.text, doc.text_len }, doc.blocks, doc.n_blocks, deeper);
	document_free(&doc);
}

static void add_text(struct mail *m, const struct entity *e, struct span bytes)
{
	struct buf charset = buf_new(64), flowed = buf_new(2 * bytes.len + 16);
	struct decoded d;
	mail_parameter(e->type, "charset", &charset);
	if (bytes.len > 0 && decode(bytes, buf_span(&charset), &d) == SKIP_NONE) {
		struct span text = { d.text, d.len };
		if (span_starts_nocase(e->type, "text/html")) {
			add_document(m, "body.html", text, m->level);
		} else if (parameter_is(e->type, "format", "flowed")) {
			mail_flowed(text, parameter_is(e->type, "delsp", "yes"), &flowed);
			add_paragraphs(m, buf_span(&flowed));
		} else {
			add_paragraphs(m, text);
		}
		decoded_free(&d);
	}
	buf_free(&charset);
	buf_free(&flowed);
}

/* --- attachments -------------------------------------------------------------------------- */

static void name_attachment(struct mail *m, struct span name, const char *reason, const char *why)
{
	derive_add(&m->d, span_of("Attachment "));
	derive_add(&m->d, name);
	if (!reason) {
		derive_end(&m->d, BLOCK_HEADING, m->level + 1, (struct span){ 0 });
		return;
	}
	derive_add(&m->d, span_of(": not read ("));
	derive_add(&m->d, span_of(why[0] ? why : reason));
	derive_add(&m->d, span_of(")"));
	derive_end(&m->d, BLOCK_PARAGRAPH, 0, (struct span){ 0 });
}

static void attach(struct mail *m, struct span name, struct span bytes)
{
	const char *magic = magic_format(name, bytes);
	bool child = magic && packed_by_magic(magic);
	if (child && (m->n_children >= CHILDREN_MAX || m->n_failed >= FAILED_MAX)) {
		name_attachment(m, name, "", "too many of the mail's attachments take a reader of their own");
		return;
	}
	struct document doc;
	char why[EXTRACT_WHY];
	enum skip_reason reason = extract(name, bytes, &doc, why);
	m->n_children += child;
	m->n_failed += child && (reason == SKIP_TOO_LARGE || reason == SKIP_MALFORMED);
	name_attachment(m, name, reason ? skip_reason_name(reason) : NULL, why);
	if (reason == SKIP_NONE)
		derive_add_blocks(&m->d, (struct span){ doc.text, doc.text_len }, doc.blocks, doc.n_blocks,
		                  m->level + 1);
	document_free(&doc);
}

static void add_attachment(struct mail *m, const struct entity *e, struct span bytes)
{
	struct buf name = buf_new(1024);
	mail_parameter(e->disposition, "filename", &name);
	if (name.len == 0)
		mail_parameter(e->type, "name", &name);
	struct span last = path_name(buf_span(&name));
	/* signatures, pictures of a page, and the like have no name */
	if (last.len > 0) {
		if (m->depth < DEPTH_MAX && format_of(last, bytes).maker == mail_read)
			read_message(m, bytes);
		else
			attach(m, last, bytes);
	}
	buf_free(&name);
}

/* --- parts -------------------------------------------------------------------------------- */

/* The next part of a multipart's body from *at on; false: there is none. */
static bool next_part(struct span body, struct span boundary, size_t *at, struct span *part)
{
	struct line line = { .next = *at };
	size_t start = 0;
	bool open = false;
	while (line_next(body, &line)) {
		struct span s = { body.p + line.start, line.end - line.start };
		if (!span_starts(s, "--") || s.len < boundary.len + 2 ||
		    memcmp(s.p + 2, boundary.p, boundary.len) != 0)
			continue;
		if (open) {
			*at = line.start;
			*part = (struct span){ body.p + start, line.start - start };
			return true;
		}
		open = true;
		start = line.next;
		if (s.len >= boundary.len + 4 && memcmp(s.p + 2 + boundary.len, "--", 2) == 0)
			return false;
	}
	*at = body.len;
	*part = (struct span){ body.p + start, body.len - start };
	return open && start < body.len;
}

static struct entity entity_of(struct span text)
{
	size_t body;
	struct entity e = { .header = mail_header(text, &body) };
	e.body = (struct span){ text.p + body, text.len - body };
	e.type = mail_field(e.header, "content-type");
	e.disposition = mail_field(e.header, "content-disposition");
	return e;
}

static bool is_blank(struct span s)
{
	return span_trim(s).len == 0;
}

static int rank_of(struct span part)
{
	struct entity e = entity_of(part);
	if (e.type.len == 0 || span_starts_nocase(e.type, "text/plain"))
		return is_blank(e.body) ? 0 : 3;
	return span_starts_nocase(e.type, "text/html") || span_starts_nocase(e.type, "multipart/") ? 2 : 1;
}

/* The best of the alternatives; what is attached to the others counts too. */
static void read_alternatives(struct mail *m, const struct span *parts, size_t n)
{
	size_t best = 0;
	int rank = -1;
	for (size_t i = 0; i < n; i++) {
		int its = rank_of(parts[i]);
		best = its > rank ? i : best;
		rank = its > rank ? its : rank;
	}
	bool before = m->attachments_only;
	for (size_t i = 0; i < n; i++) {
		m->attachments_only = before || i != best;
		read_entity(m, parts[i]);
	}
	m->attachments_only = before;
}

static void read_multipart(struct mail *m, const struct entity *e)
{
	struct buf boundary = buf_new(256);
	struct span parts[PARTS_MAX];
	size_t n = 0, at = 0;
	mail_parameter(e->type, "boundary", &boundary);
	while (boundary.len > 0 && n < PARTS_MAX && next_part(e->body, buf_span(&boundary), &at, &parts[n]))
		n++;
	if (span_starts_nocase(e->type, "multipart/alternative") && n > 0) {
		read_alternatives(m, parts, n);
	} else {
		for (size_t i = 0; i < n; i++)
			read_entity(m, parts[i]);
	}
	buf_free(&boundary);
}

static void read_leaf(struct mail *m, const struct entity *e)
{
	struct buf b;
	struct span bytes = decode_transfer(e, &b);
	bool text = e->type.len == 0 || span_starts_nocase(e->type, "text/plain") ||
	            span_starts_nocase(e->type, "text/html");
	if (span_starts_nocase(e->type, "message/rfc822") && m->depth < DEPTH_MAX)
		read_message(m, bytes);
	else if (!text || span_starts_nocase(e->disposition, "attachment"))
		add_attachment(m, e, bytes);
	else if (!m->attachments_only)
		add_text(m, e, bytes);
	buf_free(&b);
}

static void read_entity(struct mail *m, struct span text)
{
	struct entity e = entity_of(text);
	if (!span_starts_nocase(e.type, "multipart/")) {
		read_leaf(m, &e);
	} else if (m->depth < DEPTH_MAX) {
		m->depth++;
		read_multipart(m, &e);
		m->depth--;
	}
}

/* --- messages ----------------------------------------------------------------------------- */

static void add_field(struct mail *m, struct span header, const char *name)
{
	struct buf b = buf_new(MAIL_FIELD_MAX);
	mail_field_text(mail_field(header, name), &b);
	if (!is_blank(buf_span(&b))) {
		if (!derive_is_empty(&m->d))
			derive_line_break(&m->d);
		derive_add(&m->d, span_of(name));
		derive_add(&m->d, span_of(": "));
		derive_add(&m->d, buf_span(&b));
	}
	buf_free(&b);
}

static void read_message(struct mail *m, struct span text)
{
	static const char *const fields[] = { "From", "To", "Cc", "Date" };
	size_t body;
	struct span header = mail_header(text, &body);
	struct buf subject = buf_new(MAIL_FIELD_MAX);
	mail_field_text(mail_field(header, "subject"), &subject);
	m->depth++;
	m->level++;
	if (header.len > 0) {
		derive_add(&m->d, is_blank(buf_span(&subject)) ? span_of("(no subject)") : buf_span(&subject));
		derive_end(&m->d, BLOCK_HEADING, m->level, (struct span){ 0 });
		for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
			add_field(m, header, fields[i]);
		derive_end(&m->d, BLOCK_PARAGRAPH, 0, (struct span){ 0 });
	}
	read_entity(m, text);
	m->level--;
	m->depth--;
	buf_free(&subject);
}

/* What tells about the document, where it is one message. */
static void read_about(struct mail *m, struct span text)
{
	char iso[21];
	size_t body;
	struct span header = mail_header(text, &body);
	struct buf b = buf_new(MAIL_FIELD_MAX);
	mail_field_text(mail_field(header, "subject"), &b);
	derive_title(&m->d, buf_span(&b));
	buf_clear(&b);
	mail_field_text(mail_field(header, "from"), &b);
	derive_author(&m->d, buf_span(&b));
	if (mail_date(mail_field(header, "date"), iso))
		derive_date(&m->d, span_of(iso));
	buf_free(&b);
}

/* Where the message behind the one at `at` begins: at a "From " line behind a blank one, with a
 * header below (RFC 4155). */
static size_t message_end(struct span text, size_t at)
{
	struct line line = { .next = at };
	bool blank = false, first = true;
	while (line_next(text, &line)) {
		struct span s = { text.p + line.start, text.len - line.start };
		size_t body, left = text.len - line.next;
		struct span below = { text.p + line.next, left < 200 ? left : 200 };
		if (!first && blank && span_starts(s, "From ") && left > 0 && mail_header(below, &body).len > 0)
			return line.start;
		blank = line.blank;
		first = false;
	}
	return text.len;
}

enum skip_reason mail_read(struct span bytes, struct document *doc, char why[EXTRACT_WHY])
{
	struct mail m = { .d = derive_new() };
	struct decoded d;
	(void)why;
	/* a message in UTF-16, as some programs save it, is text first */
	if (bytes.len > 1 && (memcmp(bytes.p, "\xFF\xFE", 2) == 0 || memcmp(bytes.p, "\xFE\xFF", 2) == 0)) {
		if (decode(bytes, (struct span){ 0 }, &d) != SKIP_NONE)
			return SKIP_BINARY;
		enum skip_reason reason = mail_read((struct span){ d.text, d.len }, doc, why);
		decoded_free(&d);
		return reason;
	}
	size_t end = message_end(bytes, 0);
	bool one = end == bytes.len;
	if (one)
		read_about(&m, bytes);
	for (size_t at = 0; at < bytes.len; at = end) {
		end = message_end(bytes, at);
		read_message(&m, (struct span){ bytes.p + at, end - at });
	}
	enum skip_reason reason = derive_finish(&m.d, doc);
	if (reason == SKIP_NONE && !one) { /* the first subject is not the mailbox's title */
		free(doc->title);
		doc->title = NULL;
	}
	return reason;
}
