import Foundation
package import Glibc
import Synchronization

/// A program that a test starts. It has no descriptors of ours but those it is given, and takes signals whatever
/// the threads of the test run block.
///
/// Foundation's Process reads beyond the list of open descriptors where there are more than a thousand, and a run
/// of all tests has so many (swift-corelibs-foundation, pull request 5472).
package final class ChildProgram: Sendable {
  package let identifier: pid_t
  /// Its end, once it was waited for: the exit code, or the signal that ended it.
  private let status = Mutex<Int32?>(nil)

  /// Begins at `path`. `output` and `errors` are descriptors of ours; what has none is dropped. `environment` is
  /// added to our own.
  package init(
    _ path: String, _ arguments: [String], environment: [String: String] = [:],
    output: Int32? = nil, errors: Int32? = nil
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for (descriptor, own) in [(1 as Int32, output), (2, errors)] {
      if let own {
        posix_spawn_file_actions_adddup2(&actions, own, descriptor)
      } else {
        posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
      }
    }
    // One that is closed already does no harm (glibc), so that those of other threads may come and go.
    for descriptor in 3..<(Self.highest + Self.slack) {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, usual) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigemptyset(&usual)
    for signal in [SIGHUP, SIGINT, SIGPIPE, SIGTERM] { sigaddset(&usual, signal) }
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &usual)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    let own = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    var words = ([path] + arguments).map { strdup($0) } + [nil]
    var pairs = own.map { strdup("\($0)=\($1)") } + [nil]
    defer { for pointer in words + pairs { free(pointer) } }
    var identifier: pid_t = 0
    let code = posix_spawn(&identifier, path, &actions, &attributes, &words, &pairs)
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EINVAL) }
    self.identifier = identifier
  }

  /// Descriptors that other threads may open meanwhile.
  private static let slack: Int32 = 64

  private static var highest: Int32 {
    let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    return names?.compactMap { Int32($0) }.max() ?? 1024
  }

  /// Runs a program to its end; its code and what it said.
  package static func run(
    _ path: String, _ arguments: [String], environment: [String: String] = [:],
    hearsErrors: Bool = false
  ) throws -> (code: Int32, output: String) {
    let pipe = Pipe()
    let output = pipe.fileHandleForWriting.fileDescriptor
    let child = try ChildProgram(
      path, arguments, environment: environment, output: output,
      errors: hearsErrors ? output : nil)
    try pipe.fileHandleForWriting.close()
    let octets = try pipe.fileHandleForReading.readToEnd() ?? Data()
    return (child.waitUntilExit(), String(decoding: octets, as: UTF8.self))
  }

  package func signal(_ number: Int32) { kill(identifier, number) }

  package var isRunning: Bool { look(WNOHANG) == nil }

  /// Tells it to end, and waits.
  @discardableResult
  package func end(_ number: Int32 = SIGTERM) -> Int32 {
    if isRunning { signal(number) }
    return waitUntilExit()
  }

  package func waitUntilExit() -> Int32 { look(0) ?? -1 }

  private func look(_ options: Int32) -> Int32? {
    status.withLock { status in
      if let status { return status }
      var (word, found): (Int32, pid_t) = (0, -1)
      repeat { found = waitpid(identifier, &word, options) } while found < 0 && errno == EINTR
      guard found != 0 else { return nil }
      // Bits as wait(2) lays them out: a signal, or eight of a code.
      status = found < 0 ? -1 : word & 0x7F != 0 ? word & 0x7F : word >> 8 & 0xFF
      return status
    }
  }
}
