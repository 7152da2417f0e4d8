/* A reply is read without harm, and is the same however its bytes come; what is handed on is
 * whole characters, and all of the answer. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "models/remote/chat_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool truth)
{
	if (!truth)
		abort();
}

static void must_be_text(const char *s)
{
	must(s && utf8_is_valid(s, strlen(s)));
}

static void hear(void *ctx, enum chat_part part, struct span text)
{
	struct buf *heard = ctx;
	must(text.len > 0 && utf8_is_valid(text.p, text.len));
	buf_add_span(&heard[part], text);
}

static void tell(struct buf *out, const struct chat_reply *r, const struct chat_reader *reader,
                 const struct err *err)
{
	buf_printf(out, "%d %s|%s|%s|%d %d %d|", (int)r->finish, r->message.text,
	           r->reasoning ? r->reasoning : "", r->model, (int)r->usage_known,
	           (int)r->prompt_tokens, (int)r->completion_tokens);
	for (size_t i = 0; i < r->message.n_calls; i++) {
		const struct chat_call *c = &r->message.calls[i];
		must_be_text(c->id);
		must_be_text(c->name);
		must_be_text(c->arguments);
		must(*c->id);
		buf_printf(out, "%s %s %s|", c->id, c->name, c->arguments);
	}
	buf_printf(out, "%d %s", reader->refused ? (int)reader->refusal.verdict : -1, err->text);
}

static void read_reply(struct span body, const char *type, size_t step, struct buf *out)
{
	struct buf heard[2] = { buf_new(1 << 22), buf_new(1 << 22) };
	struct chat_reader r;
	struct chat_reply reply;
	struct err err = { 0 };
	chat_reader_init(&r, hear, heard);
	for (size_t at = 0; at < body.len; at += step) {
		size_t n = step < body.len - at ? step : body.len - at;
		if (chat_reader_feed(&r, type, (struct span){ body.p + at, n }) < 0)
			break;
	}
	int rc = chat_reader_end(&r, &reply, &err);
	must((rc == 0) == (reply.finish != CHAT_CUT));
	must((rc == 0) == (err.code == ERR_NONE));
	must_be_text(reply.message.text);
	must_be_text(reply.model);
	must(strcmp(reply.message.text, buf_span(&heard[CHAT_ANSWER]).p) == 0);
	must(strcmp(reply.reasoning ? reply.reasoning : "", buf_span(&heard[CHAT_REASONING]).p) == 0);
	tell(out, &reply, &r, &err);
	chat_reply_release(&reply);
	chat_reader_free(&r);
	buf_free(&heard[0]);
	buf_free(&heard[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	struct span body = { (const char *)data + 1, size - 1 };
	const char *type = data[0] & 1 ? "text/event-stream" : "application/json";
	struct buf at_once = buf_new(1 << 23), in_steps = buf_new(1 << 23);
	read_reply(body, type, body.len + 1, &at_once);
	read_reply(body, type, 1 + data[0] / 2 % 64, &in_steps);
	must(span_equal(buf_span(&at_once), buf_span(&in_steps)));
	buf_free(&at_once);
	buf_free(&in_steps);
	return 0;
}
