/* The encoder alone: texts a second, and one query.
 *
 *   build/release/bench/bench_encoder [THREADS [ROUNDS]]
 *
 * 192 texts of 16 to 348 tokens, 182 on average, as tests/bench/onnx_reference.py
 * has them. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "models/local/encoder.h"

#define E5 "data/models/multilingual-e5-small/model.safetensors"
#define TEXTS 192
#define STEP 4 /* texts that a thread takes at a time */
#define QUERY 12

struct job {
	const struct encoder *e;
	const uint32_t *ids;
	size_t lens[TEXTS], starts[TEXTS];
	float *out;
	atomic_size_t next;
};

static void *work(void *arg)
{
	struct job *job = arg;
	struct encoder_scratch *s = encoder_scratch_new(job->e);
	struct err err = { 0 };
	size_t at;
	while ((at = atomic_fetch_add(&job->next, STEP)) < TEXTS) {
		struct encoder_input in = { STEP, job->ids + job->starts[at], job->lens + at };
		if (encoder_run(job->e, s, &in, job->out + at * encoder_dim(job->e), &err) < 0)
			fprintf(stderr, "%s\n", err.text);
	}
	encoder_scratch_free(s);
	return NULL;
}

static double all_texts(struct job *job, size_t threads)
{
	pthread_t *t = mem_alloc(threads, sizeof *t);
	job->next = 0;
	double start = clock_seconds();
	for (size_t i = 0; i < threads; i++)
		pthread_create(&t[i], NULL, work, job);
	for (size_t i = 0; i < threads; i++)
		pthread_join(t[i], NULL);
	free(t);
	return clock_seconds() - start;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static void one_query(const struct job *job)
{
	double ms[51], start = clock_seconds();
	struct encoder_scratch *s = encoder_scratch_new(job->e);
	printf("scratch and first touch: %.2f ms\n", (clock_seconds() - start) * 1e3);
	size_t len = QUERY;
	for (size_t i = 0; i < 51; i++) {
		start = clock_seconds();
		encoder_run(job->e, s, &(struct encoder_input){ 1, job->ids, &len }, job->out, NULL);
		ms[i] = (clock_seconds() - start) * 1e3;
	}
	double first = ms[0];
	qsort(ms, 51, sizeof *ms, by_value);
	printf("query of %d tokens: first %.2f ms, median %.2f ms\n", QUERY, first, ms[25]);
	encoder_scratch_free(s);
}

int main(int argc, char **argv)
{
	size_t threads = argc > 1 ? (size_t)atoi(argv[1]) : 2, rounds = argc > 2 ? (size_t)atoi(argv[2]) : 5;
	struct encoder_config config = { .layers = 12, .heads = 12, .hidden = 384,
		                             .intermediate = 1536, .max_tokens = 512,
		                             .layer_norm_eps = 1e-12f };
	struct err err = { 0 };
	double start = clock_seconds();
	struct job job = { .e = encoder_open(E5, &config, ENCODER_FAST, &err) };
	if (!job.e) {
		fprintf(stderr, "bench_encoder: %s\n", err.text);
		return 2;
	}
	printf("open: %.2f ms\n", (clock_seconds() - start) * 1e3);
	size_t total = 0;
	for (size_t i = 0; i < TEXTS; i++) {
		job.starts[i] = total;
		total += job.lens[i] = 16 + i * 97 % 333;
	}
	uint32_t *ids = mem_alloc(total, sizeof *ids), state = 1;
	for (size_t i = 0; i < total; i++) {
		state = state * 1664525 + 1013904223;
		ids[i] = 4 + (state >> 8) % 250000;
	}
	job.ids = ids;
	job.out = mem_floats(TEXTS * encoder_dim(job.e));
	one_query(&job);
	double *seconds = mem_alloc(rounds, sizeof *seconds);
	clock_t cpu = clock();
	for (size_t i = 0; i < rounds; i++)
		seconds[i] = all_texts(&job, threads);
	cpu = clock() - cpu;
	qsort(seconds, rounds, sizeof *seconds, by_value);
	printf("%s, %zu threads: %.1f texts/s median of %zu (best %.1f), %.0f tokens a text\n",
	       encoder_kernels(job.e), threads, TEXTS / seconds[rounds / 2], rounds, TEXTS / seconds[0],
	       (double)total / TEXTS);
	printf("%.1f texts per second of processor time\n",
	       (double)(TEXTS * rounds) * CLOCKS_PER_SEC / (double)cpu);
	free(seconds);
	free(ids);
	free(job.out);
	encoder_close((struct encoder *)(uintptr_t)job.e);
	return 0;
}
