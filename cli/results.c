#define _POSIX_C_SOURCE 200809L
#include "cli/results.h"

#include <stdlib.h>
#include <unistd.h>

#include "cli/print_json.h"
#include "cli/show.h"
#include "query/present.h"

static void print_for_people(struct cli *cli, const struct hits *hits, bool full)
{
	char *cwd = getcwd(NULL, 0);
	struct buf out = buf_new((size_t)1 << 30);
	for (size_t i = 0; i < hits->n; i++) {
		buf_clear(&out);
		buf_add_str(&out, i ? "\n" : "");
		show_hit(&cli->out, &out, &hits->items[i], cwd ? cwd : "/", full);
		fwrite(buf_span(&out).p, 1, out.len, stdout);
	}
	buf_free(&out);
	free(cwd);
}

void results_print(struct cli *cli, const struct results *r, const struct hits *hits)
{
	if (r->json) {
		print_json(stdout, present_hits(hits, r->question, r->mode, r->model, r->full), false);
		return;
	}
	if (!r->jsonl) {
		print_for_people(cli, hits, r->full);
		return;
	}
	for (size_t i = 0; i < hits->n; i++)
		print_json(stdout, present_hit(&hits->items[i], r->full), true);
}
