#define _XOPEN_SOURCE 700
#include "models/local/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "models/local/encoder.h"
#include "models/local/hf_config.h"
#include "models/local/model_config.h"
#include "models/local/model_folder.h"
#include "models/local/tokenizer/tokenizer.h"

#define MAX_TOKENIZER_JSON ((size_t)64 << 20)

static const char *const made_files[] = { "model.safetensors", "tokenizer.akt", "akin.json" };

static int io_error(struct err *err, const char *verb, const char *path)
{
	return err_set(err, ERR_IO, "cannot %s '%s': %s", verb, path, strerror(errno));
}

/* Writes all of p[len] to a new file and waits until it is on the disk. */
static int write_file(const char *path, const void *p, size_t len, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return io_error(err, "make", path);
	int rc = 0;
	for (size_t at = 0; at < len && rc == 0;) {
		size_t step = len - at < (1 << 20) ? len - at : 1 << 20;
		ssize_t n = write(fd, (const char *)p + at, step);
		if (n > 0)
			at += (size_t)n;
		else if (n == 0 || errno != EINTR)
			rc = io_error(err, "write", path);
	}
	if (rc == 0 && fsync(fd) < 0)
		rc = io_error(err, "write", path);
	if (close(fd) < 0 && rc == 0)
		rc = io_error(err, "write", path);
	return rc;
}

static int add_weights(struct model_config *c, const char *hf_folder, const char *folder,
                       struct err *err)
{
	char *from = model_path(hf_folder, "model.safetensors");
	char *to = model_path(folder, "model.safetensors");
	struct file_map map;
	int rc = file_map(&map, from, err);
	if (rc == 0)
		rc = write_file(to, map.p, map.len, err);
	if (rc == 0) {
		struct hash h = hash_bytes(map.p, map.len);
		hash_hex(&h, c->weights_xxh3);
		c->weights_bytes = map.len;
	}
	file_unmap(&map);
	free(from);
	free(to);
	return rc;
}

static int add_tokenizer(struct model_config *c, const char *hf_folder, const char *folder,
                         struct err *err)
{
	char *from = model_path(hf_folder, "tokenizer.json");
	char *to = model_path(folder, "tokenizer.akt");
	struct buf text = buf_new(MAX_TOKENIZER_JSON);
	int rc = file_read(from, &text, NULL, err);
	if (rc == 0 && tokenizer_compile(buf_span(&text), to, err) < 0)
		rc = err_wrap(err, "cannot use '%s'", from);
	struct file_map map = { 0 };
	if (rc == 0 && (rc = file_map(&map, to, err)) == 0) {
		struct hash h = hash_bytes(map.p, map.len);
		hash_hex(&h, c->tokenizer_xxh3);
	}
	file_unmap(&map);
	buf_free(&text);
	free(from);
	free(to);
	return rc;
}

static int add_config(const struct model_config *c, const char *folder, struct err *err)
{
	char *path = model_path(folder, "akin.json"), *text = model_config_write(c);
	int rc = write_file(path, text, strlen(text), err);
	free(text);
	free(path);
	return rc;
}

/* Looked at where they come from, so that an error names that place. */
static int check_weights(const struct model_config *c, const char *hf_folder, struct err *err)
{
	char *path = model_path(hf_folder, "model.safetensors");
	struct encoder *e = encoder_open(path, &c->encoder, ENCODER_FAST, err);
	if (!e && err && err->code == ERR_MODEL)
		err->code = ERR_INPUT;
	encoder_close(e);
	free(path);
	return e ? 0 : -1;
}

/* A second model of a name would be taken for the one that an index was made with. */
static int check_name(const char *name, struct err *err)
{
	char *folder = local_model_folder(name, NULL, NULL);
	int rc = !folder ? 0 : err_set(err, ERR_INPUT,
	                               "there is a model '%s' already, in '%s'; give another name",
	                               name, folder);
	free(folder);
	return rc;
}

/* Weights and tokeniser are what the description says, before anybody sees them. */
static int check_parts(const struct model_config *c, const char *folder, struct err *err)
{
	char *weights = model_path(folder, "model.safetensors");
	char *tokens = model_path(folder, "tokenizer.akt");
	struct tokenizer *t = NULL;
	struct encoder *e = encoder_open(weights, &c->encoder, ENCODER_FAST, err);
	int rc = e && (t = tokenizer_open(tokens, err)) ? 0 : -1;
	if (rc == 0 && tokenizer_vocab_size(t) > encoder_vocab(e))
		rc = err_set(err, ERR_INPUT, "the tokeniser has %lu ids, the weights have %zu",
		             (unsigned long)tokenizer_vocab_size(t), encoder_vocab(e));
	if (rc < 0 && err && err->code == ERR_MODEL)
		err->code = ERR_INPUT;
	tokenizer_close(t);
	encoder_close(e);
	free(weights);
	free(tokens);
	return rc;
}

static void remove_folder(const char *folder)
{
	for (size_t i = 0; i < sizeof made_files / sizeof *made_files; i++) {
		char *path = model_path(folder, made_files[i]);
		unlink(path);
		free(path);
	}
	rmdir(folder);
}

/* Renaming a folder over one that holds files fails: an older model stays. */
static int publish(const char *made, const char *home, const char *name, struct err *err)
{
	char *target = model_path(home, name);
	int rc = 0;
	if (chmod(made, 0755) < 0 || rename(made, target) < 0) {
		if (errno == ENOTEMPTY || errno == EEXIST)
			rc = err_set(err, ERR_INPUT, "there is a model '%s' already; remove '%s' first", name,
			             target);
		else
			rc = io_error(err, "make", target);
	}
	free(target);
	return rc;
}

/* All is made in a folder with a name of its own, then renamed. */
static int add_in(const char *home, const char *hf_folder, struct model_config *c, struct err *err)
{
	char *made = model_path(home, ".new-XXXXXX");
	int rc = file_make_parents(made, err);
	if (rc == 0 && !mkdtemp(made))
		rc = io_error(err, "make a folder in", home);
	if (rc == 0) {
		if (add_weights(c, hf_folder, made, err) < 0 || add_tokenizer(c, hf_folder, made, err) < 0 ||
		    add_config(c, made, err) < 0 || check_parts(c, made, err) < 0 ||
		    publish(made, home, c->name, err) < 0)
			rc = -1;
		if (rc < 0)
			remove_folder(made);
	}
	free(made);
	return rc;
}

int local_model_add(const char *hf_folder, const struct model_add_options *opt, char name_out[128],
                    struct err *err)
{
	static const struct model_add_options none;
	struct model_config c;
	if (hf_config_read(&c, hf_folder, opt ? opt : &none, err) < 0 ||
	    check_name(c.name, err) < 0 || check_weights(&c, hf_folder, err) < 0)
		return -1;
	char *home = local_models_home(err);
	if (!home)
		return -1;
	int rc = add_in(home, hf_folder, &c, err);
	free(home);
	if (rc == 0)
		snprintf(name_out, 128, "%s", c.name);
	return rc;
}
