/* Chat models that are known. Pure. Every figure is a default that replies correct. */
#ifndef AKIN_MODELS_REMOTE_CHAT_MODELS_H
#define AKIN_MODELS_REMOTE_CHAT_MODELS_H

#include <stdbool.h>
#include <stddef.h>

struct known_chat_model {
	const char *name;      /* compared without case, behind the last '/' */
	size_t context_tokens; /* prompt and answer together; 0: not known */
	bool sees_images;
	double price_in, price_out; /* of a million tokens, at OVHcloud or OpenAI; 0: not known */
};

/* By any server's name for it ("meta-llama/…", "…:latest"). Never NULL: of a model that is not
 * known nothing is known, and it may see. */
const struct known_chat_model *chat_model_find(const char *model);

#endif
