import Mail
import Testing

/// Encrypted archives of `note.txt` and `run.sh`, some with something empty; the password is kado-2026 where nothing else
/// is said. 7-Zip made those of 7z, or py7zr; those of RAR a writer of our own did, and unar (RAR 5) or rarfile (the
/// headers of RAR 4) read them. Fuzzing begins with them, too (`scripts/fuzz`).
struct LockedArchive: CustomTestStringConvertible {
  let testDescription: String
  let octets: [UInt8]

  /// 7-Zip, header and files.
  static let sevenHidden = LockedArchive(
    "sevenHidden",
    "N3q8ryccAAQ+9tFk0AAAAAAAAAA+AAAAAAAAAFcozaqI+u55qBtliciZQRlxow53dzpkQuR344hlOKB67GLo5oxQD41utbzkryUKbkZSgxenuOVMVHFhqr6I5K8dOsy9HUSZYNYBwazxMDUcUQg3HgGY3K7tgJgpE6ZL9kB2fVFZkRRmTkHNqSKQ3LWjU8w5xan2cXqAmQm0JV0itKd5ydvYph5ELEbR7/Axpl0S4JCwLCtkc1UBor1aYtuU+MdRueKD+LZTpzWKk8i/llF914J2QcD6quam1gvk9PaeqWTEtFO0+edn+QVqcVHaA5OJFwZAAQmAkAAHCwEAAiQG8QcBElMPnSP6FcflyJHpYo8Mn9pvOyMDAQEFXQAQAAABAAyAj4CyCgG0S0l3AAA="
  )
  /// 7-Zip, files in two folders, empty ones beside.
  static let sevenFolders = LockedArchive(
    "sevenFolders",
    "N3q8ryccAAT7azza8wAAAAAAAAAiAAAAAAAAAC0T7qUn9CsZkrefMRLA6xCtQ/Zj7cBx9pJEyM4KbDfzWN02iao+rW2wRVCnisSFrnKL2IsZLaq5QF6oi7SGXrRHlPTSqyaFheNWSwvWRQisnh09wQAAgTMHrjGbKJ21Hk4u2Qc3nbcwZSazNJUOD1UBj9aZYVTr3h4UodCiUwOu2A/XSgYIiRlNLgtVUsN0eqJHnCl8IZNjL1ZdAJZqvnQu9eJ/zMmvJhnuZK/oixnTSKIpkIkQ0hs689eO0POlL1hKPLhJkt7xunN9lboFCFVn/0S3b7RAsQyXi57cAlUw9b/+uDWWM4KRblmMmKv83t3CvhQAAAAXBlABCYCjAAcLAQABIwMBAQVdABAAAAyA0goBPxWQxQAA"
  )
  /// 7-Zip, 「さくら2026」.
  static let sevenJapanese = LockedArchive(
    "sevenJapanese",
    "N3q8ryccAAQoOZjMIAAAAAAAAABqAAAAAAAAAMBIzq9xJcfTODiz97dqRYZrMp3r9yJUkiqq2cwT0wmRNllzqgEEBgABCSAABwsBAAIkBvEHARJTD1AhPlEhsQoK25aEMpPQUnohIQEAAQAMFxMACAoBM8EERAAABQEZAQARDwByAHUAbgAuAHMAaAAAABkEAAAAABQKAQDDfNB6g4DdARUGAQAggKSBAAA="
  )
  /// 7-Zip, PPMd.
  static let sevenPPMd = LockedArchive(
    "sevenPPMd",
    "N3q8ryccAARpOJJyxAAAAAAAAAAiAAAAAAAAAO36Q+0BvEWU5CZWfI8T8zCrNzii25igx9MVzKji7x2Oya/KLuaQ0UMfqss7/wK/2ivydMIAAIEzB64P0QDUPKCKabDjxAD69FhUvcD6g7vNgohc2aTqhhdfsfthrbg//oKJaTKZkw1tTQOMLUyWRSfc9Rhgeh4tXVR9sGNJCIwEbDdMoRiervTxBEQU/zlD5ZWRv2UjXs5SxE24/X/QLkYjY5LWrecaEsv/vUPL/DFKFq9LSSbFKUk+KWcZEa+5UsQrR7vAAAAAFwYwAQmAlAAHCwEAASMDAQEFXQAQAAAMgMIKAXPmIEkAAA=="
  )
  /// 7-Zip, `more.txt` with the password other-99.
  static let sevenMixed = LockedArchive(
    "sevenMixed",
    "N3q8ryccAARrYFFBCgEAAAAAAAAiAAAAAAAAALPL9xI4sZwcsxmQZEjfRMU6aCwjIRAXu0Q1Zv3FIu4dR80vfWnFGtF8oUkyP56F+Bk8F1SQ7V6yvH731ZxNByp+F2acStaJ8MgIcG+0zShtRXsPxwAAgTMHrjGb/mzYPOUN8pQfPBJKaSbo92crPrjoIlyB8Dr541FsBanHdx9R3tlSx030yK9W+MEQPPkYruCf6wzHQYxYRZomEUNUhM0umIHad8MZLZKAFKnW03aDHAGGirSeKCtfRFanGgmqcIeAipLJoVA15scet4QPNy2w2wDDoGyrO9NapMpGGI+KJfR2EX8mP5zmUbce+uwkG187boEhhi2t1NR6MAaFYu7PAwIVMdjfYm0wqAAAABcGUAEJgLoABwsBAAEjAwEBBV0AEAAADIEGCgGRQiHLAAA="
  )
  /// 7-Zip, `note.txt` not encrypted.
  static let sevenPartly = LockedArchive(
    "sevenPartly",
    "N3q8ryccAAQDeDN/xQAAAAAAAAAiAAAAAAAAAGI4DmMBABxIZWxsbyB0aGVyZSwgdGhpcyBpcyBhIG5vdGUuCgBTwIYyYR/Q/s0VQnV5LGRMCa/NUfQuRIWIqWdcMleVqAAAgTMHrjGaX7oxHk4sGElQ/f6F4tG5Imw6mvweJf0GGKEiD6dvTl/hxPj3HZIz1d1ftxV5COUy/3MFWG22oAIC1Hgtgq6/Uy3LSVspoJFfheecKimsSiAidfGnD1HlPqo6K+ey/YDOXyymm9VtKIwVOrBFKkEVITS7azFwa8hukxgAABcGQQEJgIQABwsBAAEjAwEBBV0AEAAADICWCgEKK5S7AAA="
  )
  /// Py7zr with 64 rounds.
  static let sevenQuick = LockedArchive(
    "sevenQuick",
    "N3q8ryccAAQ48pfX2AAAAAAAAAAWAAAAAAAAANBVnQ+3wVAysX8wUyGBrAC7sA3lI+3U7UNRB/o12UgHBf4zcpSFqiyQQCALR/Gc28z+HT6QTi6I+tzJnRaT+bGAL/yH4AC0AJBdAACBMweuD9HzPltarYRj8V6UFC7ckZYAWHyUhQQCjWlS9i0mBwAn+CIwIez5a3Z7JRXptxZSoc0fDleLiOmgB4U2rmfvA/dDEDG+4XAobL+fTSiXDIZFIsAjA2fCKZo7pxYvFZaxGffcKRcdRZeM4HhkF6bagrd+cOweIiSBvGJMuLNN2PdJBgr9/WQnsAAAAAAXBkABCYCYAAcLAQABISEBGAyAtQAA"
  )
  /// Py7zr with 64 rounds, header and files.
  static let sevenQuickHidden = LockedArchive(
    "sevenQuickHidden",
    "N3q8ryccAAQHlvTBAAEAAAAAAAAqAAAAAAAAAGZrQT2ZAaMl9+AmXovrCNntBvmLD0yRJXiCv9gGjKQmLa1ZorUlgDYCL9AWO/bMZjMxTGQFCHbaro5f1EkB6weZI2OZ2FDLEkDVa98AqKXYWnXTeWVEXcaYsJIgZPPa6O8IoxirxASKgV/GlZzuSh9aEwHTgBX8gUImSU/6h04mVT2ET64lm0hz3DnNdpy/HF3aeyClMyzoSrl6/m8KcliXNjgEhXlJPODENdo5CyzU7s3bSQWyzB9VsZknSYm63d1X1tObtNixhbqvotKva/c+xuZRsaKfoc9EGibzVhpZRtrjdHwGjGbX7qUCPijg47nTijWY9ovu6camotHrmysQHxQnFwZAAQmAwAAHCwEAASQG8QcBEkYPGsrrLyzmvtsvFhM29o11BwyAtQAA"
  )
  /// Py7zr with 64 rounds, not packed.
  static let sevenQuickCopy = LockedArchive(
    "sevenQuickCopy",
    "N3q8ryccAASPBoMr8AAAAAAAAAAqAAAAAAAAAPnOWrPBzvVu1TsaqnvkSoyD4TMQl/wJ+2Agf9yVl1pEfy9GmUbGQk2909D4i0lwsH27trmRDOnlx8B6Nk5O+GAznmsXa9fZjX/8z4DpNln0iDiwWDH9Pm42HbjdA8c4WrTANgajWcnUDriITNtsuBYU1FhIJ38Id8eH37KziogUddj1cZOslCownBuZsg71DA+QjqCVK1bbYBOdoz6omOQ3oFQJLp7ucWzhLPo3Oi1D6OcPoxYN8lgVQkEWTNK3x/y+q/s8KWu2B6V9QhQNU9Wtv8gqC+A752vrKRCsVtjmHeu2zpcjLQW9NPHbKjQFZup0OLMXBjABCYDAAAcLAQABJAbxBwESRg9rRj7MCHU49dpNrRADodjzDIC1AAA="
  )
  /// RAR 5, `rounds` is 16 where nothing else is said.
  static let five = LockedArchive(
    "five",
    "UmFyIRoHAQDFGjMyAwEAAIjw4FZJAgMxIAQdpIMCbR2f6gABCG5vdGUudHh0MAEAAwTplsMWmzUF2HSC6z6wvpsxe/1IbKHiELXDXqvxlf/7IyOXbR3TiKWSqyHef+cyThbYYSf5sF/3oW+hN7d2Ud40njB4Pcf2JC9o4u85fwlBQEcCAzEgBBOkgwKjb0XpAAEGcnVuLnNoMAEAAwTplsMWmzUF2HSC6z6wvpsxHi4ecCdIqXJO4Yn/Pm8oLyOXbR3TiKWSqyHef+7+WebxogVo8+jIyCdSogHAiTw2d//4GZT2c1kFHR6AGbI6NQMFAAA="
  )
  /// Headers as well.
  static let fiveHidden = LockedArchive(
    "fiveHidden",
    "UmFyIRoHAQCfAB1lIQQAAAEEJGXZt13vHG1vNEwtbYSaZ+e5/el/Be394bfJRcdWytp1o23VGjISv1puDxtVw2ZvjjzVduQKo9Aa8mtnnn6ZUz+axnbXhJcNKr4BQR1TAoZlGFH/zU6LvJvWCWILPOIYyTx/HZZfDJAb8I/GECq97olcq0vV9WrMyqqKQshAAsjMhYfFjgHeEgT2T2AkEr9kUWkBT2xIJZ24MT/O5zJOFthhJ/mwX/ehb6E3t3ZR3jSeMHg9x/YkL2ji7zluKLWKplx3MBhj0QyTlrDj5ipbDoPODrS+zLTnZalnPHOjky8VN+UocDQyqOdEEWZ4tYBxInD0VUSXSEgKA9mmV+X91FzHS1NofLen8mT4b6Jo7RcCiBwB2wvihDzXOyTu/lnm8aIFaPPoyMgnUqIBwIk8Nnf/+BmU9nNZBR0egNUGdKUcBo9wxPChsYrX+ZztVRXSAoLiDxQgiyr2abV2AYFnEosZNmb+u3jWwOJ0L/zhFdiQQS92a5p+i4lrT67pdOA4AkL8j5NsG31y7iPu"
  )
  /// 32,768 rounds, as WinRAR has them.
  static let fiveSlow = LockedArchive(
    "fiveSlow",
    "UmFyIRoHAQDFGjMyAwEAAFSjGx5JAgMxIAQdpIMC/6hZ9gABCG5vdGUudHh0MAEAAw/plsMWmzUF2HSC6z6wvpsxe/1IbKHiELXDXqvxlf/7I7oWcuy1UN6zO2oabr7yW3QSoX5uDT3buEiEtWaI/YKqS2YZiaRZAPWWeyyQbx4I/0cCAzEgBBOkgwJdBmLcAAEGcnVuLnNoMAEAAw/plsMWmzUF2HSC6z6wvpsxHi4ecCdIqXJO4Yn/Pm8oL7oWcuy1UN6zO2oabqDmSg5GjgLIj/pEWIbDw+ceVPxLugkhs728LFESDJtHGbI6NQMFAAA="
  )
  /// 「さくら2026」.
  static let fiveJapanese = LockedArchive(
    "fiveJapanese",
    "UmFyIRoHAQDFGjMyAwEAACwsNKVJAgMxIAQdpIMC+yEtjwABCG5vdGUudHh0MAEAAwSGx/rzYUosL0WQBNR43/iAe/1IbKHiELXDXqvxlf/7IxB3VlcpuwTe5wLR5/cy4cXneJu39bzzxGehue9xM5iFIX1XeNStmUizps1PfDVRykcCAzEgBBOkgwK9cZxGAAEGcnVuLnNoMAEAAwSGx/rzYUosL0WQBNR43/iAHi4ecCdIqXJO4Yn/Pm8oLxB3VlcpuwTe5wLR5ydJOUe1kuBxJEzp1wPyrSSTfAJrhHae6sQT7GSRrf+qGbI6NQMFAAA="
  )
  /// Checksums as they are.
  static let fivePlainSums = LockedArchive(
    "fivePlainSums",
    "UmFyIRoHAQDFGjMyAwEAALkWAJBJAgMxIAQdpIMCDiggiQABCG5vdGUudHh0MAEAAQTplsMWmzUF2HSC6z6wvpsxe/1IbKHiELXDXqvxlf/7IyOXbR3TiKWSqyHef+cyThbYYSf5sF/3oW+hN7d2Ud40njB4Pcf2JC9o4u85AFrYqUcCAzEgBBOkgwIzwQREAAEGcnVuLnNoMAEAAQTplsMWmzUF2HSC6z6wvpsxHi4ecCdIqXJO4Yn/Pm8oLyOXbR3TiKWSqyHef+7+WebxogVo8+jIyCdSogHAiTw2d//4GZT2c1kFHR6AGbI6NQMFAAA="
  )
  /// `note.txt` not encrypted.
  static let fivePartly = LockedArchive(
    "fivePartly",
    "UmFyIRoHAQDFGjMyAwEAAGS21+IXAgIdBB2kgwIOKCCJAAEIbm90ZS50eHRIZWxsbyB0aGVyZSwgdGhpcyBpcyBhIG5vdGUuCn8JQUBHAgMxIAQTpIMCo29F6QABBnJ1bi5zaDABAAME6ZbDFps1Bdh0gus+sL6bMR4uHnAnSKlyTuGJ/z5vKC8jl20d04ilkqsh3n/u/lnm8aIFaPPoyMgnUqIBwIk8Nnf/+BmU9nNZBR0egBmyOjUDBQAA"
  )
  /// `run.sh` first, with the password other-99.
  static let fiveMixed = LockedArchive(
    "fiveMixed",
    "UmFyIRoHAQDFGjMyAwEAABLLTZ1HAgMxIAQTpIMCFLEI2AABBnJ1bi5zaDABAAMEZMace8f56OqCOyEYMH/CVB4uHnAnSKlyTuGJ/z5vKC+HIej08ITM47teotAU65a7OhajLun5/ALTsZJVacV5poknPeuAlauM7d2Hpojw4FZJAgMxIAQdpIMCbR2f6gABCG5vdGUudHh0MAEAAwTplsMWmzUF2HSC6z6wvpsxe/1IbKHiELXDXqvxlf/7IyOXbR3TiKWSqyHef+cyThbYYSf5sF/3oW+hN7d2Ud40njB4Pcf2JC9o4u85GbI6NQMFAAA="
  )
  /// Checksums that are no file's.
  static let fiveWrong = LockedArchive(
    "fiveWrong",
    "UmFyIRoHAQDFGjMyAwEAAB3d1dlJAgMxIAQdpIMCbB2f6gABCG5vdGUudHh0MAEAAwTplsMWmzUF2HSC6z6wvpsxe/1IbKHiELXDXqvxlf/7IyOXbR3TiKWSqyHef+cyThbYYSf5sF/3oW+hN7d2Ud40njB4Pcf2JC9o4u85D+la9kcCAzEgBBOkgwKib0XpAAEGcnVuLnNoMAEAAwTplsMWmzUF2HSC6z6wvpsxHi4ecCdIqXJO4Yn/Pm8oLyOXbR3TiKWSqyHef+7+WebxogVo8+jIyCdSogHAiTw2d//4GZT2c1kFHR6AGbI6NQMFAAA="
  )
  /// No check value.
  static let fiveUnchecked = LockedArchive(
    "fiveUnchecked",
    "UmFyIRoHAQDFGjMyAwEAADtBf3o9AgMlIAQdpIMCbR2f6gABCG5vdGUudHh0JAEAAgTplsMWmzUF2HSC6z6wvpsxe/1IbKHiELXDXqvxlf/7I+cyThbYYSf5sF/3oW+hN7d2Ud40njB4Pcf2JC9o4u85if9pXjsCAyUgBBOkgwKjb0XpAAEGcnVuLnNoJAEAAgTplsMWmzUF2HSC6z6wvpsxHi4ecCdIqXJO4Yn/Pm8oL+7+WebxogVo8+jIyCdSogHAiTw2d//4GZT2c1kFHR6AGbI6NQMFAAA="
  )
  /// A check value that is none.
  static let fiveBadCheck = LockedArchive(
    "fiveBadCheck",
    "UmFyIRoHAQDFGjMyAwEAALbifL1JAgMxIAQdpIMCbR2f6gABCG5vdGUudHh0MAEAAwTplsMWmzUF2HSC6z6wvpsxe/1IbKHiELXDXqvxlf/7IyOXbR3TiKWSAQIDBOcyThbYYSf5sF/3oW+hN7d2Ud40njB4Pcf2JC9o4u85QRvdq0cCAzEgBBOkgwKjb0XpAAEGcnVuLnNoMAEAAwTplsMWmzUF2HSC6z6wvpsxHi4ecCdIqXJO4Yn/Pm8oLyOXbR3TiKWSAQIDBO7+WebxogVo8+jIyCdSogHAiTw2d//4GZT2c1kFHR6AGbI6NQMFAAA="
  )
  /// 16,777,216 rounds.
  static let fiveDear = LockedArchive(
    "fiveDear",
    "UmFyIRoHAQDFGjMyAwEAAG9W+GlJAgMxIAQdpIMCL8RaeQABCG5vdGUudHh0MAEAAxjplsMWmzUF2HSC6z6wvpsxe/1IbKHiELXDXqvxlf/7IzEyMzQ1Njc473l8gfazMNDis+HQVSpHCP24tPLcOT5dOTXn4l/GPikezuXHCCP6zEcCAzEgBBOkgwJia3JGAAEGcnVuLnNoMAEAAxjplsMWmzUF2HSC6z6wvpsxHi4ecCdIqXJO4Yn/Pm8oLzEyMzQ1Njc473l8gXF0jX19a33SZw5cmDUOj66SKcNlFGwPRKBTRu5iaIyqGbI6NQMFAAA="
  )
  /// A volume.
  static let fiveVolume = LockedArchive(
    "fiveVolume",
    "UmFyIRoHAQBTKjRFAwEAAYjw4FZJAgMxIAQdpIMCbR2f6gABCG5vdGUudHh0MAEAAwTplsMWmzUF2HSC6z6wvpsxe/1IbKHiELXDXqvxlf/7IyOXbR3TiKWSqyHef+cyThbYYSf5sF/3oW+hN7d2Ud40njB4Pcf2JC9o4u85fwlBQEcCAzEgBBOkgwKjb0XpAAEGcnVuLnNoMAEAAwTplsMWmzUF2HSC6z6wvpsxHi4ecCdIqXJO4Yn/Pm8oLyOXbR3TiKWSqyHef+7+WebxogVo8+jIyCdSogHAiTw2d//4GZT2c1kFHR6AGbI6NQMFAAA="
  )
  /// RAR 4.
  static let four = LockedArchive(
    "four",
    "UmFyIRoHAM+QcwAADQAAAAAAAAAuF3QEhDAAIAAAAB0AAAADDiggiQAAIVodMAgApIEAAG5vdGUudHh0YIzbUkOE9e6/kuAOXK1eeokLxZdY+fqJaqNGp8URDfvlVaVqDM/i4XSvdASELgAgAAAAEwAAAAMzwQREAAAhWh0wBgCkgQAAcnVuLnNoYIzbUkOE9e5cCXz14viiWtB+e6IlUVK5vwhrHqrNIgKxzERb02Lm7cQ9ewBABwA="
  )
  /// Headers as well.
  static let fourHidden = LockedArchive(
    "fourHidden",
    "UmFyIRoHAM6Zc4AADQAAAAAAAABbhAFX5+hq79S19yyB8kXCPPirdDAWlGknBBeFsyeVBezsC1CZeR8dKweco6TqPYERvebY5Q1Zv7+S4A5crV56iQvFl1j5+olqo0anxREN++VVpWoMz+LhW4QBV+foau8jcKTGx3s2z5otWp7VS4gxDrLUlqKr9azPLMc7yWPbMPWDU0axO0LtF3qvrx4rfnVcCXz14viiWtB+e6IlUVK5vwhrHqrNIgKxzERb02Lm7VuEAVfn6GrvtQVG+vUnnr+39tciVzD6Ss6Jb1lpm6pGANWKHXbBhnuCe4EBlPEWPjrDXZK134FWW4QBV+foau/qOkdigYk6q7ft90IYymVV"
  )
  /// 「さくら2026」.
  static let fourJapanese = LockedArchive(
    "fourJapanese",
    "UmFyIRoHAM+QcwAADQAAAAAAAAAuF3QEhDAAIAAAAB0AAAADDiggiQAAIVodMAgApIEAAG5vdGUudHh0YIzbUkOE9e7ogjAog32+Vo6y0051pUwU/ho9q7CFRIzM0kMQ/ld3cnSvdASELgAgAAAAEwAAAAMzwQREAAAhWh0wBgCkgQAAcnVuLnNoYIzbUkOE9e7f0d/6ICP1m1R6rPydGd6wXUfDyN0+/J7eNOId7dQdB8Q9ewBABwA="
  )
  /// `note.txt` not encrypted.
  static let fourPartly = LockedArchive(
    "fourPartly",
    "UmFyIRoHAM+QcwAADQAAAAAAAACvzHQAgCgAHQAAAB0AAAADDiggiQAAIVodMAgApIEAAG5vdGUudHh0SGVsbG8gdGhlcmUsIHRoaXMgaXMgYSBub3RlLgp0r3QEhC4AIAAAABMAAAADM8EERAAAIVodMAYApIEAAHJ1bi5zaGCM21JDhPXuXAl89eL4olrQfnuiJVFSub8Iax6qzSICscxEW9Ni5u3EPXsAQAcA"
  )
  /// `run.sh` with the password other-99.
  static let fourMixed = LockedArchive(
    "fourMixed",
    "UmFyIRoHAM+QcwAADQAAAAAAAAAuF3QEhDAAIAAAAB0AAAADDiggiQAAIVodMAgApIEAAG5vdGUudHh0YIzbUkOE9e6/kuAOXK1eeokLxZdY+fqJaqNGp8URDfvlVaVqDM/i4XSvdASELgAgAAAAEwAAAAMzwQREAAAhWh0wBgCkgQAAcnVuLnNoYIzbUkOE9e739rH6LJot65b9BWqk/xwar+XbsZFcLJTOuBiWGcBo8sQ9ewBABwA="
  )
  /// Of RAR 2, whose cipher is another.
  static let fourOld = LockedArchive(
    "fourOld",
    "UmFyIRoHAM+QcwAADQAAAAAAAAC3TnQEhDAAIAAAAB0AAAADDiggiQAAIVoUMAgApIEAAG5vdGUudHh0YIzbUkOE9e6/kuAOXK1eeokLxZdY+fqJaqNGp8URDfvlVaVqDM/i4bTtdASELgAgAAAAEwAAAAMzwQREAAAhWhQwBgCkgQAAcnVuLnNoYIzbUkOE9e5cCXz14viiWtB+e6IlUVK5vwhrHqrNIgKxzERb02Lm7cQ9ewBABwA="
  )
  /// A volume.
  static let fourVolume = LockedArchive(
    "fourVolume",
    "UmFyIRoHAPH7cwEADQAAAAAAAAAuF3QEhDAAIAAAAB0AAAADDiggiQAAIVodMAgApIEAAG5vdGUudHh0YIzbUkOE9e6/kuAOXK1eeokLxZdY+fqJaqNGp8URDfvlVaVqDM/i4XSvdASELgAgAAAAEwAAAAMzwQREAAAhWh0wBgCkgQAAcnVuLnNoYIzbUkOE9e5cCXz14viiWtB+e6IlUVK5vwhrHqrNIgKxzERb02Lm7cQ9ewBABwA="
  )
  /// Headers as well, and they tell of nothing; noise stands behind them.
  static let fourBait = LockedArchive(
    "fourBait",
    "UmFyIRoHAM6Zc4AADQAAAAAAAAAAAQIDBAUGB3uNXNznyjE1vWou2HmbFMWRcUjsR5I/Lg49cxQqxPlOxMcweIZbptKfDqFyzW9L8022ma9cM1NdNpTUrvkaEfkWAE0DgveURIqFUGI9NMmF"
  )
  /// Headers, but not the content, whose checksum is none.
  static let fourForged = LockedArchive(
    "fourForged",
    "UmFyIRoHAM6Zc4AADQAAAAAAAAAAAQIDBAUGB20MpEKkjlKEzx4cyTg/W0cq5JqfUPJqEx5PUOe2H+BzyGx6vPESHWlP2KUcSDGxTkhlbGxvIHRoZXJlCgABAgMEBQYHe41c3OfKMTW9ai7YeZsUxQ=="
  )
  /// The header of an archive without files, encrypted without rounds.
  static let sevenBait = LockedArchive(
    "sevenBait",
    "N3q8ryccAATHKAONEAAAAAAAAAAdAAAAAAAAAE8B8aZq/ABQmdyc8/t8nbW9UmT7FwYAAQkQAAcLAQABJAbxBwEBPwwCCgG+I8JYAAA="
  )

  private init(_ name: String, _ text: String) {
    testDescription = name
    octets = BodyDecoder.decode(Array(text.utf8)[...], .base64).octets
  }
}
