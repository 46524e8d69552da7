#ifndef KADOMORI_THREAD_H
#define KADOMORI_THREAD_H

#include <stdint.h>

/// What `top -H` shows of the calling thread: 15 octets at most.
void kadomori_thread_name(const char *name);

/// How long the calling thread runs before the kernel may let another one go first (sched_setattr(2), of use
/// from Linux 6.12 on). 0, or what went wrong.
int kadomori_thread_turn(uint64_t nanoseconds);

#endif
