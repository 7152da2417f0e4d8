#define _GNU_SOURCE
#include "base/walls.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>

/* --- limits ------------------------------------------------------------------------------- */

static rlim_t least(rlim_t a, rlim_t b)
{
	return a < b ? a : b;
}

static int limit(int resource, rlim_t soft, rlim_t hard)
{
	struct rlimit now;
	if (getrlimit((__rlimit_resource_t)resource, &now) < 0)
		return -1;
	struct rlimit to = { least(soft, now.rlim_max), least(hard, now.rlim_max) };
	return setrlimit((__rlimit_resource_t)resource, &to);
}

/* The address sanitizer maps terabytes of its own, and dies where it can map no more. */
#ifdef __SANITIZE_ADDRESS__
enum { OWN_MEMORY_IS_LIMITED = 0 };
#else
enum { OWN_MEMORY_IS_LIMITED = 1 };
#endif

static int set_limits(const struct walls *w, bool of_program)
{
	if (limit(RLIMIT_FSIZE, 0, 0) < 0 || limit(RLIMIT_CORE, 0, 0) < 0 || limit(RLIMIT_NOFILE, 64, 64) < 0)
		return -1;
	if (w->cpu_s && limit(RLIMIT_CPU, w->cpu_s, (rlim_t)w->cpu_s + 1) < 0)
		return -1;
	bool limited = w->memory && (of_program || OWN_MEMORY_IS_LIMITED);
	return limited ? limit(RLIMIT_AS, w->memory, w->memory) : 0;
}

/* --- seccomp ------------------------------------------------------------------------------ */

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

#ifdef ARCH

/* Always allowed. */
static const int computing[] = {
	SYS_read, SYS_readv, SYS_pread64, SYS_write, SYS_writev, SYS_lseek, SYS_close, SYS_fstat,
	SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_madvise, SYS_brk,
	SYS_futex, SYS_set_robust_list, SYS_set_tid_address, SYS_rseq, SYS_sched_yield,
	SYS_sched_getaffinity, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack,
	SYS_clock_gettime, SYS_gettimeofday, SYS_getrandom, SYS_getpid, SYS_gettid, SYS_getrusage,
	SYS_uname, SYS_sysinfo, SYS_exit, SYS_exit_group, SYS_restart_syscall,
#ifdef __x86_64__
	SYS_time, SYS_arch_prctl, SYS_getrlimit,
#endif
};

/* Where a program is to be executed: what loading one takes. None of it changes a file. */
static const int loading[] = {
	SYS_newfstatat, SYS_statx, SYS_faccessat, SYS_faccessat2, SYS_readlinkat, SYS_getdents64, SYS_getcwd,
	SYS_fcntl, SYS_dup, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_fstatfs, SYS_fadvise64,
#ifdef __x86_64__
	SYS_stat, SYS_lstat, SYS_access, SYS_readlink,
#endif
};

enum {
	MAX_FILTER = 2 * (sizeof computing + sizeof loading) / sizeof(int) + 64,
	/* any of these in the flags, and the file is not only read */
	CHANGES = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND
};

struct filter {
	struct sock_filter code[MAX_FILTER];
	unsigned short n;
};

static void add(struct filter *f, uint16_t code, uint8_t jt, uint8_t jf, uint32_t k)
{
	f->code[f->n++] = (struct sock_filter){ code, jt, jf, k };
}

static void load(struct filter *f, size_t offset)
{
	add(f, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)offset);
}

/* Half of an argument of the call; both architectures are little endian. */
static size_t argument(int i, bool high)
{
	return offsetof(struct seccomp_data, args) + 8 * (size_t)i + (high ? 4 : 0);
}

static void refuse(struct filter *f)
{
	add(f, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS);
}

static void allow(struct filter *f)
{
	add(f, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
}

static void allow_all(struct filter *f, const int *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		add(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (uint32_t)calls[i]);
		allow(f);
	}
}

