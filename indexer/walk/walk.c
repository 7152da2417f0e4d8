#define _GNU_SOURCE /* d_type, O_DIRECTORY */
#include "indexer/walk/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "indexer/walk/dir_set.h"
#include "indexer/walk/rules.h"
#include "indexer/walk/secret.h"

#define PATH_MAX_BYTES (1 << 16)
#define NAMES_MAX_BYTES ((size_t)1 << 30)

enum item_kind { ITEM_FILE, ITEM_DIR, ITEM_LINK, ITEM_SPECIAL };

struct item {
	union {
		size_t at;        /* in the names, while they grow */
		const char *name;
	};
	enum item_kind kind;
	enum skip_reason skip;
	uint64_t size;
	int64_t mtime_ns;
};

/* A folder that is being visited. Its names are read, and its files looked at,
 * at once, so that no folder stays open while those below are walked. */
struct frame {
	struct buf names;
	struct item *items;
	size_t n, cap, next;
	size_t path_len; /* of the folder's path with its slash */
	struct rules *rules;
};

struct walker {
	const struct walk_options *opt;
	walk_visit *visit;
	void *ctx;
	struct buf path;
	size_t root_len; /* of the root's path with its slash */
	struct rules *above;
	struct frame *frames;
	size_t depth, cap_frames;
	struct dir_set entered; /* only when links are followed */
};

static void set_path(struct walker *w, size_t len, const char *name)
{
	w->path.len = len;
	buf_add_str(&w->path, name);
}

static int report(struct walker *w, const struct item *item, enum skip_reason skip, bool is_dir)
{
	struct walk_entry entry = {
		.path = w->path.p, .size = item->size, .mtime_ns = item->mtime_ns,
		.skip = skip, .is_dir = is_dir,
	};
	return w->visit(w->ctx, &entry);
}

static void take_stat(struct item *item, const struct stat *st, const struct walk_options *opt)
{
	item->size = (uint64_t)st->st_size;
	item->mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
	item->kind = S_ISREG(st->st_mode)   ? ITEM_FILE
	             : S_ISDIR(st->st_mode) ? ITEM_DIR
	             : S_ISLNK(st->st_mode) ? ITEM_LINK
	                                    : ITEM_SPECIAL;
	if (item->skip)
		return;
	if (item->kind == ITEM_SPECIAL)
		item->skip = SKIP_SPECIAL;
	else if (item->kind == ITEM_FILE && item->size == 0)
		item->skip = SKIP_EMPTY;
	else if (item->kind == ITEM_FILE && item->size > opt->max_file_bytes)
		item->skip = SKIP_TOO_LARGE;
}

/* What its name alone says of it. The folder's path is w->path up to path_len. */
static enum skip_reason name_reason(struct walker *w, const struct frame *f, const char *name,
                                    bool is_dir)
{
	if (strcmp(name, ".git") == 0)
		return SKIP_HIDDEN;
	if (!w->opt->secrets && secret_name(span_of(name), is_dir))
		return SKIP_SECRET;
	if (!w->opt->hidden && name[0] == '.')
		return SKIP_HIDDEN;
	set_path(w, f->path_len, name);
	if (rules_ignore(f->rules, buf_span(&w->path), is_dir))
		return SKIP_IGNORED;
	return SKIP_NONE;
}

/* A link is what it leads to, when that may be taken. */
static void resolve_link(struct walker *w, const struct frame *f, struct item *item)
{
	struct stat st;
	set_path(w, f->path_len, item->name);
	if (stat(w->path.p, &st)) {
		item->skip = errno == EACCES ? SKIP_UNREADABLE : SKIP_SYMLINK;
		return;
	}
	if (S_ISDIR(st.st_mode)) {
		item->kind = ITEM_DIR;
		item->skip = w->opt->follow ? SKIP_NONE : SKIP_SYMLINK;
		return;
	}
	take_stat(item, &st, w->opt);
	char *real = realpath(w->path.p, NULL);
	if (!real || (!w->opt->follow && strncmp(real, w->path.p, w->root_len) != 0) ||
	    strstr(real, "/.git/"))
		item->skip = SKIP_SYMLINK;
	else if (!w->opt->secrets && secret_name(span_of(strrchr(real, '/') + 1), false))
		item->skip = SKIP_SECRET;
	free(real);
}

static void look_at(struct walker *w, const struct frame *f, struct item *item, int fd,
                    bool type_known)
{
	struct stat st;
	if (!type_known) {
		if (fstatat(fd, item->name, &st, AT_SYMLINK_NOFOLLOW)) {
			item->skip = SKIP_UNREADABLE;
			return;
		}
		take_stat(item, &st, w->opt);
	}
	enum skip_reason reason = name_reason(w, f, item->name, item->kind == ITEM_DIR);
	if (reason) {
		item->skip = reason;
		return;
	}
	if (item->kind == ITEM_LINK)
		resolve_link(w, f, item);
	else if (item->kind == ITEM_SPECIAL)
		item->skip = SKIP_SPECIAL;
	else if (type_known && item->kind == ITEM_FILE) {
		if (fstatat(fd, item->name, &st, AT_SYMLINK_NOFOLLOW))
			item->skip = SKIP_UNREADABLE;
		else
			take_stat(item, &st, w->opt);
	}
}

static int compare_items(const void *a, const void *b)
{
	return strcmp(((const struct item *)a)->name, ((const struct item *)b)->name);
}

