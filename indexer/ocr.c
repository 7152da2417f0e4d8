#include "indexer/ocr.h"

#include <string.h>

#include "base/process.h"
#include "base/walls.h"

enum { CPU_S = 60, CHECK_MS = 10000, MAX_MEGAPIXELS = 50 };
static const size_t memory = (size_t)1500 << 20;

/* --- is it here? --------------------------------------------------------------------------- */

static bool is_listed(struct span list, const char *language, size_t len)
{
	for (size_t at = 0; at < list.len;) {
		const char *end = memchr(list.p + at, '\n', list.len - at);
		size_t n = end ? (size_t)(end - list.p) - at : list.len - at;
		if (n == len && memcmp(list.p + at, language, len) == 0)
			return true;
		at += n + 1;
	}
	return false;
}

static int check_languages(const char *languages, struct span list, struct err *err)
{
	for (const char *at = languages; *at;) {
		size_t len = strcspn(at, "+");
		if (!is_listed(list, at, len)) {
			bool is_code = len == 3 && strspn(at, "abcdefghijklmnopqrstuvwxyz") >= 3;
			return err_set(err, ERR_USAGE, "tesseract does not know the language '%.*s'%s%.*s; 'tesseract "
			               "--list-langs' lists those that it does", (int)len, at,
			               is_code ? "; install it: apt-get install tesseract-ocr-" : "",
			               is_code ? (int)len : 0, at);
		}
		at += len + (at[len] == '+');
	}
	return 0;
}

int ocr_check(const char *languages, struct err *err)
{
	struct buf list = buf_new(1 << 16);
	struct process_options program = {
		.argv = (const char *const[]){ "tesseract", "--list-langs", NULL }, .timeout_ms = CHECK_MS,
	};
	if (!*languages || languages[strspn(languages, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                                               "0123456789_+")])
		return err_set(err, ERR_USAGE, "--ocr wants tesseract's names of languages, such as eng or eng+deu, "
		                               "not '%s'", languages);
	int rc = 0;
	if (process_run(&program, &list, NULL) < 0)
		rc = err_set(err, ERR_USAGE, "--ocr runs tesseract, which is not here; install it: apt-get install "
		                             "tesseract-ocr tesseract-ocr-eng");
	else
		rc = check_languages(languages, buf_span(&list), err);
	buf_free(&list);
	return rc;
}

/* --- reading ------------------------------------------------------------------------------- */

int ocr_read(const char *languages, struct span bytes, const struct image *image,
             bool (*stopped)(void *ctx), void *ctx, struct buf *out, struct err *err)
{
	struct walls walls = { CPU_S, memory };
	struct process_end end = { 0 };
	struct process_options program = {
		.argv = (const char *const[]){ "tesseract", "stdin", "stdout", "-l", languages, NULL },
		.input = bytes, .timeout_ms = 3 * CPU_S * 1000, .walls = &walls, .end = &end,
		.stopped = stopped, .ctx = ctx,
	};
	if ((uint64_t)image->width * image->height > (uint64_t)MAX_MEGAPIXELS * 1000000)
		return err_set(err, ERR_LIMIT, "the picture has %u by %u pixels, and no more than %d million "
		               "are read", (unsigned)image->width, (unsigned)image->height, (int)MAX_MEGAPIXELS);
	struct err why = { 0 };
	if (process_run(&program, out, &why) == 0)
		return 0;
	if (why.code == ERR_INPUT)
		return err_set(err, ERR_INPUT, "tesseract cannot read it%s%s", end.said[0] ? ": " : "", end.said);
	*err = why;
	return -1;
}
