#define _XOPEN_SOURCE 700
#include "models/local/model_folder.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "models/local/local.h"
#include "models/local/model_config.h"

#define MAX_PLACES 10

/* Folders that may hold model folders, in the order of preference. */
struct places {
	char *folder[MAX_PLACES];
	size_t n;
};

static void add_place(struct places *p, const char *folder, const char *below)
{
	if (folder && *folder && p->n < MAX_PLACES)
		p->folder[p->n++] = *below ? model_path(folder, below) : mem_strdup(folder);
}

static void add_binary_places(struct places *p)
{
	char binary[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", binary, sizeof binary - 1);
	if (len <= 0)
		return;
	binary[len] = '\0';
	char *slash = strrchr(binary, '/');
	if (!slash)
		return;
	*slash = '\0';
	add_place(p, binary, "");
	add_place(p, binary, "models");
	add_place(p, binary, "../data/models");
	add_place(p, binary, "../../data/models"); /* build/FLAVOUR/akin */
	add_place(p, binary, "../share/akin/models");
}

char *local_models_home(struct err *err)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	if (data && data[0] == '/')
		return model_path(data, "akin/models");
	if (home && *home)
		return model_path(home, ".local/share/akin/models");
	err_set(err, ERR_USAGE, "no place for models: neither XDG_DATA_HOME nor HOME is set");
	return NULL;
}

static void find_places(struct places *p, const struct model_options *opt)
{
	*p = (struct places){ 0 };
	add_place(p, opt ? opt->models_dir : NULL, "");
	add_place(p, getenv("AKIN_MODELS"), "");
	char *home = local_models_home(NULL);
	add_place(p, home, "");
	free(home);
	add_binary_places(p);
	add_place(p, AKIN_PREFIX "/share/akin/models", "");
}

static char *folder_in(const char *place, const char *name)
{
	char *folder = model_path(place, name), *config = model_path(folder, "akin.json");
	bool there = access(config, R_OK) == 0;
	free(config);
	if (there)
		return folder;
	free(folder);
	return NULL;
}

static void not_found(const struct places *p, const char *name, struct err *err)
{
	struct buf list = buf_new(700);
	for (size_t i = 0; i < p->n; i++)
		buf_printf(&list, "%s'%s'", i ? ", " : "", p->folder[i]);
	err_set(err, ERR_MODEL,
	        "there is no model '%s': set AKIN_MODELS to the folder that holds it; looked in %s",
	        name, list.p ? list.p : "no folder");
	buf_free(&list);
}

char *local_model_folder(const char *name, const struct model_options *opt, struct err *err)
{
	if (model_name_check(name, err) < 0)
		return NULL;
	struct places p;
	find_places(&p, opt);
	char *folder = NULL;
	for (size_t i = 0; i < p.n && !folder; i++)
		folder = folder_in(p.folder[i], name);
	if (!folder)
		not_found(&p, name, err);
	for (size_t i = 0; i < p.n; i++)
		free(p.folder[i]);
	return folder;
}

struct visiting {
	const struct places *places;
	size_t place;
	local_model_visit *visit;
	void *ctx;
};

static int visit_name(const struct visiting *v, const char *name)
{
	char *folder = NULL;
	size_t place = 0;
	if (model_name_check(name, NULL) < 0)
		return 0;
	while (place < v->places->n && !(folder = folder_in(v->places->folder[place], name)))
		place++;
	int rc = folder && place == v->place ? v->visit(v->ctx, name, folder) : 0;
	free(folder);
	return rc;
}

static int visit_place(const struct visiting *v)
{
	struct dirent **names;
	int n = scandir(v->places->folder[v->place], &names, NULL, alphasort), rc = 0;
	for (int i = 0; i < n; i++) {
		if (rc == 0)
			rc = visit_name(v, names[i]->d_name);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return rc;
}

int local_models(const struct model_options *opt, local_model_visit *visit, void *ctx)
{
	struct places p;
	int rc = 0;
	find_places(&p, opt);
	for (size_t i = 0; i < p.n && rc == 0; i++) {
		struct visiting v = { &p, i, visit, ctx };
		rc = visit_place(&v);
	}
	for (size_t i = 0; i < p.n; i++)
		free(p.folder[i]);
	return rc;
}

/* FOLDER/NAME holds the bytes that `expected`, of akin.json, is the hash of. */
static int verify_file(const char *folder, const char *name, const char *expected, const char *what,
                       struct err *err)
{
	char *path = model_path(folder, name), hex[33];
	struct file_map map;
	int rc = file_map(&map, path, err);
	if (rc == 0) {
		struct hash h = hash_bytes(map.p, map.len);
		hash_hex(&h, hex);
		if (strcmp(hex, expected) != 0)
			rc = err_set(err, ERR_MODEL,
			             "altered %s: the checksum of '%s' is %s, akin.json says %s; take the "
			             "model from its source again",
			             what, path, hex, expected[0] ? expected : "none");
	}
	file_unmap(&map);
	free(path);
	return rc;
}

int local_model_verify(const char *folder, struct err *err)
{
	struct model_config c;
	if (model_config_read(&c, folder, err) < 0 ||
	    verify_file(folder, "model.safetensors", c.weights_xxh3, "weights", err) < 0)
		return -1;
	/* folders of an older version do not say */
	if (!c.tokenizer_xxh3[0])
		return 0;
	return verify_file(folder, "tokenizer.akt", c.tokenizer_xxh3, "tokeniser", err);
}
