// The system calls an inspector may make, as a filter in the kernel (seccomp). An allow-list: what is not
// here kills the process, so that a parser taken over by its input reaches nothing.
#define _GNU_SOURCE
#include "CJail.h"
#include "filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "no filter is written for this processor"
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define KILL BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
// The number of the call is in the accumulator; a rule that is not this call's leaves it there.
#define CALL(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), ALLOW
// As if the descriptor were closed, which it is: the runtime tells of its own end on standard error.
#define REFUSE(name)                                             \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1),        \
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EBADF)
// Descriptors and protections are ints: the kernel looks at the low half of the argument only.
#define CALL_ON_SOCKET(name)                                                        \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 4), LOAD(args[0]),            \
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, jail_socket, 1, 0), KILL, ALLOW
#define CALL_WITHOUT_EXECUTION(name)                                                \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 4), LOAD(args[2]),            \
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1), KILL, ALLOW

#define CALL_ON_SELF(name)                                                          \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 4), LOAD(args[0]),            \
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0), KILL, ALLOW

// Where CALL_ON_SELF compares with our process, which is known only when the filter is put on.
enum { self_rule = 6 };

static struct sock_filter rules[] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
    KILL,
    LOAD(nr),
    // abort() signals its own process.
    CALL_ON_SELF(tgkill),
    CALL(getpid),
    CALL(gettid),
    // The message comes and the findings go by the socket.
    CALL_ON_SOCKET(recvmsg),
    CALL_ON_SOCKET(sendmsg),
    CALL(close),
    // Memory; never memory that runs.
    CALL_WITHOUT_EXECUTION(mmap),
    CALL_WITHOUT_EXECUTION(mprotect),
    CALL(munmap),
    CALL(mremap),
    CALL(madvise),
    CALL(brk),
    // Locks, time and chance, which the runtime needs.
    CALL(futex),
    CALL(sched_yield),
    CALL(clock_gettime),
    CALL(getrandom),
    CALL(rt_sigreturn),
    CALL(rt_sigprocmask),
    REFUSE(write),
    REFUSE(writev),
    CALL(exit),
    CALL(exit_group),
    KILL,
};

int jail_filter(void) {
  rules[self_rule].k = (uint32_t)getpid();
  struct sock_fprog program = {sizeof rules / sizeof rules[0], rules};
  // TSYNC: threads that a library may have started are locked in, too.
  long result =
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
  if (result == 0) return 0;
  return result > 0 ? ESRCH : errno;
}
