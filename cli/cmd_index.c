#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "base/file.h"
#include "base/mem.h"
#include "cli/command.h"
#include "cli/dry_run.h"
#include "cli/interrupt.h"
#include "cli/looking.h"
#include "cli/open.h"
#include "indexer/index.h"
#include "query/background.h"
#include "query/recall.h"

static const struct usage usage = {
	.synopsis = "[OPTION…] [PATH…]",
	.about = "Indexes folders and files, or brings them up to date: what has not changed costs\n"
	         "nothing, and a text that was embedded once is never embedded again. Without\n"
	         "PATH, every folder that the index knows. Text, Markdown, reStructuredText, Org,\n"
	         "HTML, JSON, CSV and source code are read; .gitignore and .akinignore count. A\n"
	         "run that is stopped, however it is stopped, goes on with the same command.",
	.example = "akin index ~/notes ~/contracts",
};

struct session {
	struct cli *cli;
	double price_per_million; /* of tokens; 0: not known */
	struct looking looking;   /* --vision */
	bool remote; /* texts leave this process */
	bool bar; /* a line that is written again and again stands on the terminal */
	bool stopping; /* and that was said */
	double begin;
	int precision; /* enum store_precision; -1: not asked */
};

static void clear_bar(struct session *s)
{
	if (s->bar)
		fputs("\r\033[K", stderr);
	s->bar = false;
}

/* --- progress --------------------------------------------------------------------- */

static uint64_t files_done(const struct index_progress *p)
{
	return p->files_unchanged + p->files_new + p->files_changed + p->files_moved + p->files_touched;
}

static void add_price(const struct session *s, struct buf *out, uint64_t tokens)
{
	if (s->price_per_million > 0)
		buf_printf(out, ", about %.3g EUR or USD", (double)tokens * s->price_per_million / 1e6);
}

/* How long, and what it waits for. */
static void add_time_left(struct buf *line, const struct index_progress *p)
{
	if (p->seconds_left > 0 && p->seconds > 2) {
		buf_add_str(line, ", ");
		duration_text(line, p->seconds_left);
		buf_add_str(line, " left");
	}
	if (p->pause_seconds >= 1) {
		buf_add_str(line, ", the server refuses: again in ");
		duration_text(line, p->pause_seconds);
	} else if (p->requests_per_minute > 0) {
		buf_printf(line, p->requests_per_minute < 10 ? " at %s%.2g request%s a minute"
		                                             : " at %s%.0f request%s a minute",
		           p->rate_learned ? "about " : "", p->requests_per_minute,
		           p->requests_per_minute == 1 ? "" : "s");
	}
}

static void progress(void *ctx, const struct index_progress *p)
{
	struct session *s = ctx;
	if (!s->cli->err.tty || s->cli->quiet)
		return;
	struct buf line = buf_new(512);
	buf_printf(&line, "%" PRIu64 " of %" PRIu64 "%s files", files_done(p), p->files_found,
	           p->all_found ? "" : "+");
	buf_printf(&line, ", %" PRIu64 " texts", p->chunks_embedded);
	if (p->seconds > 0.5 && p->chunks_embedded) {
		double speed = (double)p->chunks_embedded / p->seconds;
		buf_printf(&line, speed < 10 ? " (%.1f/s)" : " (%.0f/s)", speed);
	}
	if (p->images_described)
		buf_printf(&line, ", %" PRIu64 " images", p->images_described);
	add_time_left(&line, p);
	if (s->remote && p->tokens_embedded) {
		buf_printf(&line, ", %" PRIu64 " tokens", p->tokens_embedded);
		add_price(s, &line, p->tokens_embedded);
	}
	fprintf(stderr, "\r\033[K%.*s", (int)(s->cli->err.width - 1), buf_span(&line).p);
	fflush(stderr);
	s->bar = true;
	buf_free(&line);
}

static void skipped(void *ctx, const char *path, enum skip_reason reason, const char *why)
{
	struct session *s = ctx;
	bool matters = reason == SKIP_UNREADABLE || reason == SKIP_CHANGED || reason == SKIP_MALFORMED ||
	               reason == SKIP_NOT_DESCRIBED;
	if (!s->cli->verbose && !matters)
		return;
	clear_bar(s);
	struct buf name = buf_new(1 << 20);
	text_path(&name, span_of(path));
	cli_note(s->cli, "skipped '%s': %s%s%s", buf_span(&name).p, skip_reason_name(reason),
	         why ? ", " : "", why ? why : "");
	buf_free(&name);
}