/* The call, where an argument has none of the bits. The number has to be loaded again after it. */
static void allow_without(struct filter *f, int call, int i, uint32_t bits)
{
	add(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, (uint32_t)call);
	load(f, argument(i, false));
	add(f, BPF_JMP | BPF_JSET | BPF_K, 1, 0, bits);
	allow(f);
	refuse(f);
}

/* Threads, but no processes. */
static void allow_threads(struct filter *f)
{
	add(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, SYS_clone);
	load(f, argument(0, false));
	add(f, BPF_JMP | BPF_JSET | BPF_K, 0, 1, CLONE_THREAD);
	allow(f);
	refuse(f);
}

/* Its own limits, which only go down. */
static void allow_limits(struct filter *f)
{
	add(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 4, SYS_prlimit64);
	load(f, argument(0, false));
	add(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
	allow(f);
	refuse(f);
}

static void allow_program(struct filter *f, const char *program)
{
	uint64_t at = (uintptr_t)program;
	add(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 6, SYS_execve);
	load(f, argument(0, false));
	add(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 3, (uint32_t)at);
	load(f, argument(0, true));
	add(f, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, (uint32_t)(at >> 32));
	allow(f);
	/* it has one guess */
	add(f, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS);
}

static void build(struct filter *f, const char *program)
{
	f->n = 0;
	load(f, offsetof(struct seccomp_data, arch));
	add(f, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, ARCH);
	add(f, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_KILL_PROCESS);
	load(f, offsetof(struct seccomp_data, nr));
	allow_all(f, computing, sizeof computing / sizeof *computing);
	allow_threads(f);
	allow_limits(f);
	if (program) {
		allow_all(f, loading, sizeof loading / sizeof *loading);
		allow_without(f, SYS_openat, 2, CHANGES);
#ifdef __x86_64__
		allow_without(f, SYS_open, 1, CHANGES);
#endif
		allow_program(f, program);
	}
	refuse(f); /* the 32-bit calls of x32 have other numbers */
}

static void set_filter(const char *program)
{
	struct filter f;
	build(&f, program);
	struct sock_fprog whole = { f.n, f.code };
	syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &whole);
}

#else

static void set_filter(const char *program)
{
	(void)program;
}

#endif

bool walls_have_seccomp(void)
{
#ifdef ARCH
	uint32_t action = SECCOMP_RET_KILL_PROCESS;
	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
#else
	return false;
#endif
}

/* --- Landlock ----------------------------------------------------------------------------- */

/* All that its first version knows: what is not given by a rule is refused. */
static const uint64_t all_access = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
static const uint64_t read_access = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE |
                                    LANDLOCK_ACCESS_FS_READ_DIR;

static void give(int rules, const char *folder)
{
	int fd = open(folder, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return;
	struct landlock_path_beneath_attr beneath = { .allowed_access = read_access, .parent_fd = fd };
	syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
	close(fd);
}

/* "/opt/x/bin/program" has its libraries in "/opt/x"; "/program" has none. */
static void give_prefix(int rules, const char *program)
{
	char prefix[PATH_MAX];
	size_t len = strlen(program);
	for (int up = 0; up < 2; up++)
		while (len && program[--len] != '/')
			;
	if (len == 0 || len >= sizeof prefix)
		return;
	memcpy(prefix, program, len);
	prefix[len] = '\0';
	give(rules, prefix);
}

static void set_landlock(const char *program)
{
	static const char *const system_folders[] = { "/usr", "/lib", "/lib64", "/etc", "/nix/store" };
	struct landlock_ruleset_attr handled = { .handled_access_fs = all_access };
	int rules = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
	if (rules < 0)
		return;
	if (program) {
		for (size_t i = 0; i < sizeof system_folders / sizeof *system_folders; i++)
			give(rules, system_folders[i]);
		give_prefix(rules, program);
	}
	syscall(SYS_landlock_restrict_self, rules, 0);
	close(rules);
}

bool walls_have_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

int walls_raise(const struct walls *walls, const char *program)
{
	if (set_limits(walls, program != NULL) < 0)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	set_landlock(program);
	set_filter(program);
	return 0;
}
