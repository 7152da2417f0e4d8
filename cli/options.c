#include "cli/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { LONGEST_NAME = 40 };

static const struct option *by_letter(const struct option *rows, char letter)
{
	for (; rows && rows->name; rows++)
		if (rows->letter == letter)
			return rows;
	return NULL;
}

static const struct option *by_name(const struct option *rows, const char *name, size_t len)
{
	for (; rows && rows->name; rows++)
		if (strlen(rows->name) == len && memcmp(rows->name, name, len) == 0)
			return rows;
	return NULL;
}

/* Levenshtein's distance, one row at a time. Words longer than LONGEST_NAME are
 * far from everything. */
static size_t distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), row[LONGEST_NAME + 1];
	if (n > LONGEST_NAME || m > LONGEST_NAME)
		return LONGEST_NAME;
	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = row[j];
			row[j] = best;
		}
	}
	return row[m];
}

const char *options_nearest(const char *word, const char *const *candidates, size_t n)
{
	size_t len = strlen(word), limit = len / 3 + 1 > 3 ? 3 : len / 3 + 1;
	const char *nearest = NULL;
	for (size_t i = 0; i < n; i++) {
		size_t d = distance(word, candidates[i]);
		/* a beginning that was cut short is near too: --lim */
		if (len >= 3 && strncmp(word, candidates[i], len) == 0)
			d = 1;
		if (d <= limit) {
			limit = d ? d - 1 : 0;
			nearest = candidates[i];
			if (d == 0)
				break;
		}
	}
	return nearest;
}

static size_t add_names(const struct option *rows, const char **names, size_t n, size_t max)
{
	for (; rows && rows->name && n < max; rows++)
		if (rows->kind != OPTION_REFUSED)
			names[n++] = rows->name;
	return n;
}

static int unknown(const struct option *own, const struct option *global, const char *arg,
                   size_t len, struct err *err)
{
	const char *names[64];
	size_t n = add_names(own, names, 0, 63);
	n = add_names(global, names, n, 63);
	names[n++] = "help";
	char *word = mem_strndup(arg, len);
	const char *nearest = word[1] == '-' ? options_nearest(word + 2, names, n) : NULL;
	if (nearest)
		err_set(err, ERR_USAGE, "unknown option '%s'; did you mean '--%s'?", word, nearest);
	else
		err_set(err, ERR_USAGE, "unknown option '%s'; --help lists them", word);
	free(word);
	return -1;
}

static int number(const char *text, uint64_t *value, const char **end)
{
	uint64_t n = 0;
	const char *p = text;
	for (; *p >= '0' && *p <= '9'; p++) {
		unsigned digit = (unsigned)(*p - '0');
		if (n > (UINT64_MAX - digit) / 10)
			return -1;
		n = n * 10 + digit;
	}
	*value = n;
	*end = p;
	return p == text ? -1 : 0;
}

int options_bytes(const char *text, uint64_t *value)
{
	const char *end;
	if (number(text, value, &end) < 0)
		return -1;
	static const char suffixes[] = "KMGkmg";
	const char *suffix = *end ? strchr(suffixes, *end) : NULL;
	if (!suffix)
		return *end ? -1 : 0;
	unsigned shift = 10 * (unsigned)((suffix - suffixes) % 3 + 1);
	if (end[1] || *value > UINT64_MAX >> shift)
		return -1;
	*value <<= shift;
	return 0;
}

static int set_number(const struct option *o, const char *text, struct err *err)
{
	uint64_t n;
	const char *end;
	int bad = o->kind == OPTION_BYTES ? options_bytes(text, &n)
	                                  : number(text, &n, &end) < 0 || *end ? -1 : 0;
	if (bad)
		return err_set(err, ERR_USAGE, "option '--%s' wants a number%s, not '%s'", o->name,
		               o->kind == OPTION_BYTES ? " of bytes, such as 10M" : "", text);
	if (n < o->low || n > o->high)
		return err_set(err, ERR_USAGE, "option '--%s' must be between %llu and %llu, not %s",
		               o->name, (unsigned long long)o->low, (unsigned long long)o->high, text);
	*(uint64_t *)o->value = n;
	return 0;
}

static int set_choice(const struct option *o, const char *text, struct err *err)
{
	struct buf list = buf_new(400);
	for (int i = 0; o->choices[i]; i++) {
		if (strcmp(o->choices[i], text) == 0) {
			*(int *)o->value = i;
			buf_free(&list);
			return 0;
		}
		buf_printf(&list, "%s%s", i ? ", " : "", o->choices[i]);
	}
	err_set(err, ERR_USAGE, "option '--%s' must be one of %s, not '%s'", o->name,
	        buf_span(&list).p, text);
	buf_free(&list);
	return -1;
}

