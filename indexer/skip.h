/* Why a file is not indexed. Nothing is passed over without being counted. */
#ifndef AKIN_INDEXER_SKIP_H
#define AKIN_INDEXER_SKIP_H

enum skip_reason {
	SKIP_NONE,
	SKIP_IGNORED,      /* .gitignore, .akinignore, .git/info/exclude */
	SKIP_HIDDEN,       /* name starts with a dot (unless asked for) */
	SKIP_SECRET,       /* looks like a key or a credential */
	SKIP_SPECIAL,      /* fifo, socket, device */
	SKIP_SYMLINK,      /* a link to a folder, or a link that leads out of the root */
	SKIP_UNREADABLE,   /* permission, I/O error; the message says which */
	SKIP_TOO_LARGE,
	SKIP_EMPTY,        /* no text in it */
	SKIP_BINARY,       /* NUL bytes or no text encoding that fits */
	SKIP_UNSUPPORTED,  /* a format that akin does not read yet */
	SKIP_CHANGED,      /* changed while it was read; the next run takes it */
	SKIP_NOT_DESCRIBED, /* an image that the model or its server refuses; the message says why */
	SKIP_MALFORMED,    /* the format's own rules are broken beyond reading */
	N_SKIP_REASONS
};

/* "ignored", "hidden", "looks like a secret", … Constant strings. */
const char *skip_reason_name(enum skip_reason reason);

#endif