static bool interrupted(void *ctx)
{
	struct session *s = ctx;
	bool stop = interrupt_signal() != 0;
	if (stop && !s->stopping) {
		s->stopping = true;
		clear_bar(s);
		cli_note(s->cli, "stopping when what is under way has come, in two seconds at most; the same "
		                 "signal again stops at once");
	}
	return stop;
}

/* --- the account ---------------------------------------------------------------------- */

static void add_count(struct buf *out, uint64_t n, const char *what)
{
	if (n)
		buf_printf(out, "%s%" PRIu64 " %s", out->len ? ", " : "", n, what);
}

static void print_report(struct session *s, const struct index_progress *p)
{
	clear_bar(s);
	struct buf line = buf_new(4096);
	add_count(&line, p->files_new, "new");
	add_count(&line, p->files_changed, "changed");
	add_count(&line, p->files_moved, "moved");
	add_count(&line, p->files_touched, "touched");
	add_count(&line, p->files_unchanged, "unchanged");
	add_count(&line, p->files_removed, "removed");
	cli_note(s->cli, "files: %s", line.len ? line.p : "none");
	buf_clear(&line);
	for (int i = SKIP_NONE + 1; i < N_SKIP_REASONS; i++)
		add_count(&line, p->files_skipped[i], skip_reason_name((enum skip_reason)i));
	add_count(&line, p->folders_skipped, p->folders_skipped == 1 ? "whole folder" : "whole folders");
	if (line.len)
		cli_note(s->cli, "skipped: %s%s", line.p, s->cli->verbose ? "" : " (-v names them)");
	buf_clear(&line);
	if (p->chunks) {
		add_count(&line, p->chunks_embedded, "embedded");
		add_count(&line, p->chunks_reused, "known already");
		add_count(&line, p->chunks_failed, "failed (akin status names them)");
		buf_printf(&line, "%s; %" PRIu64 " tokens in ", line.len ? "" : "none embedded",
		           p->tokens_embedded);
		duration_text(&line, p->seconds);
		if (p->seconds > 0.5)
			buf_printf(&line, ", %.1f texts/s", (double)p->chunks_embedded / p->seconds);
		add_price(s, &line, p->tokens_embedded);
		cli_note(s->cli, "texts: %s", line.p);
	}
	looking_report(&s->looking, s->cli, p);
	buf_free(&line);
}

/* --- the command ------------------------------------------------------------------------ */

/* The run has closed its embedder: sentences are embedded by another, when that is due. */
static int refresh_background(struct session *s, struct store *store, struct err *err)
{
	if (!background_is_due(store))
		return 0;
	struct embedder *embedder = open_model(s->cli, store, err);
	int rc = embedder ? background_refresh(store, embedder, err) : -1;
	embedder_close(embedder);
	return rc < 0 ? -1 : recall_measure(store, err);
}

static int run(struct session *s, const struct index_options *opt, struct index_progress *report,
               struct err *err)
{
	struct store *store = open_index(s->cli, STORE_CREATE, err);
	if (!store)
		return -1;
	int rc = -1;
	struct embedder *embedder = NULL;
	if (s->precision < 0 || store_set_precision(store, (enum store_precision)s->precision, err) == 0)
		embedder = open_model(s->cli, store, err);
	if (embedder) {
		s->remote = embedder->host[0] != '\0';
		s->price_per_million = embedder->price_per_million;
		interrupt_catch();
		if (s->remote)
			cli_note(s->cli, "texts go to %s (model %s)", embedder->host, embedder->model);
		looking_say_host(&s->looking, s->cli);
		rc = index_run(store, embedder, opt, report, err);
	}
	if (rc == 0)
		rc = refresh_background(s, store, err);
	store_close(store);
	return rc;
}

