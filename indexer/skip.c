#include "indexer/skip.h"

const char *skip_reason_name(enum skip_reason reason)
{
	static const char *const names[N_SKIP_REASONS] = {
		[SKIP_NONE] = "taken",
		[SKIP_IGNORED] = "ignored",
		[SKIP_HIDDEN] = "hidden",
		[SKIP_SECRET] = "looks like a secret",
		[SKIP_SPECIAL] = "special file",
		[SKIP_SYMLINK] = "symbolic link",
		[SKIP_UNREADABLE] = "unreadable",
		[SKIP_TOO_LARGE] = "too large",
		[SKIP_EMPTY] = "empty",
		[SKIP_BINARY] = "binary",
		[SKIP_UNSUPPORTED] = "unsupported format",
		[SKIP_CHANGED] = "changed while it was read",
		[SKIP_NOT_DESCRIBED] = "not described",
		[SKIP_MALFORMED] = "malformed",
	};
	return (unsigned)reason < N_SKIP_REASONS ? names[reason] : "unknown";
}
