#include "CCharset.h"

#include <stdlib.h>
#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>
#include <unicode/ucnv_cb.h>
#include <unicode/uclean.h>
#include <unicode/udata.h>
#include <unicode/ustring.h>

// Counts what it replaces. `base` moves with every piece so that places count from the input's start.
struct tally {
  const char *base;
  int64_t malformed;
  int64_t first;
};

static void replace(const void *context, UConverterToUnicodeArgs *args, const char *units,
                    int32_t length, UConverterCallbackReason reason, UErrorCode *status) {
  (void)units;
  static const UChar mark = 0xFFFD;
  if (reason > UCNV_IRREGULAR) return;
  struct tally *tally = (struct tally *)context;
  if (tally->malformed++ == 0) {
    int64_t at = args->source - tally->base - length;
    tally->first = at < 0 ? 0 : at;
  }
  *status = U_ZERO_ERROR;
  ucnv_cbToUWriteUChars(args, &mark, 1, 0, status);
}

bool charset_exists(const char *name) {
  UErrorCode status = U_ZERO_ERROR;
  UConverter *converter = ucnv_open(name, &status);
  if (converter != NULL) ucnv_close(converter);
  return U_SUCCESS(status);
}

charset_result charset_decode(const char *name, const uint8_t *input, size_t count, uint8_t *output,
                              size_t capacity) {
  charset_result result = {0, 0, -1, false};
  struct tally tally = {(const char *)input, 0, -1};
  UErrorCode status = U_ZERO_ERROR;
  UConverter *converter = ucnv_open(name, &status);
  if (U_FAILURE(status) || converter == NULL) {
    result.unknown = true;
    return result;
  }
  ucnv_setToUCallBack(converter, replace, &tally, NULL, NULL, &status);
  const char *source = (const char *)input, *end = source + count;
  UChar buffer[2048];
  UChar carried = 0;  // a leading surrogate at a piece's end
  do {
    UChar *target = buffer;
    if (carried != 0) *target++ = carried;
    carried = 0;
    status = U_ZERO_ERROR;
    ucnv_toUnicode(converter, &target, buffer + 2048, &source, end, NULL, true, &status);
    if (U_FAILURE(status) && status != U_BUFFER_OVERFLOW_ERROR) break;
    if (status == U_BUFFER_OVERFLOW_ERROR && U16_IS_LEAD(target[-1])) carried = *--target;
    int32_t written = 0, replaced = 0;
    UErrorCode copied = U_ZERO_ERROR;
    size_t left = result.written < (int64_t)capacity ? capacity - (size_t)result.written : 0;
    u_strToUTF8WithSub((char *)output + (capacity - left), left > INT32_MAX ? INT32_MAX : (int32_t)left,
                       &written, buffer, (int32_t)(target - buffer), 0xFFFD, &replaced, &copied);
    result.written += written;
    tally.malformed += replaced;
    if (copied == U_BUFFER_OVERFLOW_ERROR) break;
  } while (status == U_BUFFER_OVERFLOW_ERROR);
  ucnv_close(converter);
  result.malformed = tally.malformed;
  result.first_malformed = tally.first;
  return result;
}

bool charset_without_files(void) {
  UErrorCode status = U_ZERO_ERROR;
  udata_setFileAccess(UDATA_NO_FILES, &status);
  u_init(&status);
  return U_SUCCESS(status);
}
