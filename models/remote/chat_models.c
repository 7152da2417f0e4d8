#include "models/remote/chat_models.h"

#include <string.h>
#include <strings.h>

/* Sources: the cost map of LiteLLM 1.106.2 (windows, prices, vision); OVHcloud's catalogue. */
static const struct known_chat_model models[] = {
	{ "Meta-Llama-3_3-70B-Instruct", 131000, false, 0.67, 0.67 },
	{ "Meta-Llama-3_1-70B-Instruct", 131000, false, 0.67, 0.67 },
	{ "Llama-3.1-8B-Instruct", 131000, false, 0.10, 0.10 },
	{ "DeepSeek-R1-Distill-Llama-70B", 131000, false, 0.67, 0.67 },
	{ "Mistral-Small-3.2-24B-Instruct-2506", 128000, true, 0.09, 0.28 },
	{ "Mistral-Nemo-Instruct-2407", 118000, false, 0.13, 0.13 },
	{ "Mistral-7B-Instruct-v0.3", 127000, false, 0.10, 0.10 },
	{ "Mixtral-8x7B-Instruct-v0.1", 32000, false, 0.63, 0.63 },
	{ "mamba-codestral-7B-v0.1", 256000, false, 0.19, 0.19 },
	{ "gpt-oss-120b", 131000, false, 0.08, 0.40 },
	{ "gpt-oss-20b", 131000, false, 0.04, 0.15 },
	{ "Qwen3-32B", 32000, false, 0.08, 0.23 },
	{ "Qwen2.5-Coder-32B-Instruct", 32000, false, 0.87, 0.87 },
	{ "Qwen3-Coder-30B-A3B-Instruct", 0, false, 0, 0 },
	{ "Qwen2.5-VL-72B-Instruct", 32000, true, 0.91, 0.91 },
	{ "llava-v1.6-mistral-7b-hf", 32000, true, 0.29, 0.29 },
	{ "gpt-4o", 128000, true, 2.50, 10.00 },
	{ "gpt-4o-mini", 128000, true, 0.15, 0.60 },
	{ "gpt-4.1", 1047576, true, 2.00, 8.00 },
	{ "gpt-4.1-mini", 1047576, true, 0.40, 1.60 },
};

static const struct known_chat_model unknown = { "", 0, true, 0, 0 };

const struct known_chat_model *chat_model_find(const char *model)
{
	const char *slash = strrchr(model, '/');
	const char *name = slash ? slash + 1 : model;
	size_t len = strcspn(name, ":");
	for (size_t i = 0; i < sizeof models / sizeof *models; i++)
		if (strlen(models[i].name) == len && strncasecmp(models[i].name, name, len) == 0)
			return &models[i];
	return &unknown;
}
