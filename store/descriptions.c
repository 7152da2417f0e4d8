#include "store/db.h"

int store_description_get(struct store *s, const struct hash *content, const char *by, char **maker,
                          char **text, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "SELECT text, text_by FROM descriptions WHERE content = ?1 AND"
	                                " (?2 IS NULL OR text_by = ?2) ORDER BY id DESC LIMIT 1", err);
	if (!q)
		return -1;
	db_bind_hash(q, 1, content);
	db_bind_text(q, 2, by);
	int rc = db_step(s, q, err);
	if (rc <= 0)
		return rc;
	*text = db_column_string(q, 0);
	if (maker)
		*maker = db_column_string(q, 1);
	sqlite3_reset(q);
	return 1;
}

int store_description_put(struct store *s, const struct hash *content, const char *by,
                          struct span text, struct err *err)
{
	sqlite3_stmt *q = db_prepare(s, "INSERT OR REPLACE INTO descriptions(content, text_by, text)"
	                                " VALUES(?1, ?2, ?3)", err);
	if (!q)
		return -1;
	db_bind_hash(q, 1, content);
	db_bind_text(q, 2, by);
	sqlite3_bind_text64(q, 3, text.p, text.len, SQLITE_STATIC, SQLITE_UTF8);
	return db_step(s, q, err);
}
