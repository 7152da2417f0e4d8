/* Hands an answer to libmicrohttpd. */
#ifndef STANDIN_SEND_H
#define STANDIN_SEND_H

#include <microhttpd.h>

#include "tests/support/standin/standin.h"

/* Takes what the answer owns. */
enum MHD_Result send_answer(struct MHD_Connection *conn, struct answer *a);

#endif
