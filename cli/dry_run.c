#define _XOPEN_SOURCE 700
#include "cli/dry_run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/open.h"

void duration_text(struct buf *out, double seconds)
{
	unsigned long t = (unsigned long)(seconds + 0.5);
	if (t < 60)
		buf_printf(out, "%lu s", t);
	else if (t < 3600)
		buf_printf(out, "%lu min %02lu s", t / 60, t % 60);
	else
		buf_printf(out, "%lu h %02lu min", t / 3600, t / 60 % 60);
}

/* Before the first run there is no index to compare with: an empty one stands for
 * it, in a folder of its own that is removed at the end. */
struct stand_in {
	char folder[512], file[530];
};

static struct store *open_empty(struct stand_in *s, struct err *err)
{
	const char *tmp = getenv("TMPDIR");
	snprintf(s->folder, sizeof s->folder, "%.480s/akin-dry-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(s->folder)) {
		err_set(err, ERR_IO, "cannot make a folder '%s'; set TMPDIR", s->folder);
		s->folder[0] = '\0';
		return NULL;
	}
	snprintf(s->file, sizeof s->file, "%s/akin.db", s->folder);
	return store_open(s->file, STORE_CREATE, err);
}

static void remove_empty(const struct stand_in *s)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock", "-lock" };
	char name[560];
	for (size_t i = 0; i < sizeof ends / sizeof *ends && s->folder[0]; i++) {
		snprintf(name, sizeof name, "%s%s", s->file, ends[i]);
		unlink(name);
	}
	if (s->folder[0])
		rmdir(s->folder);
}

static void print_cost(const struct embedder *e, const struct index_progress *p)
{
	struct buf time = buf_new(64);
	if (!e->host[0]) {
		printf("%-9s this machine (%s)\n", "server", e->model);
		return;
	}
	printf("%-9s %" PRIu64 "\n", "requests", p->requests);
	if (e->requests_per_minute > 0) {
		duration_text(&time, (double)p->requests / e->requests_per_minute * 60);
		printf("%-9s about %s at %.0f requests a minute\n", "time", buf_span(&time).p,
		       e->requests_per_minute);
	} else {
		printf("%-9s no rate limit is known\n", "time");
	}
	if (e->price_per_million > 0)
		printf("%-9s about %.4f EUR or USD, at %g a million tokens\n", "price",
		       (double)p->tokens_embedded * e->price_per_million / 1e6, e->price_per_million);
	else
		printf("%-9s not known\n", "price");
	printf("%-9s %s (%s)\n", "server", e->host, e->model);
	buf_free(&time);
}

static void print_account(const struct embedder *e, const struct index_progress *p)
{
	printf("%-9s %" PRIu64 " new, %" PRIu64 " changed, %" PRIu64 " unchanged\n", "files", p->files_new,
	       p->files_changed, p->files_unchanged + p->files_touched);
	printf("%-9s %" PRIu64 ": %" PRIu64 " to embed, %" PRIu64 " known already\n", "chunks", p->chunks,
	       p->chunks_embedded, p->chunks_reused);
	printf("%-9s %s%" PRIu64 "\n", "tokens", e->limits.exact_tokens ? "" : "about ",
	       p->tokens_embedded);
	print_cost(e, p);
}

int dry_run_print(struct cli *cli, const struct index_options *opt, const struct looking *looking,
                  struct err *err)
{
	struct stand_in empty = { .folder = "" };
	struct index_progress report = { 0 };
	struct store *store = store_open(cli->db, STORE_READ, err);
	if (!store && err->code == ERR_INPUT)
		store = open_empty(&empty, err);
	int rc = -1;
	struct embedder *embedder = store ? open_model(cli, store, err) : NULL;
	if (embedder) {
		struct embedder facts = *embedder; /* index_run closes it */
		rc = index_run(store, embedder, opt, &report, err);
		if (rc == 0) {
			print_account(&facts, &report);
			looking_print_cost(looking, &report);
		}
	}
	store_close(store);
	remove_empty(&empty);
	return rc;
}
