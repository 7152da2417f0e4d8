/* What the stand-in remembers: the texts that it was sent, and its figures. */
#define _GNU_SOURCE
#include "tests/support/standin/standin.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"

void log_write(struct text_log *log, struct span bytes)
{
	pthread_mutex_lock(&log->lock);
	for (size_t at = 0; log->fd >= 0 && at < bytes.len;) {
		ssize_t wrote = write(log->fd, bytes.p + at, bytes.len - at);
		if (wrote <= 0)
			break;
		at += (size_t)wrote;
	}
	pthread_mutex_unlock(&log->lock);
}

int log_open(struct text_log *log, const char *path)
{
	pthread_mutex_init(&log->lock, NULL);
	log->start_ms = clock_ms();
	log->fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;
	return path && log->fd < 0 ? -1 : 0;
}

void log_body(struct text_log *log, const cJSON *tree, struct span body)
{
	if (log->fd < 0)
		return;
	cJSON *text = tree ? NULL : json_text(body);
	char *printed = cJSON_PrintUnformatted(tree ? tree : text);
	struct buf line = buf_new((size_t)256 << 20);
	buf_printf(&line, "%s\n", printed);
	log_write(log, buf_span(&line));
	buf_free(&line);
	cJSON_free(printed);
	cJSON_Delete(text);
}

void log_texts(struct text_log *log, uint64_t request, const struct span *texts, size_t n,
               int status)
{
	if (log->fd < 0)
		return;
	struct buf b = buf_new((size_t)1 << 30);
	for (size_t i = 0; i < n; i++) {
		cJSON *line = cJSON_CreateObject();
		cJSON_AddNumberToObject(line, "t", (double)(clock_ms() - log->start_ms));
		cJSON_AddNumberToObject(line, "req", (double)request);
		json_add_text(line, "text", texts[i]);
		cJSON_AddNumberToObject(line, "status", status);
		char *s = cJSON_PrintUnformatted(line);
		buf_add_str(&b, s);
		buf_add_byte(&b, '\n');
		cJSON_free(s);
		cJSON_Delete(line);
	}
	log_write(log, buf_span(&b));
	buf_free(&b);
}

void stats_begin(struct stats *s, int64_t now_ms)
{
	pthread_mutex_lock(&s->lock);
	if (s->requests++ == 0)
		s->first_ms = s->idle_since_ms = now_ms;
	if (s->busy++ == 0)
		s->idle_ms += now_ms - s->idle_since_ms;
	if (s->busy > s->most_busy)
		s->most_busy = s->busy;
	pthread_mutex_unlock(&s->lock);
}

void stats_end(struct stats *s, int64_t now_ms, size_t texts, int status)
{
	pthread_mutex_lock(&s->lock);
	s->last_ms = now_ms;
	if (--s->busy == 0)
		s->idle_since_ms = now_ms;
	if (status == 200)
		s->texts += texts;
	if (status == 429)
		s->refused++;
	pthread_mutex_unlock(&s->lock);
}

void stats_write(struct stats *s, struct buf *out)
{
	pthread_mutex_lock(&s->lock);
	int64_t span = s->last_ms - s->first_ms;
	buf_printf(out,
	           "{\"requests\":%llu,\"texts\":%llu,\"refused\":%llu,\"span_ms\":%lld,"
	           "\"idle_share\":%.4f,\"most_at_once\":%d,\"gzipped\":%llu,"
	           "\"chats\":%llu,\"unknown_fields\":%llu}\n",
	           (unsigned long long)s->requests, (unsigned long long)s->texts,
	           (unsigned long long)s->refused, (long long)span,
	           span > 0 ? (double)s->idle_ms / (double)span : 0.0, s->most_busy,
	           (unsigned long long)s->gzipped, (unsigned long long)s->chats,
	           (unsigned long long)s->unknown_fields);
	pthread_mutex_unlock(&s->lock);
}
