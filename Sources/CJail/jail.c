#define _GNU_SOURCE
#include "CJail.h"
#include "filter.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int limit(int what, rlim_t value) {
  struct rlimit both = {value, value};
  return setrlimit(what, &both) == 0 ? 0 : errno;
}

// What is mapped now: libraries, ICU's tables, rules.
static uint64_t mapped(void) {
  FILE *file = fopen("/proc/self/statm", "re");
  if (file == NULL) return 0;
  unsigned long pages = 0;
  int found = fscanf(file, "%lu", &pages);
  fclose(file);
  return found == 1 ? (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

// What a quarter of the memory for a message is; set before the lock.
static size_t quarter;

// The last words of a process that crashes. Refused memory shows as a crash of whatever asked, so it asks
// for a quarter of the whole: where even that is refused, memory was what it died of.
static void last_words(int signal) {
  void *probe = mmap(NULL, quarter, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  _exit(probe == MAP_FAILED ? jail_no_memory : jail_crashed + signal);
}

static int prepare_last_words(uint64_t memory) {
  static char stack[65536];
  static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE};
  quarter = memory / 4;
  // A stack that overflowed can't hold the handler.
  stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
  if (sigaltstack(&other, NULL) != 0) return errno;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = last_words;
  action.sa_flags = SA_ONSTACK | SA_RESETHAND;
  for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
    if (sigaction(signals[i], &action, NULL) != 0) return errno;
  }
  return 0;
}

int jail_lock(uint64_t memory, uint32_t seconds) {
  uint64_t base = mapped();
  if (base == 0) return ENOENT;
  if (close_range(jail_socket + 1, ~0U, 0) != 0) return errno;
  // The gate's thread that started us waits for us; should it die, so do we.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return errno;
  if (prctl(PR_SET_NAME, "inspector", 0, 0, 0) != 0) return errno;
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return errno;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  int code;
  if ((code = prepare_last_words(memory)) != 0) return code;
  if ((code = limit(RLIMIT_CORE, 0)) != 0) return code;
  if ((code = limit(RLIMIT_FSIZE, 0)) != 0) return code;
  if ((code = limit(RLIMIT_NPROC, 0)) != 0) return code;
  // The socket, and the message beside it.
  if ((code = limit(RLIMIT_NOFILE, jail_socket + 2)) != 0) return code;
  if ((code = limit(RLIMIT_CPU, seconds)) != 0) return code;
  if ((code = limit(RLIMIT_AS, base + memory)) != 0) return code;
  return jail_filter();
}

static int actions_of(posix_spawn_file_actions_t *actions, int socket) {
  int code = posix_spawn_file_actions_adddup2(actions, socket, jail_socket);
  if (code == 0) code = posix_spawn_file_actions_addopen(actions, 1, "/dev/null", O_WRONLY, 0);
  if (code == 0) code = posix_spawn_file_actions_adddup2(actions, 1, 2);
  return code == 0 ? posix_spawn_file_actions_addclosefrom_np(actions, 3) : code;
}

// Our signal mask and handlers are not the child's.
static int attributes_of(posix_spawnattr_t *attributes) {
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  int code = posix_spawnattr_setsigmask(attributes, &none);
  if (code == 0) code = posix_spawnattr_setsigdefault(attributes, &all);
  short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
  return code == 0 ? posix_spawnattr_setflags(attributes, flags) : code;
}

pid_t jail_spawn(const char *path, char *const arguments[], int socket) {
  static char quiet[] = "SWIFT_BACKTRACE=enable=no", plain[] = "LC_ALL=C";
  char *const environment[] = {quiet, plain, NULL};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  pid_t process = -1;
  int code = posix_spawn_file_actions_init(&actions);
  if (code != 0) return -code;
  code = posix_spawnattr_init(&attributes);
  if (code == 0) {
    code = actions_of(&actions, socket);
    if (code == 0) code = attributes_of(&attributes);
    if (code == 0) code = posix_spawn(&process, path, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&actions);
  return code == 0 ? process : -code;
}

jail_end jail_wait(pid_t process) {
  jail_end end = {0, 0};
  int status = 0;
  while (waitpid(process, &status, 0) < 0) {
    if (errno != EINTR) return end;
  }
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  if (WIFEXITED(status)) end.status = WEXITSTATUS(status);
  if (end.status > jail_crashed) end = (jail_end){end.status - jail_crashed, 0};
  return end;
}

int jail_memory_file(void) {
  int file = memfd_create("message", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  return file < 0 ? -errno : file;
}

int jail_seal(int file) {
  int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  return fcntl(file, F_ADD_SEALS, seals) == 0 ? 0 : errno;
}

// A control message that holds one descriptor.
union control {
  struct cmsghdr header;
  char octets[CMSG_SPACE(sizeof(int))];
};

int jail_send(int socket, const void *octets, size_t count, int file) {
  const char *at = octets;
  while (count > 0) {
    struct iovec piece = {(void *)at, count};
    union control control;
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    if (file >= 0) {
      memset(&control, 0, sizeof control);
      message.msg_control = control.octets;
      message.msg_controllen = sizeof control.octets;
      struct cmsghdr *header = CMSG_FIRSTHDR(&message);
      header->cmsg_level = SOL_SOCKET;
      header->cmsg_type = SCM_RIGHTS;
      header->cmsg_len = CMSG_LEN(sizeof(int));
      memcpy(CMSG_DATA(header), &file, sizeof file);
    }
    ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    file = -1;
    at += sent;
    count -= (size_t)sent;
  }
  return 0;
}

ssize_t jail_receive(int socket, void *octets, size_t count, int *file) {
  *file = -1;
  struct iovec piece = {octets, count};
  union control control;
  struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
  message.msg_control = control.octets;
  message.msg_controllen = sizeof control.octets;
  ssize_t received;
  do {
    received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (received < 0 && errno == EINTR);
  if (received < 0) return -errno;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
      header->cmsg_len == CMSG_LEN(sizeof(int))) {
    memcpy(file, CMSG_DATA(header), sizeof *file);
  }
  return received;
}
