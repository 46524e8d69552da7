import ArgumentParser
@preconcurrency import Dispatch
import Foundation
import Gateway
import Relay
import Settings

/// `kadomori serve`: runs the gate until SIGTERM or SIGINT; SIGHUP reloads the settings.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Run the gate.",
    discussion: "Example: kadomori serve --settings /etc/kadomori/kadomori.toml")

  @OptionGroup var file: SettingsFile

  @Option(help: "Run a gate for trying out, everything below this folder, on 127.0.0.1:2525.")
  var development: String?

  func run() async throws {
    // One that comes while the gate opens would end it.
    signal(SIGHUP, SIG_IGN)
    DescriptorLimit.raise()
    HeapBound.set()
    let path = try development.map(DevelopmentSettings.prepare) ?? file.path
    let settings = try SettingsFile.load(path)
    try settings.complainAboutSilence(in: path)
    for warning in RelayProof(settings.policy).warnings { complain("warning: \(warning)") }
    let gate: Gate
    do {
      gate = try await Gate.open(settings)
    } catch let unproven as UnprovenPolicy {
      complain("The gate stays shut: these settings would relay for strangers.")
      PolicyCommand.Prove.explain(unproven.proof, withWarnings: false)
      throw ExitCode(1)
    } catch {
      complain("\(error)")
      throw ExitCode(1)
    }
    // Whoever hears that it listens may send signals.
    let signals = await Self.signals()
    for place in gate.places { print("listening: \(place)") }
    if development != nil { print(DevelopmentSettings.hint(below: settings.dataDirectory)) }
    fflush(nil)
    ServiceNotice.ready.send()
    await serve(gate, path, until: signals)
  }

  /// Registered one by one: what comes before a source's registration is lost.
  private static func signals() async -> AsyncStream<Int32> {
    let (signals, continuation) = AsyncStream<Int32>.makeStream()
    var sources: [any DispatchSourceSignal] = []
    for number in [SIGTERM, SIGINT, SIGHUP] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { continuation.yield(number) }
      await withCheckedContinuation { registered in
        source.setRegistrationHandler { registered.resume() }
        source.resume()
      }
      sources.append(source)
    }
    continuation.onTermination = { [sources] _ in for source in sources { source.cancel() } }
    return signals
  }

  private func serve(_ gate: Gate, _ path: String, until signals: AsyncStream<Int32>) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await gate.run() }
      for await number in signals {
        guard number == SIGHUP else {
          gate.log("stopping", ["signal": number == SIGTERM ? "SIGTERM" : "SIGINT"])
          break
        }
        reload(gate, path)
      }
      ServiceNotice.stopping.send()
      await gate.stop()
      await group.waitForAll()
    }
    await gate.close()
  }

  /// Keeps the old settings running where the new ones are wrong, do not prove or would let a restart
  /// fail. The log says what came of it: whoever sent the signal reads there.
  private func reload(_ gate: Gate, _ path: String) {
    ServiceNotice.reloading.send()
    defer { ServiceNotice.ready.send() }
    do {
      let settings = try SettingsFile.parse(try PrivateFile.read(path).get()).get()
      if let silence = settings.silence { throw SettingsFaults(faults: [silence]) }
      let waiting = try gate.reload(settings)
      gate.log("settings-reloaded", ["after-restart": waiting.joined(separator: ", ")])
    } catch {
      gate.refusedReload(Self.reasons(error, path))
    }
  }

  private static func reasons(_ error: any Error, _ path: String) -> [String] {
    switch error {
    case let faults as SettingsFaults: faults.faults.map { $0.line(in: path) }
    case let unproven as UnprovenPolicy:
      unproven.proof.faults
        + unproven.proof.counterExamples.prefix(1).map { example in
          "the new settings would relay for strangers: " + example.dialogue.joined(separator: "; ")
        }
    default: ["\(error)"]
    }
  }
}
