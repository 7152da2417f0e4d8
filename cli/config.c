#define _POSIX_C_SOURCE 200809L
#include "cli/config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "cli/options.h"

static const char *const keys[N_SETTINGS] = { "db", "model", "base-url", "ca-file",
	                                     "chat-model", "chat-base-url" };

void config_free(struct config *config)
{
	for (int i = 0; i < N_SETTINGS; i++)
		free(config->values[i]);
	*config = (struct config){ 0 };
}

static const char *variable(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

char *config_xdg_path(const char *xdg, const char *otherwise, const char *rest)
{
	struct buf path = buf_new(1 << 16);
	const char *base = variable(xdg), *home = variable("HOME");
	if (base && base[0] == '/')
		buf_printf(&path, "%s/%s", base, rest);
	else if (home)
		buf_printf(&path, "%s/%s/%s", home, otherwise, rest);
	else
		return NULL;
	return buf_take(&path, NULL);
}

static struct span trimmed(struct span s)
{
	while (s.len && strchr(" \t\r", s.p[0]))
		s = (struct span){ s.p + 1, s.len - 1 };
	while (s.len && strchr(" \t\r", s.p[s.len - 1]))
		s.len--;
	return s;
}

static char *setting_value(enum setting setting, struct span value)
{
	const char *home = variable("HOME");
	bool is_path = setting == SETTING_DB || setting == SETTING_CA_FILE;
	if (!is_path || !home || value.len < 2 || memcmp(value.p, "~/", 2) != 0)
		return mem_strndup(value.p, value.len);
	struct buf path = buf_new(1 << 16);
	buf_add_str(&path, home);
	buf_add(&path, value.p + 1, value.len - 1);
	return buf_take(&path, NULL);
}

static int unknown_key(struct span key, const char *name, size_t number, struct err *err)
{
	char *word = mem_strndup(key.p, key.len);
	const char *nearest = options_nearest(word, keys, N_SETTINGS);
	err_set(err, ERR_USAGE, "unknown key '%s' in '%s', line %zu; %s%s", word, name, number,
	        nearest ? "did you mean " : "known are db, model, base-url, ca-file, chat-model, chat-base-url",
	        nearest ? nearest : "");
	free(word);
	return -1;
}

static int parse_line(struct config *config, struct span line, const char *name, size_t number,
                      struct err *err)
{
	line = trimmed(line);
	if (!line.len || line.p[0] == '#')
		return 0;
	const char *equals = memchr(line.p, '=', line.len);
	if (!equals || memchr(line.p, '\0', line.len))
		return err_set(err, ERR_USAGE, "no 'key = value' in '%s', line %zu", name, number);
	struct span key = trimmed((struct span){ line.p, (size_t)(equals - line.p) });
	struct span value =
		trimmed((struct span){ equals + 1, (size_t)(line.p + line.len - equals - 1) });
	for (int i = 0; i < N_SETTINGS; i++) {
		if (!span_equal(key, span_of(keys[i])))
			continue;
		if (!value.len)
			return err_set(err, ERR_USAGE, "no value for '%s' in '%s', line %zu", keys[i], name,
			               number);
		if (!config->values[i])
			config->values[i] = setting_value((enum setting)i, value);
		return 0;
	}
	return unknown_key(key, name, number, err);
}

int config_parse(struct config *config, struct span text, const char *name, struct err *err)
{
	size_t number = 1;
	for (const char *p = text.p, *end = p + text.len; p < end; number++) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		const char *stop = newline ? newline : end;
		if (parse_line(config, (struct span){ p, (size_t)(stop - p) }, name, number, err) < 0)
			return -1;
		p = stop + 1;
	}
	return 0;
}

static int load_file(struct config *config, struct err *err)
{
	char *path = config_xdg_path("XDG_CONFIG_HOME", ".config", "akin/config");
	if (!path || access(path, F_OK) < 0) {
		free(path);
		return 0;
	}
	struct buf text = buf_new(1 << 16);
	int rc = file_read(path, &text, NULL, err);
	if (rc == 0)
		rc = config_parse(config, buf_span(&text), path, err);
	buf_free(&text);
	free(path);
	return rc;
}

int config_load(struct config *config, struct err *err)
{
	static const char *const variables[N_SETTINGS] = { "AKIN_DB", "AKIN_MODEL", "AKIN_BASE_URL",
		                                           NULL, "AKIN_CHAT_MODEL",
		                                           "AKIN_CHAT_BASE_URL" };
	for (int i = 0; i < N_SETTINGS; i++) {
		const char *value = variables[i] ? variable(variables[i]) : NULL;
		if (value && !config->values[i])
			config->values[i] = mem_strdup(value);
	}
	if (load_file(config, err) < 0)
		return -1;
	if (!config->values[SETTING_DB])
		config->values[SETTING_DB] = config_xdg_path("XDG_DATA_HOME", ".local/share", "akin/akin.db");
	if (!config->values[SETTING_DB])
		return err_set(err, ERR_USAGE, "no place for the index: set HOME, or give --db FILE");
	return 0;
}
