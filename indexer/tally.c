#include "indexer/tally.h"

void tally_init(struct tally *t, const struct index_options *opt)
{
	*t = (struct tally){ .opt = opt };
	pthread_mutex_init(&t->mutex, NULL);
}

void tally_release(struct tally *t)
{
	pthread_mutex_destroy(&t->mutex);
}

void tally_add(struct tally *t, uint64_t *counter, uint64_t n)
{
	pthread_mutex_lock(&t->mutex);
	*counter += n;
	pthread_mutex_unlock(&t->mutex);
}

void tally_skip(struct tally *t, const char *path, bool is_dir, enum skip_reason reason,
                const char *why)
{
	pthread_mutex_lock(&t->mutex);
	if (is_dir)
		t->p.folders_skipped++;
	else
		t->p.files_skipped[reason]++;
	if (t->opt->skipped)
		t->opt->skipped(t->opt->ctx, path, reason, why && *why ? why : NULL);
	pthread_mutex_unlock(&t->mutex);
}

struct index_progress tally_now(struct tally *t)
{
	pthread_mutex_lock(&t->mutex);
	struct index_progress p = t->p;
	pthread_mutex_unlock(&t->mutex);
	return p;
}
