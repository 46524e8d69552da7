#ifndef KADOMORI_CHECKSUM_H
#define KADOMORI_CHECKSUM_H
#include <stddef.h>
#include <stdint.h>

// Whether this processor has an instruction for CRC-32C.
int kadomori_has_crc32c(void);
// CRC-32C of octets behind those that gave `value`, without the inversions at either end. Only where
// kadomori_has_crc32c() says so.
uint32_t kadomori_crc32c(uint32_t value, const uint8_t *bytes, size_t count);

#endif
