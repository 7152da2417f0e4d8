#define _POSIX_C_SOURCE 200809L
#include "indexer/room.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/mem.h"

struct room {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	size_t most, used;
	bool cancelled;
};

struct room *room_new(size_t most)
{
	struct room *room = mem_zalloc(1, sizeof *room);
	pthread_mutex_init(&room->mutex, NULL);
	pthread_cond_init(&room->changed, NULL);
	room->most = most;
	return room;
}

void room_free(struct room *room)
{
	if (!room)
		return;
	pthread_cond_destroy(&room->changed);
	pthread_mutex_destroy(&room->mutex);
	free(room);
}

void room_take(struct room *room, size_t bytes)
{
	pthread_mutex_lock(&room->mutex);
	while (!room->cancelled && room->used > 0 && bytes > 0 && room->used + bytes > room->most)
		pthread_cond_wait(&room->changed, &room->mutex);
	room->used += bytes;
	pthread_mutex_unlock(&room->mutex);
}

void room_give(struct room *room, size_t bytes)
{
	pthread_mutex_lock(&room->mutex);
	room->used -= bytes;
	pthread_cond_broadcast(&room->changed);
	pthread_mutex_unlock(&room->mutex);
}

void room_cancel(struct room *room)
{
	pthread_mutex_lock(&room->mutex);
	room->cancelled = true;
	pthread_cond_broadcast(&room->changed);
	pthread_mutex_unlock(&room->mutex);
}
