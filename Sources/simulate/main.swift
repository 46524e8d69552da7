import Glibc
import Simulation

/// `simulate COUNT [FIRST]`: that many seeds. `simulate seed N`: one, with what happened.
/// `simulate flaws [LIMIT]`: after how many seeds each deliberate bug is found.
let words = Array(CommandLine.arguments.dropFirst())
switch words.first {
case "seed": SeedReport.replay(UInt64(words.dropFirst().first ?? "") ?? 1)
case "flaws": SeedReport.flaws(limit: UInt64(words.dropFirst().first ?? "") ?? 1000)
default:
  let isGood = SeedReport.run(
    count: UInt64(words.first ?? "") ?? 500, first: UInt64(words.dropFirst().first ?? "") ?? 1)
  exit(isGood ? 0 : 1)
}
