#include "indexer/extract/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

/* Loaded when a document is read: libarchive and what it needs would cost each start of the
 * program some milliseconds. */
#define FUNCTIONS(X) \
	X(archive_read_new) \
	X(archive_read_support_format_zip) \
	X(archive_read_support_format_raw) \
	X(archive_read_support_filter_gzip) \
	X(archive_read_support_filter_bzip2) \
	X(archive_read_support_filter_xz) \
	X(archive_read_support_filter_zstd) \
	X(archive_read_support_filter_lz4) \
	X(archive_read_open_memory) \
	X(archive_read_next_header) \
	X(archive_read_data) \
	X(archive_read_free) \
	X(archive_entry_pathname) \
	X(archive_entry_filetype) \
	X(archive_entry_is_data_encrypted)

#define DECLARE(name) __typeof__(name) *name;
static struct {
	FUNCTIONS(DECLARE)
} lib;
static bool is_loaded;

static void load(void)
{
	void *handle = dlopen("libarchive.so.13", RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		return;
	void *p = NULL;
	bool all = true;
/* an object pointer to a function pointer: POSIX allows it, ISO C wants it this way */
#define FIND(name) \
	p = dlsym(handle, #name); \
	memcpy(&lib.name, &p, sizeof p); \
	all = all && p;
	FUNCTIONS(FIND)
	is_loaded = all;
}

bool unpack_load(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, load);
	return is_loaded;
}

void members_free(struct members *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->items[i].name);
		free(m->items[i].data);
	}
	free(m->items);
	free(m->by_name);
	*m = (struct members){ 0 };
}

/* Those of one name by their places in the archive. */
static int compare_names(const void *a, const void *b)
{
	const struct member *one = *(struct member *const *)a, *other = *(struct member *const *)b;
	int order = strcmp(one->name, other->name);
	return order ? order : one < other ? -1 : one > other;
}

static void sort_names(struct members *m)
{
	m->by_name = mem_alloc(m->n, sizeof *m->by_name);
	for (size_t i = 0; i < m->n; i++)
		m->by_name[i] = &m->items[i];
	qsort(m->by_name, m->n, sizeof *m->by_name, compare_names);
}