static int add_value(const struct option *o, const char *text, struct err *err)
{
	struct option_list *list = o->value;
	if (list->n == OPTION_LIST_MAX)
		return err_set(err, ERR_USAGE, "option '--%s' is given more than %d times", o->name,
		               OPTION_LIST_MAX);
	list->items[list->n++] = text;
	return 0;
}

static int set_value(const struct option *o, const char *text, struct err *err)
{
	if (!text || !*text)
		return err_set(err, ERR_USAGE, "option '--%s' needs a value (%s)", o->name, o->operand);
	switch (o->kind) {
	case OPTION_TEXT:
		*(const char **)o->value = text;
		return 0;
	case OPTION_LIST:
		return add_value(o, text, err);
	case OPTION_NUMBER:
	case OPTION_BYTES:
		return set_number(o, text, err);
	case OPTION_CHOICE:
		return set_choice(o, text, err);
	case OPTION_FLAG:
	case OPTION_REFUSED:
		break;
	}
	return 0;
}

static int refuse(const struct option *o, struct err *err)
{
	return err_set(err, ERR_USAGE, "option '--%s' is not taken: %s", o->name, o->help);
}

/* Returns how many arguments were used (1 or 2), -1 on error. */
static int long_option(const struct option *own, const struct option *global, char *arg, char *next,
                       struct err *err)
{
	const char *name = arg + 2, *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	const struct option *o = by_name(own, name, len);
	if (!o)
		o = by_name(global, name, len);
	if (!o)
		return unknown(own, global, arg, len + 2, err);
	if (o->kind == OPTION_REFUSED)
		return refuse(o, err);
	if (o->kind == OPTION_FLAG) {
		if (equals)
			return err_set(err, ERR_USAGE, "option '--%s' takes no value", o->name);
		*(bool *)o->value = true;
		return 1;
	}
	if (set_value(o, equals ? equals + 1 : next, err) < 0)
		return -1;
	return equals ? 1 : 2;
}

/* A run of letters: -qv, -k5, -k 5. */
static int short_options(const struct option *own, const struct option *global, char *arg,
                         char *next, struct err *err)
{
	for (char *p = arg + 1; *p; p++) {
		const struct option *o = by_letter(own, *p);
		if (!o)
			o = by_letter(global, *p);
		if (!o) {
			char word[] = { '-', *p, '\0' };
			/* a letter beyond ASCII is shown with the whole of the argument */
			bool ascii = (unsigned char)*p < 0x80;
			return unknown(own, global, ascii ? word : arg, ascii ? 2 : strlen(arg), err);
		}
		if (o->kind == OPTION_REFUSED)
			return refuse(o, err);
		if (o->kind != OPTION_FLAG) {
			if (set_value(o, p[1] ? p + 1 : next, err) < 0)
				return -1;
			return p[1] ? 1 : 2;
		}
		*(bool *)o->value = true;
	}
	return 1;
}

int options_parse(const struct option *own, const struct option *global, int argc, char **argv,
                  bool stop_early, struct err *err)
{
	int operands = 0;
	for (int i = 0; i < argc;) {
		char *arg = argv[i], *next = i + 1 < argc ? argv[i + 1] : NULL;
		bool is_option = arg[0] == '-' && arg[1];
		bool rest = is_option && strcmp(arg, "--") == 0;
		if (rest || (!is_option && stop_early)) {
			for (i += rest; i < argc; i++)
				argv[operands++] = argv[i];
			return operands;
		}
		if (!is_option) {
			argv[operands++] = argv[i++];
			continue;
		}
		int used = arg[1] == '-' ? long_option(own, global, arg, next, err)
		                         : short_options(own, global, arg, next, err);
		if (used < 0)
			return -1;
		i += used;
	}
	return operands;
}

void options_help(const struct option *rows, struct buf *out)
{
	enum { COLUMN = 26 };
	for (; rows && rows->name; rows++) {
		if (rows->kind == OPTION_REFUSED)
			continue;
		size_t start = out->len;
		if (rows->letter)
			buf_printf(out, "  -%c, --%s", rows->letter, rows->name);
		else
			buf_printf(out, "      --%s", rows->name);
		if (rows->operand)
			buf_printf(out, " %s", rows->operand);
		size_t width = out->len - start;
		buf_printf(out, "%*s%s\n", width < COLUMN ? (int)(COLUMN - width) : 2, "", rows->help);
	}
}
