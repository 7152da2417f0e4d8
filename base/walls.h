/* What a process takes from itself before it handles what may be hostile: memory, time,
 * files, programs, the network. Nothing of it comes back. */
#ifndef AKIN_BASE_WALLS_H
#define AKIN_BASE_WALLS_H

#include <stdbool.h>
#include <stddef.h>

struct walls {
	unsigned cpu_s; /* of processor time, then SIGXCPU, a second later SIGKILL; 0: no limit */
	size_t memory;  /* bytes of address space; 0: no limit */
};

/* Raises them around the calling process. It can write to no file, leaves no core, opens at
 * most 64 descriptors, and the kernel refuses (ENOSYS) all but a list of system calls: to
 * compute, to have memory and threads, to read and to write what is open.
 *   program: this may be executed, once: by the pointer, which a program that is executed
 *     cannot know. Files may be opened to be read; where the kernel has Landlock, only those of
 *     the system and those beside the program.
 *   NULL: nothing is executed and no file opened.
 * A kernel without seccomp (or a processor that is not known here) leaves the rest of it. -1
 * with errno when a limit cannot be set. Async-signal-safe: it may be called between vfork and
 * exec. */
int walls_raise(const struct walls *walls, const char *program);

/* Which of them this kernel has. */
bool walls_have_seccomp(void);
bool walls_have_landlock(void);

#endif
