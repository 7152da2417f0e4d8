#define _POSIX_C_SOURCE 200809L
#include "cli/saved_chat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/config.h"

char *saved_chat_path(const char *name, struct err *err)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	struct buf file = buf_new(1 << 10);
	size_t len = strspn(name, allowed);
	if (len == 0 || len > 100 || name[len] || name[0] == '.') {
		err_set(err, ERR_USAGE, "'%s' is no name for a conversation; letters, digits, '.', '_' and '-' "
		        "make one", name);
		return NULL;
	}
	buf_printf(&file, "akin/chats/%s.json", name);
	char *path = config_xdg_path("XDG_DATA_HOME", ".local/share", buf_span(&file).p);
	buf_free(&file);
	if (!path)
		err_set(err, ERR_USAGE, "no place for conversations: set HOME");
	return path;
}

static int write_all(int fd, struct span bytes)
{
	for (size_t at = 0; at < bytes.len;) {
		ssize_t n = write(fd, bytes.p + at, bytes.len - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		at += (size_t)n;
	}
	return fsync(fd);
}

static int replace(const char *path, struct span bytes, struct err *err)
{
	struct buf temporary = buf_new(1 << 16);
	buf_printf(&temporary, "%s.%ld", path, (long)getpid());
	const char *name = buf_span(&temporary).p;
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int rc = fd < 0 ? -1 : write_all(fd, bytes);
	if (fd >= 0 && close(fd) < 0)
		rc = -1;
	if (rc == 0)
		rc = rename(name, path);
	if (rc < 0) {
		err_set(err, ERR_IO, "cannot write '%s': %s", path, strerror(errno));
		if (fd >= 0)
			unlink(name);
	}
	buf_free(&temporary);
	return rc;
}

int saved_chat_write(const char *path, const struct conversation *c, const char *model,
                     struct err *err)
{
	struct buf text = buf_new(CONVERSATION_MAX_BYTES);
	conversation_write(&text, c, model);
	int rc = text.overflow ? err_set(err, ERR_LIMIT, "the conversation is too long to be kept") : 0;
	if (rc == 0)
		rc = file_make_parents(path, err);
	if (rc == 0)
		rc = replace(path, buf_span(&text), err);
	buf_free(&text);
	return rc;
}

int saved_chat_read(const char *path, struct conversation *c, struct err *err)
{
	struct buf text = buf_new(CONVERSATION_MAX_BYTES);
	if (access(path, F_OK) < 0)
		return err_set(err, ERR_INPUT, "no conversation is kept at '%s'", path);
	int rc = file_read(path, &text, NULL, err);
	if (rc == 0)
		rc = conversation_read(c, buf_span(&text), path, err);
	buf_free(&text);
	return rc;
}

char *saved_chat_history_path(void)
{
	return config_xdg_path("XDG_STATE_HOME", ".local/state", "akin/history");
}
