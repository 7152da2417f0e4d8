#define _GNU_SOURCE /* memmem */
#include "indexer/extract/magic.h"

#include <string.h>

#include "indexer/extract/line.h"

static const struct {
	size_t at;
	size_t len;
	const char *bytes;
	const char *format;
} magics[] = {
	{ 0, 5, "%PDF-", "PDF" },
	{ 0, 4, "%!PS", "PostScript" },
	{ 0, 5, "{\\rtf", "RTF document" },
	{ 0, 8, "\x89PNG\r\n\x1A\n", "PNG image" },
	{ 0, 3, "\xFF\xD8\xFF", "JPEG image" },
	{ 0, 6, "GIF87a", "GIF image" },
	{ 0, 6, "GIF89a", "GIF image" },
	{ 8, 4, "WEBP", "WebP image" },
	{ 0, 4, "II*\0", "TIFF image" },
	{ 0, 4, "MM\0*", "TIFF image" },
	{ 0, 4, "8BPS", "Photoshop image" },
	{ 0, 8, "AT&TFORM", "DjVu document" },
	{ 0, 4, "\x7F" "ELF", "program" },
	{ 0, 4, "\xCF\xFA\xED\xFE", "program" },
	{ 0, 4, "\xCA\xFE\xBA\xBE", "program" },
	{ 0, 4, "\0asm", "program" },
	{ 0, 8, "!<arch>\n", "archive" },
	{ 0, 2, "\x1F\x8B", "gzip archive" },
	{ 0, 3, "BZh", "bzip2 archive" },
	{ 0, 6, "\xFD" "7zXZ\0", "xz archive" },
	{ 0, 4, "\x28\xB5\x2F\xFD", "zstd archive" },
	{ 0, 4, "\x04\x22\x4D\x18", "lz4 archive" },
	{ 0, 6, "7z\xBC\xAF\x27\x1C", "7-Zip archive" },
	{ 0, 6, "Rar!\x1A\x07", "RAR archive" },
	{ 257, 5, "ustar", "tar archive" },
	{ 0, 16, "SQLite format 3\0", "SQLite database" },
	{ 0, 3, "ID3", "audio" },
	{ 0, 4, "OggS", "audio" },
	{ 0, 4, "fLaC", "audio" },
	{ 8, 4, "WAVE", "audio" },
	{ 0, 4, "MThd", "audio" },
	{ 8, 4, "AVI ", "video" },
	{ 4, 4, "ftyp", "video" },
	{ 0, 4, "\x1A\x45\xDF\xA3", "video" },
	{ 0, 4, "wOFF", "font" },
	{ 0, 4, "wOF2", "font" },
	{ 0, 4, "OTTO", "font" },
	{ 0, 5, "\0\1\0\0\0", "font" },
	{ 0, 8, "\x89HDF\r\n\x1A\n", "HDF data" },
	{ 0, 6, "\x93NUMPY", "NumPy array" },
};

struct extension {
	const char *end, *format;
};

static const char *by_extension(struct span path, const struct extension *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(list[i].end);
		if (path.len >= len &&
		    span_is_nocase((struct span){ path.p + path.len - len, len }, list[i].end))
			return list[i].format;
	}
	return NULL;
}

static bool holds(struct span s, const char *what, size_t len)
{
	return s.len >= len && memmem(s.p, s.len, what, len);
}

static size_t little_endian(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;
	return b[0] | (size_t)b[1] << 8 | (size_t)b[2] << 16 | (size_t)b[3] << 24;
}

/* A zip archive's list of its members, which stands at its end (APPNOTE 4.3.12, 4.3.16); empty
 * when there is none. */
static struct span zip_directory(struct span bytes)
{
	enum { END_LEN = 22, COMMENT_MAX = 65535 };
	size_t lowest = bytes.len > END_LEN + COMMENT_MAX ? bytes.len - END_LEN - COMMENT_MAX : 0;
	for (size_t at = bytes.len; at >= lowest + END_LEN; at--) {
		const char *end = bytes.p + at - END_LEN;
		if (memcmp(end, "PK\5\6", 4) != 0)
			continue;
		size_t len = little_endian(end + 12), start = little_endian(end + 16);
		if (start <= at - END_LEN && len <= at - END_LEN - start)
			return (struct span){ bytes.p + start, len };
	}
	return (struct span){ bytes.p, 0 };
}

