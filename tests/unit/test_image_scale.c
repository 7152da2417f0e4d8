#define _XOPEN_SOURCE 700
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "models/image.h"
#include "models/image_fit.h"
#include "models/image_scale.h"

#define BYTES(s) { s, sizeof s - 1 }

/* Pictures of one pixel. */
static const struct span formats[] = {
	BYTES("\211\120\116\107\015\012\032\012\000\000\000\015\111\110\104\122\000\000\000\001\000\000"
	      "\000\001\010\006\000\000\000\037\025\304\211\000\000\000\015\111\104\101\124\170\234\143"
	      "\370\317\300\320\000\000\004\201\001\200\054\125\316\260\000\000\000\000\111\105\116\104"
	      "\256\102\140\202"),
	BYTES("GIF89a\1\0\1\0\x80\0\0\xff\xff\xff\0\0\0\x2c\0\0\0\0\1\0\1\0\0\2\2D\1\0\x3b"),
	BYTES("RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0"),
};

static bool has_gd(void)
{
	struct err err = { 0 };
	return image_scale_load(&err) == 0;
}

static struct buf room(void)
{
	struct buf bytes = buf_new(1 << 20);
	struct err err = { 0 };
	assert_int_equal(file_read("data/examples/room.jpg", &bytes, NULL, &err), 0);
	return bytes;
}

