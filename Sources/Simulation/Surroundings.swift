/// What the gate of one life has around it.
struct Surroundings: Sendable {
  let scheduler: Scheduler
  let ledger: Ledger
  let weather: Weather
  let files: SimulatedFileSystem

  /// The power went, or the life is over.
  var isDead: Bool { files.isDead }
}

/// What goes wrong while the gate runs; counts are times in a thousand. All zero is fair weather.
struct Weather: Sendable {
  var mood = RemoteSession.Mood()
  var refusal = 0
  var stall = 0
  /// We have no file left for a connection.
  var shortage = 0
  var remoteCut = 0
  var clientCut = 0
  var expiry = Life.longExpiry
}
