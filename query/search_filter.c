#define _GNU_SOURCE /* memmem, memrchr */
#include "query/search_filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/glob.h"
#include "base/mem.h"
#include "query/date.h"
#include "query/word_list.h"

const char *const filter_field_names[N_FILTER_FIELDS] = {
	[FILTER_TITLE] = "title", [FILTER_AUTHOR] = "author", [FILTER_PATH] = "path", [FILTER_TYPE] = "type",
	[FILTER_LANG] = "lang",   [FILTER_SINCE] = "since", [FILTER_BEFORE] = "before",
};

struct name_word {
	struct word_list words;
	bool is_unspaced;
};

struct filter_condition {
	enum filter_field field;
	bool is_not;
	char *value;
	size_t len;
	struct glob *glob; /* of a path; NULL: value is a part of it */
	bool is_name;      /* the pattern is of the file's name */
	int64_t time_ns;
	struct name_word *names; /* [n_names] of a title or an author */
	size_t n_names;
};

static void condition_free(struct filter_condition *c)
{
	for (size_t i = 0; i < c->n_names; i++)
		word_list_free(&c->names[i].words);
	free(c->names);
	free(c->value);
	glob_free(c->glob);
}

void search_filter_free(struct search_filter *f)
{
	for (size_t i = 0; i < f->n; i++)
		condition_free(&f->items[i]);
	free(f->items);
	terms_free(f->terms);
	*f = (struct search_filter){ 0 };
}

/* --- what values may be --------------------------------------------------------------- */

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static void make_lower(struct filter_condition *c)
{
	for (size_t i = 0; i < c->len; i++)
		c->value[i] = lower(c->value[i]);
}

static int set_names(struct search_filter *f, struct filter_condition *c, struct err *err)
{
	size_t cap = 0;
	if (!f->terms)
		f->terms = terms_new();
	for (size_t at = 0, end; at < c->len; at = end) {
		for (; at < c->len && (unsigned char)c->value[at] <= ' '; at++)
			;
		for (end = at; end < c->len && (unsigned char)c->value[end] > ' '; end++)
			;
		struct span word = { c->value + at, end - at };
		struct name_word name = { .is_unspaced = text_is_unspaced(word) };
		word_list_make(&name.words, f->terms, word, false);
		if (name.words.n == 0) {
			word_list_free(&name.words);
			continue;
		}
		c->names = mem_grow(c->names, &cap, c->n_names + 1, sizeof *c->names);
		c->names[c->n_names++] = name;
	}
	if (c->n_names == 0)
		return err_set(err, ERR_USAGE, "no word in '%s:%s'", filter_field_names[c->field], c->value);
	return 0;
}

static int set_path(struct filter_condition *c, struct err *err)
{
	if (!strpbrk(c->value, "*?["))
		return 0;
	const char *value = strncmp(c->value, "./", 2) == 0 ? c->value + 2 : c->value;
	struct buf pattern = buf_new(SEARCH_FILTER_MAX_VALUE + 8);
	c->is_name = !strchr(value, '/');
	buf_add_str(&pattern, c->is_name || value[0] == '/' ? "" : "**/");
	buf_add_str(&pattern, value);
	if (value[strlen(value) - 1] == '/') /* a folder: what is in it */
		buf_add_str(&pattern, "**");
	c->glob = glob_new(buf_span(&pattern), !c->is_name);
	buf_free(&pattern);
	if (!c->glob)
		return err_set(err, ERR_USAGE, "no path can match 'path:%s'; is a bracket open?", c->value);
	return 0;
}

/* "pt-BR" is "pt"; the two Norwegians are detected as one. */
static int set_lang(struct filter_condition *c, struct err *err)
{
	size_t len = strcspn(c->value, "-_"), letters = 0;
	while (letters < len && lower(c->value[letters]) >= 'a' && lower(c->value[letters]) <= 'z')
		letters++;
	if (letters != len || len < 2 || len > 3)
		return err_set(err, ERR_USAGE, "'lang:%s' is no language code, such as en, de, zh", c->value);
	c->len = len;
	c->value[len] = '\0';
	make_lower(c);
	if (strcmp(c->value, "nb") == 0 || strcmp(c->value, "nn") == 0)
		memcpy(c->value, "no", 2);
	return 0;
}

static void set_type(struct filter_condition *c)
{
	if (c->value[0] == '.' && c->len > 1)
		memmove(c->value, c->value + 1, c->len--);
	make_lower(c);
}

static int set_time(struct filter_condition *c, int64_t now_ns, struct err *err)
{
	if (date_read((struct span){ c->value, c->len }, now_ns, &c->time_ns) == 0)
		return 0;
	return err_set(err, ERR_USAGE, "'%s:%s' is no date; write YYYY, YYYY-MM, YYYY-MM-DD, or an age: "
	               "3d, 2w, 6m, 1y", filter_field_names[c->field], c->value);
}

static int set_value(struct search_filter *f, struct filter_condition *c, int64_t now_ns,
                     struct err *err)
{
	switch (c->field) {
	case FILTER_TITLE:
	case FILTER_AUTHOR: return set_names(f, c, err);
	case FILTER_PATH: return set_path(c, err);
	case FILTER_TYPE: set_type(c); return 0;
	case FILTER_LANG: return set_lang(c, err);
	case FILTER_SINCE:
	case FILTER_BEFORE: return set_time(c, now_ns, err);
	case N_FILTER_FIELDS: break;
	}
	return 0;
}

