/* An embedder that asks another one only once for a text, so that many rankings of
 * the same questions embed, and send, each of them once. */
#ifndef AKIN_QUERY_MEMO_H
#define AKIN_QUERY_MEMO_H

#include "models/embedder.h"

/* `inner` is borrowed, and must live until embedder_close. The host is empty, since
 * most of what is asked goes nowhere: who opened inner says where texts go. All that
 * was embedded is kept until it is closed. collect() does not keep to its time limit;
 * of a batch's texts one failure fails all, as in embedder_embed. */
struct embedder *memo_open(struct embedder *inner);

#endif
