import ArgumentParser

/// 門守, the guard at the gate.
struct Kadomori: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kadomori",
    abstract: "A mail gateway that proves it is no open relay.",
    discussion: """
      First steps:
        kadomori serve --development var     a gate on 127.0.0.1:2525 for trying out
        kadomori init --settings FILE        write the settings of an organisation
        kadomori check --settings FILE       is the file right?
        kadomori policy prove                would it relay for strangers?
      """,
    version: "0.1.0",
    subcommands: [
      InitCommand.self, ServeCommand.self, CheckCommand.self, PolicyCommand.self,
      TraceCommand.self, StatusCommand.self, QueueCommand.self, HoldCommand.self,
      UserCommand.self,
      SettingsCommand.self, SPFCommand.self, DKIMCommand.self, ARCCommand.self, ReportCommand.self,
      AuthCommand.self, MessageCommand.self, InspectCommand.self, RulesCommand.self,
    ])
}
