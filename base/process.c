#define _GNU_SOURCE
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/walls.h"

/* How often it is looked after, and how long it may take to end when it is told to. */
enum { ROUND_MS = 50, GRACE_MS = 500, MAX_SAID = PROCESS_SAID };

extern char **environ;

enum { IN, OUT, ERR, N_STREAMS };

struct run {
	const struct process_options *opt;
	pid_t pid;             /* of it and its group; 0: it does not run */
	int theirs[N_STREAMS]; /* the program's ends; -1: closed */
	int ours[N_STREAMS];
	struct buf *out;
	char said[MAX_SAID];   /* the last of its standard error */
	size_t n_said;
	int64_t end_ms, kill_ms; /* when it is told to end, and killed; kill_ms 0: not yet told */
	struct err why;        /* why it was told to */
};

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* --- starting --------------------------------------------------------------------------- */

/* Streams are moved above the numbers that they get in the program, where they could be in
 * each other's way: this process may have its own standard streams closed. */
static int move_up(int *fd)
{
	if (*fd > 2)
		return 0;
	int moved = fcntl(*fd, F_DUPFD_CLOEXEC, 3);
	close_one(fd);
	*fd = moved;
	return moved < 0 ? -1 : 0;
}

static int open_pipe(int *theirs, int *ours)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	*ours = ends[0];
	*theirs = ends[1];
	if (move_up(ours) < 0 || move_up(theirs) < 0)
		return -1;
	return fcntl(*ours, F_SETFL, O_NONBLOCK);
}

/* The input is a file in memory: nothing is to be written while it runs, and a program that
 * does not read it does no harm. */
static int open_input(int *theirs, struct span input)
{
	*theirs = memfd_create("input", MFD_CLOEXEC);
	if (*theirs < 0 || move_up(theirs) < 0)
		return -1;
	for (size_t at = 0; at < input.len;) {
		ssize_t n = write(*theirs, input.p + at, input.len - at);
		if (n < 0 && errno != EINTR)
			return -1;
		at += n > 0 ? (size_t)n : 0;
	}
	return lseek(*theirs, 0, SEEK_SET) < 0 ? -1 : 0;
}

static bool is_unset(const char *variable, const char *const *unset)
{
	for (; unset && *unset; unset++) {
		size_t len = strlen(*unset);
		if (strncmp(variable, *unset, len) == 0 && variable[len] == '=')
			return true;
	}
	return false;
}

/* The strings are the environment's own. */
static char **make_environment(const char *const *unset)
{
	size_t n = 0, kept = 0;
	while (environ && environ[n])
		n++;
	char **list = mem_alloc(n + 1, sizeof *list);
	for (size_t i = 0; i < n; i++)
		if (!is_unset(environ[i], unset))
			list[kept++] = environ[i];
	list[kept] = NULL;
	return list;
}

/* The file that a name means: itself, or the first in $PATH that may be executed. */
static bool find_program(const char *name, char path[PATH_MAX])
{
	const char *folders = getenv("PATH");
	size_t name_len = strlen(name);
	if (strchr(name, '/') && name_len < PATH_MAX) {
		memcpy(path, name, name_len + 1);
		return true;
	}
	for (folders = folders ? folders : "/usr/local/bin:/usr/bin:/bin";; folders++) {
		size_t len = strcspn(folders, ":");
		struct stat st;
		if (len + 1 + name_len < PATH_MAX) {
			memcpy(path, folders, len);
			path[len] = '/';
			memcpy(path + len + (len > 0), name, name_len + 1);
			if (access(path, X_OK) == 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode))
				return true;
		}
		folders += len;
		if (!*folders)
			return false;
	}
}

