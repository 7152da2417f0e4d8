/* JSON on a stream. */
#ifndef AKIN_CLI_PRINT_JSON_H
#define AKIN_CLI_PRINT_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>

/* Writes the tree and a newline, on one line when it is compact, and deletes it. */
void print_json(FILE *file, cJSON *tree, bool compact);

#endif
