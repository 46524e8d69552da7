#include "heap.h"

#include <malloc.h>

void kadomori_heap_bounds(int kept, int apart) {
  mallopt(M_TRIM_THRESHOLD, kept);
  mallopt(M_MMAP_THRESHOLD, apart);
}
