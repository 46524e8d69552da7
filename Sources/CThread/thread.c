#define _GNU_SOURCE
#include "CThread.h"

#include <errno.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

void kadomori_thread_name(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

/// The kernel's structure in its first version, which glibc does not declare.
struct turn {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
};

int kadomori_thread_turn(uint64_t nanoseconds) {
  struct turn turn;
  if (syscall(SYS_sched_getattr, 0, &turn, sizeof turn, 0) != 0) return errno;
  // Whoever starts the program may have chosen another policy for it.
  if (turn.policy != SCHED_OTHER) return 0;
  turn.runtime = nanoseconds;
  return syscall(SYS_sched_setattr, 0, &turn, 0) == 0 ? 0 : errno;
}
