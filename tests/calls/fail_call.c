/* Copyright The Trilby Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Preloaded into Trilby's programs, makes one call of the C library fail. tests/calls/run sets:
 *   TRILBY_FAIL_COUNTS  a file of one counter for each call, in the order of the table below; all
 *                       processes of a run share it
 *   TRILBY_FAIL_IN      the program whose calls are counted, such as trilby-worker
 *   TRILBY_FAIL_CALL, TRILBY_FAIL_AT, TRILBY_FAIL_ERRNO
 *                       the call that fails, which one from 1, and its errno; may be unset
 * The array trilby_calls has the names of the calls, and ends with null.
 *
 * It declares the functions itself, without the variable arguments of some headers.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>

#pragma GCC visibility push(default)

struct stat;
struct statvfs;
struct utsname;
struct rlimit;
struct pollfd;
struct sigaction;
struct sockaddr;

/* X(type, value on failure, name, parameters, arguments) */
#define TRILBY_CALLS(X)                                                                         \
    X(int, -1, open, (const char* path, int flags, mode_t mode), (path, flags, mode))           \
    X(int, -1, openat, (int at, const char* path, int flags, mode_t mode),                      \
      (at, path, flags, mode))                                                                  \
    X(int, -1, close, (int fd), (fd))                                                           \
    X(ssize_t, -1, read, (int fd, void* into, size_t size), (fd, into, size))                   \
    X(ssize_t, -1, pread, (int fd, void* into, size_t size, off_t at), (fd, into, size, at))    \
    X(ssize_t, -1, write, (int fd, const void* from, size_t size), (fd, from, size))            \
    X(ssize_t, -1, writev, (int fd, const void* parts, int count), (fd, parts, count))          \
    X(off_t, -1, lseek, (int fd, off_t offset, int from), (fd, offset, from))                   \
    X(int, -1, stat, (const char* path, struct stat* info), (path, info))                       \
    X(int, -1, lstat, (const char* path, struct stat* info), (path, info))                      \
    X(int, -1, fstat, (int fd, struct stat* info), (fd, info))                                  \
    X(int, -1, statvfs, (const char* path, struct statvfs* info), (path, info))                 \
    X(int, -1, access, (const char* path, int mode), (path, mode))                              \
    X(int, -1, faccessat, (int at, const char* path, int mode, int flags),                      \
      (at, path, mode, flags))                                                                  \
    X(ssize_t, -1, getxattr, (const char* path, const char* name, void* into, size_t size),     \
      (path, name, into, size))                                                                 \
    X(char*, NULL, realpath, (const char* path, char* into), (path, into))                      \
    X(char*, NULL, getcwd, (char* into, size_t size), (into, size))                             \
    X(ssize_t, -1, readlink, (const char* path, char* into, size_t size), (path, into, size))   \
    X(ssize_t, -1, readlinkat, (int at, const char* path, char* into, size_t size),             \
      (at, path, into, size))                                                                   \
    X(void*, NULL, opendir, (const char* path), (path))                                         \
    X(void*, NULL, fdopendir, (int fd), (fd))                                                   \
    X(void*, NULL, readdir, (void* folder), (folder))                                           \
    X(int, -1, closedir, (void* folder), (folder))                                              \
    X(int, -1, mkdir, (const char* path, mode_t mode), (path, mode))                            \
    X(char*, NULL, mkdtemp, (char* pattern), (pattern))                                         \
    X(int, -1, rename, (const char* from, const char* to), (from, to))                          \
    X(int, -1, remove, (const char* path), (path))                                              \
    X(int, -1, unlink, (const char* path), (path))                                              \
    X(int, -1, unlinkat, (int at, const char* path, int flags), (at, path, flags))              \
    X(int, -1, symlink, (const char* target, const char* path), (target, path))                 \
    X(int, -1, syncfs, (int fd), (fd))                                                          \
    X(int, -1, fsync, (int fd), (fd))                                                           \
    X(int, -1, ftruncate, (int fd, off_t size), (fd, size))                                     \
    X(int, -1, flock, (int fd, int operation), (fd, operation))                                 \
    X(int, -1, fcntl, (int fd, int command, void* argument), (fd, command, argument))           \
    X(int, -1, ioctl, (int fd, unsigned long request, void* argument), (fd, request, argument)) \
    X(int, -1, dup2, (int from, int to), (from, to))                                            \
    X(int, -1, pipe2, (int* ends, int flags), (ends, flags))                                    \
    X(int, -1, close_range, (unsigned first, unsigned last, int flags), (first, last, flags))   \
    X(void*, (void*)-1, mmap,                                                                   \
      (void* at, size_t size, int access, int flags, int fd, off_t offset),                     \
      (at, size, access, flags, fd, offset))                                                    \
    X(int, -1, munmap, (void* at, size_t size), (at, size))                                     \
    X(int, -1, memfd_create, (const char* name, unsigned flags), (name, flags))                 \
    X(int, -1, eventfd, (unsigned value, int flags), (value, flags))                            \
    X(int, -1, eventfd_read, (int fd, void* value), (fd, value))                                \
    X(int, -1, eventfd_write, (int fd, unsigned long value), (fd, value))                       \
    X(int, -1, poll, (struct pollfd * fds, unsigned long count, int limit_ms),                  \
      (fds, count, limit_ms))                                                                   \
    X(int, -1, socketpair, (int domain, int type, int protocol, int* ends),                     \
      (domain, type, protocol, ends))                                                           \
    X(int, -1, socket, (int domain, int type, int protocol), (domain, type, protocol))          \
    X(int, -1, connect, (int fd, const struct sockaddr* to, unsigned size), (fd, to, size))     \
    X(int, -1, getsockopt, (int fd, int level, int name, void* value, void* size),              \
      (fd, level, name, value, size))                                                           \
    X(int, -1, setsockopt, (int fd, int level, int name, const void* value, unsigned size),     \
      (fd, level, name, value, size))                                                           \
    X(ssize_t, -1, send, (int fd, const void* from, size_t size, int flags),                    \
      (fd, from, size, flags))                                                                  \
    X(ssize_t, -1, recv, (int fd, void* into, size_t size, int flags), (fd, into, size, flags)) \
    X(pid_t, -1, fork, (void), ())                                                              \
    X(int, -1, execve, (const char* path, void* arguments, void* environment),                  \
      (path, arguments, environment))                                                           \
    X(int, -1, execv, (const char* path, void* arguments), (path, arguments))                   \
    X(pid_t, -1, waitpid, (pid_t pid, int* status, int flags), (pid, status, flags))            \
    X(int, -1, kill, (pid_t pid, int signal), (pid, signal))                                    \
    X(int, -1, setpgid, (pid_t pid, pid_t group), (pid, group))                                 \
    X(int, -1, prctl,                                                                           \
      (int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d),         \
      (option, a, b, c, d))                                                                     \
    X(int, -1, sigaction, (int signal, const struct sigaction* action, struct sigaction* old),  \
      (signal, action, old))                                                                    \
    X(void*, (void*)-1, signal, (int number, void* handler), (number, handler))                 \
    X(int, -1, sigprocmask, (int how, const void* set, void* old), (how, set, old))             \
    X(int, errno, pthread_sigmask, (int how, const void* set, void* old), (how, set, old))      \
    X(int, errno, pthread_create, (void* thread, const void* how, void* start, void* argument), \
      (thread, how, start, argument))                                                           \
    X(int, -1, getrlimit, (int resource, struct rlimit* limit), (resource, limit))              \
    X(int, -1, setrlimit, (int resource, const struct rlimit* limit), (resource, limit))        \
    X(int, -1, getgroups, (int size, gid_t* groups), (size, groups))                            \
    X(int, -1, uname, (struct utsname * names), (names))                                        \
    X(int, -1, sched_getaffinity, (pid_t pid, size_t size, void* set), (pid, size, set))        \
    X(int, -1, clock_gettime, (int clock, void* time), (clock, time))

