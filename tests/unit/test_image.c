#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "models/image.h"

#define BYTES(s) { s, sizeof s - 1 }
#define PNG "\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR"
#define JPEG "\xFF\xD8\xFF\xE0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"

static const struct {
	const char *about;
	struct span bytes;
	const char *mime; /* NULL: refused */
	uint32_t width, height;
	const char *error; /* a part of it */
} cases[] = {
	{ "PNG", BYTES(PNG "\0\0\1\2\0\0\0\3\10\2\0\0\0"), "image/png", 258, 3, NULL },
	{ "PNG without height",
	  BYTES(PNG "\0\0\1\2\0\0\0\0\10\2\0\0\0"), NULL, 0, 0, "without pixels (258 by 0)" },
	{ "PNG that breaks off", BYTES(PNG "\0\0\1\2\0\0"), NULL, 0, 0, "begins as image/png" },
	{ "PNG without IHDR",
	  BYTES("\x89PNG\r\n\x1A\n\0\0\0\x0DIDAT\0\0\1\2\0\0\0\3"), NULL, 0, 0, "has no size" },
	{ "JPEG", BYTES(JPEG "\xFF\xC0\0\x11\x08\2\1\0\5\3"), "image/jpeg", 5, 513, NULL },
	{ "JPEG, progressive, with filling and tables",
	  BYTES(JPEG "\xFF\xFF\xFF\xC4\0\4ab\xFF\x01\xFF\xC2\0\x11\x08\0\7\0\x09\3"), "image/jpeg", 9, 7, NULL },
	{ "JPEG without a frame",
	  BYTES(JPEG "\xFF\xDA\0\4ab\x12\x34\x56\x78\x90"), NULL, 0, 0, "image/jpeg" },
	{ "JPEG with an empty segment",
	  BYTES(JPEG "\xFF\xE1\0\0\xFF\xC0\0\x11\x08\2\1\0\5\3"), NULL, 0, 0, "has no size" },
	{ "JPEG with a segment beyond the end",
	  BYTES(JPEG "\xFF\xE1\xFF\xFF\xFF\xC0\0\x11\x08\2\1\0\5\3"), NULL, 0, 0, "has no size" },
	{ "JPEG whose height comes later",
	  BYTES(JPEG "\xFF\xC0\0\x11\x08\0\0\0\5\3"), NULL, 0, 0, "without pixels (5 by 0)" },
	{ "GIF", BYTES("GIF89a\x10\0\1\1\0\0\0"), "image/gif", 16, 257, NULL },
	{ "GIF of 1987", BYTES("GIF87a\1\0\1\0"), "image/gif", 1, 1, NULL },
	{ "GIF that breaks off", BYTES("GIF87a\1\0\1"), NULL, 0, 0, "has no size" },
	{ "WebP",
	  BYTES("RIFF\x20\0\0\0WEBPVP8 \x14\0\0\0\0\0\0\x9D\x01\x2A\x40\x41\x20\0"),
	  "image/webp", 320, 32, NULL },
	{ "WebP, lossless",
	  BYTES("RIFF\x20\0\0\0WEBPVP8L\x14\0\0\0\x2F\x3F\x01\x08\0"), "image/webp", 320, 33, NULL },
	{ "WebP, extended",
	  BYTES("RIFF\x20\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0\x3F\x01\0\0\0\x01"), "image/webp", 320, 65537, NULL },
	{ "WebP of another chunk",
	  BYTES("RIFF\x20\0\0\0WEBPABCD\x14\0\0\0\0\0\0\x9D\x01\x2A\x40\x01\x20\0"), NULL, 0, 0, "has no size" },
	{ "WAV", BYTES("RIFF\x20\0\0\0WAVEfmt \x14\0\0\0"), NULL, 0, 0, "is no image that a model reads" },
	{ "text",
	  BYTES("# a heading\n"), NULL, 0, 0, "is no image that a model reads; give a PNG, JPEG, WebP or GIF" },
	{ "nothing", BYTES(""), NULL, 0, 0, "is no image" },
};

static void headers_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct image image;
		struct err err = { 0 };
		/* behind its end nothing may be read */
		char *copy = mem_alloc(cases[i].bytes.len + 1, 1);
		memcpy(copy, cases[i].bytes.p, cases[i].bytes.len);
		int rc = image_look((struct span){ copy, cases[i].bytes.len }, "a.bin", &image, &err);
		free(copy);
		if (rc != (cases[i].mime ? 0 : -1))
			fail_msg("%s: %d, '%s'", cases[i].about, rc, err.text);
		if (rc == 0) {
			assert_string_equal(image.mime, cases[i].mime);
			assert_int_equal(image.width, cases[i].width);
			assert_int_equal(image.height, cases[i].height);
			continue;
		}
		assert_int_equal(err.code, ERR_INPUT);
		if (!strstr(err.text, cases[i].error) || strncmp(err.text, "'a.bin' ", 8) != 0)
			fail_msg("%s: '%s', and not '%s'", cases[i].about, err.text, cases[i].error);
	}
}

/* The padding of base64 for each remainder. */
static void bytes_become_a_url(void **state)
{
	(void)state;
	static const char *const urls[] = { "data:image/gif;base64,R0lGODlhAQABAAAA",
		"data:image/gif;base64,R0lGODlhAQABAAAAAA==", "data:image/gif;base64,R0lGODlhAQABAAAAAAA=",
		"data:image/gif;base64,R0lGODlhAQABAAAAAAAA" };
	for (size_t i = 0; i < 4; i++) {
		char *url = image_url((struct span){ "GIF89a\1\0\1\0\0\0\0\0\0", 12 + i }, "image/gif");
		assert_string_equal(url, urls[i]);
		free(url);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_read),
		cmocka_unit_test(bytes_become_a_url),
	};
	return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
