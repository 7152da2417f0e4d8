/* Texts for images: those that the index keeps, and new ones of a vision model. Shared by the
 * threads that ask and the conductor, which alone writes. */
#ifndef AKIN_INDEXER_VISION_H
#define AKIN_INDEXER_VISION_H

#include <pthread.h>

#include "base/queue.h"
#include "indexer/prepare.h"
#include "indexer/tally.h"
#include "models/chat.h"
#include "store/store.h"

/* A text that has come and is not committed yet. */
struct description {
	struct hash content; /* of the image */
	char *text;
	struct description *next;
};

struct vision {
	/* given */
	const struct index_options *opt;
	const char *db_path;
	struct tally *tally;
	struct queue *images, *prepared; /* of struct planned_file *, of struct prepared_file * */
	struct prepare_options prepare;
	size_t n_running; /* threads; set before the first starts */
	char by[160];     /* whose words new texts are; "": there are none */

	/* zero at first; under the mutex */
	pthread_mutex_t mutex;
	pthread_mutex_t scaling; /* one at a time, since each may take 200 MB */
	pthread_cond_t changed;
	struct hash busy[VISION_REQUESTS_MAX]; /* contents that a thread is at */
	size_t n_busy;
	struct description *arrived; /* a queue */
	size_t n_arrived, n_asking;
	uint64_t reserved;   /* tokens that what is under way may take */
	uint64_t n_refused, n_described;
	double next_s;       /* when the next request may leave, at the known rate */
	struct err err;      /* why the run must end; code ERR_NONE: it need not */
	bool ends;           /* nothing more is asked */
	bool is_stopped;     /* and what is under way is given up */
	bool is_spent;       /* opt->max_tokens */
};

void vision_init(struct vision *v);
void vision_use(struct vision *v, const struct index_options *opt);
void vision_release(struct vision *v); /* its threads have ended */

/* A describing thread's main function, with a struct vision_thread; returns NULL. There are as
 * many as chats; else one a core where tesseract reads, or one. The last to end closes v->prepared. */
struct vision_thread {
	struct vision *vision;
	struct chat *chat;   /* NULL: only tesseract and kept texts serve */
	struct store *store; /* a reader of its own, opened for the first image */
};
void *vision_run(void *thread);

/* An image that is looked at if its text is not kept. */
struct picture {
	const char *name;  /* for errors */
	struct buf *bytes; /* freed as soon as they are not needed */
	struct image image;
	int (*load)(struct picture *p, struct err *err); /* fills the bytes; NULL: they are there */
	void *ctx;
};

enum vision_found {
	VISION_TEXT,
	VISION_UNKNOWN, /* it is not kept, and nobody is to look */
	VISION_REFUSED, /* err says why */
	VISION_LEFT     /* the run ends, or only counts */
};
/* The text of the image with this content. VISION_TEXT: *text, which is "" where there is none in
 * it, and *by are the caller's, else NULL. */
enum vision_found vision_text(struct vision_thread *t, const struct hash *content, struct picture *p,
                              char **by, char **text, struct err *err);

/* What the conductor asks: whether the run must end (-1 with err), whether the tokens are spent
 * or a request is under way, and the tokens that were and may be taken. */
int vision_failed(struct vision *v, struct err *err);
bool vision_is_spent(struct vision *v);
bool vision_is_asking(struct vision *v);
uint64_t vision_tokens_taken(struct vision *v);
void vision_end(struct vision *v);  /* nothing more is asked */
void vision_stop(struct vision *v); /* and what is under way is given up */

/* How many texts have arrived. The first n are written within a transaction, and forgotten when
 * it is committed: between the two, another file with that content finds them here. */
size_t vision_arrived(struct vision *v);
int vision_write(struct vision *v, struct store *store, size_t n, struct err *err);
void vision_forget(struct vision *v, size_t n);

/* What a request for an image takes, about. Pure. */
struct vision_cost {
	uint64_t prompt_tokens, completion_tokens;
};
struct vision_cost vision_cost(uint64_t width, uint64_t height);

#endif
