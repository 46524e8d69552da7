// ICU's converters behind a header without ICU's types: its enums quarrel with the tool chain's own.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What a conversion came to: octets of UTF-8 written (or needed, when `capacity` was too small), how
/// many sequences had no meaning and became U+FFFD, and where the first of them began (-1: none).
typedef struct {
  int64_t written;
  int64_t malformed;
  int64_t first_malformed;
  bool unknown;
} charset_result;

/// Whether a converter of this name is known.
bool charset_exists(const char *name);

/// Converts all of `input` to UTF-8. At most `capacity` octets are written to `output`.
charset_result charset_decode(const char *name, const uint8_t *input, size_t count, uint8_t *output,
                              size_t capacity);

/// From now on all tables come from the library itself and none from files, for a process that may open
/// none. Returns whether that could be had.
bool charset_without_files(void);

/// JIS X 0213 from glibc's iconv: two planes of 94 rows and 94 cells; 0 where nothing stands, and in the
/// upper half what combines with the character in the lower. False where glibc lacks it.
bool charset_jisx0213(uint32_t *table);

/// A host name's ASCII form by UTS #46 as browsers ask for it (nontransitional, Bidi and joiner rules
/// checked). Octets written, or -1 when it is no name or needs more than `capacity`.
int32_t name_to_ascii(const uint8_t *name, size_t count, uint8_t *output, size_t capacity);

/// UTS #39 §4: what two texts that look alike have in common. Octets written, or -1.
int32_t name_skeleton(const uint8_t *text, size_t count, uint8_t *output, size_t capacity);

/// A text as searching wants it: NFKC, no case, nothing that does not show (Unicode's NFKC_Casefold).
/// Octets written, or -1 when it needs more than `capacity` or grows beyond twice its length.
int64_t text_fold(const uint8_t *text, size_t count, uint8_t *output, size_t capacity);

/// Where `wanted` first stands in `text`, or -1. Linear in both (glibc's `memmem`).
int64_t octets_find(const uint8_t *text, size_t count, const uint8_t *wanted, size_t length);
