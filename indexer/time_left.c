#include "indexer/time_left.h"

/* The known rate counts as much as so many answered requests. */
static const double prior_requests = 8;
/* Slower than this share of the rate, something else holds the run back. */
static const double near_the_rate = 0.6;
/* A speed is measured over no less. */
static const double shortest_s = 1;

static void move_marks(struct time_left *t, const struct time_mark *now)
{
	if (now->at_s - t->begun_s < 3 * (t->newer.at_s - t->begun_s) + shortest_s)
		return;
	t->older = t->newer;
	t->newer = *now;
}

/* What there is of something in all files, if there is so much in those read. */
static double in_all(uint64_t seen, const struct work *w)
{
	uint64_t unread = w->bytes_to_do > w->bytes_read ? w->bytes_to_do - w->bytes_read : 0;
	return (double)seen * (1 + (double)unread / (double)w->bytes_read);
}

static double smaller(double a, double b)
{
	return a < b ? a : b;
}

/* Texts that fill a request of so much; the next one would not have fitted, so about
 * half a text is left free. */
static double fitting(double most, double texts, double amount)
{
	return most * texts / amount - 0.5;
}

static double requests_for(double texts, double tokens, const struct work *w,
                           const struct embed_limits *l)
{
	double a_request = 1e9;
	if (l->max_batch_texts)
		a_request = (double)l->max_batch_texts;
	if (l->max_batch_tokens && tokens > 0)
		a_request = smaller(a_request, fitting((double)l->max_batch_tokens, texts, tokens));
	if (l->max_batch_bytes && w->text_bytes)
		a_request = smaller(a_request, fitting((double)l->max_batch_bytes, (double)w->texts,
		                                       (double)w->text_bytes));
	return texts / (a_request > 1 ? a_request : 1);
}

static void by_rate(struct time_left *t, const struct time_mark *now, double rate, double requests)
{
	double lately_s = t->has_begun ? now->at_s - t->older.at_s : 0;
	double lately = t->has_begun ? (double)(now->requests - t->older.requests) : 0;
	double speed = (prior_requests + lately) / (prior_requests / rate + lately_s);
	t->seconds = requests / speed;
	t->at_the_rate = speed >= near_the_rate * rate;
}

static void by_tokens(struct time_left *t, const struct time_mark *now, double tokens)
{
	double lately_s = now->at_s - t->older.at_s;
	double lately = (double)(now->tokens - t->older.tokens);
	if (t->has_begun && lately_s >= shortest_s && lately > 0)
		t->seconds = tokens * lately_s / lately;
}

static void by_reading(struct time_left *t, const struct work *w, double now_s)
{
	double unread = w->bytes_to_do > w->bytes_read ? (double)(w->bytes_to_do - w->bytes_read) : 0;
	if (now_s - t->called_s >= shortest_s)
		t->seconds = unread * (now_s - t->called_s) / (double)w->bytes_read;
}

static void look(struct time_left *t, const struct work *w, const struct time_mark *now)
{
	if (!t->was_called)
		t->called_s = now->at_s;
	t->was_called = true;
	/* connecting and the first look at the files are not the speed */
	if (!t->has_begun && w->texts_open < w->texts) {
		t->begun_s = now->at_s;
		t->older = t->newer = *now;
		t->has_begun = true;
	}
	if (t->has_begun)
		move_marks(t, now);
}

void time_left_update(struct time_left *t, const struct work *w, const struct embed_limits *limits,
                      double now_s)
{
	struct time_mark now = { now_s, w->requests, w->tokens - w->tokens_open };
	look(t, w, &now);
	t->seconds = -1;
	t->at_the_rate = false;
	if (w->bytes_read == 0)
		return;
	if (w->texts_open == 0) { /* whoever embeds waits for texts */
		by_reading(t, w, now_s);
		return;
	}
	double texts = in_all(w->texts, w) - (double)(w->texts - w->texts_open);
	double tokens = in_all(w->tokens, w) - (double)now.tokens;
	double rate = w->requests_per_minute / 60;
	if (rate > 0)
		by_rate(t, &now, rate, requests_for(texts, tokens, w, limits));
	else
		by_tokens(t, &now, tokens);
}
