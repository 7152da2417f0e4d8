/* Events are the same however their bytes come: at once, or cut by the input's own lengths. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "models/remote/sse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int note(void *ctx, struct span field, struct span data)
{
	struct buf *b = ctx;
	if (data.len == 0 || (field.p[0] != 'd' && field.p[0] != 'e'))
		abort();
	buf_add_span(b, field);
	buf_add_byte(b, '=');
	buf_add_span(b, data);
	buf_add_byte(b, '\n');
	return data.len == 3 && memcmp(data.p, "END", 3) == 0;
}

/* step 0: all at once. */
static int read_events(struct span bytes, size_t step, struct buf *b)
{
	struct sse s;
	sse_init(&s, note, b);
	int rc = 0;
	while (bytes.len > 0 && rc == 0) {
		size_t n = step == 0 || step > bytes.len ? bytes.len : step;
		rc = sse_feed(&s, (struct span){ bytes.p, n });
		bytes = (struct span){ bytes.p + n, bytes.len - n };
	}
	if (rc == 0)
		rc = sse_end(&s);
	sse_free(&s);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	struct span bytes = { (const char *)data + 1, size - 1 };
	struct buf at_once = buf_new(1 << 20), in_steps = buf_new(1 << 20);
	int rc = read_events(bytes, 0, &at_once);
	if (read_events(bytes, 1 + data[0] % 32, &in_steps) != rc ||
	    !span_equal(buf_span(&at_once), buf_span(&in_steps)))
		abort();
	buf_free(&at_once);
	buf_free(&in_steps);
	return 0;
}
