/* Paths as the model is shown them: below the home folder they begin with "~/", so that the
 * user's name stays here. */
#ifndef AKIN_ASK_SHOWN_PATH_H
#define AKIN_ASK_SHOWN_PATH_H

/* free() them. Any bytes but NUL. */
char *shown_path(const char *path);      /* an absolute path, as it is shown */
char *shown_path_read(const char *shown); /* the other way round */

#endif
