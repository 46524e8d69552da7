// What Swift can't say of Linux: a process that locks itself in, one that is started with a socket and
// nothing else, a memory file that nobody can change any more, and a file handed through a socket.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// The socket of an inspector, its only descriptor.
enum { jail_socket = 0 };

/// Locks the calling process in, every thread of it: no descriptors but the socket, no core, no new
/// privileges, `memory` octets of address space beyond what is mapped now, `seconds` of CPU time in all,
/// and no system call but those that memory, time and the socket need. Any other kills it. Returns 0, or
/// the errno of the step that failed: then nothing may be inspected.
int jail_lock(uint64_t memory, uint32_t seconds);

/// Starts `path` with `socket` as its descriptor 0, /dev/null as 1 and 2, nothing else, and an environment
/// in which Swift prints no backtraces. Returns the process, or -errno.
pid_t jail_spawn(const char *path, char *const arguments[], int socket);

/// Exit statuses of an inspector that crashed: for want of memory, or of another cause, with the signal
/// added.
enum { jail_no_memory = 75, jail_crashed = 128 };

/// How a process ended.
typedef struct {
  /// The signal that it died of, else 0.
  int signal;
  /// Its exit status, where it ended by itself.
  int status;
} jail_end;

/// Waits for the end of a child.
jail_end jail_wait(pid_t process);

/// An empty memory file, or -errno.
int jail_memory_file(void);

/// Makes its octets and size final. Returns 0 or an errno.
int jail_seal(int file);

/// Sends octets, with `file` beside the first of them unless it is -1. Returns 0 or an errno.
int jail_send(int socket, const void *octets, size_t count, int file);

/// Receives up to `count` octets and perhaps a file (else -1). Returns octets, 0 at the end, or -errno.
ssize_t jail_receive(int socket, void *octets, size_t count, int *file);

/// What the tests have an inspector do to see it killed.
typedef enum {
  jail_open = 1,
  jail_connect,
  jail_fork,
  jail_exec,
  jail_write,
  jail_execute_memory,
  jail_trace,
  jail_kill,
} jail_misdeed;

/// Does it. Comes back where the jail let it.
void jail_misbehave(jail_misdeed misdeed);
