/* What documents and their sections are called. */
#include "store/db.h"

int store_names(struct store *s, store_name_visit *visit, void *ctx, struct err *err)
{
	/* a chunk's heading stands before its text in the row, which then is not read */
	sqlite3_stmt *q = db_prepare(s, "SELECT document_id, min(id), NULL, heading FROM chunks"
	                                " WHERE heading IS NOT NULL GROUP BY document_id, heading"
	                                " UNION ALL SELECT d.id, c.id, d.title, NULL FROM documents d"
	                                " JOIN chunks c ON c.document_id = d.id AND c.seq = 0"
	                                " WHERE d.title IS NOT NULL", err);
	if (!q)
		return -1;
	int rc;
	while ((rc = db_step(s, q, err)) > 0) {
		const char *title = (const char *)sqlite3_column_text(q, 2);
		const char *heading = (const char *)sqlite3_column_text(q, 3);
		int stop = visit(ctx, sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1), title, heading);
		if (stop) {
			sqlite3_reset(q);
			return stop;
		}
	}
	return rc;
}
