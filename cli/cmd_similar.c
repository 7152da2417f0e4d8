#include <string.h>

#include "cli/command.h"
#include "cli/filter.h"
#include "cli/open.h"
#include "cli/place.h"
#include "cli/results.h"
#include "query/similar.h"

static const struct usage usage = {
	.synopsis = "[OPTION…] PATH[:LINE] [WITHIN…]",
	.about = "Prints the passages that are nearest in meaning to an indexed document, or to\n"
	         "its passage that holds LINE, best first. The document itself, or the passage, is\n"
	         "left out. WITHIN narrows the search to files and folders. The index holds all\n"
	         "that is compared: nothing is sent anywhere. The exit status is 1 when nothing\n"
	         "was found.",
	.example = "akin similar ~/contracts/lease.md:12",
};

struct similar_arguments {
	uint64_t limit, per_doc;
	bool json, jsonl, full;
	struct filter_flags filter;
};

struct similar_session {
	struct cli *cli;
	const struct similar_arguments *args;
	struct store *store;
	struct path_filter filter;
	struct search_filter conditions; /* of the flags */
	struct place place;
	struct store_document doc;
	struct similar_source source;
};

static void session_release(struct similar_session *s)
{
	similar_source_free(&s->source);
	store_document_free(&s->doc);
	place_free(&s->place);
	path_filter_free(&s->filter);
	search_filter_free(&s->conditions);
	store_close(s->store);
}

/* Which passage was taken, since people name a line and not a passage. */
static void say_source(const struct similar_session *s)
{
	if (s->source.chunk_id && s->source.line_start != s->source.line_end)
		cli_note(s->cli, "akin: compared with lines %u to %u", (unsigned)s->source.line_start,
		         (unsigned)s->source.line_end);
}

static int print_similar(struct similar_session *s, const char *typed, struct err *err)
{
	struct store_model model;
	struct hits hits;
	bool passage = s->source.chunk_id != 0;
	struct similar_options options = {
		.k = (size_t)s->args->limit,
		.per_doc = (size_t)s->args->per_doc,
		.filter = path_filter_of(&s->filter),
		.without_chunk = s->source.chunk_id,
		.without_doc = passage ? 0 : s->doc.id,
	};
	if (s->conditions.n) {
		options.filter.passes = search_filter_test;
		options.filter.passes_ctx = &s->conditions;
	}
	if (store_model(s->store, &model, err) < 0 ||
	    search_vector(s->store, s->source.vector, &options, &hits, err) < 0)
		return -1;
	struct results results = {
		.json = s->args->json,
		.jsonl = s->args->jsonl,
		.full = s->args->full,
		.decimals = 3, /* it is a cosine */
		.mode = SEARCH_DENSE,
		.model = model.name,
		.question = span_of(typed),
	};
	results_print(s->cli, &results, &hits);
	int found = hits.n > 0;
	if (!found)
		cli_note(s->cli, "akin: nothing found: there is no other passage to compare with");
	if (s->cli->verbose)
		cli_note(s->cli, "%zu passages compared; scan %.1f ms, rest %.1f ms", hits.n_candidates,
		         hits.timings.dense_ms, hits.timings.rest_ms);
	hits_free(&hits);
	return found;
}

/* 1: found, 0: nothing, -1. */
static int run(struct similar_session *s, char **operands, size_t n, struct err *err)
{
	if (filter_flags_read(&s->args->filter, &s->conditions, err) < 0)
		return -1;
	s->store = open_index(s->cli, STORE_READ, err);
	if (!s->store || path_filter_make(&s->filter, s->store, operands + 1, n - 1, err) < 0 ||
	    place_find(s->store, operands[0], 1, &s->place, &s->doc, err) < 0)
		return -1;
	if (s->place.n_numbers && s->place.line == 0)
		return err_set(err, ERR_USAGE, "lines are counted from 1");
	if (similar_source(s->store, &s->doc, s->place.line, &s->source, err) < 0)
		return -1;
	say_source(s);
	return print_similar(s, operands[0], err);
}

int cmd_similar(struct cli *cli, int argc, char **argv)
{
	struct similar_arguments a = { .limit = 10, .per_doc = 1 };
	const struct option options[] = {
		{ OPTION_NUMBER, 'k', "limit", &a.limit, "N", "how many hits (default 10)", 1, 10000, NULL },
		{ OPTION_NUMBER, 0, "per-doc", &a.per_doc, "N",
		  "passages of one document at most (default 1)", 1, 10000, NULL },
		FILTER_FLAG_ROWS(&a.filter),
		{ OPTION_FLAG, 0, "full", &a.full, NULL, "whole passages", 0, 0, NULL },
		{ OPTION_FLAG, 0, "json", &a.json, NULL, "one JSON object", 0, 0, NULL },
		{ OPTION_FLAG, 0, "jsonl", &a.jsonl, NULL, "a JSON object a hit, one a line", 0, 0, NULL },
		{ 0 },
	};
	struct err err = { 0 };
	int status;
	int n = cli_parse(cli, &usage, options, argc, argv, 1, -1, &status);
	if (n < 0)
		return status;
	if (a.json && a.jsonl) {
		err_set(&err, ERR_USAGE, "give one of --json and --jsonl");
		return cli_fail(cli, &err);
	}
	struct similar_session s = { .cli = cli, .args = &a };
	int found = run(&s, argv, (size_t)n, &err);
	session_release(&s);
	return found < 0 ? cli_fail(cli, &err) : found ? STATUS_DONE : STATUS_NOTHING;
}
