#define _POSIX_C_SOURCE 200809L
#include "models/image_scale.h"

#include <dlfcn.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "models/image.h"

/* Four bytes a pixel in libgd; PNG and WebP are held twice while they are read. */
enum { MAX_MEGAPIXELS = 50, MAX_MEGAPIXELS_TWICE = 25 };
enum { WHITE = 0xFFFFFF };

/* --- the library: the part of libgd 2.3's interface that is used --------------------------- */

struct picture; /* a gdImage */
typedef struct picture *decode_fn(int size, void *bytes);

static struct {
	decode_fn *from_png, *from_jpeg, *from_gif, *from_webp;
	struct picture *(*create)(int width, int height);
	void (*destroy)(struct picture *p);
	void (*fill)(struct picture *p, int x1, int y1, int x2, int y2, int color);
	void (*resample)(struct picture *to, struct picture *from, int to_x, int to_y, int from_x, int from_y,
	                 int to_width, int to_height, int from_width, int from_height);
	int (*get)(struct picture *p, int x, int y);
	void (*set)(struct picture *p, int x, int y, int color);
	void *(*to_jpeg)(struct picture *p, int *size, int quality);
	void (*free)(void *bytes);
} gd;

static const struct {
	const char *name;
	void *to; /* of a pointer to a function; POSIX lets dlsym's pointer be one */
} symbols[] = {
	{ "gdImageCreateFromPngPtr", &gd.from_png }, { "gdImageCreateFromJpegPtr", &gd.from_jpeg },
	{ "gdImageCreateFromGifPtr", &gd.from_gif }, { "gdImageCreateFromWebpPtr", &gd.from_webp },
	{ "gdImageCreateTrueColor", &gd.create },    { "gdImageDestroy", &gd.destroy },
	{ "gdImageFilledRectangle", &gd.fill },      { "gdImageCopyResampled", &gd.resample },
	{ "gdImageGetTrueColorPixel", &gd.get },     { "gdImageSetPixel", &gd.set },
	{ "gdImageJpegPtr", &gd.to_jpeg },           { "gdFree", &gd.free },
};

int image_scale_load(struct err *err)
{
	void *lib = dlopen("libgd.so.3", RTLD_NOW | RTLD_LOCAL);
	if (!lib)
		return err_set(err, ERR_IO, "cannot load libgd, which makes pictures smaller; install it, e.g. "
		               "apt-get install libgd3");
	for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
		void *p = dlsym(lib, symbols[i].name);
		if (!p)
			return err_set(err, ERR_IO, "this machine's libgd has no %s", symbols[i].name);
		memcpy(symbols[i].to, &p, sizeof p);
	}
	return 0;
}

/* --- orientation ------------------------------------------------------------------------- */

/* n bytes at `at`, 0 behind the end; little: the least significant first. */
static uint32_t number(struct span b, size_t at, size_t n, bool little)
{
	uint32_t value = 0;
	if (at > b.len || n > b.len - at)
		return 0;
	for (size_t i = 0; i < n; i++)
		value |= (uint32_t)(unsigned char)b.p[at + i] << 8 * (little ? i : n - 1 - i);
	return value;
}

/* TIFF 6.0, section 2: a header, then the entries of the first directory. */
static int tiff_orientation(struct span tiff)
{
	enum { ORIENTATION = 0x0112, ENTRY = 12 };
	bool little = tiff.len > 2 && memcmp(tiff.p, "II", 2) == 0;
	size_t directory = number(tiff, 4, 4, little);
	size_t n = number(tiff, directory, 2, little);
	for (size_t i = 0; i < n && directory + 2 + (i + 1) * ENTRY <= tiff.len; i++) {
		size_t at = directory + 2 + i * ENTRY;
		if (number(tiff, at, 2, little) != ORIENTATION)
			continue;
		uint32_t value = number(tiff, at + 8, 2, little);
		return value >= 1 && value <= 8 ? (int)value : 1;
	}
	return 1;
}

int image_orientation(struct span b)
{
	if (b.len < 4 || memcmp(b.p, "\xFF\xD8\xFF", 3) != 0)
		return 1;
	for (size_t at = 2; at + 10 <= b.len && b.p[at] == '\xFF';) {
		size_t len = number(b, at + 2, 2, false);
		unsigned marker = (unsigned char)b.p[at + 1];
		if (marker == 0xDA || len < 2 || len > b.len - at - 2)
			return 1;
		if (marker == 0xE1 && len > 8 && memcmp(b.p + at + 4, "Exif\0\0", 6) == 0)
			return tiff_orientation((struct span){ b.p + at + 10, len - 8 });
		at += 2 + len;
	}
	return 1;
}

