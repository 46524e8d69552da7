#include "CCharset.h"

#include <stdlib.h>
#include <unicode/uidna.h>
#include <unicode/unorm2.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

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

int64_t text_fold(const uint8_t *text, size_t count, uint8_t *output, size_t capacity) {
  UErrorCode status = U_ZERO_ERROR;
  const UNormalizer2 *folding = unorm2_getNFKCCasefoldInstance(&status);
  if (U_FAILURE(status) || count > INT32_MAX / 4 || capacity > INT32_MAX) return -1;
  // A character of UTF-16 becomes at most eighteen (U+FDFA); texts full of it are cut.
  int32_t units = 0, folded = 0, written = 0;
  size_t room = count + 16, folded_room = 2 * count + 64;
  UChar *wide = malloc(room * sizeof(UChar)), *plain = malloc(folded_room * sizeof(UChar));
  int64_t result = -1;
  if (wide != NULL && plain != NULL) {
    u_strFromUTF8WithSub(wide, (int32_t)room, &units, (const char *)text, (int32_t)count, 0xFFFD,
                         NULL, &status);
    folded = unorm2_normalize(folding, wide, units, plain, (int32_t)folded_room, &status);
    u_strToUTF8WithSub((char *)output, (int32_t)capacity, &written, plain, folded, 0xFFFD, NULL,
                       &status);
    if (U_SUCCESS(status)) result = written;
  }
  free(wide);
  free(plain);
  return result;
}
