/* How much of large files may be in memory at once. Whoever reads one takes its
 * bytes of room and gives them back when nothing of it is held any more, so that
 * the sum does not depend on how many large files a folder has. */
#ifndef AKIN_INDEXER_ROOM_H
#define AKIN_INDEXER_ROOM_H

#include <stdbool.h>
#include <stddef.h>

struct room;

struct room *room_new(size_t most);
void room_free(struct room *room); /* NULL is fine */

/* Waits until there is room. What is larger than all of it is let in alone. */
void room_take(struct room *room, size_t bytes);
void room_give(struct room *room, size_t bytes);
/* Whoever waits, now or later, is let in: the work is given up. */
void room_cancel(struct room *room);

#endif
