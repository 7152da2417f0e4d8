/* Reply headers that matter here. Pure. */
#ifndef AKIN_MODELS_REMOTE_HEADERS_H
#define AKIN_MODELS_REMOTE_HEADERS_H

#include <stdint.h>

#include "base/span.h"
#include "models/remote/http.h"

/* Reads one header line into r: content type, location, and the hints. */
void headers_read(struct span line, int64_t now_unix_s, struct http_reply *r);

#endif
