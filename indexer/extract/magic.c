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
	{ 0, 8, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "older Office document" },
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

static const char *zip_format(struct span path, struct span bytes)
{
	static const struct extension packed[] = {
		{ ".docx", "Word document" },        { ".docm", "Word document" },
		{ ".xlsx", "Excel workbook" },       { ".xlsm", "Excel workbook" },
		{ ".pptx", "PowerPoint document" },  { ".odt", "OpenDocument text" },
		{ ".ods", "OpenDocument workbook" }, { ".odp", "OpenDocument slides" },
		{ ".epub", "EPUB book" },            { ".pages", "Pages document" },
		{ ".numbers", "Numbers document" },  { ".key", "Keynote document" },
		{ ".jar", "program" },               { ".apk", "program" },
	};
	const char *format = by_extension(path, packed, sizeof packed / sizeof *packed);
	if (format)
		return format;
	struct span head = { bytes.p, bytes.len < 4096 ? bytes.len : 4096 };
	static const char *const inside[][2] = {
		{ "mimetypeapplication/epub+zip", "EPUB book" },
		{ "vnd.oasis.opendocument.text", "OpenDocument text" },
		{ "word/", "Word document" },
		{ "xl/", "Excel workbook" },
		{ "ppt/", "PowerPoint document" },
	};
	for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
		if (memmem(head.p, head.len, inside[i][0], strlen(inside[i][0])))
			return inside[i][1];
	}
	return "zip archive";
}

const char *magic_format(struct span path, struct span bytes)
{
	if (bytes.len >= 4 && (memcmp(bytes.p, "PK\3\4", 4) == 0 || memcmp(bytes.p, "PK\5\6", 4) == 0))
		return zip_format(path, bytes);
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
