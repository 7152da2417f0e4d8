/* The remote embedder against the stand-in: time against what the rate limit
 * allows, refusals, how long the server idles, processor time a text, peak memory.
 *
 *   bench_endpoint [limit|free|wide]...   (all of them) */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "models/models.h"

enum { TEXT_BYTES = 900, A_BATCH = 25 };

struct scenario {
	const char *name, *server;
	size_t n_texts;
	double requests_per_minute;
	size_t max_in_flight;
	double ideal_s; /* 0: none */
};

static const struct scenario scenarios[] = {
	/* 40 requests in 6 s are 400 a minute */
	{ "limit", "--latency 150 --limit-per-min 40 --window-ms 6000", 5000, 400, 16, 30 },
	{ "free", "--latency 20", 10000, 0, 8, 0 },
	{ "wide", "--latency 400", 20000, 0, 64, 0 },
};

static int start(const char *options, pid_t *pid)
{
	const char *build = getenv("AKIN_BUILD");
	char command[512], line[16] = "";
	snprintf(command, sizeof command, "exec %s/standin --port 0 %s", build ? build : "build/release",
	         options);
	int out[2];
	if (pipe(out) < 0)
		return 0;
	*pid = fork();
	if (*pid == 0) {
		dup2(out[1], 1);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	ssize_t n = read(out[0], line, sizeof line - 1);
	close(out[0]);
	return n > 0 ? atoi(line) : 0;
}

static struct span *make_texts(size_t n)
{
	struct span *texts = mem_alloc(n, sizeof *texts);
	for (size_t i = 0; i < n; i++) {
		char *p = mem_alloc(TEXT_BYTES, 1);
		int len = snprintf(p, TEXT_BYTES, "Text %zu", i);
		for (; len < TEXT_BYTES; len++)
			p[len] = (len + (int)i) % 7 ? (char)('a' + (len * 31 + (int)i) % 26) : ' ';
		texts[i] = (struct span){ p, TEXT_BYTES };
	}
	return texts;
}

static double cpu_seconds(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* Keeps twice the requests submitted that may be in flight. */
static size_t embed_all(struct embedder *e, const struct span *texts, size_t n)
{
	size_t open = 0, at = 0, done = 0;
	struct err err = { 0 };
	while (done < n) {
		if (at < n && open < 2 * e->limits.max_in_flight) {
			struct embed_batch *b = mem_zalloc(1, sizeof *b);
			b->texts = texts + at;
			b->n = n - at < A_BATCH ? n - at : A_BATCH;
			at += b->n;
			open++;
			if (embedder_submit(e, b, &err) < 0)
				break;
			continue;
		}
		struct embed_batch *b;
		if (embedder_collect(e, -1, &b, &err) <= 0)
			break;
		done += b->n;
		open--;
		embed_batch_release(b);
		free(b);
	}
	if (done < n)
		printf("%s\n", err.text);
	return done;
}

static void run(const struct scenario *s)
{
	pid_t pid = 0;
	int port = start(s->server, &pid);
	char url[64];
	struct err err = { 0 };
	snprintf(url, sizeof url, "http://127.0.0.1:%d/v1", port);
	struct model_options opt = { .base_url = url, .requests_per_minute = s->requests_per_minute,
		                         .max_in_flight = s->max_in_flight };
	struct embedder *e = model_open("ovhcloud/bge-m3", &opt, &err);
	struct span *texts = make_texts(s->n_texts);
	double start_s = clock_seconds(), start_cpu = cpu_seconds();
	size_t done = e ? embed_all(e, texts, s->n_texts) : 0;
	double took = clock_seconds() - start_s, cpu = cpu_seconds() - start_cpu;
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	printf("%s: %zu texts in %.2f s", s->name, done, took);
	if (s->ideal_s > 0)
		printf(" (%.3f of the ideal)", took / s->ideal_s);
	printf(", %.1f us of processor time a text, peak %ld MB\n", cpu / (double)done * 1e6,
	       usage.ru_maxrss / 1024);
	fflush(stdout);
	embedder_close(e);
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	for (size_t i = 0; i < s->n_texts; i++)
		free((char *)texts[i].p);
	free(texts);
}

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
		bool wanted = argc == 1;
		for (int k = 1; k < argc; k++)
			wanted = wanted || strcmp(argv[k], scenarios[i].name) == 0;
		if (wanted)
			run(&scenarios[i]);
	}
	return 0;
}
