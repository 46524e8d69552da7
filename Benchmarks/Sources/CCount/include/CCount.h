#ifndef CCOUNT_H
#define CCOUNT_H

#include <stdint.h>

/// How often this process has asked for memory since it began (malloc, calloc, realloc and the aligned kinds).
uint64_t allocations_made(void);

#endif
