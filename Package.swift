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

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.init(stringLiteral: name)] + dependencies,
    swiftSettings: settings)
}

let nio: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOHTTP1", package: "swift-nio"),
  .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let crypto: [Target.Dependency] = [
  .product(name: "Crypto", package: "swift-crypto"),
  .product(name: "CryptoExtras", package: "swift-crypto"),
]
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let sqlite = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "kadomori",
  products: [.executable(name: "kadomori", targets: ["kadomori"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .systemLibrary(name: "CUnbound", providers: [.apt(["libunbound-dev"])]),
    room("TOML"),
    room("Mail"),
    room("SMTP", ["Mail"]),
    room("Relay", ["Mail", "SMTP"]),
    room("Settings", ["TOML", "Mail", "SMTP", "Relay"]),
    room("Accounts", ["Mail", "SMTP", sqlite] + crypto),
    room("DNS", ["Mail", "CUnbound"]),
    room("Spool", ["Mail", "SMTP"]),
    room("Journal", ["Mail", "SMTP", "Spool", sqlite]),
    room("Transport", ["Mail", "SMTP"] + nio),
    room("Delivery", ["Mail", "SMTP", "Relay", "DNS", "Spool"]),
    room(
      "Gateway",
      [
        "Mail", "SMTP", "Relay", "Settings", "Accounts", "DNS", "Spool", "Journal", "Transport",
        "Delivery", log, x509,
      ] + crypto),
    .executableTarget(
      name: "kadomori",
      dependencies: [
        "Mail", "SMTP", "Relay", "Settings", "Accounts", "Spool", "Journal", "Gateway", arguments,
      ],
      swiftSettings: settings),
    tests("TOML"),
    tests("Mail"),
    tests("SMTP", ["Mail"]),
    tests("Relay", ["Mail", "SMTP"]),
    tests("Settings", ["TOML", "Mail", "Relay"]),
    tests("Accounts", ["Mail", "SMTP"]),
    tests("DNS", ["Mail"]),
    tests("Spool", ["Mail", "SMTP"]),
    tests("Journal", ["Mail", "SMTP", "Spool"]),
    tests("Delivery", ["Mail", "SMTP", "Relay", "DNS", "Spool"]),
  ]
)