int search_filter_add(struct search_filter *f, enum filter_field field, bool is_not,
                      struct span value, int64_t now_ns, struct err *err)
{
	const char *name = filter_field_names[field];
	if (value.len == 0 || memchr(value.p, '\0', value.len))
		return err_set(err, ERR_USAGE, "no value for '%s:'", name);
	if (value.len > SEARCH_FILTER_MAX_VALUE)
		return err_set(err, ERR_LIMIT, "the value of '%s:' is longer than %d bytes", name,
		               SEARCH_FILTER_MAX_VALUE);
	if (f->n == SEARCH_FILTER_MAX)
		return err_set(err, ERR_LIMIT, "more than %d filters", SEARCH_FILTER_MAX);
	struct filter_condition c = { .field = field, .is_not = is_not, .len = value.len,
		                      .value = mem_strndup(value.p, value.len) };
	if (set_value(f, &c, now_ns, err) < 0) {
		condition_free(&c);
		return -1;
	}
	if (!f->items)
		f->items = mem_alloc(SEARCH_FILTER_MAX, sizeof *f->items);
	f->items[f->n++] = c;
	return 0;
}

/* --- documents -------------------------------------------------------------------------- */

static struct span name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return span_of(slash ? slash + 1 : path);
}

static bool meets_names(const struct search_filter *f, const struct filter_condition *c, const char *names)
{
	struct word_list words;
	bool meets = names != NULL;
	if (!names)
		return false;
	word_list_make(&words, f->terms, span_of(names), false);
	for (size_t i = 0; i < c->n_names && meets; i++)
		meets = c->names[i].is_unspaced ? word_list_has_run(&words, &c->names[i].words)
		                                : word_list_has_all(&words, &c->names[i].words);
	word_list_free(&words);
	return meets;
}

static bool meets_path(const struct filter_condition *c, const char *path)
{
	if (!c->glob)
		return strstr(path, c->value) != NULL;
	return glob_match(c->glob, c->is_name ? name_of(path) : span_of(path));
}

/* The formats of a group, with '|' around each. */
static const char *group_formats(const char *group)
{
	static const char *const groups[][2] = {
		{ "code", "|c|c++|c#|java|javascript|typescript|go|rust|kotlin|swift|scala|php|dart|zig|d|"
		          "objective-c|groovy|awk|css|protobuf|gpu code|hcl|python|ruby|lua|shell|perl|elixir|"
		          "julia|tcl|vim script|r|fortran|verilog|cmake|starlark|haskell|elm|ocaml|f#|clojure|"
		          "lisp|erlang|sql|diff|code|" },
		{ "text", "|text|markdown|rst|org|latex|asciidoc|man|subtitles|" },
		{ "doc", "|html|pdf|docx|odt|rtf|epub|pptx|odp|xlsx|ods|mail|notebook|image|" },
		{ "data", "|json|csv|xml|configuration|yaml|" },
	};
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		if (strcmp(groups[i][0], group) == 0)
			return groups[i][1];
	return NULL;
}

static bool is_extension(const char *path, const char *wanted)
{
	struct span name = name_of(path);
	const char *dot = name.len ? memrchr(name.p + 1, '.', name.len - 1) : NULL;
	size_t i = 0;
	if (!dot)
		return false;
	for (dot++; dot[i] && lower(dot[i]) == wanted[i]; i++)
		;
	return !dot[i] && !wanted[i] && i > 0;
}

static bool meets_type(const struct filter_condition *c, const struct store_document *doc)
{
	const char *formats = group_formats(c->value);
	if (strcmp(doc->format, c->value) == 0)
		return true;
	if (!formats)
		return is_extension(doc->path, c->value);
	char wanted[sizeof doc->format + 3];
	snprintf(wanted, sizeof wanted, "|%s|", doc->format);
	return doc->format[0] && strstr(formats, wanted);
}

/* Its own date says more than when the file was copied here. */
static int64_t time_of(const struct store_document *doc)
{
	int64_t own_ns;
	return doc->date && date_of_document(doc->date, &own_ns) == 0 ? own_ns : doc->mtime_ns;
}

static bool meets(const struct search_filter *f, const struct filter_condition *c,
                  const struct store_document *doc)
{
	switch (c->field) {
	case FILTER_TITLE: return meets_names(f, c, doc->title);
	case FILTER_AUTHOR: return meets_names(f, c, doc->author);
	case FILTER_PATH: return meets_path(c, doc->path);
	case FILTER_TYPE: return meets_type(c, doc);
	case FILTER_LANG: return strcmp(doc->language, c->value) == 0;
	case FILTER_SINCE: return time_of(doc) >= c->time_ns;
	case FILTER_BEFORE: return time_of(doc) < c->time_ns;
	case N_FILTER_FIELDS: break;
	}
	return false;
}

bool search_filter_passes(const struct search_filter *f, const struct store_document *doc)
{
	unsigned asked = 0, met = 0; /* a bit a field */
	for (size_t i = 0; i < f->n; i++) {
		const struct filter_condition *c = &f->items[i];
		unsigned bit = 1u << c->field;
		if (!c->is_not)
			asked |= bit;
		if ((!c->is_not && met & bit) || !meets(f, c, doc))
			continue;
		if (c->is_not)
			return false;
		met |= bit;
	}
	return met == asked;
}

bool search_filter_test(void *ctx, const struct store_document *doc)
{
	return search_filter_passes(ctx, doc);
}
