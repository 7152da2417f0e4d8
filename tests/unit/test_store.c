#define _XOPEN_SOURCE 700
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "store/store.h"

static char path[256];

static void use(const char *name)
{
	snprintf(path, sizeof path, "%s/test_store_%ld_%s/akin.db",
	         getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", (long)getpid(), name);
}

static struct store *create(void)
{
	struct err err = { 0 };
	struct store *s = store_open(path, STORE_CREATE, &err);
	if (!s)
		fail_msg("%s", err.text);
	struct store_model model = { "test/four", 4 };
	assert_int_equal(store_begin(s, &err), 0);
	assert_int_equal(store_set_model(s, &model, &err), 0);
	assert_int_equal(store_commit(s, &err), 0);
	return s;
}

static int64_t put_vector(struct store *s, const char *key)
{
	struct err err = { 0 };
	struct hash h = hash_bytes(key, strlen(key));
	float v[4] = { 0, 0, 0, 0 };
	v[h.b[0] % 4] = 1;
	int64_t id = store_vector_put(s, &h, v, &err);
	if (id < 0)
		fail_msg("%s", err.text);
	return id;
}

static void put_document(struct store *s, const char *doc_path, const char *const *texts, size_t n)
{
	struct err err = { 0 };
	struct store_chunk_in chunks[16] = { { 0 } };
	for (size_t i = 0; i < n; i++)
		chunks[i] = (struct store_chunk_in){ .byte_end = strlen(texts[i]), .line_start = 1,
			                             .line_end = 1, .n_tokens = 3, .text = span_of(texts[i]),
			                             .vector_id = put_vector(s, texts[i]) };
	char copy[256];
	snprintf(copy, sizeof copy, "%s", doc_path);
	struct store_document doc = { .path = copy, .size = 5, .title = NULL, .format = "text",
		                      .content = hash_bytes(doc_path, strlen(doc_path)) };
	if (store_document_put(s, &doc, chunks, n, &err) < 0)
		fail_msg("%s", err.text);
}

static void on_fault(void *ctx, const char *sentence)
{
	if (!ctx)
		print_message("unexpected fault: %s\n", sentence);
}

static void assert_clean(struct store *s)
{
	struct err err = { 0 };
	assert_int_equal(store_check(s, false, on_fault, NULL, &err), 0);
}

static void documents_are_replaced_whole(void **state)
{
	(void)state;
	use("replace");
	struct store *s = create();
	struct err err = { 0 };
	const char *first[] = { "one", "two", "three" }, *second[] = { "two", "four" };
	assert_int_equal(store_begin(s, &err), 0);
	put_document(s, "/a/x.txt", first, 3);
	put_document(s, "/a/y.txt", second, 2);
	put_document(s, "/a/x.txt", second, 2);
	assert_int_equal(store_commit(s, &err), 0);
	struct store_counts counts;
	assert_int_equal(store_counts(s, &counts, &err), 0);
	assert_int_equal(counts.documents, 2);
	assert_int_equal(counts.chunks, 4);
	assert_int_equal(counts.vectors, 4);
	assert_int_equal(counts.unused_vectors, 2);
	assert_clean(s);
	assert_int_equal(store_begin(s, &err), 0);
	assert_int_equal(store_vectors_prune(s, 1, &err), 0);
	assert_int_equal(store_commit(s, &err), 0);
	assert_int_equal(store_counts(s, &counts, &err), 0);
	assert_int_equal(counts.unused_vectors, 1);
	/* the slot is used again */
	assert_int_equal(store_begin(s, &err), 0);
	int64_t id = put_vector(s, "five");
	assert_int_equal(store_commit(s, &err), 0);
	assert_in_range(id, 1, 4);
	assert_clean(s);
	store_close(s);
}

static void a_reader_sees_the_committed_state(void **state)
{
	(void)state;
	use("reader");
	struct store *s = create();
	struct err err = { 0 };
	const char *texts[] = { "one" };
	store_begin(s, &err);
	put_document(s, "/a", texts, 1);
	struct store *r = store_open(path, STORE_READ, &err);
	assert_non_null(r);
	struct store_counts counts;
	assert_int_equal(store_counts(r, &counts, &err), 0);
	assert_int_equal(counts.documents, 0);
	assert_int_equal(store_commit(s, &err), 0);
	assert_int_equal(store_counts(r, &counts, &err), 0);
	assert_int_equal(counts.documents, 1);
	store_close(r);
	store_close(s);
}

static void there_is_one_writer(void **state)
{
	(void)state;
	use("writer");
	struct store *s = create();
	struct err err = { 0 };
	assert_null(store_open(path, STORE_MODIFY, &err));
	assert_int_equal(err.code, ERR_BUSY);
	assert_non_null(strstr(err.text, "is writing index"));
	store_close(s);
	s = store_open(path, STORE_MODIFY, &err);
	assert_non_null(s);
	store_close(s);
}

static void write_file(const char *bytes, size_t len)
{
	struct err err = { 0 };
	file_make_parents(path, &err);
	FILE *f = fopen(path, "wb");
	fwrite(bytes, 1, len, f);
	fclose(f);
}

static void foreign_files_are_refused(void **state)
{
	(void)state;
	struct err err = { 0 };
	use("missing");
	assert_null(store_open(path, STORE_READ, &err));
	assert_int_equal(err.code, ERR_INPUT);
	use("text");
	char text[5000];
	memset(text, 'x', sizeof text);
	write_file(text, sizeof text);
	for (int mode = STORE_READ; mode <= STORE_CREATE; mode++) {
		assert_null(store_open(path, (enum store_mode)mode, &err));
		assert_int_equal(err.code, ERR_STORE);
		assert_non_null(strstr(err.text, "is not an akin index"));
	}
	use("truncated");
	struct store *s = create();
	store_close(s);
	assert_int_equal(truncate(path, 20000), 0);
	assert_null(store_open(path, STORE_READ, &err));
	assert_int_equal(err.code, ERR_STORE);
	use("empty");
	write_file("", 0);
	assert_null(store_open(path, STORE_READ, &err));
	assert_non_null(strstr(err.text, "is empty"));
}

static void bytes_of_paths_are_kept(void **state)
{
	(void)state;
	use("paths");
	struct store *s = create();
	struct err err = { 0 };
	const char *texts[] = { "one" };
	const char *odd = "/a/\xff\n\xf0\x9f\x98\x80";
	store_begin(s, &err);
	put_document(s, odd, texts, 1);
	put_document(s, "/ab", texts, 1);
	store_commit(s, &err);
	struct store_document doc;
	assert_int_equal(store_document_by_path(s, odd, &doc, &err), 1);
	assert_string_equal(doc.path, odd);
	store_document_free(&doc);
	const char *below[] = { "/a" };
	struct store_filter filter = { .paths = below, .n_paths = 1 };
	struct store_chunk_ref *refs;
	size_t n;
	assert_int_equal(store_chunk_refs(s, &filter, &refs, &n, &err), 0);
	assert_int_equal(n, 1); /* "/ab" is not below "/a" */
	free(refs);
	store_close(s);
}

static void remove_index(void)
{
	char command[400];
	snprintf(command, sizeof command, "rm -f '%s'*", path);
	assert_int_equal(system(command), 0);
}

static void harm(const char *sql)
{
	char command[800];
	snprintf(command, sizeof command, "sqlite3 '%s' \"%s\"", path, sql);
	assert_int_equal(system(command), 0);
}

static int sum_blocks(void *ctx, int64_t first_id, size_t n, const float *rows)
{
	(void)first_id;
	float *sum = ctx;
	for (size_t i = 0; i < n * 4; i++)
		*sum += rows[i];
	return 0;
}

static void vectors_come_back(void **state)
{
	(void)state;
	use("vectors");
	struct store *s = create();
	struct err err = { 0 };
	store_begin(s, &err);
	for (int i = 0; i < 1000; i++) {
		char key[32];
		snprintf(key, sizeof key, "key %d", i);
		assert_int_equal(put_vector(s, key), i + 1);
		if (i % 7 == 0) {
			store_commit(s, &err);
			store_begin(s, &err);
		}
	}
	store_commit(s, &err);
	float sum = 0, v[4];
	assert_int_equal(store_vector_blocks(s, sum_blocks, &sum, &err), 0);
	assert_int_equal((int)sum, 1000);
	assert_int_equal(store_vector_get(s, 700, v, &err), 1);
	assert_true(v[0] + v[1] + v[2] + v[3] == 1);
	assert_int_equal(store_vector_get(s, 99999, v, &err), 0);
	struct hash h = hash_bytes("key 5", 5);
	assert_int_equal(store_vector_find(s, &h, &err), 6);
	assert_clean(s);
	store_close(s);
}

/* A key keeps its slot; slots that were given up are taken before new ones; what was
 * rolled back leaves none. */
static void slots_are_given_once(void **state)
{
	(void)state;
	use("slots");
	struct store *s = create();
	struct err err = { 0 };
	const char *texts[] = { "one", "two" };
	store_begin(s, &err);
	put_document(s, "/d/a.txt", texts, 2);
	assert_int_equal(put_vector(s, "three"), 3);
	assert_int_equal(put_vector(s, "two"), 2);
	assert_int_equal(put_vector(s, "four"), 4);
	store_commit(s, &err);
	store_begin(s, &err);
	assert_int_equal(put_vector(s, "five"), 5);
	store_rollback(s);
	store_begin(s, &err);
	assert_int_equal(put_vector(s, "six"), 5);
	assert_int_equal(store_vectors_prune(s, 1, &err), 0); /* of 3, 4, 5: 5 stays or fewer */
	store_commit(s, &err);
	struct store_counts counts;
	assert_int_equal(store_counts(s, &counts, &err), 0);
	assert_int_equal(counts.vectors, 3);
	store_begin(s, &err);
	int64_t a = put_vector(s, "seven"), b = put_vector(s, "eight"), c = put_vector(s, "nine");
	assert_int_equal(put_vector(s, "seven"), a);
	store_commit(s, &err);
	assert_true(a != b && a >= 3 && b >= 3 && a <= 5 && b <= 5);
	assert_int_equal(c, 6);
	assert_clean(s);
	store_close(s);
}

static long long bytes_of(const char *suffix)
{
	char name[300];
	struct stat st;
	snprintf(name, sizeof name, "%s%s", path, suffix);
	return stat(name, &st) == 0 ? (long long)st.st_size : -1;
}

/* Written without a pause, more than twice what the log may hold. */
static void the_log_stays_bounded(void **state)
{
	(void)state;
	use("log");
	enum { DIM = 1024, ROWS = 64, COMMITS = 900 };
	static const long long bound = 40 << 20;
	struct err err = { 0 };
	struct store *s = store_open(path, STORE_CREATE, &err);
	struct store_model model = { "test/wide", DIM };
	assert_non_null(s);
	store_begin(s, &err);
	store_set_model(s, &model, &err);
	store_commit(s, &err);
	float v[DIM] = { 0 };
	long long most = 0;
	for (int i = 0; i < COMMITS; i++) {
		store_begin(s, &err);
		for (int row = 0; row < ROWS; row++) {
			int key[2] = { i, row };
			struct hash h = hash_bytes(key, sizeof key);
			memset(v, 0, sizeof v);
			v[(i + row) % DIM] = 1;
			if (store_vector_put(s, &h, v, &err) < 0)
				fail_msg("%s", err.text);
		}
		assert_int_equal(store_commit(s, &err), 0);
		long long now = bytes_of("-wal");
		most = now > most ? now : most;
	}
	assert_in_range(most, 1 << 20, bound);
	store_close(s);
	assert_int_equal(bytes_of("-wal"), -1);
	assert_true(bytes_of("") > 2 * bound);
	s = store_open(path, STORE_READ, &err);
	assert_non_null(s);
	for (int64_t id = 1; id <= COMMITS * ROWS; id += 97) {
		assert_int_equal(store_vector_get(s, id, v, &err), 1);
		assert_true(v[((id - 1) / ROWS + (id - 1) % ROWS) % DIM] == 1);
	}
	store_close(s);
}

static void words_are_found_and_forgotten(void **state)
{
	(void)state;
	use("words");
	struct store *s = create();
	struct err err = { 0 };
	const char *a[] = { "the heron stands in the reeds", "a boat" }, *b[] = { "nothing of it" };
	store_begin(s, &err);
	put_document(s, "/a", a, 2);
	put_document(s, "/b", b, 1);
	store_commit(s, &err);
	const struct store_column_weights w = { 1, 1, 1, 1 };
	struct store_posting *found;
	size_t n;
	assert_int_equal(store_postings(s, span_of("heron"), &w, 0, &found, &n, &err), 0);
	assert_int_equal(n, 1);
	assert_true(found[0].tf > 0);
	free(found);
	assert_int_equal(store_postings(s, span_of("!!! \xff"), &w, 0, &found, &n, &err), 0);
	assert_int_equal(n, 0);
	free(found);
	store_begin(s, &err);
	put_document(s, "/a", b, 1);
	store_commit(s, &err);
	assert_int_equal(store_postings(s, span_of("heron"), &w, 0, &found, &n, &err), 0);
	assert_int_equal(n, 0);
	free(found);
	assert_clean(s);
	store_close(s);
}

static void damage_is_found_and_mended(void **state)
{
	(void)state;
	use("damage");
	struct store *s = create();
	struct err err = { 0 };
	const char *texts[] = { "one", "two" };
	store_begin(s, &err);
	float zero[4] = { 0 };
	struct hash key = hash_bytes("two", 3);
	assert_true(store_vector_put(s, &key, zero, &err) > 0);
	put_document(s, "/a", texts, 2);
	store_commit(s, &err);
	int seen = 0;
	assert_int_equal(store_check(s, false, on_fault, &seen, &err), 1);
	assert_true(store_check(s, true, on_fault, &seen, &err) >= 1);
	assert_clean(s);
	struct store_counts counts;
	assert_int_equal(store_counts(s, &counts, &err), 0);
	assert_int_equal(counts.failed_chunks, 1);
	struct store_document doc;
	assert_int_equal(store_document_by_path(s, "/a", &doc, &err), 1);
	assert_int_equal(doc.n_failed, 1);
	store_document_free(&doc);
	store_close(s);
}

/* Codes and slots follow from the rest: whatever happens to them is seen and mended. */
static void codes_are_made_again(void **state)
{
	(void)state;
	use("codes");
	static const char *const harms[] = {
		"UPDATE code_blocks SET bytes = zeroblob(length(bytes))",
		"UPDATE code_blocks SET bytes = zeroblob(7)", "DELETE FROM code_blocks",
		"UPDATE slot_chunks SET bytes = zeroblob(length(bytes))",
		"UPDATE slot_chunks SET bytes = zeroblob(7)", "DELETE FROM slot_chunks",
		"UPDATE facts SET value = 77 WHERE name = 'codes_generation'",
	};
	static const float centre[4] = { 0.25f, 0.25f, 0, 0 };
	struct err err = { 0 };
	const char *texts[] = { "one", "two", "three" };
	for (size_t i = 0; i < sizeof harms / sizeof *harms; i++) {
		remove_index();
		struct store *s = create();
		store_begin(s, &err);
		put_document(s, "/a", texts, 3);
		put_document(s, "/b", texts, 2);
		store_commit(s, &err);
		assert_clean(s);
		assert_int_equal(store_codes_prepare(s, centre, &err), 1);
		assert_clean(s); /* what is prepared harms nothing */
		store_begin(s, &err);
		assert_int_equal(store_codes_switch(s, centre, &err), 0);
		store_commit(s, &err);
		assert_int_equal(store_codes_clean(s, &err), 0);
		assert_int_equal(store_codes_prepare(s, centre, &err), 0);
		assert_clean(s);
		store_begin(s, &err);
		assert_int_equal(store_document_delete(s, 2, &err), 0);
		store_commit(s, &err);
		assert_clean(s);
		store_close(s);
		harm(harms[i]);
		s = store_open(path, STORE_MODIFY, &err);
		assert_non_null(s);
		int seen = 0;
		assert_true(store_check(s, false, on_fault, &seen, &err) >= 1);
		assert_true(store_check(s, true, on_fault, &seen, &err) >= 1);
		assert_clean(s);
		store_close(s);
	}
}

static void questions_are_kept_up_to_a_bound(void **state)
{
	(void)state;
	use("questions");
	struct store *s = create();
	float vector[4] = { 0.5f, 0.5f, 0.5f, 0.5f }, found[4];
	struct hash key;
	for (int i = 0; i <= 1000; i++) {
		key = hash_bytes(&i, sizeof i);
		store_query_vector_put(s, &key, 4, vector);
	}
	assert_int_equal(store_query_vector_get(s, &key, 4, found), 1);
	assert_memory_equal(found, vector, sizeof vector);
	assert_int_equal(store_query_vector_get(s, &key, 5, found), 0);
	int first = 0;
	key = hash_bytes(&first, sizeof first);
	assert_int_equal(store_query_vector_get(s, &key, 4, found), 0);
	/* somebody else writes: nobody waits, nothing is kept */
	struct err err = { 0 };
	assert_int_equal(store_begin(s, &err), 0);
	store_query_vector_put(s, &key, 4, vector);
	store_rollback(s);
	assert_int_equal(store_query_vector_get(s, &key, 4, found), 0);
	assert_clean(s);
	store_close(s);
}

/* Whether another process sees a lock on the index. */
static bool is_locked_to_others(void)
{
	pid_t child = fork();
	if (child == 0) {
		struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
		int fd = open(path, O_RDWR);
		_exit(fd >= 0 && fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? 0 : 1);
	}
	int status = 1;
	assert_true(child > 0 && waitpid(child, &status, 0) == child);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The locks of a process on a file go when it closes any descriptor of it, and without
 * them a stranger that closes the index takes its log away. */
static void a_reader_leaves_the_writers_locks(void **state)
{
	(void)state;
	use("locks");
	struct store *s = create();
	struct err err = { 0 };
	const char *texts[] = { "a heron" };
	store_begin(s, &err);
	put_document(s, "/a", texts, 1);
	assert_int_equal(store_commit(s, &err), 0);
	assert_true(is_locked_to_others());
	struct store *reader = store_open(path, STORE_READ, &err);
	assert_non_null(reader);
	store_close(reader);
	assert_true(is_locked_to_others());
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_are_replaced_whole),
		cmocka_unit_test(a_reader_sees_the_committed_state),
		cmocka_unit_test(there_is_one_writer),
		cmocka_unit_test(foreign_files_are_refused),
		cmocka_unit_test(bytes_of_paths_are_kept),
		cmocka_unit_test(vectors_come_back),
		cmocka_unit_test(slots_are_given_once),
		cmocka_unit_test(the_log_stays_bounded),
		cmocka_unit_test(words_are_found_and_forgotten),
		cmocka_unit_test(damage_is_found_and_mended),
		cmocka_unit_test(codes_are_made_again),
		cmocka_unit_test(questions_are_kept_up_to_a_bound),
		cmocka_unit_test(a_reader_leaves_the_writers_locks),
	};
	int failed = cmocka_run_group_tests_name("store", tests, NULL, NULL);
	char command[512];
	snprintf(command, sizeof command, "rm -rf %s/test_store_%ld_*",
	         getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", (long)getpid());
	return system(command) == 0 ? failed : 1;
}