struct span members_find(const struct members *m, const char *name)
{
	size_t low = 0, high = m->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (strcmp(m->by_name[mid]->name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == m->n || strcmp(m->by_name[low]->name, name) != 0)
		return (struct span){ 0 };
	return (struct span){ m->by_name[low]->data, m->by_name[low]->len };
}

/* The member that is at hand, up to `most` bytes; false: there are more, or it is broken. */
static bool read_member(struct archive *a, struct buf *out, bool *broken)
{
	enum { STEP = 1 << 16 };
	for (;;) {
		if (buf_reserve(out, STEP) < 0)
			return false;
		la_ssize_t n = lib.archive_read_data(a, out->p + out->len, STEP);
		if (n == 0)
			return true;
		if (n < 0) {
			*broken = true;
			return false;
		}
		out->len += (size_t)n;
	}
}

static void keep(struct members *out, const char *name, struct buf *data)
{
	out->items = mem_grow(out->items, &out->cap, out->n + 1, sizeof *out->items);
	struct member *m = &out->items[out->n++];
	m->name = mem_strdup(name);
	buf_reserve(data, 1);
	m->data = buf_take(data, &m->len);
	m->data = mem_realloc(m->data, m->len + 1, 1); /* a small member had a large buffer */
}

static const char *plain_name(const char *name)
{
	while (*name == '/' || (name[0] == '.' && name[1] == '/'))
		name += *name == '/' ? 1 : 2;
	return name;
}

struct unpacking {
	struct archive *archive;
	bool (*wanted)(const char *name);
	struct members *out;
	const char **why;
	size_t total;
};

static enum skip_reason take(struct unpacking *u, struct archive_entry *entry)
{
	const char *name = lib.archive_entry_pathname(entry);
	name = name ? plain_name(name) : NULL;
	if (!name || lib.archive_entry_filetype(entry) != AE_IFREG || !u->wanted(name))
		return SKIP_NONE;
	if (lib.archive_entry_is_data_encrypted(entry)) {
		*u->why = "it is encrypted";
		return SKIP_UNSUPPORTED;
	}
	size_t left = UNPACK_MAX - u->total;
	struct buf data = buf_new(left < UNPACK_MEMBER_MAX ? left : UNPACK_MEMBER_MAX);
	bool broken = false;
	if (!read_member(u->archive, &data, &broken)) {
		buf_free(&data);
		*u->why = broken ? "its packing is damaged" : "it unpacks to more than 64 MB";
		return broken ? SKIP_MALFORMED : SKIP_TOO_LARGE;
	}
	u->total += data.len;
	keep(u->out, name, &data);
	return SKIP_NONE;
}

static enum skip_reason take_all(struct unpacking *u)
{
	for (size_t n = 0; n < UNPACK_ENTRIES_MAX; n++) {
		struct archive_entry *entry = NULL;
		int rc = lib.archive_read_next_header(u->archive, &entry);
		if (rc == ARCHIVE_EOF)
			return SKIP_NONE;
		if (rc < ARCHIVE_WARN) {
			*u->why = "its packing is damaged";
			return SKIP_MALFORMED;
		}
		enum skip_reason reason = take(u, entry);
		if (reason)
			return reason;
	}
	*u->why = "it is packed of more than 65,536 parts";
	return SKIP_TOO_LARGE;
}

enum skip_reason unpack(struct span zip, bool (*wanted)(const char *name), struct members *out,
                        const char **why)
{
	*out = (struct members){ 0 };
	if (!unpack_load()) {
		*why = "reading it needs libarchive: apt-get install libarchive13";
		return SKIP_UNSUPPORTED;
	}
	struct archive *a = lib.archive_read_new();
	struct unpacking u = { .archive = a, .wanted = wanted, .out = out, .why = why };
	enum skip_reason reason = SKIP_MALFORMED;
	*why = "its packing is damaged";
	if (a && lib.archive_read_support_format_zip(a) == ARCHIVE_OK &&
	    lib.archive_read_open_memory(a, zip.p, zip.len) == ARCHIVE_OK)
		reason = take_all(&u);
	lib.archive_read_free(a);
	if (reason) {
		members_free(out);
		return reason;
	}
	*why = NULL;
	sort_names(out);
	return SKIP_NONE;
}

/* A filter that this libarchive was built without is missed when a stream needs it. */
static bool open_stream(struct archive *a, struct span packed)
{
	lib.archive_read_support_filter_gzip(a);
	lib.archive_read_support_filter_bzip2(a);
	lib.archive_read_support_filter_xz(a);
	lib.archive_read_support_filter_zstd(a);
	lib.archive_read_support_filter_lz4(a);
	struct archive_entry *entry = NULL;
	return lib.archive_read_support_format_raw(a) == ARCHIVE_OK &&
	       lib.archive_read_open_memory(a, packed.p, packed.len) == ARCHIVE_OK &&
	       lib.archive_read_next_header(a, &entry) == ARCHIVE_OK;
}

enum skip_reason unpack_stream(struct span packed, struct buf *out, const char **why)
{
	bool broken = false;
	enum skip_reason reason = SKIP_MALFORMED;
	if (!unpack_load()) {
		*why = "reading it needs libarchive: apt-get install libarchive13";
		return SKIP_UNSUPPORTED;
	}
	struct archive *a = lib.archive_read_new();
	*why = "its packing is damaged";
	if (a && open_stream(a, packed)) {
		if (read_member(a, out, &broken))
			reason = SKIP_NONE;
		else if (!broken)
			reason = SKIP_TOO_LARGE;
	}
	lib.archive_read_free(a);
	return reason;
}
