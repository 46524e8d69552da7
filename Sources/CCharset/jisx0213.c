#include "CCharset.h"

#include <iconv.h>
#include <string.h>

// ICU has no JIS X 0213; glibc's iconv has it as EUC-JISX0213: plane 1 in two octets, plane 2 behind 0x8F.

// One character, or a base and what combines with it (25 of them): the second stands in the upper half,
// where a character alone has at most 2.
static uint32_t unit(iconv_t converter, uint8_t *octets, size_t count) {
  uint32_t output[4];
  char *source = (char *)octets, *target = (char *)output;
  size_t left = count, room = sizeof output;
  iconv(converter, NULL, NULL, NULL, NULL);
  // The last character waits for what may combine with it until the input ends.
  if (iconv(converter, &source, &left, &target, &room) == (size_t)-1 || left != 0) return 0;
  iconv(converter, NULL, NULL, &target, &room);
  switch ((sizeof output - room) / sizeof output[0]) {
    case 1: return output[0];
    case 2: return output[0] < 0x10000 && output[1] < 0x10000 ? output[1] << 16 | output[0] : 0;
    default: return 0;
  }
}

bool charset_jisx0213(uint32_t *table) {
  memset(table, 0, sizeof(uint32_t) * 2 * 94 * 94);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  iconv_t converter = iconv_open("UCS-4LE", "EUC-JISX0213");
#else
  iconv_t converter = iconv_open("UCS-4BE", "EUC-JISX0213");
#endif
  if (converter == (iconv_t)-1) return false;
  for (int row = 0; row < 94; row++) {
    for (int cell = 0; cell < 94; cell++) {
      uint8_t octets[3] = {0x8F, (uint8_t)(0xA1 + row), (uint8_t)(0xA1 + cell)};
      table[row * 94 + cell] = unit(converter, octets + 1, 2);
      table[(94 + row) * 94 + cell] = unit(converter, octets, 3);
    }
  }
  iconv_close(converter);
  return true;
}
