#include "base/pattern.h"

#include <stdbool.h>
#include <stdlib.h>
#include <unicode/uregex.h>
#include <unicode/ustring.h>

#include "base/mem.h"
#include "base/utf8.h"

/* What opening a pattern costs, whatever it is; and the engine's steps between two calls. */
enum { OPENING_STEPS = 200, CALLBACK_STEPS = 10000, MAX_STACK_BYTES = 1 << 20, MAX_SHOWN = 80 };

/* Never more units than bytes. */
static UChar *to_utf16(struct span text, int32_t *n)
{
	UErrorCode code = U_ZERO_ERROR;
	UChar *out = mem_alloc(text.len + 1, sizeof *out);
	u_strFromUTF8WithSub(out, (int32_t)text.len + 1, n, text.p, (int32_t)text.len, 0xFFFD, NULL, &code);
	if (U_FAILURE(code))
		*n = 0;
	return out;
}

static URegularExpression *open_pattern(struct span pattern, struct err *err)
{
	if (pattern.len > PATTERN_MAX) {
		err_set(err, ERR_INPUT, "the pattern is longer than %d bytes", PATTERN_MAX);
		return NULL;
	}
	UErrorCode code = U_ZERO_ERROR;
	UParseError where = { .offset = -1 };
	int32_t n;
	UChar *text = to_utf16(pattern, &n);
	URegularExpression *re = n ? uregex_open(text, n, 0, &where, &code) : NULL;
	free(text);
	if (re && U_SUCCESS(code))
		return re;
	size_t shown = pattern.len > MAX_SHOWN ? utf8_floor(pattern.p, pattern.len, MAX_SHOWN) : pattern.len;
	if (n)
		err_set(err, ERR_INPUT, "'%.*s%s' is no regular expression (%s at character %d)", (int)shown,
		        pattern.p, shown < pattern.len ? "…" : "", u_errorName(code), (int)where.offset);
	else
		err_set(err, ERR_INPUT, "the pattern is empty");
	uregex_close(re);
	return NULL;
}

int pattern_check(struct span pattern, struct err *err)
{
	URegularExpression *re = open_pattern(pattern, err);
	uregex_close(re);
	return re ? 0 : -1;
}

static bool spend(uint64_t *steps, uint64_t n)
{
	bool enough = *steps >= n;
	*steps = enough ? *steps - n : 0;
	return enough;
}

static UBool U_CALLCONV go_on(const void *ctx, int32_t steps)
{
	(void)steps;
	/* ICU's type for a context is const, what it points to is ours */
	return spend(*(uint64_t *const *)ctx, CALLBACK_STEPS);
}

static int too_much(struct err *err)
{
	return err_set(err, ERR_LIMIT, "the pattern takes too long to be looked for");
}

static int find(URegularExpression *re, struct span text, uint64_t *steps, struct err *err)
{
	UErrorCode code = U_ZERO_ERROR;
	int32_t n;
	UChar *units = to_utf16(text, &n);
	uregex_setText(re, units, n, &code);
	uregex_setStackLimit(re, MAX_STACK_BYTES, &code);
	uregex_setMatchCallback(re, go_on, &steps, &code);
	bool found = uregex_find(re, 0, &code);
	free(units);
	return U_FAILURE(code) ? too_much(err) : found;
}

int pattern_search(struct span pattern, struct span text, uint64_t *steps, struct err *err)
{
	if (text.len > PATTERN_MAX_TEXT)
		return err_set(err, ERR_LIMIT, "longer than %d bytes, which is too long for a pattern",
		               PATTERN_MAX_TEXT);
	/* from each place of the text, what stands literally is compared without a step of ICU's */
	if (!spend(steps, OPENING_STEPS + text.len * pattern.len / 16))
		return too_much(err);
	URegularExpression *re = open_pattern(pattern, err);
	int found = re ? find(re, text, steps, err) : -1;
	uregex_close(re);
	return found;
}
