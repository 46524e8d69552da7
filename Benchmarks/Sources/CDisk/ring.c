#define _GNU_SOURCE
#include "CDisk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct disk_ring {
  int file;
  struct io_uring_params parameters;
  void *rings, *entries;
  size_t rings_size, entries_size;
};

int disk_open_direct(const char *path, int synchronous) {
  int flags = O_RDWR | O_DIRECT | O_CLOEXEC | (synchronous ? O_DSYNC : 0);
  int file = open(path, flags);
  return file < 0 ? -errno : file;
}

struct disk_ring *disk_ring_open(void) {
  struct disk_ring *ring = calloc(1, sizeof *ring);
  if (!ring) return NULL;
  struct io_uring_params *parameters = &ring->parameters;
  ring->file = (int)syscall(SYS_io_uring_setup, 4, parameters);
  if (ring->file < 0 || !(parameters->features & IORING_FEAT_SINGLE_MMAP)) goto failed;
  size_t submissions = parameters->sq_off.array + parameters->sq_entries * sizeof(unsigned);
  size_t completions =
      parameters->cq_off.cqes + parameters->cq_entries * sizeof(struct io_uring_cqe);
  ring->rings_size = submissions > completions ? submissions : completions;
  ring->entries_size = parameters->sq_entries * sizeof(struct io_uring_sqe);
  int protection = PROT_READ | PROT_WRITE, flags = MAP_SHARED | MAP_POPULATE;
  ring->rings =
      mmap(NULL, ring->rings_size, protection, flags, ring->file, IORING_OFF_SQ_RING);
  if (ring->rings == MAP_FAILED) goto failed;
  ring->entries = mmap(NULL, ring->entries_size, protection, flags, ring->file, IORING_OFF_SQES);
  if (ring->entries == MAP_FAILED) goto failed;
  return ring;

failed:
  disk_ring_close(ring);
  return NULL;
}

void disk_ring_close(struct disk_ring *ring) {
  if (!ring) return;
  if (ring->rings && ring->rings != MAP_FAILED) munmap(ring->rings, ring->rings_size);
  if (ring->entries && ring->entries != MAP_FAILED) munmap(ring->entries, ring->entries_size);
  if (ring->file >= 0) close(ring->file);
  free(ring);
}

static unsigned *word(struct disk_ring *ring, unsigned offset) {
  return (unsigned *)((char *)ring->rings + offset);
}

static struct io_uring_sqe *next_entry(struct disk_ring *ring, unsigned place) {
  unsigned index = place & *word(ring, ring->parameters.sq_off.ring_mask);
  word(ring, ring->parameters.sq_off.array)[index] = index;
  struct io_uring_sqe *entry = (struct io_uring_sqe *)ring->entries + index;
  memset(entry, 0, sizeof *entry);
  return entry;
}

int disk_ring_write_and_sync(
    struct disk_ring *ring, int file, const void *bytes, size_t count, uint64_t offset) {
  unsigned *tail = word(ring, ring->parameters.sq_off.tail);
  struct io_uring_sqe *write = next_entry(ring, *tail);
  write->opcode = IORING_OP_WRITE;
  write->flags = IOSQE_IO_LINK;
  write->fd = file;
  write->addr = (uint64_t)(uintptr_t)bytes;
  write->len = (unsigned)count;
  write->off = offset;
  struct io_uring_sqe *sync = next_entry(ring, *tail + 1);
  sync->opcode = IORING_OP_FSYNC;
  sync->fd = file;
  sync->fsync_flags = IORING_FSYNC_DATASYNC;
  atomic_store_explicit((_Atomic unsigned *)tail, *tail + 2, memory_order_release);

  while (syscall(SYS_io_uring_enter, ring->file, 2, 2, IORING_ENTER_GETEVENTS, NULL, 0) < 0) {
    if (errno != EINTR) return -errno;
  }
  unsigned *head = word(ring, ring->parameters.cq_off.head);
  unsigned end = atomic_load_explicit(
      (_Atomic unsigned *)word(ring, ring->parameters.cq_off.tail), memory_order_acquire);
  int result = end - *head == 2 ? 0 : -EIO;
  struct io_uring_cqe *completions =
      (struct io_uring_cqe *)((char *)ring->rings + ring->parameters.cq_off.cqes);
  for (unsigned place = *head; place != end; place++) {
    int code = completions[place & *word(ring, ring->parameters.cq_off.ring_mask)].res;
    if (code < 0 && result == 0) result = code;
  }
  atomic_store_explicit((_Atomic unsigned *)head, end, memory_order_release);
  return result;
}
