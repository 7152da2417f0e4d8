#include <stdlib.h>

#include "cli/command.h"
#include "cli/documents.h"
#include "cli/open.h"
#include "cli/paths.h"

static const struct usage usage = {
	.synopsis = "PATH…",
	.about = "Takes the documents at each PATH or below it out of the index, and the folders\n"
	         "that were given to 'akin index' there. The files themselves are not touched.",
	.example = "akin rm ~/notes/old",
};

struct removed {
	size_t documents, roots;
	bool below_a_root; /* the next run of index would bring it back */
};

static int remove_documents(struct store *store, const char *path, struct removed *r, struct err *err)
{
	struct document_names names;
	int rc = document_names_load(&names, store, path, err);
	for (size_t i = 0; rc == 0 && i < names.n; i++)
		rc = store_document_delete(store, names.items[i].id, err);
	r->documents += names.n;
	document_names_free(&names);
	return rc;
}

static int remove_roots(struct store *store, const char *path, struct removed *r, struct err *err)
{
	struct store_roots roots = { 0 };
	int rc = store_roots(store, &roots, err);
	for (size_t i = 0; rc == 0 && i < roots.n; i++) {
		const char *root = roots.items[i].path;
		if (path_is_within(root, path)) {
			rc = store_root_delete(store, root, err);
			r->roots++;
		} else if (path_is_within(path, root)) {
			r->below_a_root = true;
		}
	}
	store_roots_free(&roots);
	return rc;
}

static int remove_path(struct cli *cli, struct store *store, const char *typed, struct removed *total,
                       struct err *err)
{
	struct removed r = { 0 };
	char *path = path_absolute(typed);
	int rc = remove_documents(store, path, &r, err);
	if (rc == 0)
		rc = remove_roots(store, path, &r, err);
	if (rc == 0 && !r.documents && !r.roots)
		cli_note(cli, "akin: nothing in the index is at '%s' or below", path);
	if (rc == 0 && r.documents && r.below_a_root)
		cli_note(cli, "akin: '%s' is below an indexed folder: the next 'akin index' takes it again, "
		         "unless the file is gone or a line in .akinignore names it", path);
	total->documents += r.documents;
	total->roots += r.roots;
	free(path);
	return rc;
}

static int remove_all(struct cli *cli, struct store *store, int n, char **paths, struct removed *total,
                      struct err *err)
{
	if (store_begin(store, err) < 0)
		return -1;
	for (int i = 0; i < n; i++) {
		if (remove_path(cli, store, paths[i], total, err) < 0) {
			store_rollback(store);
			return -1;
		}
	}
	return store_commit(store, err);
}

int cmd_rm(struct cli *cli, int argc, char **argv)
{
	struct err err = { 0 };
	int status;
	int n = cli_parse(cli, &usage, NULL, argc, argv, 1, -1, &status);
	if (n < 0)
		return status;
	struct removed total = { 0 };
	struct store *store = open_index(cli, STORE_MODIFY, &err);
	int rc = store ? remove_all(cli, store, n, argv, &total, &err) : -1;
	store_close(store);
	if (rc < 0)
		return cli_fail(cli, &err);
	if (!total.documents && !total.roots)
		return STATUS_NOTHING;
	cli_note(cli, "akin: took %zu document%s and %zu root%s out of the index", total.documents,
	         total.documents == 1 ? "" : "s", total.roots, total.roots == 1 ? "" : "s");
	return STATUS_DONE;
}
