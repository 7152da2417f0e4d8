#include "cli/place.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/documents.h"
#include "cli/paths.h"

/* Takes ":NUMBER" from the end of text, in place. */
static bool take_number(char *text, uint64_t *value)
{
	char *colon = strrchr(text, ':');
	if (!colon || colon == text || !colon[1] ||
	    strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
	    strlen(colon + 1) > 15)
		return false;
	*value = strtoull(colon + 1, NULL, 10);
	*colon = '\0';
	return true;
}

/* 1: the document; 0: not indexed; -1. */
static int find(struct store *store, char *text, int max_numbers, struct place *place,
                struct store_document *doc, struct err *err)
{
	uint64_t last = 0, first = 0;
	size_t len = strlen(text);
	*place = (struct place){ .path = path_absolute(text) };
	int found = store_document_by_path(store, place->path, doc, err);
	if (len && text[len - 1] == ':')
		text[len - 1] = '\0';
	for (int n = 1; found == 0 && n <= max_numbers && take_number(text, &first); n++) {
		free(place->path);
		*place = (struct place){ path_absolute(text), first, last, n };
		found = store_document_by_path(store, place->path, doc, err);
		last = first;
	}
	return found;
}

int place_find(struct store *store, const char *typed, int max_numbers, struct place *place,
               struct store_document *doc, struct err *err)
{
	char *text = mem_strdup(typed), *whole = NULL;
	int found = find(store, text, max_numbers, place, doc, err);
	if (found == 0) {
		whole = path_absolute(typed);
		bool folder = documents_any(store, whole, NULL) > 0;
		err_set(err, ERR_INPUT, folder ? "'%s' is a folder; name one of its documents"
		                               : "'%s' is not in the index", typed);
	}
	free(whole);
	free(text);
	return found > 0 ? 0 : -1;
}

void place_free(struct place *place)
{
	free(place->path);
	*place = (struct place){ 0 };
}
