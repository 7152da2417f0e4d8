#include "ask/tools.h"

#include <stdlib.h>
#include <string.h>

#include "ask/index_tools.h"
#include "ask/prompt.h"
#include "base/json.h"
#include "base/json_schema.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "query/frame.h"

enum { MAX_ARGUMENTS = 64 << 10, MAX_SAID = 200 };

#define TEXT(about) "{\"type\": \"string\", \"description\": \"" about "\"}"
#define COUNT(high, about) \
	"{\"type\": \"integer\", \"minimum\": 1, \"maximum\": " high ", \"description\": \"" about "\"}"
#define OBJECT(members, required) \
	"{\"type\": \"object\", \"properties\": {" members "}, \"required\": [" required "], " \
	"\"additionalProperties\": false}"

static const struct own {
	struct chat_tool tool;
	index_tool *run;
} own[] = {
	{ { "search",
	    "Finds passages of the user's documents by meaning and by words. Ask for one thing at a time, in "
	    "the documents' own language where you know it.",
	    OBJECT("\"query\": " TEXT("a question, or words") ", "
	           "\"filters\": {\"type\": \"object\", \"description\": \"conditions that every document has "
	           "to meet; leave out what does not matter\", \"properties\": {"
	           "\"path\": " TEXT("a part of the path, or a pattern: *.md, notes/**") ", "
	           "\"type\": " TEXT("a format or extension (markdown, pdf, md), or code, text, doc, data") ", "
	           "\"lang\": " TEXT("the document's language: en, de, fr") ", "
	           "\"since\": " TEXT("of 2024, 2024-05, 2024-05-17, or an age: 3d, 2w, 6m, 1y, or later") ", "
	           "\"before\": " TEXT("before that; as since") ", "
	           "\"title\": " TEXT("words of the document's title") ", "
	           "\"author\": " TEXT("words of its author's name") "}, \"additionalProperties\": false}, "
	           "\"k\": " COUNT("20", "how many passages; 6 if left out"), "\"query\"") },
	  tool_search },
	{ { "read",
	    "Shows the text of a document from a line on, as whole passages: what stands around a passage "
	    "that was found.",
	    OBJECT("\"path\": " TEXT("as search and list show it, or the end of it") ", "
	           "\"from\": {\"type\": \"integer\", \"minimum\": 1, \"description\": \"the first line; 1 if "
	           "left out\"}, "
	           "\"count\": " COUNT("400", "how many lines; 80 if left out"), "\"path\"") },
	  tool_read },
	{ { "list",
	    "Names the documents that there are, with their titles.",
	    OBJECT("\"glob\": " TEXT("a part of the path, or a pattern: *.md, notes/**; all if left out"), "") },
	  tool_list },
};
enum { N_OWN = sizeof own / sizeof *own };

/* --- what there is ---------------------------------------------------------------------- */

size_t tools_list(const struct tools *t, struct chat_tool **list)
{
	size_t n_users = t->user ? t->user->n : 0, n = 0;
	*list = mem_alloc(N_OWN + n_users, sizeof **list);
	for (size_t i = 0; t->index_tools && i < N_OWN; i++)
		(*list)[n++] = own[i].tool;
	for (size_t i = 0; i < n_users; i++) {
		const struct user_tool *u = &t->user->items[i];
		(*list)[n++] = (struct chat_tool){ u->name, u->description, u->parameters };
	}
	return n;
}

static const struct own *find_own(const struct tools *t, const char *name)
{
	for (size_t i = 0; t->index_tools && i < N_OWN; i++)
		if (strcmp(own[i].tool.name, name) == 0)
			return &own[i];
	return NULL;
}

static int no_such_function(const struct tools *t, const char *name, struct err *err)
{
	struct buf names = buf_new(sizeof err->text);
	struct chat_tool *list;
	size_t n = tools_list(t, &list);
	for (size_t i = 0; i < n; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", list[i].name);
	err_set(err, ERR_INPUT, "there is no function '%.100s'; there is %s", name,
	        n ? buf_span(&names).p : "none");
	free(list);
	buf_free(&names);
	return -1;
}

bool tool_add_source(const struct tools *t, struct source *s, struct buf *out)
{
	/* no number that it can have is longer than this */
	struct buf text = buf_new(out->max > out->len ? out->max - out->len : 0);
	prompt_add_source(&text, t->sources->n + 1, s);
	/* and a line or two behind the last of them */
	bool fits = !text.overflow && text.len + 256 <= text.max;
	buf_free(&text);
	if (!fits) {
		struct sources none = { 0 };
		sources_add(&none, s);
		sources_free(&none);
		return false;
	}
	size_t number = sources_add(t->sources, s);
	prompt_add_source(out, number, &t->sources->items[number - 1]);
	buf_add_byte(out, '\n');
	return true;
}

/* --- arguments -------------------------------------------------------------------------- */

/* Models write null for what they leave out, and numbers as strings: neither can be meant
 * otherwise, and to refuse it costs a round. */
static void tidy(cJSON *object)
{
	static const char *const numbers[] = { "k", "from", "count" };
	for (cJSON *member = object->child, *next; member; member = next) {
		next = member->next;
		if (cJSON_IsNull(member))
			cJSON_Delete(cJSON_DetachItemViaPointer(object, member));
		else if (cJSON_IsObject(member))
			tidy(member);
	}
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		const char *text = json_string(object, numbers[i]);
		if (text && *text && strlen(text) < 10 && strspn(text, "0123456789") == strlen(text))
			cJSON_ReplaceItemInObjectCaseSensitive(object, numbers[i],
			                                       cJSON_CreateNumber((double)atol(text)));
	}
}

