import ArgumentParser
import Inspection
import Sandbox

/// `kadomori inspect`: what the gate would say of messages, without a gate.
struct InspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Inspect messages in files and folders.",
    discussion: """
      Every file goes through the same jailed processes as at the gate. Of a folder all files below it are \
      taken, of a file in mbox format each message. A file that is no mail is inspected as an attachment.

        kadomori inspect suspicious.eml
        kadomori inspect --json --jobs 4 mails/ > verdicts.jsonl
        kadomori inspect --manifest manifest.tsv --zone records.zone mails/

      The manifest says how each message came: lines of fields parted by tabs, the first names the columns \
      path, client_ip, helo, mail_from and rcpt_to (others are not looked at); paths are relative to it. \
      With a manifest and no files, all that it names is inspected. The zone answers DNS. Without both, \
      who a message is from is not judged, and a finding in the JSON says so.

      Rules of one's own stand beside the shipped ones: --rules FOLDER, --yara FOLDER.

      One line a message: a JSON object with --json. Exits 0 whatever the verdicts are, 1 when a file can't
      be read or no inspector can be started, 64 for a wrong command line.
      """)

  @Argument(help: "Messages, and folders of them.") var files: [String] = []
  @Option(help: "A table that says how the messages came.") var manifest: String?
  @Option(help: "A zone file that answers the DNS.") var zone: String?
  @Option(help: "A folder with rules of one's own.") var rules: String?
  @Option(help: "A folder with YARA rules.") var yara: String?
  @Flag(help: "Print a JSON object for each message.") var json = false
  @Option(help: "Inspecting processes; one a core without it.") var jobs: Int?

  func validate() throws {
    if files.isEmpty, manifest == nil { throw ValidationError("Which files?") }
    if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs is from 1 to 256.") }
  }

  func run() async throws {
    let manifest = try manifest.map { try InspectionManifest(path: $0) }
    let given = files.isEmpty ? manifest?.paths ?? [] : files
    let list = FileList(given)
    var settings = InspectorSettings()
    if let jobs { settings.processes = jobs }
    let identity = try IdentityDesk(manifest: manifest, zone: zone)
    let own = UserRules(rules: rules, yara: yara)
    try own.complainAboutFaults()
    let pool = InspectorPool(settings, rules: InspectorRules(own))
    let desk = InspectionDesk(pool: pool, identity: identity, json: json)
    let isWhole = await desk.inspect(list, atOnce: settings.processes * 2)
    pool.close()
    pool.waitForEnd()
    if !isWhole { throw ExitCode(1) }
  }
}
