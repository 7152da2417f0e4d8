/* The thread that keeps a remote embedder's requests going, so that a server never waits
 * for the caller, who writes vectors meanwhile. It holds r->mutex but for the time it
 * waits for bytes, and nobody else touches r->http while it runs, but to wake it. For remote.c. */
#ifndef AKIN_MODELS_REMOTE_DRIVE_H
#define AKIN_MODELS_REMOTE_DRIVE_H

#include "models/remote/remote_state.h"

void drive_init(struct remote *r); /* the mutex and its conditions */

/* Opens r->http and starts the thread, unless that is done. With the mutex. -1 with err
 * when there can be no requests. */
int drive_start(struct remote *r, struct err *err);

/* There is something to do: work, or a drain. With the mutex. */
void drive_wake(struct remote *r);

/* Until the thread has moved something, at most timeout_ms. With the mutex, which others
 * have meanwhile. */
void drive_await(struct remote *r, int timeout_ms);

/* Ends the thread and all requests; what drive_init made goes, too. */
void drive_end(struct remote *r);

#endif
