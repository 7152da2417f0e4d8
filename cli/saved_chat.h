/* Conversations that are kept: files NAME.json under $XDG_DATA_HOME/akin/chats. */
#ifndef AKIN_CLI_SAVED_CHAT_H
#define AKIN_CLI_SAVED_CHAT_H

#include "ask/conversation.h"

/* The file of a name: [A-Za-z0-9._-], no '.' in front. free() it; NULL with ERR_USAGE. */
char *saved_chat_path(const char *name, struct err *err);

/* Replaces the file at once, mode 0600. */
int saved_chat_write(const char *path, const struct conversation *c, const char *model,
                     struct err *err);
/* ERR_INPUT: there is none of that name, or it is damaged. */
int saved_chat_read(const char *path, struct conversation *c, struct err *err);

/* $XDG_STATE_HOME/akin/history, else ~/.local/state/akin/history; free() it; NULL: no home. */
char *saved_chat_history_path(void);

#endif