/* A NUL within a string: cJSON ends the string there, so that another program would see more of
 * it than was checked. */
static bool has_nul(const char *text)
{
	for (; *text; text++) {
		if (*text != '\\')
			continue;
		if (strncmp(text, "\\u0000", 6) == 0)
			return true;
		text += text[1] != '\0';
	}
	return false;
}

/* NULL with what is wrong. */
static cJSON *parse_arguments(const char *text, struct err *err)
{
	if (strlen(text) > MAX_ARGUMENTS) {
		err_set(err, ERR_INPUT, "the arguments are longer than %d bytes", MAX_ARGUMENTS);
		return NULL;
	}
	if (has_nul(text)) {
		err_set(err, ERR_INPUT, "the arguments hold a NUL");
		return NULL;
	}
	/* of a function without arguments */
	bool empty = !text[strspn(text, " \t\r\n")];
	cJSON *arguments = json_parse(span_of(empty ? "{}" : text), "the text of the arguments", err);
	if (arguments && !cJSON_IsObject(arguments)) {
		cJSON_Delete(arguments);
		arguments = NULL;
		err_set(err, ERR_INPUT, "the arguments must be a JSON object");
	}
	return arguments;
}

static int check_arguments(const cJSON *schema, const cJSON *arguments, struct err *err)
{
	if (json_schema_validate(schema, arguments, err) == 0)
		return 0;
	return err_wrap(err, "the arguments are not what the parameters allow");
}

/* --- calls ------------------------------------------------------------------------------ */

static int call_own(const struct tools *t, const struct own *o, cJSON *arguments, struct buf *out,
                    struct buf *said, struct err *err)
{
	cJSON *schema = cJSON_Parse(o->tool.parameters);
	tidy(arguments);
	int rc = check_arguments(schema, arguments, err);
	cJSON_Delete(schema);
	return rc < 0 ? -1 : o->run(t, arguments, out, said, err);
}

static int call_users(const struct tools *t, const struct user_tool *u, const char *text,
                      const cJSON *arguments, struct buf *out, struct buf *said, struct err *err)
{
	buf_printf(said, " %s", text);
	if (check_arguments(u->schema, arguments, err) < 0)
		return -1;
	size_t before = out->len;
	struct span input = span_of(text[strspn(text, " \t\r\n")] ? text : "{}");
	if (user_tool_run(u, input, t->stopped, t->ctx, out, err) < 0)
		return -1;
	buf_printf(said, ": %zu bytes", out->len - before);
	if (out->len == before)
		buf_add_str(out, "(it said nothing)");
	return 0;
}

static int dispatch(const struct tools *t, const struct chat_call *call, struct buf *out, struct buf *said,
                    struct err *err)
{
	const struct own *o = find_own(t, call->name);
	const struct user_tool *u = t->user && !o ? user_tools_find(t->user, call->name) : NULL;
	if (!o && !u)
		return no_such_function(t, call->name, err);
	cJSON *arguments = parse_arguments(call->arguments, err);
	if (!arguments)
		return -1;
	int rc = o ? call_own(t, o, arguments, out, said, err)
	           : call_users(t, u, call->arguments, arguments, out, said, err);
	cJSON_Delete(arguments);
	return rc;
}

/* What the model can mend, or do without. */
static bool is_answered(enum err_code code)
{
	return code == ERR_USAGE || code == ERR_INPUT || code == ERR_LIMIT;
}

static void add_cut(struct buf *line, struct span text)
{
	size_t len = text.len > MAX_SAID ? utf8_floor(text.p, text.len, MAX_SAID) : text.len;
	frame_line(line, (struct span){ text.p, len });
	buf_add_str(line, len < text.len ? "…" : "");
}

/* The model's words: one line, not too long, for a terminal. */
static void say(struct buf *line, const char *name, const struct buf *what, const struct err *err)
{
	add_cut(line, span_of(name));
	add_cut(line, buf_span(what));
	if (err) {
		buf_add_str(line, ": ");
		add_cut(line, span_of(err->text));
	}
}

int tools_call(const struct tools *t, const struct chat_call *call, struct buf *out, struct buf *said,
               struct err *err)
{
	struct err why = { 0 };
	struct buf what = buf_new(MAX_ARGUMENTS * 2);
	size_t before = out->len;
	if (t->stopped && t->stopped(t->ctx))
		return err_set(err, ERR_INTERRUPTED, "interrupted");
	int rc = dispatch(t, call, out, &what, &why);
	if (said)
		say(said, call->name, &what, rc < 0 ? &why : NULL);
	buf_free(&what);
	if (rc == 0)
		return 0;
	if (!is_answered(why.code))
		return err_set(err, why.code, "%s", why.text);
	out->len = before;
	buf_add_str(out, "error: ");
	buf_add_text(out, span_of(why.text));
	return 0;
}
