import Glibc

// `micro`: parsers, a session, commits of the real spool, as one table.
// `micro disk [SECONDS]`: ways of writing a log, each for so long a round; `docs/decisions/0020-spool.md`.
// Files lie in the folder that MICRO_FOLDER names, else in /var/tmp: not in memory, as /tmp may be.

let words = Array(CommandLine.arguments.dropFirst())
let folder = TemporaryFolder(
  below: getenv("MICRO_FOLDER").map { String(cString: $0) } ?? "/var/tmp")
print(Machine.words)
switch words.first {
case nil:
  Table.print("parsers and machines, one core", ParserBenchmarks.rows())
  Table.print("commits of 4 KB to the spool", CommitBenchmark(folder: folder.path).rows())
case "disk":
  DiskTrials(folder: folder.path, seconds: words.dropFirst().first.flatMap(Double.init) ?? 1).run()
default:
  print("usage: micro | micro disk [SECONDS]")
  folder.remove()
  exit(2)
}
folder.remove()