static enum item_kind kind_of(unsigned char type)
{
	return type == DT_REG ? ITEM_FILE : type == DT_DIR ? ITEM_DIR : type == DT_LNK ? ITEM_LINK
	                                                                               : ITEM_SPECIAL;
}

/* Reads the names of an open folder; false when reading failed on the way. */
static bool read_names(struct frame *f, DIR *dir)
{
	struct dirent *e;
	errno = 0;
	while ((e = readdir(dir))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		size_t at = f->names.len;
		char type = (char)e->d_type;
		if (buf_add_byte(&f->names, type) || buf_add(&f->names, e->d_name, strlen(e->d_name) + 1))
			return false;
		f->items = mem_grow(f->items, &f->cap, f->n + 1, sizeof *f->items);
		f->items[f->n++] = (struct item){ .at = at + 1, .kind = kind_of(e->d_type) };
		errno = 0;
	}
	return errno == 0;
}

static void frame_free(struct frame *f, const struct rules *up)
{
	rules_leave(f->rules, up);
	buf_free(&f->names);
	free(f->items);
}

static int open_folder(struct walker *w, struct err *err)
{
	int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (w->opt->follow ? 0 : O_NOFOLLOW);
	int fd = w->path.overflow ? -1 : open(w->path.p, flags);
	if (fd < 0)
		err_set(err, ERR_IO, "cannot read '%s': %s", w->path.p, strerror(errno));
	return fd;
}

/* Pushes the folder at w->path. -1 when it cannot be read. */
static int enter(struct walker *w, struct err *err)
{
	int fd = open_folder(w, err);
	if (fd < 0)
		return -1;
	struct stat st;
	if (w->opt->follow && fstat(fd, &st) == 0 && !dir_set_add(&w->entered, st.st_dev, st.st_ino)) {
		close(fd);
		return 0;
	}
	DIR *dir = fdopendir(fd);
	struct frame f = { .names = buf_new(NAMES_MAX_BYTES) };
	if (!dir || !read_names(&f, dir)) {
		err_set(err, ERR_IO, "cannot read '%s': %s", w->path.p, strerror(errno));
		frame_free(&f, NULL);
		dir ? (void)closedir(dir) : (void)close(fd);
		return -1;
	}
	struct rules *up = w->depth > 0 ? w->frames[w->depth - 1].rules : w->above;
	unsigned sources = 0;
	for (size_t i = 0; i < f.n && !w->opt->no_ignore; i++)
		sources |= rules_source_of(f.names.p + f.items[i].at);
	f.rules = rules_enter(up, w->path.p, sources);
	if (w->path.p[w->path.len - 1] != '/')
		buf_add_byte(&w->path, '/');
	f.path_len = w->path.len;
	for (size_t i = 0; i < f.n; i++) {
		const char *name = f.names.p + f.items[i].at;
		f.items[i].name = name;
		look_at(w, &f, &f.items[i], fd, name[-1] != DT_UNKNOWN);
	}
	closedir(dir);
	if (f.n > 0)
		qsort(f.items, f.n, sizeof *f.items, compare_items);
	w->frames = mem_grow(w->frames, &w->cap_frames, w->depth + 1, sizeof *w->frames);
	w->frames[w->depth++] = f;
	return 0;
}

static void leave(struct walker *w)
{
	w->depth--;
	frame_free(&w->frames[w->depth],
	           w->depth > 0 ? w->frames[w->depth - 1].rules : w->above);
}

static int walk_frames(struct walker *w)
{
	int status = 0;
	while (w->depth > 0 && !status) {
		struct frame *f = &w->frames[w->depth - 1];
		if (f->next == f->n) {
			leave(w);
			continue;
		}
		const struct item item = f->items[f->next++];
		set_path(w, f->path_len, item.name);
		if (item.kind != ITEM_DIR)
			status = report(w, &item, item.skip, false);
		else if (item.skip)
			status = report(w, &item, item.skip, true);
		else if (enter(w, NULL))
			status = report(w, &item, SKIP_UNREADABLE, true);
	}
	while (w->depth > 0)
		leave(w);
	return status;
}

static int walk_one_file(struct walker *w, const struct stat *st)
{
	struct item item = { .kind = ITEM_FILE };
	take_stat(&item, st, w->opt);
	const char *slash = strrchr(w->path.p, '/');
	const char *name = slash ? slash + 1 : w->path.p;
	if (!w->opt->secrets && secret_name(span_of(name), false))
		item.skip = SKIP_SECRET;
	return report(w, &item, item.skip, false);
}

int walk(const char *root, const struct walk_options *opt, walk_visit *visit, void *ctx,
         struct err *err)
{
	struct walker w = { .opt = opt, .visit = visit, .ctx = ctx, .path = buf_new(PATH_MAX_BYTES) };
	struct stat st;
	int status = -1;
	if (stat(root, &st)) {
		err_set(err, ERR_INPUT, "cannot read '%s': %s", root, strerror(errno));
		return -1;
	}
	buf_add_str(&w.path, root);
	if (!S_ISDIR(st.st_mode)) {
		status = walk_one_file(&w, &st);
		goto out;
	}
	w.root_len = w.path.len + (root[w.path.len - 1] != '/');
	w.above = opt->no_ignore ? NULL : rules_above(root);
	if (enter(&w, err) == 0)
		status = walk_frames(&w);
out:
	rules_leave(w.above, NULL);
	dir_set_free(&w.entered);
	free(w.frames);
	buf_free(&w.path);
	return status;
}
