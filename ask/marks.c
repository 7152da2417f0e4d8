#include "ask/marks.h"

bool mark_opens_quote(uint32_t code)
{
	switch (code) {
	case '"': case '\'': case '`': case 0xAB: case 0xBB: case 0x2018: case 0x201A: case 0x2039:
	case 0x203A: case 0x201C: case 0x201D: case 0x201E: case 0x201F: case 0x300C: case 0x300E:
	case 0x301D: case 0xFF02:
		return true;
	default:
		return false;
	}
}

bool mark_closes_quote(uint32_t open, uint32_t code)
{
	switch (open) {
	case '\'': case 0x2018: case 0x201A:
		return code == '\'' || code == 0x2018 || code == 0x2019;
	case '`':
		return code == '`';
	case 0x2039: case 0x203A:
		return code == 0x2039 || code == 0x203A;
	case 0x300C:
		return code == 0x300D;
	case 0x300E:
		return code == 0x300F;
	default:
		return code == '"' || code == 0xAB || code == 0xBB || (code >= 0x201C && code <= 0x201F) ||
		       code == 0x301E || code == 0x301F || code == 0xFF02;
	}
}

bool mark_is_comma(uint32_t code)
{
	return code == ',' || code == '&' || code == 0xFF0C || code == 0x3001;
}

bool mark_is_semicolon(uint32_t code)
{
	return code == ';' || code == 0xFF1B;
}

bool mark_is_colon(uint32_t code)
{
	return code == ':' || code == 0xFF1A;
}

bool mark_is_short_dash(uint32_t code)
{
	return code == '-' || code == 0x2010 || code == 0x2011 || code == 0x2013;
}

bool mark_is_stop(uint32_t code)
{
	switch (code) {
	case '.': case '!': case '?': case 0x2026: case 0x203C: case 0x2047: case 0x2048: case 0x2049:
	case 0x3002: case 0xFF01: case 0xFF0E: case 0xFF1F: case 0xFF61:
	case 0x061F: case 0x06D4: case 0x0964: case 0x0965: case 0x104A: case 0x104B: case 0x17D4: case 0x17D5:
		return true;
	default:
		return false;
	}
}

bool mark_is_closing(uint32_t code)
{
	switch (code) {
	case '"': case '\'': case ')': case ']': case '*': case '_': case '`':
	case 0xBB: case 0xAB: case 0x2019: case 0x201D: case 0x201C: case 0x203A: case 0x300D: case 0x300F:
	case 0x3011: case 0xFF09: case 0xFF3D:
		return true;
	default:
		return false;
	}
}
