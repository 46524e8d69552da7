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

  /// The names are stable: rules and the journal refer to them.
  package enum Kind: String, Hashable, Codable, Sendable, CaseIterable {
    // Encryption.
    case encrypted, openedWithPassword, namesHidden
    /// A file that somebody put into a document, with a name to be opened by.
    case placedFile
    /// The same octets were opened before, at the path told.
    case sameAs
    // What it is taken for.
    case polyglot, disguised, selfExtracting, overlay
    // Office documents.
    case macros, autoExec, macroActs, hiddenMacro, excel4Macros, hiddenSheet, dynamicDataExchange
    case externalRelationship, remoteTemplate, embeddedObject, olePackage, activeX, equation
    case objectUpdate, flash, customInterface
    // PDF.
    case pdfJavaScript, pdfOpenAction, pdfLaunch, pdfEmbeddedFile, pdfForm, pdfLink, pdfRichMedia
    case pdfExport, pdfScriptActs
    // Mark-up and scripts.
    case externalEntity, encodedScript
    // Shortcuts and containers.
    case target, arguments, volume, sparse, link, secondName
  }
}