static const char *zip_format(struct span path, struct span bytes)
{
	static const char *const mimetypes[][2] = {
		{ "mimetypeapplication/epub+zip", "EPUB book" },
		{ "vnd.oasis.opendocument.text", "OpenDocument text" },
		{ "vnd.oasis.opendocument.spreadsheet", "OpenDocument workbook" },
		{ "vnd.oasis.opendocument.presentation", "OpenDocument slides" },
	};
	static const char *const members[][2] = {
		{ "word/document.xml", "Word document" },
		{ "xl/workbook.xml", "Excel workbook" },
		{ "ppt/presentation.xml", "PowerPoint document" },
		{ "META-INF/container.xml", "EPUB book" },
	};
	static const struct extension named[] = {
		{ ".odt", "OpenDocument text" },    { ".ods", "OpenDocument workbook" },
		{ ".odp", "OpenDocument slides" },  { ".pages", "Pages document" },
		{ ".numbers", "Numbers document" }, { ".key", "Keynote document" },
		{ ".docx", "Word document" },       { ".xlsx", "Excel workbook" },
		{ ".pptx", "PowerPoint document" }, { ".jar", "program" },
		{ ".apk", "program" },
	};
	struct span head = { bytes.p, bytes.len < 128 ? bytes.len : 128 };
	for (size_t i = 0; i < sizeof mimetypes / sizeof *mimetypes; i++)
		if (holds(head, mimetypes[i][0], strlen(mimetypes[i][0])))
			return mimetypes[i][1];
	struct span directory = zip_directory(bytes);
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (holds(directory, members[i][0], strlen(members[i][0])))
			return members[i][1];
	const char *format = by_extension(path, named, sizeof named / sizeof *named);
	return format ? format : "zip archive";
}

/* What Office wrote before 2007, and what it writes encrypted, is in a container of Microsoft's
 * ([MS-CFB]), whose directory has names in UTF-16. */
static const char *container_format(struct span bytes)
{
	static const struct {
		const char *name;
		size_t len;
		const char *format;
	} inside[] = {
#define WIDE(name) name, sizeof name - 1
		{ WIDE("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"), "encrypted Office document" },
		{ WIDE("W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0"), "older Word document (save it as .docx)" },
		{ WIDE("W\0o\0r\0k\0b\0o\0o\0k\0"), "older Excel workbook (save it as .xlsx)" },
		{ WIDE("P\0o\0w\0e\0r\0P\0o\0i\0n\0t\0 \0D\0o\0c\0"),
		  "older PowerPoint document (save it as .pptx)" },
		{ WIDE("_\0_\0n\0a\0m\0e\0i\0d\0"), "Outlook message (save it as .eml)" },
#undef WIDE
	};
	for (size_t i = 0; i < sizeof inside / sizeof *inside; i++)
		if (holds(bytes, inside[i].name, inside[i].len))
			return inside[i].format;
	return "older Office document";
}

const char *magic_format(struct span path, struct span bytes)
{
	if (bytes.len >= 4 && (memcmp(bytes.p, "PK\3\4", 4) == 0 || memcmp(bytes.p, "PK\5\6", 4) == 0))
		return zip_format(path, bytes);
	if (bytes.len >= 8 && memcmp(bytes.p, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0)
		return container_format(bytes);
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
		size_t at = magics[i].at, len = magics[i].len;
		if (bytes.len >= at + len && memcmp(bytes.p + at, magics[i].bytes, len) == 0)
			return magics[i].format;
	}
	/* readers look for it within the first kilobyte (ISO 32000, annex H) */
	static const struct extension text[] = { { ".svg", "SVG image" }, { ".pdf", NULL } };
	if (bytes.len > 5 && memmem(bytes.p, bytes.len < 1024 ? bytes.len : 1024, "%PDF-", 5) &&
	    path.len > 4 && span_is_nocase((struct span){ path.p + path.len - 4, 4 }, ".pdf"))
		return "PDF";
	return by_extension(path, text, 1);
}
