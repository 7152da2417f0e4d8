/* committed DB <LOG: which of the texts in a log of the stand-in does the index
 * hold a vector for? Writes "KEY committed" or "KEY new" for each line of the log,
 * KEY being what the index knows the text by (see indexer/prepare.c). For models
 * that put nothing before a passage. */
#define _GNU_SOURCE
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "store/store.h"

static int look_up(struct store *store, const struct hash *seed, struct span line, struct err *err)
{
	cJSON *entry = json_parse(line, "the log", err);
	const char *text = json_string(entry, "text");
	if (!text) {
		cJSON_Delete(entry);
		return err_set(err, ERR_INPUT, "a line of the log has no text");
	}
	struct span parts[] = { { (const char *)seed->b, sizeof seed->b }, span_of(text) };
	struct hash key = hash_parts(parts, 2);
	cJSON_Delete(entry);
	int64_t id = store_vector_find(store, &key, err);
	if (id < 0)
		return -1;
	char hex[33];
	hash_hex(&key, hex);
	printf("%s %s\n", hex, id > 0 ? "committed" : "new");
	return 0;
}

int main(int argc, char **argv)
{
	struct err err = { 0 };
	struct store_model model;
	struct store *store = argc == 2 ? store_open(argv[1], STORE_READ, &err) : NULL;
	int rc = store ? store_model(store, &model, &err) : -1;
	struct hash seed = { { 0 } };
	if (rc == 0)
		seed = hash_bytes(model.name, strlen(model.name));
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	while (rc == 0 && (len = getline(&line, &cap, stdin)) > 0)
		rc = look_up(store, &seed, (struct span){ line, (size_t)len }, &err);
	free(line);
	store_close(store);
	if (rc < 0)
		fprintf(stderr, "committed: %s\n", err.text);
	return rc < 0 ? 2 : 0;
}
