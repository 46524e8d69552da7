#ifndef KADOMORI_CDISK_H
#define KADOMORI_CDISK_H

#include <stddef.h>
#include <stdint.h>

// What the trials of a disk need of the kernel and Swift's Glibc does not name. Errors are negative errno.

// Opens a file without the page cache (O_DIRECT); `synchronous`: each write is on the disk when it returns
// (O_DSYNC). Offsets, lengths and memory must be multiples of 4,096.
int disk_open_direct(const char *path, int synchronous);

// An io_uring with room for a few requests; null where the kernel has none, or forbids it.
struct disk_ring;
struct disk_ring *disk_ring_open(void);
void disk_ring_close(struct disk_ring *ring);

// Writes and, when the write is done, syncs (fdatasync): two linked requests in one system call, which
// returns when both are done.
int disk_ring_write_and_sync(
    struct disk_ring *ring, int file, const void *bytes, size_t count, uint64_t offset);

#endif
