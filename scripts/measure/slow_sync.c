// A disk that takes longer: preloaded, each fdatasync and fsync waits SLOW_SYNC microseconds more.
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct timespec longer;

__attribute__((constructor)) static void read_wish(void) {
  const char *wish = getenv("SLOW_SYNC");
  long microseconds = wish ? atol(wish) : 0;
  longer.tv_sec = microseconds / 1000000;
  longer.tv_nsec = microseconds % 1000000 * 1000;
}

static int then(int result) {
  clock_nanosleep(CLOCK_MONOTONIC, 0, &longer, NULL);
  return result;
}

int fdatasync(int file) { return then((int)syscall(SYS_fdatasync, file)); }

int fsync(int file) { return then((int)syscall(SYS_fsync, file)); }
