#include "indexer/extract/pdf.h"

#include <string.h>

#include "base/process.h"
#include "base/walls.h"
#include "indexer/extract/pdf_text.h"
#include "indexer/extract/sandbox.h"

/* What pdftotext's libraries take of address space by themselves. */
enum { LIBRARIES = 100 << 20 };

/* The physical layout: a table's row stays a line, where the reading order that pdftotext guesses
 * gives it column by column, the numbers far from what they are of. */
static const char *const command[] = { "pdftotext", "-layout", "-htmlmeta", "-enc", "UTF-8", "-", "-", NULL };

static enum skip_reason judge(const struct process_end *end, const struct err *err, unsigned cpu_s,
                              char why[EXTRACT_WHY])
{
	if (err->code == ERR_INPUT && !end->status) {
		extract_why(why, "PDF; to read it, install pdftotext (the package poppler-utils)");
		return SKIP_UNSUPPORTED;
	}
	if (strstr(end->said, "Incorrect password")) {
		extract_why(why, "it is encrypted, and wants a password");
		return SKIP_UNSUPPORTED;
	}
	if (strstr(end->said, "not allowed")) {
		extract_why(why, "its author does not allow that text is taken from it");
		return SKIP_UNSUPPORTED;
	}
	enum skip_reason reason = sandbox_judge(end, err, cpu_s, why);
	if (reason == SKIP_MALFORMED && !end->stopped)
		extract_why(why, "it is no whole PDF");
	return reason;
}

enum skip_reason pdf_read(struct span bytes, struct document *doc, char why[EXTRACT_WHY])
{
	unsigned cpu_s = sandbox_seconds(bytes.len);
	struct walls walls = { cpu_s, LIBRARIES + SANDBOX_MEMORY };
	struct process_end end = { 0 };
	struct process_options opt = { .argv = command, .input = bytes, .timeout_ms = (int)cpu_s * 3000,
		                       .walls = &walls, .end = &end };
	struct buf out = buf_new(SANDBOX_OUTPUT);
	struct err err = { 0 };
	enum skip_reason reason;
	if (process_run(&opt, &out, &err) < 0) {
		reason = judge(&end, &err, cpu_s, why);
	} else if (!pdf_document(buf_span(&out), doc)) {
		extract_why(why, "it has no text, only images of pages");
		reason = SKIP_EMPTY;
	} else {
		reason = SKIP_NONE;
	}
	buf_free(&out);
	return reason;
}
