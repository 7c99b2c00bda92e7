// Kills the process it is loaded into at a chosen moment, so that a test can stop a server at every boundary between two
// durable writes and not only where it happens to hit.
//
//   cc -shared -fPIC -o kill_at_sync.so kill_at_sync.c -ldl
//   LD_PRELOAD=./kill_at_sync.so KILL_AT=7 KILL_WHEN=before server
//
// KILL_WHEN=before: with SIGKILL before the first byte of the 7th durable write reaches a file; all before it was
// acknowledged. KILL_WHEN=after: when the 7th was synced and nobody knows it yet. Writes count from the start of the
// process; one that syncs nothing does not count.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long syncs;

static long chosen(void) {
    const char *number = getenv("KILL_AT");
    return number ? atol(number) : -1;
}

static int kills_before(void) {
    const char *when = getenv("KILL_WHEN");
    return when && strcmp(when, "before") == 0;
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static void count_sync(void) {
    if (atomic_fetch_add(&syncs, 1) + 1 == chosen() && !kills_before()) die();
}

// Pipes and connections are no durable writes.
static void watch_write(int file) {
    struct stat status;
    if (!kills_before() || atomic_load(&syncs) + 1 != chosen()) return;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) die();
}

int fdatasync(int file) {
    int result = ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(file);
    count_sync();
    return result;
}

int fsync(int file) {
    int result = ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(file);
    count_sync();
    return result;
}

ssize_t write(int file, const void *bytes, size_t count) {
    watch_write(file);
    return ((ssize_t (*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write"))(file, bytes, count);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    watch_write(file);
    return ((ssize_t (*)(int, const void *, size_t, off64_t))dlsym(RTLD_NEXT, "pwrite64"))(file, bytes, count, offset);
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) {
    watch_write(file);
    return ((ssize_t (*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite"))(file, bytes, count, offset);
}
