#include "indexer/extract/code_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <unicode/ucnv.h>

static UConverter *open_converter(int code_page)
{
	char name[32];
	UErrorCode status = U_ZERO_ERROR;
	if (code_page == 65001)
		snprintf(name, sizeof name, "UTF-8");
	else if (code_page == 10000)
		snprintf(name, sizeof name, "macintosh");
	else
		snprintf(name, sizeof name, code_page < 1000 ? "ibm-%d" : "windows-%d", code_page);
	UConverter *c = ucnv_open(name, &status);
	if (U_SUCCESS(status))
		return c;
	status = U_ZERO_ERROR;
	c = ucnv_open("windows-1252", &status);
	return U_SUCCESS(status) ? c : NULL;
}

void code_page_add(struct buf *out, int code_page, struct span bytes)
{
	UConverter *from = open_converter(code_page);
	const char *p = bytes.p, *end = bytes.p + bytes.len;
	UErrorCode status = U_ZERO_ERROR;
	while (from && p < end) {
		char piece[8];
		UChar32 c = ucnv_getNextUChar(from, &p, end, &status);
		size_t n = 0;
		UBool error = 0;
		if (U_FAILURE(status)) {
			if (status == U_INDEX_OUTOFBOUNDS_ERROR)
				break;
			status = U_ZERO_ERROR;
			c = 0xFFFD;
		}
		U8_APPEND((uint8_t *)piece, n, (size_t)sizeof piece, c, error);
		if (!error)
			buf_add(out, piece, n);
	}
	ucnv_close(from);
}

int code_page_of_charset(int charset)
{
	static const int pages[][2] = {
		{ 0, 1252 },   { 77, 10000 }, { 128, 932 },  { 129, 949 },  { 130, 1361 }, { 134, 936 },
		{ 136, 950 },  { 161, 1253 }, { 162, 1254 }, { 163, 1258 }, { 177, 1255 }, { 178, 1256 },
		{ 186, 1257 }, { 204, 1251 }, { 222, 874 },  { 238, 1250 }, { 254, 437 },  { 255, 850 },
	};
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		if (pages[i][0] == charset)
			return pages[i][1];
	return 0;
}
