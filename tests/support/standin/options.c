#define _GNU_SOURCE
#include "tests/support/standin/standin.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	OPT_PORT = 256, OPT_PORT_FILE, OPT_LOG, OPT_KEY, OPT_POISON, OPT_POISON_STATUS, OPT_VECTORS,
	OPT_DIM, OPT_LATENCY, OPT_SLOW, OPT_LIMIT, OPT_WINDOW, OPT_NO_RETRY_AFTER, OPT_MAX_TEXTS,
	OPT_MAX_BYTES, OPT_MAX_TOKENS, OPT_REFUSAL, OPT_SEED, OPT_FAULT, OPT_IDLE, OPT_TLS_CERT,
	OPT_TLS_KEY, OPT_IPV6, OPT_GZIP, OPT_REDIRECT, OPT_TRICKLE, OPT_CHAT, OPT_CHAT_LOG,
	OPT_CHAT_TIMES, OPT_CHAT_MODELS, OPT_BODY_LOG
};

static const struct option long_options[] = {
	{ "port", required_argument, NULL, OPT_PORT },
	{ "port-file", required_argument, NULL, OPT_PORT_FILE },
	{ "log", required_argument, NULL, OPT_LOG },
	{ "key", required_argument, NULL, OPT_KEY },
	{ "poison", required_argument, NULL, OPT_POISON },
	{ "poison-status", required_argument, NULL, OPT_POISON_STATUS },
	{ "vectors", required_argument, NULL, OPT_VECTORS },
	{ "dim", required_argument, NULL, OPT_DIM },
	{ "latency", required_argument, NULL, OPT_LATENCY },
	{ "slow-ms", required_argument, NULL, OPT_SLOW },
	{ "limit-per-min", required_argument, NULL, OPT_LIMIT },
	{ "window-ms", required_argument, NULL, OPT_WINDOW },
	{ "no-retry-after", no_argument, NULL, OPT_NO_RETRY_AFTER },
	{ "max-texts", required_argument, NULL, OPT_MAX_TEXTS },
	{ "max-bytes", required_argument, NULL, OPT_MAX_BYTES },
	{ "max-tokens-text", required_argument, NULL, OPT_MAX_TOKENS },
	{ "refusal-status", required_argument, NULL, OPT_REFUSAL },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "fault", required_argument, NULL, OPT_FAULT },
	{ "idle-s", required_argument, NULL, OPT_IDLE },
	{ "tls-cert", required_argument, NULL, OPT_TLS_CERT },
	{ "tls-key", required_argument, NULL, OPT_TLS_KEY },
	{ "ipv6", no_argument, NULL, OPT_IPV6 },
	{ "gzip", no_argument, NULL, OPT_GZIP },
	{ "redirect", required_argument, NULL, OPT_REDIRECT },
	{ "trickle-ms", required_argument, NULL, OPT_TRICKLE },
	{ "chat", required_argument, NULL, OPT_CHAT },
	{ "chat-log", required_argument, NULL, OPT_CHAT_LOG },
	{ "chat-times", required_argument, NULL, OPT_CHAT_TIMES },
	{ "chat-models", required_argument, NULL, OPT_CHAT_MODELS },
	{ "body-log", required_argument, NULL, OPT_BODY_LOG },
	{ NULL, 0, NULL, 0 },
};

static int add_fault(struct options *opt, const char *text)
{
	const char *colon = strchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : strlen(text);
	enum fault fault = fault_parse(text, len);
	if (fault == N_FAULTS || opt->n_faults == sizeof opt->faults / sizeof *opt->faults) {
		fprintf(stderr, "standin: no such fault: '%s'\n", text);
		return -1;
	}
	double rate = colon ? strtod(colon + 1, NULL) : 1.0;
	opt->faults[opt->n_faults++] = (struct fault_rate){ fault, rate };
	return 0;
}

static int set_option(struct options *opt, int which, const char *value)
{
	int number = value ? atoi(value) : 0;
	switch (which) {
	case OPT_PORT: opt->port = number; return 0;
	case OPT_PORT_FILE: opt->port_file = value; return 0;
	case OPT_LOG: opt->log_file = value; return 0;
	case OPT_KEY: opt->key = value; return 0;
	case OPT_POISON: opt->poison = value; return 0;
	case OPT_POISON_STATUS: opt->poison_status = number; return 0;
	case OPT_VECTORS: opt->model_vectors = strcmp(value, "model") == 0; return 0;
	case OPT_DIM: opt->dim = (size_t)number; return 0;
	case OPT_LATENCY: opt->latency_ms = number; return 0;
	case OPT_SLOW: opt->slow_ms = number; return 0;
	case OPT_LIMIT: opt->limit_per_min = number; return 0;
	case OPT_WINDOW: opt->window_ms = number; return 0;
	case OPT_NO_RETRY_AFTER: opt->no_retry_after = true; return 0;
	case OPT_MAX_TEXTS: opt->max_texts = (size_t)number; return 0;
	case OPT_MAX_BYTES: opt->max_bytes = (size_t)number; return 0;
	case OPT_MAX_TOKENS: opt->max_tokens_text = (size_t)number; return 0;
	case OPT_REFUSAL: opt->refusal_status = number; return 0;
	case OPT_SEED: opt->seed = strtoull(value, NULL, 10); return 0;
	case OPT_IDLE: opt->idle_s = number; return 0;
	case OPT_TLS_CERT: opt->tls_cert = value; return 0;
	case OPT_TLS_KEY: opt->tls_key = value; return 0;
	case OPT_IPV6: opt->ipv6 = true; return 0;
	case OPT_GZIP: opt->gzip = true; return 0;
	case OPT_REDIRECT: opt->redirect = value; return 0;
	case OPT_TRICKLE: opt->trickle_ms = number; return 0;
	case OPT_CHAT: opt->chat_file = value; return 0;
	case OPT_CHAT_LOG: opt->chat_log = value; return 0;
	case OPT_CHAT_TIMES: opt->chat_times = value; return 0;
	case OPT_CHAT_MODELS: opt->chat_models = value; return 0;
	case OPT_BODY_LOG: opt->body_log = value; return 0;
	case OPT_FAULT: return add_fault(opt, value);
	default: return -1;
	}
}

int options_parse(struct options *opt, int argc, char **argv)
{
	*opt = (struct options){ .dim = 1024, .slow_ms = 2000, .window_ms = 60000,
		                     .refusal_status = 422, .poison_status = 400, .seed = 1 };
	int which;
	while ((which = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		if (set_option(opt, which, optarg) < 0)
			return -1;
	if (optind < argc || opt->dim == 0 || opt->dim > 65536) {
		fprintf(stderr, "standin: see tests/support/standin/options.c for the options\n");
		return -1;
	}
	return 0;
}
