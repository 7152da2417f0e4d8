/* peak REPORT COMMAND...: runs it, and writes to the file REPORT the most memory that it and its
 * descendants held at once (the sum of what is resident, looked at every 10 ms), the processor
 * time of all of them, and the time on the clock: "KB SECONDS SECONDS". Ends as the command. */
#define _DEFAULT_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

enum { ROUND_MS = 10, MAX_PROCESSES = 4096 };

struct process {
	int pid, parent;
	unsigned long pages;
};

/* All processes of the machine that can be seen. */
static size_t look(struct process *list)
{
	DIR *proc = opendir("/proc");
	size_t n = 0;
	for (struct dirent *e; proc && n < MAX_PROCESSES && (e = readdir(proc));) {
		char path[300], line[1024];
		snprintf(path, sizeof path, "/proc/%s/stat", e->d_name);
		FILE *f = e->d_name[0] >= '1' && e->d_name[0] <= '9' ? fopen(path, "r") : NULL;
		if (!f)
			continue;
		char *end = fgets(line, sizeof line, f) ? strrchr(line, ')') : NULL;
		struct process p = { .pid = atoi(e->d_name) };
		/* state ppid, 18 others, then vsize and rss */
		if (end && sscanf(end + 2, "%*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d"
		                  " %*d %*u %*u %lu", &p.parent, &p.pages) == 2)
			list[n++] = p;
		fclose(f);
	}
	if (proc)
		closedir(proc);
	return n;
}

static int is_below(const struct process *list, size_t n, const struct process *p, int root)
{
	for (int depth = 0; p && depth < 10; depth++) {
		if (p->pid == root)
			return 1;
		const struct process *parent = NULL;
		for (size_t i = 0; i < n; i++)
			if (list[i].pid == p->parent)
				parent = &list[i];
		p = parent;
	}
	return 0;
}

static unsigned long resident_kb(int root)
{
	static struct process list[MAX_PROCESSES];
	size_t n = look(list);
	unsigned long pages = 0;
	for (size_t i = 0; i < n; i++)
		if (is_below(list, n, &list[i], root))
			pages += list[i].pages;
	return pages * (unsigned long)(sysconf(_SC_PAGESIZE) / 1024);
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: peak REPORT COMMAND...\n");
		return 2;
	}
	double start = clock_seconds();
	pid_t pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	unsigned long most = 0;
	int status = 0;
	while (waitpid(pid, &status, WNOHANG) == 0) {
		unsigned long now = resident_kb(pid);
		most = now > most ? now : most;
		clock_sleep_ms(ROUND_MS);
	}
	struct rusage used;
	getrusage(RUSAGE_CHILDREN, &used);
	FILE *report = fopen(argv[1], "w");
	if (!report)
		return 2;
	fprintf(report, "%lu %.2f %.2f\n", most,
	        (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	                (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6,
	        clock_seconds() - start);
	fclose(report);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
