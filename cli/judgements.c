#include "cli/judgements.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int span_compare(struct span a, struct span b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	return c ? c : (a.len > b.len) - (a.len < b.len);
}

static int compare(const struct judgement *a, const struct judgement *b)
{
	int c = span_compare(a->qid, b->qid);
	return c ? c : span_compare(a->docid, b->docid);
}

/* Of equal pairs the highest grade comes last. */
static int by_ids(const void *a, const void *b)
{
	const struct judgement *x = a, *y = b;
	int c = compare(x, y);
	return c ? c : (x->grade > y->grade) - (x->grade < y->grade);
}

static int parse_grade(struct span field, double *grade)
{
	char text[64], *end;
	if (!field.len || field.len >= sizeof text)
		return -1;
	memcpy(text, field.p, field.len);
	text[field.len] = '\0';
	*grade = strtod(text, &end);
	return *end || !isfinite(*grade) ? -1 : 0;
}

static void sort_and_merge(struct judgements *j)
{
	if (j->n > 1)
		qsort(j->items, j->n, sizeof *j->items, by_ids);
	size_t kept = 0;
	for (size_t i = 0; i < j->n; i++) {
		if (i + 1 < j->n && compare(&j->items[i], &j->items[i + 1]) == 0)
			continue;
		if (j->items[i].grade > 0)
			j->items[kept++] = j->items[i];
	}
	j->n = kept;
}

int judgements_read(struct judgements *j, const char *path, struct err *err)
{
	*j = (struct judgements){ 0 };
	if (table_read(&j->table, path, 3, 0, err) < 0)
		return -1;
	j->items = mem_alloc(j->table.n, sizeof *j->items);
	for (size_t i = 0; i < j->table.n; i++) {
		const struct span *row = j->table.fields + 3 * i;
		double grade;
		if (parse_grade(row[2], &grade) < 0) {
			if (i == 0)
				continue;
			return err_set(err, ERR_INPUT, "'%s', line %zu: the grade is no number", path,
			               j->table.lines[i]);
		}
		j->items[j->n++] = (struct judgement){ row[0], row[1], grade };
	}
	sort_and_merge(j);
	if (!j->n)
		return err_set(err, ERR_INPUT, "no judgement above 0 in '%s'", path);
	return 0;
}

void judgements_free(struct judgements *j)
{
	free(j->items);
	table_free(&j->table);
	*j = (struct judgements){ 0 };
}
