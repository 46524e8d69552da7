#define _GNU_SOURCE
#include "CCharset.h"

#include <string.h>

int64_t octets_find(const uint8_t *text, size_t count, const uint8_t *wanted, size_t length) {
  const uint8_t *found = memmem(text, count, wanted, length);
  return found == NULL ? -1 : found - text;
}
