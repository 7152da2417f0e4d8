/* What a server means when it does not answer. Pure. */
#ifndef AKIN_MODELS_REMOTE_REFUSAL_H
#define AKIN_MODELS_REMOTE_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

enum verdict {
	VERDICT_WAIT,     /* overloaded or broken for the moment: try again later */
	VERDICT_RATE,     /* too many requests */
	VERDICT_COOLDOWN, /* a proxy has taken its only server out of use */
	VERDICT_SIZE,     /* a limit is exceeded: lower it, split the request */
	VERDICT_TEXT,     /* a text of the request, or the request itself, is refused, and ever will be */
	VERDICT_KEY,      /* the rest end the run */
	VERDICT_PAYMENT,
	VERDICT_MODEL,
	VERDICT_URL
};

enum limit_kind { LIMIT_TEXTS, LIMIT_BYTES, LIMIT_TEXT_TOKENS /* a chat is one text */, LIMIT_BATCH_TOKENS };

struct refusal {
	enum verdict verdict;
	enum limit_kind kind; /* of VERDICT_SIZE */
	size_t limit;         /* the number the server names; 0: none */
	int status;           /* of HTTP; of an error in band the code that it names, or 500 */
	char words[300];      /* the server's, one printable line of UTF-8; never empty */
};

/* Reads a reply of any status, also 200 with an in-band error. The body may be
 * JSON (nested {"error": {…}}, flat {"message": …}, {"detail": …}), HTML of a
 * gateway, plain text, or nothing; code and type may be strings or numbers. */
struct refusal refusal_read(int status, struct span body);

#endif
