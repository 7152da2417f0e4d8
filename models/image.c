#include "models/image.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"

/* --- headers ---------------------------------------------------------------------------- */

/* n bytes at `at`, the most significant first or last; 0 behind the end. */
static uint32_t big(struct span b, size_t at, size_t n)
{
	uint32_t value = 0;
	for (size_t i = 0; i < n && at + i < b.len; i++)
		value = value << 8 | (unsigned char)b.p[at + i];
	return at + n <= b.len ? value : 0;
}

static uint32_t little(struct span b, size_t at, size_t n)
{
	uint32_t value = 0;
	for (size_t i = 0; i < n && at + i < b.len; i++)
		value |= (uint32_t)(unsigned char)b.p[at + i] << (8 * i);
	return at + n <= b.len ? value : 0;
}

static bool has(struct span b, size_t at, const char *bytes, size_t n)
{
	return at + n <= b.len && memcmp(b.p + at, bytes, n) == 0;
}

/* Each says whether there is a size where it has to be, and sets it. */

/* The PNG specification, 5.2 and 11.2.2. */
static bool size_png(struct span b, struct image *image)
{
	image->width = big(b, 16, 4);
	image->height = big(b, 20, 4);
	return has(b, 12, "IHDR", 4) && b.len >= 24;
}

/* GIF89a, 18. */
static bool size_gif(struct span b, struct image *image)
{
	image->width = little(b, 6, 2);
	image->height = little(b, 8, 2);
	return b.len >= 10;
}

/* ITU T.81, B.1.1.4 and B.2.2: segments follow one another until the one of the frame. */
static bool size_jpeg(struct span b, struct image *image)
{
	for (size_t at = 2; at + 9 <= b.len && b.p[at] == '\xFF';) {
		unsigned marker = (unsigned char)b.p[at + 1];
		if (marker == 0xFF) { /* it fills up */
			at++;
			continue;
		}
		bool frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
		image->height = big(b, at + 5, 2);
		image->width = big(b, at + 7, 2);
		if (frame)
			return true;
		bool alone = marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
		size_t len = alone ? 0 : big(b, at + 2, 2);
		if (!alone && len < 2)
			return false;
		at += 2 + len;
	}
	return false;
}

/* RFC 9649, 2.5 to 2.7, for the three kinds of first chunk; RFC 6386, 9.1. */
static bool size_webp(struct span b, struct image *image)
{
	if (has(b, 12, "VP8X", 4)) {
		image->width = little(b, 24, 3) + 1;
		image->height = little(b, 27, 3) + 1;
		return b.len >= 30;
	}
	if (has(b, 12, "VP8L", 4)) {
		uint32_t bits = little(b, 21, 4);
		image->width = (bits & 0x3FFF) + 1;
		image->height = (bits >> 14 & 0x3FFF) + 1;
		return has(b, 20, "\x2F", 1) && b.len >= 25;
	}
	image->width = little(b, 26, 2) & 0x3FFF;
	image->height = little(b, 28, 2) & 0x3FFF;
	return has(b, 12, "VP8 ", 4) && has(b, 23, "\x9D\x01\x2A", 3) && b.len >= 30;
}

static const struct format {
	const char *mime, *magic;
	size_t at, n; /* where the magic stands */
	bool (*size)(struct span b, struct image *image);
} formats[] = {
	{ "image/png", "\x89PNG\r\n\x1A\n", 0, 8, size_png },
	{ "image/jpeg", "\xFF\xD8\xFF", 0, 3, size_jpeg },
	{ "image/gif", "GIF87a", 0, 6, size_gif },
	{ "image/gif", "GIF89a", 0, 6, size_gif },
	{ "image/webp", "WEBP", 8, 4, size_webp },
};

int image_look(struct span bytes, const char *name, struct image *image, struct err *err)
{
	const struct format *f = NULL;
	*image = (struct image){ 0 };
	for (size_t i = 0; !f && i < sizeof formats / sizeof *formats; i++)
		if (has(bytes, formats[i].at, formats[i].magic, formats[i].n))
			f = &formats[i];
	if (!f)
		return err_set(err, ERR_INPUT, "'%s' is no image that a model reads; give a PNG, JPEG, WebP or "
		               "GIF", name);
	image->mime = f->mime;
	if (!f->size(bytes, image))
		return err_set(err, ERR_INPUT, "'%s' begins as %s, and has no size where it should; is it "
		               "damaged?", name, f->mime);
	if (!image->width || !image->height)
		return err_set(err, ERR_INPUT, "'%s' is an image without pixels (%u by %u)", name,
		               (unsigned)image->width, (unsigned)image->height);
	return 0;
}

/* --- the URL ---------------------------------------------------------------------------- */

/* RFC 4648, 4. */
static void add_base64(struct buf *out, struct span bytes)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t at = 0; at < bytes.len; at += 3) {
		size_t n = bytes.len - at < 3 ? bytes.len - at : 3;
		unsigned long bits = 0;
		for (size_t i = 0; i < 3; i++)
			bits = bits << 8 | (i < n ? (unsigned char)bytes.p[at + i] : 0);
		char four[4] = { digits[bits >> 18], digits[bits >> 12 & 63], digits[bits >> 6 & 63],
			         digits[bits & 63] };
		memset(four + n + 1, '=', 3 - n);
		buf_add(out, four, sizeof four);
	}
}

char *image_url(struct span bytes, const char *mime)
{
	struct buf url = buf_new(bytes.len / 3 * 4 + 64);
	buf_printf(&url, "data:%s;base64,", mime);
	add_base64(&url, bytes);
	return buf_take(&url, NULL);
}
