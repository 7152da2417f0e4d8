/* What `akin index --vision` looks at images with. */
#ifndef AKIN_CLI_LOOKING_H
#define AKIN_CLI_LOOKING_H

#include "cli/command.h"
#include "indexer/index.h"

struct looking {
	const char *model, *base_url, *ocr; /* the flags; NULL: not given */
	struct chat *chats[VISION_REQUESTS_MAX];
	size_t n;
};

/* Opens the model for as many requests at once as --max-in-flight allows, and puts it into the
 * options; looks whether there is a tesseract for --ocr. ERR_USAGE: a model that is known to see
 * nothing, no tesseract. Close it also where it failed. */
int looking_open(struct looking *l, const struct cli *cli, struct index_options *opt, struct err *err);
void looking_close(struct looking *l);

/* Says where images go, before the first does. */
void looking_say_host(const struct looking *l, struct cli *cli);
/* A line on stderr about what was described; nothing where there were no images. */
void looking_report(const struct looking *l, struct cli *cli, const struct index_progress *p);
/* The lines of a dry run. */
void looking_print_cost(const struct looking *l, const struct index_progress *p);

#endif
