#define _XOPEN_SOURCE 700
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/walls.h"
#include "cli/command.h"
#include "cli/open.h"
#include "models/local/local.h"
#include "query/background.h"
#include "query/recall.h"

static const struct usage usage = {
	.synopsis = "[OPTION…]",
	.about = "Looks over the index and the model and says what is wrong and what to do.\n"
	         "Nothing is changed without --repair, which mends what can be derived from the\n"
	         "rest and lets 'akin index' make the remainder anew. The exit status is 2 when\n"
	         "there is a fault.",
	.example = "akin doctor --endpoint",
};

struct visit {
	struct cli *cli;
	size_t faults;
};

enum finding { FINDING_OK, FINDING_NOTE, FINDING_FAULT };

static void say(struct visit *v, enum finding finding, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void say(struct visit *v, enum finding finding, const char *fmt, ...)
{
	static const char *const names[] = { "ok", "note", "fault" };
	static const enum style styles[] = { STYLE_LINE, STYLE_HEADING, STYLE_ERROR };
	char text[2048];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	struct buf line = buf_new(sizeof text * 3);
	text_harmless(&line, span_of(text));
	const struct terminal *t = &v->cli->out;
	printf("%s%-6s%s %s\n", terminal_style(t, styles[finding]), names[finding],
	       terminal_style(t, STYLE_PLAIN), buf_span(&line).p);
	buf_free(&line);
	v->faults += finding == FINDING_FAULT;
}

/* --- reading documents ---------------------------------------------------------------- */

/* What stands between a hostile file and the machine; what the kernel lacks is nobody's fault. */
static void check_walls(struct visit *v)
{
	bool seccomp = walls_have_seccomp(), landlock = walls_have_landlock();
	say(v, FINDING_OK, "documents are read in a child process with limits of time, memory and output%s%s%s",
	    seccomp ? ", seccomp" : "", landlock ? ", Landlock" : "",
	    seccomp ? "" : "; this kernel has no seccomp");
}

/* --- the index -------------------------------------------------------------------- */

static void store_finding(void *ctx, const char *sentence)
{
	say(ctx, FINDING_FAULT, "%s", sentence);
}

static void check_store(struct visit *v, struct store *store, bool repair)
{
	struct err err = { 0 };
	int faults = store_check(store, repair, store_finding, v, &err);
	if (faults < 0)
		say(v, FINDING_FAULT, "the index cannot be checked: %s", err.text);
	else if (faults == 0)
		say(v, FINDING_OK, "index '%s': undamaged", store_path(store));
	else if (repair)
		say(v, FINDING_NOTE, "what could be mended is mended; now run: akin index");
	else
		say(v, FINDING_NOTE, "to mend it: akin doctor --repair, then akin index");
}

/* What scores are measured by is derived from the index, and can be made again. */
static void check_background(struct visit *v, struct store *store, bool repair)
{
	struct err err = { 0 };
	bool due = background_is_due(store);
	if (repair) {
		struct embedder *e = open_model(v->cli, store, &err);
		if (e && background_refresh(store, e, &err) == 0 && recall_measure(store, &err) == 0)
			say(v, FINDING_OK, "what scores are measured by was made anew");
		else
			say(v, FINDING_FAULT, "what scores are measured by cannot be made: %s", err.text);
		embedder_close(e);
	} else if (due) {
		say(v, FINDING_NOTE, "what scores are measured by is missing, damaged or of a much smaller "
		    "or larger index; to make it: akin index, or akin doctor --repair");
	}
}

static void check_counts(struct visit *v, struct store *store)
{
	struct err err = { 0 };
	struct store_counts c;
	if (store_counts(store, &c, &err) < 0) {
		say(v, FINDING_FAULT, "%s", err.text);
		return;
	}
	say(v, FINDING_OK, "%" PRIu64 " documents, %" PRIu64 " passages, %" PRIu64 " vectors", c.documents,
	    c.chunks, c.vectors);
	if (c.failed_chunks)
		say(v, FINDING_NOTE, "%" PRIu64 " passages could not be embedded and are not found by "
		    "meaning; 'akin status' says why, 'akin index' tries again", c.failed_chunks);
}

struct files {
	size_t gone, changed;
};

static int look_at_file(void *ctx, const struct store_document *doc)
{
	struct files *files = ctx;
	struct stat st;
	if (stat(doc->path, &st) < 0)
		files->gone++;
	else if ((uint64_t)st.st_size != doc->size ||
	         (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec != doc->mtime_ns)
		files->changed++;
	return 0;
}

static void check_files(struct visit *v, struct store *store)
{
	struct err err = { 0 };
	struct files files = { 0 };
	if (store_documents(store, NULL, look_at_file, &files, &err) < 0)
		say(v, FINDING_FAULT, "%s", err.text);
	else if (files.gone || files.changed)
		say(v, FINDING_NOTE, "%zu files have changed since they were indexed, %zu are gone; to catch "
		    "up: akin index", files.changed, files.gone);
	else
		say(v, FINDING_OK, "every indexed file is as it was");
}

/* --- the model -------------------------------------------------------------------- */

static void check_local_files(struct visit *v, const char *name)
{
	struct err err = { 0 };
	struct model_options options = cli_model_options(v->cli);
	char *folder = local_model_folder(name + strlen("local/"), &options, &err);
	if (!folder || local_model_verify(folder, &err) < 0)
		say(v, FINDING_FAULT, "%s", err.text);
	else
		say(v, FINDING_OK, "weights of '%s' in '%s': as they should be", name, folder);
	free(folder);
}

static void say_limits(struct visit *v, const struct embedder *e)
{
	const struct embed_limits *l = &e->limits;
	struct buf rate = buf_new(128);
	if (e->requests_per_minute > 0)
		buf_printf(&rate, "%.0f requests a minute", e->requests_per_minute);
	else
		buf_add_str(&rate, "no rate limit known");
	say(v, FINDING_OK, "limits assumed of '%s': %zu texts and %zu bytes a request, %zu tokens a text, "
	    "%zu requests at once, %s", e->host, l->max_batch_texts, l->max_batch_bytes,
	    l->max_text_tokens, l->max_in_flight, buf_span(&rate).p);
	buf_free(&rate);
}

static void try_model(struct visit *v, struct embedder *e, struct store *store)
{
	struct err err = { 0 };
	struct span text = span_of("akin");
	struct store_model model = { 0 };
	float *vector = NULL;
	double start = clock_seconds();
	open_say_host(v->cli, e, "one text goes");
	if (embedder_embed(e, EMBED_QUERY, &text, 1, &vector, &err) < 0) {
		say(v, FINDING_FAULT, "%s", err.text);
		return;
	}
	free(vector);
	double ms = 1e3 * (clock_seconds() - start);
	const char *protocol = embedder_traffic(e).protocol;
	if (store && store_model(store, &model, &err) == 0 && model.dim && model.dim != e->limits.dim)
		say(v, FINDING_FAULT, "'%s' gives %zu dimensions, the index has %zu: this is not the model "
		    "that it was made with", e->model, e->limits.dim, model.dim);
	else
		say(v, FINDING_OK, "'%s' answers in %.0f ms%s%s, %zu dimensions", e->model, ms,
		    protocol ? " over " : "", protocol ? protocol : "", e->limits.dim);
	if (e->host[0])
		say_limits(v, e);
}

static void check_model(struct visit *v, struct store *store, bool endpoint)
{
	struct err err = { 0 };
	char name[128];
	if (open_model_name(v->cli, store, name, &err) < 0) {
		say(v, FINDING_FAULT, "%s", err.text);
		return;
	}
	bool local = strncmp(name, "local/", 6) == 0;
	if (local)
		check_local_files(v, name);
	struct embedder *e = open_model(v->cli, store, &err);
	if (!e)
		say(v, FINDING_FAULT, "%s", err.text);
	else if (local || endpoint)
		try_model(v, e, store);
	else
		say(v, FINDING_NOTE, "'%s' at '%s' was not asked; to ask it: akin doctor --endpoint", e->model,
		    e->host);
	embedder_close(e);
}

int cmd_doctor(struct cli *cli, int argc, char **argv)
{
	bool repair = false, endpoint = false;
	const struct option options[] = {
		{ OPTION_FLAG, 0, "repair", &repair, NULL, "mend what can be mended", 0, 0, NULL },
		{ OPTION_FLAG, 0, "endpoint", &endpoint, NULL, "embed one text through the endpoint", 0, 0,
		  NULL },
		{ 0 },
	};
	struct err err = { 0 };
	int status;
	if (cli_parse(cli, &usage, options, argc, argv, 0, 0, &status) < 0)
		return status;
	struct visit v = { .cli = cli };
	struct store *store = open_index(cli, repair ? STORE_MODIFY : STORE_READ, &err);
	if (store) {
		check_store(&v, store, repair);
		check_background(&v, store, repair);
		check_counts(&v, store);
		check_files(&v, store);
	} else {
		say(&v, FINDING_FAULT, "%s", err.text);
	}
	check_walls(&v);
	check_model(&v, store, endpoint);
	store_close(store);
	return v.faults ? STATUS_ERROR : STATUS_DONE;
}
