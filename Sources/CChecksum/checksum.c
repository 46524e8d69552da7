// CRC-32C by the processor's own instruction, which Swift can't name: eight octets in three cycles.
#include "checksum.h"
#include <string.h>

#if defined(__x86_64__)

int kadomori_has_crc32c(void) { return __builtin_cpu_supports("sse4.2") != 0; }

__attribute__((target("sse4.2")))
uint32_t kadomori_crc32c(uint32_t value, const uint8_t *bytes, size_t count) {
  uint64_t wide = value;
  for (; count >= 8; count -= 8, bytes += 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    wide = __builtin_ia32_crc32di(wide, word);
  }
  value = (uint32_t)wide;
  for (; count > 0; count--, bytes++) value = __builtin_ia32_crc32qi(value, *bytes);
  return value;
}

#else

int kadomori_has_crc32c(void) { return 0; }
uint32_t kadomori_crc32c(uint32_t value, const uint8_t *bytes, size_t count) { return value; }

#endif
