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
