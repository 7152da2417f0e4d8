/* An answer for programs: JSON, the same for the command line and servers. */
#ifndef AKIN_ASK_PRESENT_ANSWER_H
#define AKIN_ASK_PRESENT_ANSWER_H

#include <cjson/cJSON.h>

#include "ask/ask.h"

#define PRESENT_ANSWER_SCHEMA 1 /* changes when a field changes its meaning or goes */

/* {"schema", "question", "searched", "model", "served_by", "answer", "complete", "finish",
 *  "claims": [{"text", "start", "end", "supported", "reason", "citations":
 *     [{"source", "quote", "path", "line", "page", "byte_start", "byte_end"}]}],
 *  "n_claims", "n_supported",
 *  "sources": [{"number", "path", "title", "heading", "line_start", "line_end", "page",
 *     "byte_start", "byte_end", "score", "cited", "text"}],
 *  "reasoning", "usage": {"requests", "calls", "prompt_tokens", "completion_tokens"},
 *  "timings": {"search_ms", "first_token_ms", "total_ms"}}
 * start and end are bytes of the answer; a citation's are of the file, null where the file does
 * not hold the source as it is (query/in_source.h); what is not known is null. sources are
 * those that the model was given, or looked up. The caller deletes the tree. */
cJSON *present_answer(const struct ask *a, const struct conversation *c, const struct ask_result *r);

/* "stop", "length", "tool_calls", "content_filter", "cut". */
const char *chat_finish_name(enum chat_finish finish);

#endif
