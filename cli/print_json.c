#include "cli/print_json.h"

#include <stdlib.h>

void print_json(FILE *file, cJSON *tree, bool compact)
{
	char *text = compact ? cJSON_PrintUnformatted(tree) : cJSON_Print(tree);
	if (text) {
		fputs(text, file);
		fputc('\n', file);
	}
	free(text);
	cJSON_Delete(tree);
}
