#include "ask/figure_numerals.h"

#include <string.h>

#include "ask/figure_units.h"
#include "ask/figure_words.h"

enum { RUN_MAX = 16 };

/* The value of a numeral; -1: there is none. */
static int64_t cjk_numeral(struct span text, size_t at)
{
	static const struct figure_run numerals[] = {
		{ "一", 1 }, { "二", 2 }, { "三", 3 }, { "四", 4 }, { "五", 5 }, { "六", 6 }, { "七", 7 },
		{ "八", 8 }, { "九", 9 }, { "十", 10 }, { "百", 100 }, { "千", 1000 }, { "万", 10000 },
		{ "萬", 10000 }, { "亿", 100000000 }, { "億", 100000000 }, { "两", 2 }, { "兩", 2 }, { "〇", 0 },
		{ "零", 0 }, { "壱", 1 }, { "弐", 2 }, { "参", 3 },
	};
	const struct figure_run *run = figure_run_at(text, at, numerals, sizeof numerals / sizeof *numerals);
	return run ? (int64_t)run->value : -1;
}

/* 二百五十 by its places, 二〇二四 digit by digit. */
static uint64_t run_value(const uint64_t *v, size_t n)
{
	uint64_t total = 0, section = 0, digit = 0, plain = 0;
	bool places = false;
	for (size_t i = 0; i < n; i++) {
		if (v[i] < 10) {
			digit = v[i];
			plain = plain * 10 + digit;
		} else if (v[i] < 10000) {
			section += (digit ? digit : 1) * v[i];
			digit = 0;
			places = true;
		} else {
			section = section + digit ? section + digit : 1;
			total += section * v[i];
			section = digit = 0;
			places = true;
		}
	}
	return places ? total + section + digit : plain;
}

size_t figure_numerals_read(struct span text, size_t at, bool thai, uint64_t *value)
{
	uint64_t v[RUN_MAX];
	size_t n = 0;
	while (n < RUN_MAX) {
		const struct figure_run *run = thai ? figure_run_at(text, at, thai_numbers, n_thai_numbers) : NULL;
		int64_t numeral = thai ? (run ? (int64_t)run->value : -1) : cjk_numeral(text, at);
		if (numeral < 0)
			break;
		v[n++] = (uint64_t)numeral;
		at += thai ? strlen(run->text) : 3;
	}
	*value = run_value(v, n);
	return at;
}
