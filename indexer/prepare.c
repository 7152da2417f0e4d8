#define _POSIX_C_SOURCE 200809L
#include "indexer/prepare.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "indexer/extract/magic.h"
#include "indexer/walk/secret.h"
#include "words/language.h"

static void skip(struct prepared_file *out, enum skip_reason reason, const char *why)
{
	out->kind = PREPARED_SKIPPED;
	out->skip = reason;
	snprintf(out->why, sizeof out->why, "%s", why ? why : "");
}

/* A file that grows or is rewritten under our eyes may be half of each. */
static bool has_changed(const char *path, const struct file_stamp *before)
{
	struct stat st;
	if (stat(path, &st) < 0)
		return true;
	return (uint64_t)st.st_size != before->size ||
	       (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec != before->mtime_ns;
}

static bool read_whole(struct prepared_file *out, struct buf *bytes)
{
	struct err err = { 0 };
	struct file_stamp stamp;
	out->read_ns = clock_unix_ns();
	if (file_read(out->plan.path, bytes, &stamp, &err) < 0) {
		skip(out, err.code == ERR_LIMIT ? SKIP_TOO_LARGE : SKIP_UNREADABLE, err.text);
		return false;
	}
	if (has_changed(out->plan.path, &stamp)) {
		skip(out, SKIP_CHANGED, "the next run takes it");
		return false;
	}
	out->plan.size = stamp.size;
	out->plan.mtime_ns = stamp.mtime_ns;
	return true;
}

static void make_keys(struct prepared_file *out, const struct hash *seed)
{
	out->keys = mem_alloc(out->chunks.n, sizeof *out->keys);
	struct buf text = buf_new(SIZE_MAX / 2);
	for (size_t i = 0; i < out->chunks.n; i++) {
		buf_clear(&text);
		chunk_embedded_text(&out->doc, &out->chunks.items[i], &text);
		struct span parts[] = { { (const char *)seed->b, sizeof seed->b }, buf_span(&text) };
		out->keys[i] = hash_parts(parts, 2);
	}
	buf_free(&text);
}

static enum skip_reason read_document(struct prepared_file *out, const struct buf *bytes,
                                      char why[EXTRACT_WHY])
{
	enum skip_reason reason = SKIP_NONE;
	if (!out->doc.text)
		reason = extract(span_of(out->plan.path), buf_span(bytes), &out->doc, why);
	if (reason == SKIP_NONE && secret_in_text((struct span){ out->doc.text, out->doc.text_len })) {
		reason = SKIP_SECRET;
		extract_why(why, "it holds a private key");
	}
	return reason;
}

static bool is_pdf(const struct prepared_file *file, const struct buf *bytes)
{
	const char *format = magic_format(span_of(file->plan.path), buf_span(bytes));
	return format && strcmp(format, "PDF") == 0;
}

static void read_and_chunk(struct prepared_file *out, const struct prepare_options *opt,
                           struct buf *bytes)
{
	if (!read_whole(out, bytes))
		return;
	out->content = hash_bytes(buf_span(bytes).p, bytes->len);
	if (out->plan.doc_id && out->plan.complete && hash_compare(&out->content, &out->plan.content) == 0) {
		out->kind = PREPARED_SAME_CONTENT;
		return;
	}
	char why[EXTRACT_WHY] = "";
	enum skip_reason reason = SKIP_EMPTY;
	bool is_image = image_look(buf_span(bytes), "", &out->image, NULL) == 0;
	if (!is_image)
		reason = read_document(out, bytes, why);
	if (is_image || (reason == SKIP_EMPTY && is_pdf(out, bytes))) {
		out->kind = opt->describe ? opt->describe(opt->describe_ctx, out, bytes) : PREPARED_IMAGE;
		if (out->kind != PREPARED_NEW)
			return;
		reason = read_document(out, bytes, why);
	}
	if (reason != SKIP_NONE) {
		skip(out, reason, why);
		return;
	}
	buf_free(bytes); /* the text has its own copy: do not hold both while chunking */
	out->language = language_detect((struct span){ out->doc.text, out->doc.text_len });
	chunk_document(&out->doc, &opt->chunk, &out->chunks);
	if (out->chunks.n == 0)
		skip(out, SKIP_EMPTY, NULL);
	else
		make_keys(out, &opt->recipe_seed);
}

void prepare_file(const struct planned_file *plan, const struct prepare_options *opt,
                  struct prepared_file *out)
{
	*out = (struct prepared_file){ .plan = *plan, .kind = PREPARED_NEW, .language = "" };
	struct buf bytes = buf_new(plan->max_bytes);
	read_and_chunk(out, opt, &bytes);
	buf_free(&bytes);
	if (out->kind != PREPARED_NEW) {
		document_free(&out->doc);
		chunks_free(&out->chunks);
	}
}

void prepared_free(struct prepared_file *file)
{
	if (!file)
		return;
	free(file->plan.path);
	document_free(&file->doc);
	chunks_free(&file->chunks);
	free(file->keys);
	if (file->room)
		room_give(file->room, file->room_taken);
	free(file);
}

size_t prepared_weight(const struct prepared_file *file)
{
	return sizeof *file + file->doc.text_len + file->doc.n_blocks * sizeof(struct block) +
	       file->doc.n_runs * sizeof(struct source_run) +
	       (file->doc.n_lines + file->doc.n_pages) * sizeof(size_t) +
	       file->chunks.n * (sizeof(struct chunk) + sizeof(struct hash) + 64);
}
