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
    DescriptorLimit.raise()
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
    for place in gate.places { print("listening: \(place)") }
    if development != nil { print(DevelopmentSettings.hint(below: settings.dataDirectory)) }
    fflush(nil)
    ServiceNotice.ready.send()
    await serve(gate, path)
  }

  private func serve(_ gate: Gate, _ path: String) async {
    let signals = AsyncStream<Int32> { continuation in
      let sources = [SIGTERM, SIGINT, SIGHUP].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { continuation.yield(number) }
        source.resume()
        return source
      }
      continuation.onTermination = { _ in for source in sources { source.cancel() } }
    }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await gate.run() }
      for await number in signals {
        guard number == SIGHUP else { break }
        reload(gate, path)
      }
      ServiceNotice.stopping.send()
      await gate.stop()
      await group.waitForAll()
    }
    await gate.close()
  }

  /// Keeps the old settings running where the new ones are wrong or do not prove.
  private func reload(_ gate: Gate, _ path: String) {
    do {
      let waiting = try gate.reload(try SettingsFile.load(path))
      complain("settings reloaded")
      if !waiting.isEmpty {
        complain("changed, but only taken up by a restart: \(waiting.joined(separator: ", "))")
      }
    } catch let unproven as UnprovenPolicy {
      complain("reload refused, the old settings stay: the new ones would relay for strangers")
      PolicyCommand.Prove.explain(unproven.proof)
    } catch is ExitCode {
      complain("reload refused, the old settings stay")
    } catch {
      complain("reload refused, the old settings stay: \(error)")
    }
  }
}
