#define _POSIX_C_SOURCE 200809L
#include "cli/looking.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "indexer/ocr.h"

enum { REQUESTS_AT_ONCE = 4 };

int looking_open(struct looking *l, const struct cli *cli, struct index_options *opt, struct err *err)
{
	struct model_options network = cli_model_options(cli);
	const char *setting = cli->config.values[SETTING_CHAT_BASE_URL];
	size_t n = network.max_in_flight ? network.max_in_flight : REQUESTS_AT_ONCE;
	if (l->ocr && ocr_check(l->ocr, err) < 0)
		return -1;
	if (l->ocr)
		setenv("OMP_THREAD_LIMIT", "1", 1); /* each core has a tesseract of its own */
	opt->ocr = l->ocr;
	if (!l->model)
		return l->base_url ? err_set(err, ERR_USAGE, "--vision-base-url belongs to --vision") : 0;
	if (l->base_url || setting)
		network.base_url = l->base_url ? l->base_url : setting;
	for (; l->n < n && l->n < VISION_REQUESTS_MAX; l->n++)
		if (!(l->chats[l->n] = chat_open(l->model, &network, err)))
			return -1;
	if (!l->chats[0]->sees_images)
		return err_set(err, ERR_USAGE, "'%s' takes no pictures; one that does is "
		               "ovhcloud/Mistral-Small-3.2-24B-Instruct-2506", l->model);
	opt->vision = l->chats;
	opt->n_vision = l->n;
	return 0;
}

void looking_close(struct looking *l)
{
	while (l->n > 0)
		chat_close(l->chats[--l->n]);
}

void looking_say_host(const struct looking *l, struct cli *cli)
{
	if (l->n)
		cli_note(cli, "images go to %s (model %s)", l->chats[0]->host, l->chats[0]->model);
}

static double price(const struct chat *chat, const struct index_progress *p)
{
	return ((double)p->images_prompt_tokens * chat->price_in +
	        (double)p->images_completion_tokens * chat->price_out) / 1e6;
}

static void add_cost(const struct looking *l, const struct index_progress *p, struct buf *line)
{
	buf_printf(line, "%" PRIu64 " tokens", p->images_prompt_tokens + p->images_completion_tokens);
	if (l->n && l->chats[0]->price_in > 0)
		buf_printf(line, ", about %.3g EUR or USD", price(l->chats[0], p));
}

void looking_report(const struct looking *l, struct cli *cli, const struct index_progress *p)
{
	struct buf line = buf_new(400);
	if (p->images_described + p->images_known + p->images_prompt_tokens == 0)
		return;
	if (p->images_prompt_tokens)
		buf_add_str(&line, "; ");
	if (p->images_prompt_tokens)
		add_cost(l, p, &line);
	cli_note(cli, "images: %" PRIu64 " %s, %" PRIu64 " known already%s", p->images_described,
	         l->ocr && !l->n ? "read by tesseract" : "described", p->images_known, buf_span(&line).p);
	buf_free(&line);
}

void looking_print_cost(const struct looking *l, const struct index_progress *p)
{
	struct buf line = buf_new(400);
	if (l->n == 0 && !l->ocr)
		return;
	printf("%-9s %" PRIu64 " to %s, %" PRIu64 " known already\n", "images", p->images_described,
	       l->n ? "describe" : "be read by tesseract", p->images_known);
	if (l->n == 0)
		return;
	add_cost(l, p, &line);
	printf("%-9s %" PRIu64 " requests, about %s, to %s (%s)\n", "", p->images_described,
	       buf_span(&line).p, l->chats[0]->host, l->chats[0]->model);
	buf_free(&line);
}
