/* Errors: one code and one sentence, written where the fault is first seen. */
#ifndef AKIN_BASE_ERR_H
#define AKIN_BASE_ERR_H

enum err_code {
	ERR_NONE,
	ERR_USAGE,       /* the command line or the configuration is wrong */
	ERR_INPUT,       /* a file or a text given by the user is wrong */
	ERR_IO,          /* the system refused a read, a write, a mapping */
	ERR_STORE,       /* the index is damaged, foreign, too new, read-only or full */
	ERR_BUSY,        /* another process holds the index */
	ERR_NETWORK,     /* the endpoint cannot be reached, or fails for good */
	ERR_AUTH,        /* the endpoint refuses the key, or wants one */
	ERR_REPLY,       /* the endpoint's reply is no answer */
	ERR_MODEL,       /* weights or tokeniser missing, altered, or of another model */
	ERR_LIMIT,       /* a stated maximum was reached */
	ERR_INTERRUPTED  /* the user asked to stop */
};

/* Starts as {0}. text is one line of UTF-8: lower case, no full stop, the
 * problem first, the subject in quotes, then what to do. */
struct err {
	enum err_code code;
	char text[1024];
};

/* Writes code and sentence (cut at the end of text, never in the middle of a
 * UTF-8 sequence; control bytes become '?') and returns -1, so that a function
 * can `return err_set(err, ...)`. err may be NULL. */
int err_set(struct err *err, enum err_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts "fmt: " before the sentence that err holds; keeps the code; returns -1. */
int err_wrap(struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