/* Where the pixel at *x, *y of the upright picture stands in the one of width w and height h. */
static void turn(int orientation, int w, int h, int *x, int *y)
{
	bool lies = orientation >= 5;
	int a = lies ? *y : *x, b = lies ? *x : *y;
	bool flips_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
	bool flips_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
	*x = flips_x ? w - 1 - a : a;
	*y = flips_y ? h - 1 - b : b;
}

static struct picture *make_upright(struct picture *p, int orientation, int w, int h)
{
	bool lies = orientation >= 5;
	struct picture *up = orientation == 1 ? NULL : gd.create(lies ? h : w, lies ? w : h);
	if (!up)
		return p;
	for (int y = 0; y < (lies ? w : h); y++)
		for (int x = 0; x < (lies ? h : w); x++) {
			int from_x = x, from_y = y;
			turn(orientation, w, h, &from_x, &from_y);
			gd.set(up, x, y, gd.get(p, from_x, from_y));
		}
	gd.destroy(p);
	return up;
}

/* --- scaling ----------------------------------------------------------------------------- */

static decode_fn *decoder(const char *mime)
{
	return strcmp(mime, "image/png") == 0 ? gd.from_png : strcmp(mime, "image/jpeg") == 0 ? gd.from_jpeg
	     : strcmp(mime, "image/gif") == 0 ? gd.from_gif : gd.from_webp;
}

static struct picture *decode(struct span bytes, const struct image *image, struct err *err)
{
	bool twice = strcmp(image->mime, "image/png") == 0 || strcmp(image->mime, "image/webp") == 0;
	unsigned most = twice ? MAX_MEGAPIXELS_TWICE : MAX_MEGAPIXELS;
	if ((uint64_t)image->width * image->height > (uint64_t)most * 1000000 || bytes.len > INT_MAX) {
		err_set(err, ERR_LIMIT, "the picture has %u by %u pixels, and no more than %u million are read",
		        (unsigned)image->width, (unsigned)image->height, most);
		return NULL;
	}
	struct picture *p = decoder(image->mime)((int)bytes.len, (void *)(uintptr_t)bytes.p);
	if (!p)
		err_set(err, ERR_INPUT, "the picture cannot be decoded (%s)", image->mime);
	return p;
}

/* A smaller copy on white, of the pixels that are wanted. */
static struct picture *shrink(struct picture *from, const struct image *image, double pixels, int *w, int *h)
{
	double ratio = sqrt(pixels / ((double)image->width * image->height));
	if (ratio > 1)
		ratio = 1;
	*w = (int)fmax(1, ratio * image->width);
	*h = (int)fmax(1, ratio * image->height);
	struct picture *to = gd.create(*w, *h);
	if (!to)
		return NULL;
	gd.fill(to, 0, 0, *w - 1, *h - 1, WHITE);
	gd.resample(to, from, 0, 0, 0, 0, *w, *h, (int)image->width, (int)image->height);
	return to;
}

/* 1: added, 0: it does not fit, -1. */
static int add_jpeg(struct picture *p, int quality, size_t max_bytes, struct buf *out, struct err *err)
{
	int size = 0;
	void *bytes = gd.to_jpeg(p, &size, quality);
	int rc = bytes && size > 0 ? (size_t)size <= max_bytes && buf_add(out, bytes, (size_t)size) == 0
	                           : err_set(err, ERR_IO, "the picture cannot be written as JPEG");
	if (bytes)
		gd.free(bytes);
	return rc;
}

int image_scale(struct span bytes, uint64_t max_pixels, size_t max_bytes, struct buf *out, struct err *err)
{
	static const int qualities[] = { 85, 60 };
	struct image image;
	if (image_look(bytes, "the picture", &image, err) < 0)
		return -1;
	struct picture *whole = decode(bytes, &image, err);
	if (!whole)
		return -1;
	int orientation = image_orientation(bytes), rc = 0;
	for (double pixels = (double)max_pixels; rc == 0 && pixels >= 1; pixels /= 2) {
		int w, h;
		struct picture *small = shrink(whole, &image, pixels, &w, &h);
		if (!small) {
			rc = err_set(err, ERR_LIMIT, "no memory for a picture of %u by %u pixels",
			             (unsigned)image.width, (unsigned)image.height);
			break;
		}
		small = make_upright(small, orientation, w, h);
		for (size_t i = 0; rc == 0 && i < sizeof qualities / sizeof *qualities; i++)
			rc = add_jpeg(small, qualities[i], max_bytes, out, err);
		gd.destroy(small);
	}
	gd.destroy(whole);
	return rc > 0 ? 0 : rc < 0 ? -1 : err_set(err, ERR_LIMIT, "no picture fits into %zu bytes", max_bytes);
}