static int index_paths(struct session *s, char **argv, int n, struct index_options *opt)
{
	struct err err = { 0 };
	char **paths = mem_zalloc((size_t)n, sizeof *paths);
	int rc = looking_open(&s->looking, s->cli, opt, &err);
	for (int i = 0; i < n && rc == 0; i++)
		rc = (paths[i] = file_real_path(argv[i], &err)) ? 0 : -1;
	opt->paths = (const char *const *)paths;
	opt->n_paths = (size_t)n;
	struct index_progress report = { 0 };
	if (rc == 0 && opt->dry_run)
		rc = dry_run_print(s->cli, opt, &s->looking, &err);
	else if (rc == 0)
		rc = run(s, opt, &report, &err);
	if ((report.files_found || rc == 0) && !opt->dry_run)
		print_report(s, &report);
	for (int i = 0; i < n; i++)
		free(paths[i]);
	free(paths);
	looking_close(&s->looking);
	clear_bar(s);
	if (rc == 0)
		return report.chunks_failed ? STATUS_ERROR : STATUS_DONE;
	int status = cli_fail(s->cli, &err);
	return err.code == ERR_INTERRUPTED ? 128 + interrupt_signal() : status;
}

/* glibc gives freed memory back late, and later with each large block that was
 * freed: texts of megabytes that come and go would stay with the process, once
 * for each thread. Fixed thresholds keep it as small as what it holds. */
static void give_memory_back(void)
{
#ifdef __GLIBC__
	mallopt(M_MMAP_THRESHOLD, 256 << 10);
	mallopt(M_TRIM_THRESHOLD, 1 << 20);
	mallopt(M_ARENA_MAX, 2);
#endif
}

int cmd_index(struct cli *cli, int argc, char **argv)
{
	bool dry_run = false;
	uint64_t max_tokens = 0, chunk_tokens = 0;
	static const char *const precisions[] = { "f16", "f32", NULL };
	struct session s = { .cli = cli, .precision = -1 };
	struct walk_options walk = { .max_file_bytes = 16 << 20 };
	const struct option own[] = {
		{ OPTION_FLAG, 0, "hidden", &walk.hidden, NULL,
		  "take files and folders whose names start with a dot", 0, 0, NULL },
		{ OPTION_FLAG, 0, "no-ignore", &walk.no_ignore, NULL,
		  "do not read .gitignore and .akinignore", 0, 0, NULL },
		{ OPTION_FLAG, 0, "follow", &walk.follow, NULL, "follow symbolic links to folders", 0, 0, NULL },
		{ OPTION_FLAG, 0, "secrets", &walk.secrets, NULL,
		  "take files that look like keys or credentials", 0, 0, NULL },
		{ OPTION_BYTES, 0, "max-filesize", &walk.max_file_bytes, "SIZE",
		  "skip larger files (16M)", 1, 64 << 20, NULL },
		{ OPTION_FLAG, 0, "dry-run", &dry_run, NULL,
		  "say what would be sent and what it costs; send nothing", 0, 0, NULL },
		{ OPTION_NUMBER, 0, "chunk-tokens", &chunk_tokens, "N",
		  "tokens of a passage at most (default: about 512)", 32, 8192, NULL },
		{ OPTION_TEXT, 0, "vision", &s.looking.model, "NAME",
		  "provider/model that gets images, to describe them", 0, 0, NULL },
		{ OPTION_TEXT, 0, "vision-base-url", &s.looking.base_url, "URL",
		  "its server, where it is not --base-url's", 0, 0, NULL },
		{ OPTION_TEXT, 0, "ocr", &s.looking.ocr, "LANGS",
		  "read images by tesseract, in eng, eng+deu, …", 0, 0, NULL },
		{ OPTION_CHOICE, 0, "precision", &s.precision, "KIND",
		  "of the vectors of a new index: f16 (default), f32", 0, 0, precisions },
		{ OPTION_NUMBER, 0, "max-tokens-total", &max_tokens, "N",
		  "stop before more tokens than this are sent", 1, UINT64_MAX / 2, NULL },
		{ 0 },
	};
	int status;
	int n = cli_parse(cli, &usage, own, argc, argv, 0, -1, &status);
	if (n < 0)
		return status;
	give_memory_back();
	struct index_options opt = { .walk = walk, .threads = (size_t)cli->threads, .ctx = &s,
		                     .interrupted = interrupted, .progress = progress,
		                     .skipped = skipped, .dry_run = dry_run,
		                     .max_chunk_tokens = (size_t)chunk_tokens,
		                     .max_tokens = max_tokens };
	return index_paths(&s, argv, n, &opt);
}
