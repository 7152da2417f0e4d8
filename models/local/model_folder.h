/* Where `model add` puts models. */
#ifndef AKIN_MODELS_LOCAL_MODEL_FOLDER_H
#define AKIN_MODELS_LOCAL_MODEL_FOLDER_H

#include "base/err.h"

/* $XDG_DATA_HOME/akin/models, or the same under ~/.local/share. NULL with
 * ERR_USAGE when neither variable is set. free() it. */
char *local_models_home(struct err *err);

#endif
