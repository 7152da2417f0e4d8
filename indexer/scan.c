#include "indexer/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "base/walls.h"

enum { CPU_S = 30 };
static const size_t memory = (size_t)600 << 20;

static int run(const char *const *argv, struct span pdf, struct buf *out, struct err *err)
{
	struct walls walls = { CPU_S, memory };
	struct process_options program = { .argv = argv, .input = pdf, .timeout_ms = 3 * CPU_S * 1000,
		                               .walls = &walls };
	return process_run(&program, out, err);
}

int scan_count(struct span pdf, size_t *n, struct err *err)
{
	struct buf out = buf_new(1 << 16);
	const char *const argv[] = { "pdfinfo", "-", NULL };
	int rc = run(argv, pdf, &out, err);
	const char *line = rc == 0 ? strstr(buf_span(&out).p, "\nPages:") : NULL;
	unsigned long pages = line ? strtoul(line + strlen("\nPages:"), NULL, 10) : 0;
	buf_free(&out);
	*n = pages;
	if (rc == 0 && pages == 0)
		rc = err_set(err, ERR_INPUT, "it has no pages");
	else if (rc == 0 && pages > SCAN_PAGES_MAX)
		rc = err_set(err, ERR_LIMIT, "it has %lu pages without text, and no more than %d are looked "
		             "at", pages, (int)SCAN_PAGES_MAX);
	return rc;
}

int scan_page(struct span pdf, size_t page, bool for_model, struct buf *out, struct err *err)
{
	char number[24];
	snprintf(number, sizeof number, "%zu", page);
	const char *const argv[] = { "pdftoppm", for_model ? "-jpeg" : "-png", "-r", for_model ? "150" : "200",
		                         "-f", number, "-l", number, "-", for_model ? NULL : "-gray", NULL };
	return run(argv, pdf, out, err);
}
