/* Any bytes as a question: what is taken apart lies within it, and its filter can be
 * asked about a document. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "query/question.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_within(struct span whole, const struct span *parts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (parts[i].len == 0 || parts[i].p < whole.p || parts[i].p + parts[i].len > whole.p + whole.len)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span source = { (const char *)data, size };
	struct question q, again;
	struct err err = { 0 };
	if (question_parse(&q, source, INT64_C(1717156800000000000), &err) < 0)
		return err.code == ERR_USAGE || err.code == ERR_LIMIT ? 0 : (abort(), 0);
	check_within(source, q.phrases, q.n_phrases);
	check_within(source, q.excluded, q.n_excluded);
	if (q.text.len == 0 || q.text.len > source.len || !utf8_is_valid(q.text.p, q.text.len))
		abort();
	char path[] = "/notes/2024/a plan.md", title[] = "A Plan, ein \xC3\x9C" "berblick";
	struct store_document doc = { .path = path, .title = title, .format = "markdown", .language = "de" };
	search_filter_passes(&q.filter, &doc);
	/* what has no syntax is text to the byte */
	bool is_plain = q.n_phrases + q.n_excluded + q.filter.n == 0 && !q.bytes;
	if (is_plain && q.text.p != source.p)
		abort();
	if (question_parse(&again, q.text, 0, &err) == 0)
		question_free(&again);
	question_free(&q);
	return 0;
}