static struct image scaled(struct span bytes, uint64_t max_pixels, size_t max_bytes)
{
	struct buf out = buf_new(1 << 20);
	struct image image;
	struct err err = { 0 };
	if (image_scale(bytes, max_pixels, max_bytes, &out, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(out.len <= max_bytes);
	assert_int_equal(image_look(buf_span(&out), "it", &image, &err), 0);
	assert_string_equal(image.mime, "image/jpeg");
	buf_free(&out);
	return image;
}

static void each_format_is_decoded(void **state)
{
	(void)state;
	if (!has_gd())
		skip();
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		struct image image = scaled(formats[i], 1000, 100000);
		assert_int_equal(image.width, 1);
		assert_int_equal(image.height, 1);
	}
}

static void it_gets_smaller_in_proportion(void **state)
{
	(void)state;
	if (!has_gd())
		skip();
	struct buf bytes = room();
	struct image whole, image;
	struct err err = { 0 };
	image_look(buf_span(&bytes), "it", &whole, &err);
	image = scaled(buf_span(&bytes), 1000, 100000);
	assert_in_range(image.width * image.height, 900, 1000);
	double ratio = (double)whole.width / whole.height;
	assert_true(image.width > image.height * (ratio - 0.1) && image.width < image.height * (ratio + 0.1));
	/* it is not made larger, and as small as the bytes want it */
	image = scaled(buf_span(&bytes), 100000000, 100000);
	assert_int_equal(image.width, whole.width);
	image = scaled(buf_span(&bytes), 100000000, 1500);
	assert_true(image.width < whole.width);
	buf_free(&bytes);
}

/* The bytes with an orientation behind their first marker. */
static struct buf turned(const struct buf *bytes, char orientation)
{
	char exif[] = "\xFF\xE1\0\x22" "Exif\0\0MM\0*\0\0\0\10\0\1\1\x12\0\3\0\0\0\1\0\0\0\0\0\0\0\0";
	exif[29] = orientation;
	struct buf out = buf_new(1 << 20);
	buf_add(&out, bytes->p, 2);
	buf_add(&out, exif, 36);
	buf_add(&out, bytes->p + 2, bytes->len - 2);
	return out;
}

static void a_picture_on_its_side_is_turned(void **state)
{
	(void)state;
	struct buf bytes = room();
	struct image whole, image;
	struct err err = { 0 };
	image_look(buf_span(&bytes), "it", &whole, &err);
	assert_int_equal(image_orientation(buf_span(&bytes)), 1);
	for (char o = 1; o <= 8; o++) {
		struct buf on_side = turned(&bytes, o);
		assert_int_equal(image_orientation(buf_span(&on_side)), o);
		for (size_t n = 0; n < 60; n++) /* nothing is read behind the end */
			image_orientation((struct span){ on_side.p, n });
		if (has_gd()) {
			image = scaled(buf_span(&on_side), 100000000, 100000);
			assert_int_equal(image.width, o < 5 ? whole.width : whole.height);
			assert_int_equal(image.height, o < 5 ? whole.height : whole.width);
		}
		buf_free(&on_side);
	}
	buf_free(&bytes);
}

static void refused(struct span bytes, enum err_code code, const char *words)
{
	struct buf out = buf_new(1 << 20);
	struct err err = { 0 };
	assert_int_equal(image_scale(bytes, 1000, 100000, &out, &err), -1);
	assert_int_equal(err.code, code);
	if (!strstr(err.text, words))
		fail_msg("'%s', and not '%s'", err.text, words);
	buf_free(&out);
}

static void bombs_and_broken_ones_are_refused(void **state)
{
	(void)state;
	if (!has_gd())
		skip();
	struct span bomb = BYTES("\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\xFF\0\0\0\xFF\0\x08\2\0\0\0");
	struct span half = BYTES("\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\xFF\0\0\0\xFF\x08\2\0\0\0");
	refused(bomb, ERR_LIMIT, "65280 by 65280 pixels, and no more than 25 million are read");
	refused(half, ERR_INPUT, "cannot be decoded");
	refused((struct span)BYTES("hello"), ERR_INPUT, "is no image");
}

static void what_fits_goes_as_it_is(void **state)
{
	(void)state;
	struct buf bytes = room(), made = buf_new(1 << 20);
	struct span fitting;
	struct image image;
	struct err err = { 0 };
	assert_int_equal(image_fit("it", buf_span(&bytes), 100000, &made, &fitting, &image, &err), 0);
	assert_ptr_equal(fitting.p, bytes.p);
	buf_free(&bytes);
	buf_free(&made);
}

static void a_child_scales_within_walls(void **state)
{
	(void)state;
	if (!has_gd())
		skip();
	struct buf bytes = room(), made = buf_new(1 << 20), on_side = turned(&bytes, 6);
	struct span fitting;
	struct image image, given;
	struct err err = { 0 };
	if (image_fit("it", buf_span(&bytes), 1500, &made, &fitting, &image, &err) < 0)
		fail_msg("%s", err.text);
	assert_ptr_equal(fitting.p, made.p);
	assert_true(fitting.len <= 1500);
	assert_string_equal(image.mime, "image/jpeg");
	/* one that fits, but lies on its side */
	image_look(buf_span(&bytes), "it", &given, &err);
	assert_int_equal(image_fit("it", buf_span(&on_side), 100000, &made, &fitting, &image, &err), 0);
	assert_int_equal(image.width, given.height);
	assert_ptr_not_equal(fitting.p, on_side.p);
	/* the child's words come back */
	struct span bomb = BYTES("\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\xFF\0\0\0\xFF\0\x08\2\0\0\0");
	assert_int_equal(image_fit("it", bomb, 1500, &made, &fitting, &image, &err), -1);
	if (!strstr(err.text, "'it' is too large") || !strstr(err.text, "no more than 25 million"))
		fail_msg("%s", err.text);
	buf_free(&on_side);
	buf_free(&bytes);
	buf_free(&made);
}

static void file_refused(const char *path, enum err_code code, const char *words)
{
	struct err err = { 0 };
	char *url;
	assert_int_equal(image_file_url(path, IMAGE_MAX_BYTES, &url, &err), -1);
	assert_int_equal(err.code, code);
	assert_non_null(strstr(err.text, words));
	assert_null(url);
}

/* What the content is decides, and not the name. */
static void a_file_becomes_a_url(void **state)
{
	(void)state;
	struct err err = { 0 };
	char *url, path[] = "/tmp/akin_image_XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "GIF89a\1\0\1\0", 10), 10);
	assert_int_equal(ftruncate(fd, IMAGE_MAX_BYTES), 0);
	assert_int_equal(image_file_url(path, IMAGE_MAX_BYTES, &url, &err), 0);
	assert_int_equal(strncmp(url, "data:image/gif;base64,R0lGODlhAQABA", 35), 0);
	assert_true(strlen(url) < 1900000);
	free(url);
	assert_int_equal(ftruncate(fd, IMAGE_MAX_BYTES + 1), 0);
	file_refused(path, ERR_INPUT, "is too large for a request (1 by 1 pixels, 1.4 MB)"); /* of no pixel */
	assert_int_equal(ftruncate(fd, IMAGE_MAX_FILE + 1), 0);
	file_refused(path, ERR_LIMIT, "is too large: a picture may have 64 MB");
	close(fd);
	unlink(path);
	file_refused(path, ERR_IO, "cannot open");
	file_refused("/tmp", ERR_IO, "not a regular file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_format_is_decoded),
		cmocka_unit_test(it_gets_smaller_in_proportion),
		cmocka_unit_test(a_picture_on_its_side_is_turned),
		cmocka_unit_test(bombs_and_broken_ones_are_refused),
		cmocka_unit_test(what_fits_goes_as_it_is),
		cmocka_unit_test(a_child_scales_within_walls),
		cmocka_unit_test(a_file_becomes_a_url),
	};
	return cmocka_run_group_tests_name("image_scale", tests, NULL, NULL);
}
