// What a parser that was taken over would try. Reachable only in an inspector that was started for tests.
#define _GNU_SOURCE
#include "CJail.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <unistd.h>

static void connect_somewhere(void) {
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons(25);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int file = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(file, (struct sockaddr *)&address, sizeof address) == 0) close(file);
}

static void execute(void) {
  char *const arguments[] = {"true", NULL};
  execv("/bin/true", arguments);
}

static void write_file(void) {
  int file = open("/tmp/kadomori-escaped", O_WRONLY | O_CREAT, 0600);
  if (write(file, "x", 1) == 1) close(file);
}

void jail_misbehave(jail_misdeed misdeed) {
  switch (misdeed) {
    case jail_open: open("/etc/passwd", O_RDONLY); break;
    case jail_connect: connect_somewhere(); break;
    case jail_fork:
      if (fork() == 0) _exit(0);
      break;
    case jail_exec: execute(); break;
    case jail_write: write_file(); break;
    case jail_execute_memory:
      mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      break;
    case jail_trace: ptrace(PTRACE_TRACEME, 0, NULL, NULL); break;
    case jail_kill: kill(getppid(), SIGTERM); break;
  }
}
