#define _POSIX_C_SOURCE 200809L
#include "cli/interrupt.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

/* The one mutable global of the command line: a handler has nothing else. Atomic, since the
 * system may run the handler on any thread (a lock-free atomic is allowed in one). */
static atomic_int caught;

static void note(int signal)
{
	caught = signal;
}

void interrupt_catch(void)
{
	struct sigaction action = { .sa_handler = note, .sa_flags = (int)SA_RESETHAND };
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

int interrupt_signal(void)
{
	return caught;
}

void interrupt_forget(void)
{
	caught = 0;
	interrupt_catch();
}