static void close_from(int first)
{
	struct rlimit limit;
	if (close_range((unsigned)first, ~0U, 0) == 0 || getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	int last = limit.rlim_cur < 65536 ? (int)limit.rlim_cur : 65536; /* before Linux 5.9 */
	for (int fd = first; fd < last; fd++)
		close(fd);
}

static void signals_as_new(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t none;
	for (int i = 1; i < NSIG; i++)
		sigaction(i, &action, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

struct program {
	const char *path;
	char *const *argv, *const *environment;
	volatile int code; /* errno of what failed */
};

/* In the child, which shares this process's memory until it has become the program: only what is
 * async-signal-safe. A group of its own, signals as in a new process, and no descriptor but the
 * three. */
static void become(const struct run *r, struct program *p)
{
	signals_as_new();
	setpgid(0, 0);
	for (int i = 0; i < N_STREAMS; i++)
		if (dup2(r->theirs[i], i) < 0)
			goto out;
	close_from(N_STREAMS);
	if (r->opt->walls) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (walls_raise(r->opt->walls, p->path) < 0)
			goto out;
	}
	execve(p->path, p->argv, p->environment);
out:
	p->code = errno;
	_exit(127);
}

/* vfork: a fork would copy the tables of all memory. No signal's handler may run in the child,
 * and what the caller has in registers is none of its business: not inlined. */
__attribute__((noinline)) static pid_t begin(const struct run *r, struct program *p)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid_t pid = vfork();
	if (pid == 0)
		become(r, p);
	if (pid < 0)
		p->code = errno;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return pid;
}

static int spawn(struct run *r)
{
	char path[PATH_MAX];
	if (!find_program(r->opt->argv[0], path)) {
		errno = ENOENT;
		return -1;
	}
	char **environment = make_environment(r->opt->unset);
	struct program program = { path, (char *const *)r->opt->argv, environment, 0 };
	pid_t pid = begin(r, &program);
	free(environment);
	for (int i = 0; i < N_STREAMS; i++)
		close_one(&r->theirs[i]);
	if (pid > 0 && program.code)
		waitpid(pid, NULL, 0);
	r->pid = program.code ? 0 : pid;
	errno = program.code;
	return program.code ? -1 : 0;
}

static int start(struct run *r, struct err *err)
{
	if (open_input(&r->theirs[IN], r->opt->input) < 0 || open_pipe(&r->theirs[OUT], &r->ours[OUT]) < 0 ||
	    open_pipe(&r->theirs[ERR], &r->ours[ERR]) < 0)
		return err_set(err, ERR_IO, "cannot make a pipe for '%s': %s", r->opt->argv[0], strerror(errno));
	if (spawn(r) < 0)
		return err_set(err, ERR_INPUT, "cannot run '%s': %s", r->opt->argv[0], strerror(errno));
	return 0;
}

/* --- reading ---------------------------------------------------------------------------- */

static void keep_end(struct run *r, const char *bytes, size_t n)
{
	if (n > MAX_SAID) {
		bytes += n - MAX_SAID;
		n = MAX_SAID;
	}
	size_t keep = r->n_said + n > MAX_SAID ? MAX_SAID - n : r->n_said;
	memmove(r->said, r->said + r->n_said - keep, keep);
	memcpy(r->said + keep, bytes, n);
	r->n_said = keep + n;
}

static void tell_to_end(struct run *r)
{
	if (r->kill_ms)
		return;
	kill(-r->pid, SIGTERM);
	r->kill_ms = clock_ms() + GRACE_MS;
}

static void take(struct run *r, int stream, const char *bytes, size_t n)
{
	if (stream == ERR) {
		keep_end(r, bytes, n);
	} else if (!r->kill_ms && buf_add(r->out, bytes, n) < 0) {
		buf_add(r->out, bytes, r->out->max - r->out->len);
		err_set(&r->why, ERR_LIMIT, "'%s' wrote more than %zu bytes, and was stopped", r->opt->argv[0],
		        r->out->max);
		tell_to_end(r);
	}
}

/* What is there at once, but not for ever from a program that writes without end. */
static void read_stream(struct run *r, int stream)
{
	char bytes[16384];
	for (int i = 0; i < 16 && r->ours[stream] >= 0; i++) {
		ssize_t n = read(r->ours[stream], bytes, sizeof bytes);
		if (n > 0)
			take(r, stream, bytes, (size_t)n);
		else if (n == 0 || (errno != EAGAIN && errno != EINTR))
			close_one(&r->ours[stream]);
		else if (errno == EAGAIN)
			return;
	}
}

/* --- waiting ---------------------------------------------------------------------------- */

static void wait_for_output(struct run *r, int timeout_ms)
{
	struct pollfd fds[] = { { r->ours[OUT], POLLIN, 0 }, { r->ours[ERR], POLLIN, 0 } };
	poll(fds, 2, timeout_ms); /* -1 for a descriptor is passed over */
}

static void look_after(struct run *r)
{
	if (!r->kill_ms && r->opt->stopped && r->opt->stopped(r->opt->ctx)) {
		err_set(&r->why, ERR_INTERRUPTED, "'%s' was interrupted", r->opt->argv[0]);
		tell_to_end(r);
	}
	if (!r->kill_ms && clock_ms() >= r->end_ms) {
		err_set(&r->why, ERR_LIMIT, "'%s' took more than %g s, and was stopped", r->opt->argv[0],
		        r->opt->timeout_ms / 1000.0);
		tell_to_end(r);
	}
	if (r->kill_ms && clock_ms() >= r->kill_ms)
		kill(-r->pid, SIGKILL);
}

/* Whether it has ended; it is not waited for, so that its number, which is its group's, is
 * not given to another. */
static bool has_ended(const struct run *r)
{
	siginfo_t info = { 0 };
	return waitid(P_PID, (id_t)r->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ? errno != EINTR
	                                                                           : info.si_pid == r->pid;
}

/* Until it has ended; what it has left running then is ended with it. Returns its status as
 * waitpid gives it. */
static int attend(struct run *r)
{
	int pause_ms = 1, status = 0;
	while (!has_ended(r)) {
		/* without a stream, its end is not heard */
		bool quiet = r->ours[OUT] < 0 && r->ours[ERR] < 0;
		wait_for_output(r, quiet ? pause_ms : ROUND_MS);
		pause_ms = quiet && pause_ms < ROUND_MS / 2 ? pause_ms * 2 : pause_ms;
		read_stream(r, OUT);
		read_stream(r, ERR);
		look_after(r);
	}
	kill(-r->pid, SIGKILL);
	/* a pipe holds 64 KB by default, and this reads four times that */
	read_stream(r, OUT);
	read_stream(r, ERR);
	while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* The last line of its standard error, ": " before it. */
static void add_last_line(struct buf *line, const struct run *r)
{
	size_t end = r->n_said;
	while (end && (unsigned char)r->said[end - 1] <= ' ')
		end--;
	size_t start = end;
	while (start && r->said[start - 1] != '\n')
		start--;
	buf_add_str(line, end > start ? ": " : "");
	buf_add_text(line, (struct span){ r->said + start, end - start });
}

static int judge(const struct run *r, int status, struct err *err)
{
	const char *name = r->opt->argv[0];
	if (r->why.code)
		return err_set(err, r->why.code, "%s", r->why.text);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	struct buf line = buf_new(3 * MAX_SAID + 2);
	add_last_line(&line, r);
	if (WIFSIGNALED(status))
		err_set(err, ERR_INPUT, "'%s' was ended by signal %d%s", name, WTERMSIG(status), buf_span(&line).p);
	else
		err_set(err, ERR_INPUT, "'%s' ended with status %d%s", name, WEXITSTATUS(status), buf_span(&line).p);
	buf_free(&line);
	return -1;
}

static void tell_end(const struct run *r, int status)
{
	struct process_end *end = r->opt->end;
	if (!end)
		return;
	end->status = status;
	end->stopped = r->kill_ms != 0;
	end->overflow = r->out->overflow;
	memcpy(end->said, r->said, r->n_said);
	end->said[r->n_said] = '\0';
}

int process_run(const struct process_options *opt, struct buf *out, struct err *err)
{
	struct run r = { .opt = opt, .theirs = { -1, -1, -1 }, .ours = { -1, -1, -1 }, .out = out,
		         .end_ms = clock_ms() + opt->timeout_ms };
	int rc = start(&r, err);
	if (rc == 0) {
		int status = attend(&r);
		rc = judge(&r, status, err);
		tell_end(&r, status);
	}
	for (int i = 0; i < N_STREAMS; i++) {
		close_one(&r.theirs[i]);
		close_one(&r.ours[i]);
	}
	return rc;
}
