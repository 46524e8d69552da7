/// What a person sees of HTML, and what it wants of them: text, text that is hidden, links with what they
/// show, forms and images.
///
/// No tree is built: one walk over the octets, as forgiving as browsers are (WHATWG HTML §13.2.5).
/// Whoever hides text by style sheets or scripts is not caught here; inline styles are what mail has.
package struct MarkupText: Sendable {
  /// Somewhere to go: the address as the attribute says it, character references undone.
  package struct Link: Hashable, Sendable {
    package let address: String
    package internal(set) var text: String
  }

  /// Something to fill in.
  package struct Form: Hashable, Sendable {
    package let action: String
    /// `type` and `name` of each field: `password`, `card_number`.
    package internal(set) var fields: [String] = []
  }

  package internal(set) var visible = ""
  package internal(set) var hidden = ""
  package internal(set) var links: [Link] = []
  package internal(set) var forms: [Form] = []
  /// What pictures stand for (`alt`).
  package internal(set) var imageTexts: [String] = []
  package internal(set) var imageCount = 0
  /// What relative addresses count from.
  package internal(set) var base: String?

  /// Octets that are read; what is longer shows nobody more.
  package static let sizeLimit = 2 << 20
  /// Links, forms and pictures that are kept.
  package static let itemLimit = 5000
  /// Letters of what one link shows.
  package static let linkTextLimit = 500

  package init(_ text: String) { self.init(Array(text.utf8.prefix(Self.sizeLimit))) }

  package init(_ octets: [UInt8]) {
    var reader = MarkupReader(octets)
    reader.read()
    self = reader.markup
  }

  init() {}
}
