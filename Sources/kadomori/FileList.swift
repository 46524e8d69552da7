import Foundation

/// The files that a command line means: files as they are, folders with all that is below them, in the
/// order of their names. Folders are read as they are come to, so that thousands of files cost nothing.
struct FileList: Sequence {
  private let given: [String]

  init(_ given: [String]) { self.given = given }

  /// How many there are: as much as is known before they are read.
  var count: Int { reduce(0) { count, _ in count + 1 } }

  func makeIterator() -> AnyIterator<String> {
    var open = Array(given.reversed())
    return AnyIterator {
      while let path = open.popLast() {
        guard Self.isFolder(path) else { return path }
        // One that can't be listed is given as it is: whoever reads it says that it can't be read.
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
          return path
        }
        open += names.sorted().reversed().filter { !$0.hasPrefix(".") }.map { path + "/" + $0 }
          .filter { !Self.isLinkToFolder($0) }
      }
      return nil
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// A link to a folder may lead in circles.
  private static func isLinkToFolder(_ path: String) -> Bool {
    let isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
    return isLink && isFolder(path)
  }
}
