#define _DEFAULT_SOURCE
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/db.h"
#include "words/terms.h"

/* The lock is a file of its own: the kernel lets go of it however its holder
 * ends, and readers of the index are not in its way. */
static int take_writer_lock(struct store *s, struct err *err)
{
	struct buf name = buf_new(1 << 16);
	buf_printf(&name, "%s.lock", s->path);
	s->lock_fd = open(buf_span(&name).p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int rc = 0;
	if (s->lock_fd < 0) {
		rc = err_set(err, ERR_STORE, "index '%s' is not writable: %s", s->path, strerror(errno));
	} else if (flock(s->lock_fd, LOCK_EX | LOCK_NB) < 0) {
		char pid[32] = "";
		ssize_t n = pread(s->lock_fd, pid, sizeof pid - 1, 0);
		pid[n > 0 ? n : 0] = '\0';
		rc = err_set(err, ERR_BUSY,
		             "another akin (process %ld) is writing index '%s'; wait for it to end, or use "
		             "another --db",
		             strtol(pid, NULL, 10), s->path);
	} else {
		char pid[32];
		int n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
		if (ftruncate(s->lock_fd, 0) < 0 || pwrite(s->lock_fd, pid, (size_t)n, 0) < 0)
			n = 0; /* the number only helps a message */
	}
	buf_free(&name);
	return rc;
}

/* Before the lock file is put beside it: a mistyped --db must leave nothing there. Read
 * through SQLite's own layer: to close another descriptor of a database that this process
 * has open would drop its locks (POSIX), and a stranger could take the log away. */
static int check_magic(const struct store *s, struct err *err)
{
	static const char magic[16] = "SQLite format 3"; /* with its NUL */
	char head[sizeof magic];
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	sqlite3_file *file = mem_zalloc(1, (size_t)vfs->szOsFile);
	sqlite3_filename name = sqlite3_create_filename(s->path, "", "", 0, NULL);
	int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
	bool opened = name && vfs->xOpen(vfs, name, file, flags, &flags) == SQLITE_OK;
	bool is_ours = opened && file->pMethods->xRead(file, head, sizeof head, 0) == SQLITE_OK &&
	               memcmp(head, magic, sizeof head) == 0;
	int error = errno;
	if (file->pMethods)
		file->pMethods->xClose(file);
	sqlite3_free_filename(name);
	free(file);
	if (!opened)
		return err_set(err, ERR_STORE, "cannot open index '%s': %s", s->path, strerror(error));
	if (is_ours)
		return 0;
	return err_set(err, ERR_STORE, "'%s' is not an akin index (it is no SQLite file)", s->path);
}

/* Opening never makes an index by accident. */
static int look_at_file(struct store *s, enum store_mode mode, struct err *err)
{
	struct stat st;
	if (stat(s->path, &st) < 0) {
		if (errno != ENOENT)
			return err_set(err, ERR_STORE, "cannot open index '%s': %s", s->path, strerror(errno));
		if (mode == STORE_CREATE)
			return file_make_parents(s->path, err);
		return err_set(err, ERR_INPUT, "no index at '%s'; make one with: akin index FOLDER", s->path);
	}
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_STORE, "'%s' is not an akin index (not a regular file)", s->path);
	if (st.st_size == 0 && mode != STORE_CREATE)
		return err_set(err, ERR_STORE, "'%s' is empty; make an index with: akin index FOLDER", s->path);
	return st.st_size > 0 ? check_magic(s, err) : 0;
}

static bool has_wal(const struct store *s)
{
	struct buf name = buf_new(1 << 16);
	buf_printf(&name, "%s-wal", s->path);
	struct stat st;
	bool has = stat(buf_span(&name).p, &st) == 0 && st.st_size > 0;
	buf_free(&name);
	return has;
}

static int register_functions(struct store *s, struct err *err)
{
	return tokenizer_register(s, err) < 0 ? -1 : vectors_register(s, err);
}

