#include "indexer/extract/pdf_name.h"

#include "indexer/extract/line.h"

enum { MIN_BYTES = 4, MAX_BYTES = 80, LEAST_PAGES = 3 };

/* A name has a word, and is neither in brackets nor a row. */
static bool may_be_name(struct span line)
{
	size_t letters = 0, longest = 0;
	if (line.len < MIN_BYTES || line.len > MAX_BYTES || line.p[0] == '(')
		return false;
	for (size_t i = 0; i < line.len; i++) {
		if (i + 2 < line.len && memcmp(line.p + i, "   ", 3) == 0)
			return false;
		letters = is_alpha(line.p[i]) || (unsigned char)line.p[i] >= 0x80 ? letters + 1 : 0;
		longest = letters > longest ? letters : longest;
	}
	return longest >= 3 && !span_starts_nocase(line, "table of contents");
}

void pdf_name_note(struct pdf_name *name, const struct pdf_page *page)
{
	bool has[PDF_NAME_CANDIDATES] = { false };
	for (size_t i = 0; i < page->n; i++) {
		struct span line = page->lines[i];
		if (!name->begun && name->n < PDF_NAME_CANDIDATES && may_be_name(line))
			name->lines[name->n++] = line;
		for (size_t k = 0; k < name->n && line.len; k++)
			has[k] = has[k] || (line.len >= name->lines[k].len &&
			                    memcmp(line.p, name->lines[k].p, name->lines[k].len) == 0);
	}
	for (size_t k = 0; k < name->n; k++)
		name->n_pages[k] += has[k];
	name->begun = true;
}

struct span pdf_name_best(const struct pdf_name *name)
{
	size_t best = 0, at = 0;
	for (size_t k = 0; k < name->n; k++)
		if (name->n_pages[k] > best) {
			best = name->n_pages[k];
			at = k;
		}
	return best >= LEAST_PAGES ? name->lines[at] : (struct span){ "", 0 };
}
