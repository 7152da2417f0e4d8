/* Where token ids go: the first max are kept, all are counted. */
#ifndef AKIN_MODELS_LOCAL_TOKENIZER_ID_SINK_H
#define AKIN_MODELS_LOCAL_TOKENIZER_ID_SINK_H

#include <stddef.h>
#include <stdint.h>

struct id_sink {
	uint32_t *ids; /* [max]; the caller's */
	size_t max, n;
};

static inline void id_sink_add(struct id_sink *sink, uint32_t id)
{
	if (sink->n < sink->max)
		sink->ids[sink->n] = id;
	sink->n++;
}

#endif
