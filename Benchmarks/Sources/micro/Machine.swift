import Glibc

/// Where and under which load a figure was taken: without it a figure says nothing.
enum Machine {
  static var words: String {
    var loads = [0.0, 0, 0]
    getloadavg(&loads, 3)
    let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    return "\(cores) cores, load average \(Table.text(loads[0]))"
  }

  /// Seconds that have passed.
  static var clock: Double { read(CLOCK_MONOTONIC) }

  /// Seconds of processor that this process has taken, all threads.
  static var processor: Double { read(CLOCK_PROCESS_CPUTIME_ID) }

  private static func read(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// A folder that is there as long as the run.
struct TemporaryFolder {
  let path: String

  init(below folder: String) {
    path = "\(folder)/kadomori-micro-\(getpid())"
    precondition(mkdir(path, 0o700) == 0, "can't make \(path)")
  }

  func remove() { Self.remove(path) }

  private static func remove(_ path: String) {
    guard unlink(path) != 0, let handle = opendir(path) else { return }
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { remove("\(path)/\(name)") }
    }
    closedir(handle)
    rmdir(path)
  }
}
