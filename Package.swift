// swift-tools-version: 6.2
import PackageDescription

// The rooms of the house. Import arrows run along the way a message takes; docs/ARCHITECTURE.md is
// the tour. Everything that crosses a target is `package`, nothing is `public`.

let settings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.init(stringLiteral: name)] + dependencies,
    exclude: exclude, swiftSettings: settings)
}

let nio: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOHTTP1", package: "swift-nio"),
  .product(name: "NIOTLS", package: "swift-nio"),
  .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let certificates: [Target.Dependency] = [
  .product(name: "X509", package: "swift-certificates"),
  .product(name: "Crypto", package: "swift-crypto"),
  .product(name: "SwiftASN1", package: "swift-asn1"),
]
let database = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let crypto: [Target.Dependency] = [
  .product(name: "Crypto", package: "swift-crypto"),
  .product(name: "CryptoExtras", package: "swift-crypto"),
]
let web = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "kadomori",
  products: [.executable(name: "kadomori", targets: ["kadomori"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
  ],
  targets: [
    room("TOML"),
    .target(
      name: "CCharset", linkerSettings: [.linkedLibrary("icuuc"), .linkedLibrary("icui18n")]),
    room("Mail", ["CCharset"]),
    room("SMTP", ["Mail"]),
    room("Relay", ["Mail", "SMTP"]),
    room("Settings", ["TOML", "Mail", "SMTP", "Relay", "Inspection", "Policy"]),
    .target(name: "CThread"),
    room("Threads", ["CThread"]),
    .target(name: "CChecksum"),
    room("Spool", ["Mail", "SMTP", "Threads", "CChecksum"]),
    .systemLibrary(name: "CUnbound", providers: [.apt(["libunbound-dev"])]),
    room("DNS", ["Mail", "Threads", "CUnbound"]),
    room(
      "MailAuth",
      ["Mail", "SMTP", "DNS", .product(name: "CryptoExtras", package: "swift-crypto")]
        + certificates),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    room("Reports", ["Mail", "CZlib"]),
    .systemLibrary(name: "CArchive", providers: [.apt(["libarchive-dev"])]),
    room("Documents", ["Mail", "CArchive", "CZlib"] + crypto),
    .systemLibrary(name: "CYara", providers: [.apt(["libyara-dev"])]),
    room("Inspection", ["TOML", "Mail", "SMTP", "DNS", "MailAuth", "Documents", "CYara"]),
    room("Policy", ["Mail", "SMTP", "Inspection"]),
    .target(name: "CJail"),
    room("Sandbox", ["Mail", "Inspection", "Threads", "CJail"]),
    room("Scanners", ["Mail", "Inspection"]),
    room("Accounts", ["Mail", database] + crypto),
    room("Journal", ["Mail", "SMTP", "Inspection", "Spool", "Threads", database]),
    room("Transport", ["Mail", "SMTP", "Threads", web] + nio + certificates),
    room("Delivery", ["Mail", "SMTP", "Relay", "DNS", "MailAuth", "Spool", "Threads"]),
    .target(name: "CHeap"),
    room(
      "Gateway",
      [
        "CHeap", "Mail", "SMTP", "Relay", "Settings", "DNS", "MailAuth", "Inspection", "Sandbox",
        "Scanners", "Policy", "Reports", "Accounts", "Spool", "Threads", "Journal", "Transport",
        "Delivery",
      ]),
    room(
      "Simulation",
      ["Mail", "SMTP", "Settings", "DNS", "Spool", "Threads", "Journal", "Delivery", "Gateway"]),
    .executableTarget(
      name: "simulate", dependencies: ["Simulation"], swiftSettings: settings),
    .executableTarget(
      name: "kadomori",
      dependencies: [
        "Mail", "SMTP", "Relay", "Settings", "DNS", "MailAuth", "Inspection", "Sandbox", "Accounts",
        "Spool", "Journal", "Reports", "Gateway", arguments,
      ],
      swiftSettings: settings),
    tests("TOML"),
    .target(name: "Vectors", path: "Tests/Vectors", swiftSettings: settings),
    .target(
      name: "FaultyDisk", dependencies: ["Spool"], path: "Tests/FaultyDisk",
      swiftSettings: settings),
    tests("Mail", ["Vectors"]),
    tests("SMTP", ["Mail", "Vectors"]),
    tests("Relay", ["Mail", "SMTP"]),
    tests("Policy", ["Mail", "SMTP", "Inspection"]),
    tests("Settings", ["Mail", "SMTP", "Relay", "Policy"]),
    tests("Spool", ["Mail", "SMTP", "Threads", "FaultyDisk"]),
    tests("Scanners", ["Mail", "Inspection", "Vectors"]),
    tests("DNS", ["Mail", "Vectors"], exclude: ["Zones"]),
    tests("MailAuth", ["Mail", "SMTP", "DNS", "Vectors"] + certificates),
    tests("Reports", ["Mail", "Vectors"]),
    tests("Documents", ["Mail", "CArchive", "CZlib"]),
    tests("Inspection", ["Mail"]),
    tests("Sandbox", ["Mail", "Inspection", "CJail", "Vectors", "kadomori"]),
    tests("Accounts", ["Mail", .product(name: "Crypto", package: "swift-crypto")]),
    tests("Journal", ["Mail", "SMTP", "Inspection", "Spool", database]),
    tests("Delivery", ["Mail", "SMTP", "Relay", "DNS", "MailAuth", "Spool", "FaultyDisk"]),
    tests("Simulation"),
    tests(
      "Gateway",
      [
        "Mail", "SMTP", "Settings", "DNS", "MailAuth", "Inspection", "Reports", "Accounts", "Spool",
        "Journal", "Transport", "Delivery", "Vectors", "kadomori", arguments,
      ]
        + nio + certificates + [database, .product(name: "NIOEmbedded", package: "swift-nio")],
      exclude: ["Conversations", "Peers/strip.py", "Peers/policyhost.py"]),
    .testTarget(name: "TidyTests", swiftSettings: settings),
  ]
)
