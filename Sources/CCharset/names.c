#include "CCharset.h"

#include <unicode/uidna.h>
#include <unicode/uspoof.h>

int32_t name_to_ascii(const uint8_t *name, size_t count, uint8_t *output, size_t capacity) {
  // Lengths and hyphens are left to the DNS: clients look names up that break those rules.
  const uint32_t tolerated = UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG |
                             UIDNA_ERROR_DOMAIN_NAME_TOO_LONG | UIDNA_ERROR_LEADING_HYPHEN |
                             UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4;
  UErrorCode status = U_ZERO_ERROR;
  UIDNA *idna = uidna_openUTS46(
      UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII, &status);
  if (U_FAILURE(status) || idna == NULL) return -1;
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  int32_t written = uidna_nameToASCII_UTF8(idna, (const char *)name, (int32_t)count,
                                           (char *)output, (int32_t)capacity, &info, &status);
  uidna_close(idna);
  if (U_FAILURE(status) || (info.errors & ~tolerated) != 0) return -1;
  return written;
}

int32_t name_skeleton(const uint8_t *text, size_t count, uint8_t *output, size_t capacity) {
  UErrorCode status = U_ZERO_ERROR;
  USpoofChecker *checker = uspoof_open(&status);
  if (U_FAILURE(status) || checker == NULL) return -1;
  int32_t written = uspoof_getSkeletonUTF8(checker, 0, (const char *)text, (int32_t)count,
                                           (char *)output, (int32_t)capacity, &status);
  uspoof_close(checker);
  return U_FAILURE(status) ? -1 : written;
}