static int connect_file(struct store *s, int flags, struct err *err)
{
	if (sqlite3_open_v2(s->path, &s->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return db_fail(s, "open", err);
	sqlite3_busy_timeout(s->db, 10000);
	sqlite3_extended_result_codes(s->db, 0);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return register_functions(s, err);
}

/* On a read-only folder WAL cannot make its shared memory; without a log to read
 * the file itself is the whole state, and nobody there can write it. */
static int connect_immutable(struct store *s, struct err *err)
{
	sqlite3_close(s->db);
	s->db = NULL;
	struct buf uri = buf_new(1 << 18);
	buf_add_str(&uri, "file:");
	for (const unsigned char *p = (const unsigned char *)s->path; *p; p++) {
		if (*p == '?' || *p == '#' || *p == '%' || *p < 0x21 || *p > 0x7e)
			buf_printf(&uri, "%%%02X", *p);
		else
			buf_add_byte(&uri, (char)*p);
	}
	buf_add_str(&uri, "?immutable=1");
	int rc = sqlite3_open_v2(buf_span(&uri).p, &s->db,
	                         SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
	buf_free(&uri);
	return rc == SQLITE_OK ? register_functions(s, err) : db_fail(s, "open", err);
}

/* SQLite notices a file that was cut only when it comes to a missing page. */
static int check_length(struct store *s, struct err *err)
{
	int64_t pages = 0, page_size = 0;
	if (db_int(s, "PRAGMA page_count", &pages, err) < 0 ||
	    db_int(s, "PRAGMA page_size", &page_size, err) < 0)
		return -1;
	struct stat st;
	if (!has_wal(s) && stat(s->path, &st) == 0 && st.st_size < pages * page_size)
		return err_set(err, ERR_STORE,
		               "index '%s' is truncated (%lld of %lld bytes); remove it and index again",
		               s->path, (long long)st.st_size, (long long)(pages * page_size));
	return 0;
}

static int open_reader(struct store *s, struct err *err)
{
	if (connect_file(s, SQLITE_OPEN_READONLY, err) < 0)
		return -1;
	int64_t version;
	if (db_int(s, "PRAGMA user_version", &version, NULL) < 0) {
		int code = sqlite3_errcode(s->db);
		bool no_shm = code == SQLITE_CANTOPEN || code == SQLITE_READONLY;
		if (!no_shm || has_wal(s))
			return db_fail(s, "open", err);
		if (connect_immutable(s, err) < 0)
			return -1;
	}
	return schema_check(s, err) < 0 ? -1 : check_length(s, err);
}

/* Passages of private files are in it: for its owner alone. SQLite gives its log
 * the same mode. That it cannot be made is said by SQLite's own try. */
static void create_private(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
}

static int open_writer(struct store *s, struct err *err)
{
	if (take_writer_lock(s, err) < 0)
		return -1;
	create_private(s->path);
	if (connect_file(s, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err) < 0)
		return -1;
	/* SQLite opens what it may not write for reading, and fails at the first write */
	if (sqlite3_db_readonly(s->db, "main") == 1)
		return err_set(err, ERR_STORE, "index '%s' is not writable: %s", s->path, strerror(EACCES));
	if (schema_ensure(s, err) < 0 || check_length(s, err) < 0)
		return -1;
	if (db_exec(s,
	            "PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-8000;"
	            "PRAGMA journal_size_limit=67108864",
	            err) < 0)
		return -1;
	s->checkpointer = checkpointer_new(s);
	return 0;
}

struct store *store_open(const char *path, enum store_mode mode, struct err *err)
{
	struct store *s = mem_zalloc(1, sizeof *s);
	s->lock_fd = -1;
	s->path = mem_strdup(path);
	if (look_at_file(s, mode, err) < 0 ||
	    (mode == STORE_READ ? open_reader(s, err) : open_writer(s, err)) < 0) {
		store_close(s);
		return NULL;
	}
	return s;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	store_rollback(s);
	for (size_t i = 0; i < s->n_statements; i++)
		sqlite3_finalize(s->statements[i].stmt);
	checkpointer_free(s->checkpointer);
	sqlite3_close(s->db);
	terms_free(s->terms);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	free(s->path);
	free(s);
}

const char *store_path(const struct store *s)
{
	return s->path;
}

int store_begin(struct store *s, struct err *err)
{
	/* a deferred transaction of a reader pins its state at the first read */
	int64_t ignored;
	if (db_exec(s, s->lock_fd >= 0 ? "BEGIN IMMEDIATE" : "BEGIN", err) < 0)
		return -1;
	s->in_transaction = true;
	if (db_int(s, "SELECT count(*) FROM facts", &ignored, err) == 0)
		return 0;
	store_rollback(s);
	return -1;
}

int store_commit(struct store *s, struct err *err)
{
	blobs_close(s);
	s->next_slot = 0;
	if (db_exec(s, "COMMIT", err) == 0) {
		s->in_transaction = false;
		return 0;
	}
	store_rollback(s);
	return -1;
}

void store_rollback(struct store *s)
{
	blobs_close(s);
	s->next_slot = 0;
	if (s->in_transaction)
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	s->in_transaction = false;
	codes_forget(s);
	s->model = (struct store_model){ 0 };
}
