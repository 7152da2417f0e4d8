/* Files that hold keys or credentials, by their name and by their content. Pure. */
#ifndef AKIN_INDEXER_WALK_SECRET_H
#define AKIN_INDEXER_WALK_SECRET_H

#include <stdbool.h>

#include "base/span.h"

/* Whether a file (or a folder) of this name, without its path, is likely to hold
 * secrets: private keys, password stores, .env, .netrc, credentials. */
bool secret_name(struct span name, bool is_dir);

/* Whether a text holds a private key: a PEM, OpenSSH or PGP block with a body
 * (a heading alone, as manuals quote it, does not count), or a PuTTY key. */
bool secret_in_text(struct span text);

#endif
