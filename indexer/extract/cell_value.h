/* What a spreadsheet's number looks like. Pure. */
#ifndef AKIN_INDEXER_EXTRACT_CELL_VALUE_H
#define AKIN_INDEXER_EXTRACT_CELL_VALUE_H

#include <stdbool.h>

enum cell_kind { CELL_NUMBER, CELL_DATE, CELL_TIME, CELL_PERCENT };

/* The kind of a number format: a built-in one by its id (ECMA-376, part 1, 18.8.30), another by
 * its code, "dd/mm/yyyy"; code NULL: by the id alone. */
enum cell_kind cell_kind_of(int id, const char *code);

/* Writes the number to out[32]: a date as 2024-05-01, with a time where it has one, a percentage
 * with its sign, else the shortest decimal that is within 15 digits of it. since_1904: days are
 * counted from 1904, not 1900. */
void cell_value(double number, enum cell_kind kind, bool since_1904, char out[32]);

#endif
