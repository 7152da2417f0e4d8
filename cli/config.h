/* Settings that a flag, the environment or the configuration file can give. */
#ifndef AKIN_CLI_CONFIG_H
#define AKIN_CLI_CONFIG_H

#include "base/err.h"
#include "base/span.h"

enum setting { SETTING_DB, SETTING_MODEL, SETTING_BASE_URL, SETTING_CA_FILE,
               SETTING_CHAT_MODEL, SETTING_CHAT_BASE_URL, N_SETTINGS };

/* Each NULL where nothing was said. Owned. */
struct config {
	char *values[N_SETTINGS];
};
void config_free(struct config *config);

/* Reads the environment ($AKIN_DB, $AKIN_MODEL, $AKIN_BASE_URL, $AKIN_CHAT_MODEL,
 * $AKIN_CHAT_BASE_URL; empty is unset)
 * and, for what that leaves open, $XDG_CONFIG_HOME/akin/config (else
 * ~/.config/akin/config), which need not exist. What is NULL after that has no
 * setting but the default; SETTING_DB has one: $XDG_DATA_HOME/akin/akin.db (else
 * ~/.local/share/akin/akin.db). ERR_USAGE with the file's line number. */
int config_load(struct config *config, struct err *err);

/* Parses the text of a configuration file: a line "key = value", a comment that
 * starts with '#', or nothing. Keys: db, model, base-url, ca-file,
 * chat-model, chat-base-url; "~/" at the
 * start of db and ca-file is the home folder. Fills what is NULL. Pure but for
 * $HOME. `name` is for the message. */
int config_parse(struct config *config, struct span text, const char *name, struct err *err);

/* $XDG/rest, or ~/otherwise/rest; the specification says that a relative $XDG_… is
 * ignored. free() it; NULL without a home. */
char *config_xdg_path(const char *xdg, const char *otherwise, const char *rest);

#endif
