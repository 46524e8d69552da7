#ifndef KADOMORI_HEAP_H
#define KADOMORI_HEAP_H

// Sets glibc's bounds (mallopt(3)) and keeps them from moving: the heap gives its free end back to the system once
// that is longer than `kept` octets (M_TRIM_THRESHOLD), and a piece of `apart` octets or more is got from the
// system by itself and given back when it is freed (M_MMAP_THRESHOLD).
void kadomori_heap_bounds(int kept, int apart);

#endif