#define TRILBY_CALL_NUMBER(type, failed, name, parameters, arguments) call_##name,
#define TRILBY_CALL_NAME(type, failed, name, parameters, arguments) #name,

enum call {
    TRILBY_CALLS(TRILBY_CALL_NUMBER) call_syscall,
    call_print,
    call_malloc,
    call_count,
};

extern const char* const trilby_calls[];
const char* const trilby_calls[] = {
    TRILBY_CALLS(TRILBY_CALL_NAME) "syscall",
    "print",
    "malloc",
    NULL,
};

static atomic_uint* counters; /* null while nothing is counted */
static enum call failing = call_count;
static unsigned failing_at;
static int failing_errno;

static int must_fail(enum call call) {
    if (counters == NULL || atomic_fetch_add(&counters[call], 1) + 1 != failing_at ||
        call != failing) {
        return 0;
    }
    errno = failing_errno;
    return 1;
}

/* The C library's function. */
static void* original(enum call call) {
    static void* found[call_count];
    if (found[call] == NULL) {
        found[call] = dlsym(RTLD_NEXT, trilby_calls[call]);
    }
    return found[call];
}

#define TRILBY_CALL(type, failed, name, parameters, arguments)       \
    type name parameters;                                            \
    type name parameters {                                           \
        if (must_fail(call_##name)) {                                \
            return failed;                                           \
        }                                                            \
        return ((type(*) parameters)original(call_##name))arguments; \
    }
TRILBY_CALLS(TRILBY_CALL)

long syscall(long number, long a, long b, long c, long d, long e, long f);
long syscall(long number, long a, long b, long c, long d, long e, long f) {
    /* The C++ library waits with futexes, and ends the program if they fail. */
    if (number != SYS_futex && must_fail(call_syscall)) {
        return -1;
    }
    typedef long (*function)(long, long, long, long, long, long, long);
    return ((function)original(call_syscall))(number, a, b, c, d, e, f);
}

/* The disk of standard output is full from here on. */
static void before_print(FILE* stream) {
    if (stream == stdout && must_fail(call_print)) {
        dup2(open("/dev/full", O_WRONLY, 0), 1);
    }
}

#define TRILBY_PRINT(type, name, parameters, arguments)                \
    type name parameters {                                             \
        before_print(stream);                                          \
        return ((type(*) parameters)dlsym(RTLD_NEXT, #name))arguments; \
    }
TRILBY_PRINT(size_t, fwrite, (const void* from, size_t size, size_t count, FILE* stream),
             (from, size, count, stream))
TRILBY_PRINT(int, fputs, (const char* text, FILE* stream), (text, stream))
TRILBY_PRINT(int, fflush, (FILE * stream), (stream))

/* Not by dlsym(), which allocates memory. */
void* __libc_malloc(size_t size);
void* malloc(size_t size) {
    return must_fail(call_malloc) ? NULL : __libc_malloc(size);
}

static atomic_uint* shared_counters(const char* path) {
    const int file = open(path, O_RDWR, 0);
    void* memory =
        mmap(NULL, sizeof(atomic_uint) * call_count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    return memory == (void*)-1 ? NULL : memory;
}

static enum call call_named(const char* name) {
    enum call call = 0;
    while (call < call_count && (name == NULL || strcmp(trilby_calls[call], name) != 0)) {
        ++call;
    }
    return call;
}

static long number_in(const char* variable) {
    const char* text = getenv(variable);
    return text == NULL ? 0 : atol(text);
}

static void start_counting(void) {
    const char* program = getenv("TRILBY_FAIL_IN");
    const char* counts = getenv("TRILBY_FAIL_COUNTS");
    if (program == NULL || counts == NULL || strcmp(program, program_invocation_short_name) != 0) {
        return;
    }
    for (enum call call = 0; call < call_malloc; ++call) {
        original(call);
    }
    failing = call_named(getenv("TRILBY_FAIL_CALL"));
    failing_at = (unsigned)number_in("TRILBY_FAIL_AT");
    failing_errno = (int)number_in("TRILBY_FAIL_ERRNO");
    counters = shared_counters(counts);
}

static int (*program_main)(int, char**, char**);

static int counted_main(int argc, char** argv, char** environment) {
    start_counting();
    return program_main(argc, argv, environment);
}

/* Counts from main() on: nothing can report an error before it. */
int __libc_start_main(int (*main)(int, char**, char**), int argc, char** argv, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void* stack_end);
int __libc_start_main(int (*main)(int, char**, char**), int argc, char** argv, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void* stack_end) {
    typedef int (*starter)(int (*)(int, char**, char**), int, char**, void (*)(void),
                           void (*)(void), void (*)(void), void*);
    program_main = main;
    return ((starter)dlsym(RTLD_NEXT, "__libc_start_main"))(counted_main, argc, argv, init, fini,
                                                            rtld_fini, stack_end);
}
