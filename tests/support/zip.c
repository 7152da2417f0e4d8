#include "tests/support/zip.h"

#include <stdint.h>
#include <zlib.h>

struct zip zip_new(void)
{
	return (struct zip){ .bytes = buf_new(1 << 28), .directory = buf_new(1 << 28) };
}

static void put16(struct buf *b, unsigned x)
{
	buf_add_byte(b, (char)(x & 0xFF));
	buf_add_byte(b, (char)(x >> 8 & 0xFF));
}

static void put32(struct buf *b, size_t x)
{
	put16(b, (unsigned)(x & 0xFFFF));
	put16(b, (unsigned)(x >> 16 & 0xFFFF));
}

static void deflate_all(struct span data, size_t repeat, struct buf *out, uint32_t *crc)
{
	static unsigned char piece[1 << 16];
	z_stream s = { 0 };
	deflateInit2(&s, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
	*crc = (uint32_t)crc32(0, NULL, 0);
	for (size_t i = 0; i < repeat; i++) {
		*crc = (uint32_t)crc32(*crc, (const unsigned char *)data.p, (unsigned)data.len);
		s.next_in = (unsigned char *)(uintptr_t)data.p;
		s.avail_in = (unsigned)data.len;
		do {
			s.next_out = piece;
			s.avail_out = sizeof piece;
			deflate(&s, i + 1 == repeat ? Z_FINISH : Z_NO_FLUSH);
			buf_add(out, piece, sizeof piece - s.avail_out);
		} while (s.avail_out == 0);
	}
	deflateEnd(&s);
}

/* What stands both before a member and in the directory (APPNOTE 4.3.7, 4.3.12). */
static void put_header(struct buf *b, uint32_t crc, size_t packed, size_t plain, size_t name_len)
{
	put16(b, 20);
	put16(b, 0);
	put16(b, 8);
	put32(b, 0x21 << 16);
	put32(b, crc);
	put32(b, packed);
	put32(b, plain);
	put16(b, (unsigned)name_len);
	put16(b, 0);
}

void zip_add(struct zip *z, const char *name, struct span data, size_t repeat)
{
	struct buf packed = buf_new(1 << 28);
	uint32_t crc;
	size_t start = z->bytes.len, plain = data.len * repeat;
	deflate_all(data, repeat, &packed, &crc);
	buf_add(&z->bytes, "PK\3\4", 4);
	put_header(&z->bytes, crc, packed.len, plain, strlen(name));
	buf_add_str(&z->bytes, name);
	buf_add_span(&z->bytes, buf_span(&packed));
	buf_add(&z->directory, "PK\1\2", 4);
	put16(&z->directory, 20);
	put_header(&z->directory, crc, packed.len, plain, strlen(name));
	put16(&z->directory, 0);
	put16(&z->directory, 0);
	put16(&z->directory, 0);
	put32(&z->directory, 0);
	put32(&z->directory, start);
	buf_add_str(&z->directory, name);
	z->n++;
	buf_free(&packed);
}

struct span zip_finish(struct zip *z)
{
	size_t start = z->bytes.len;
	buf_add_span(&z->bytes, buf_span(&z->directory));
	buf_add(&z->bytes, "PK\5\6\0\0\0", 8);
	put16(&z->bytes, (unsigned)z->n);
	put16(&z->bytes, (unsigned)z->n);
	put32(&z->bytes, z->directory.len);
	put32(&z->bytes, start);
	put16(&z->bytes, 0);
	buf_free(&z->directory);
	struct span bytes;
	bytes.p = buf_take(&z->bytes, &bytes.len);
	return bytes;
}
