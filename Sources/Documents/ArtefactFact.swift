/// Something noteworthy about an artefact that is no defect: what it carries and what it does when opened.
package struct ArtefactFact: Hashable, Codable, Sendable {
  package let kind: Kind
  /// A name, target or class, printable and bounded; empty where there is nothing to say.
  package let detail: String

  package init(_ kind: Kind, _ detail: String = "") {
    self.kind = kind
    self.detail = detail
  }

  /// Of an equation whose font has a name that no buffer holds (CVE-2017-11882).
  package static let overlongFont = "overlong font name"

  /// Of an archive on which not all passwords were tried, since each costs so much.
  package static let untried = "not all passwords tried"
  /// Of an archive whose cipher, or whose way to prove a password, is none that is known.
  package static let unknownCipher = "unknown cipher"
  /// Of an archive that goes on in another file.
  package static let severalVolumes = "several volumes"

  /// The names are stable: rules and the journal refer to them.
  package enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
    // Encryption.
    case encrypted, openedWithPassword, namesHidden
    /// A file that somebody put into a document, with a name to be opened by.
    case placedFile
    /// A part that a document takes in as its text when it is opened.
    case importedPart
    /// The same octets were opened before, at the path told.
    case sameAs
    // What it is taken for.
    case polyglot, disguised, selfExtracting, overlay
    // Office documents.
    case macros, autoExec, macroActs, hiddenMacro, excel4Macros, hiddenSheet, dynamicDataExchange
    case externalRelationship, remoteTemplate, embeddedObject, olePackage, activeX, equation
    case objectUpdate, flash, customInterface, programLink
    // PDF.
    case pdfJavaScript, pdfOpenAction, pdfLaunch, pdfEmbeddedFile, pdfForm, pdfLink, pdfRichMedia
    case pdfExport, pdfScriptActs, pdfArchiveLink, pdfOpensAddress
    // Mark-up and scripts.
    case externalEntity, encodedScript
    // Shortcuts and containers.
    case target, arguments, volume, sparse, link, secondName
  }
}
