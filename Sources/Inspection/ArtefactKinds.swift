import Documents

/// What files can be by their content, by the names that settings and rules use: `portableExecutable`.
package enum ArtefactKinds {
  package static let names = ArtefactKind.allCases.map(\.rawValue)
}
