/* `akin ask --each`: one question, asked of every document that the filters let through. */
#ifndef AKIN_CLI_ASK_EACH_H
#define AKIN_CLI_ASK_EACH_H

#include "base/span.h"
#include "cli/asking.h"

/* Prints a line of JSON a document, in the order of their paths: {"path", "answer" (text, or with
 * a schema the value), "n_claims", "n_supported", "complete", "whole_document", "error"}.
 * A document that fails has its error in its line, and the next is asked; a wrong key, an
 * unknown model or Ctrl-C end it. STATUS_DONE, STATUS_NOTHING (no documents), STATUS_ERROR
 * (some failed), -1. */
int ask_each(struct asking *a, struct span question, struct err *err);

#endif
