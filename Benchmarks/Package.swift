// swift-tools-version: 6.2
import PackageDescription

// What is too small to be seen from outside: parsers, a session, a commit, and ways of writing to a disk.
//
// A package of its own, so that no build or test of the gate waits for it. It compiles the rooms it
// measures from the same sources (`Rooms` is a link to them): what crosses a room is `package`, which
// another package could not see. Only rooms without dependencies from elsewhere, so that it builds within
// a minute or two; whatever needs sockets is measured by `scripts/bench` on the gate itself.

let settings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Rooms/\(name)", swiftSettings: settings)
}

let package = Package(
  name: "benchmarks",
  targets: [
    .target(
      name: "CCharset", path: "Rooms/CCharset",
      linkerSettings: [.linkedLibrary("icuuc"), .linkedLibrary("icui18n")]),
    room("Mail", ["CCharset"]),
    room("SMTP", ["Mail"]),
    .target(name: "CChecksum", path: "Rooms/CChecksum"),
    .target(name: "CThread", path: "Rooms/CThread"),
    room("Threads", ["CThread"]),
    room("Spool", ["Mail", "SMTP", "Threads", "CChecksum"]),
    .target(name: "CDisk"),
    .target(name: "CCount"),
    .executableTarget(
      name: "micro", dependencies: ["Mail", "SMTP", "Spool", "Threads", "CDisk", "CCount"],
      swiftSettings: settings),
  ]
)
