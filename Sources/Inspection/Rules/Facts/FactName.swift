import TOML

/// What a rule may ask of a message, by name: `from.domain`, `link.hosts`, `header.subject`.
package struct FactName: Hashable, Sendable {
  package let text: String

  /// How many different header fields rules may ask for is no concern: they are read once each.
  static let headerPrefix = "header."

  package enum Kind: String, Sendable {
    /// Any number of texts; a test holds when it holds for one of them.
    case texts
    case number
  }

  /// A name that is known, with what it means.
  package struct Declaration: Sendable {
    package let name: String
    package let kind: Kind
    package let meaning: String
  }

  package let kind: Kind

  /// Nil for a name that nobody declared.
  package init?(_ text: String) {
    self.text = text
    if text.hasPrefix(Self.headerPrefix) {
      guard Self.isFieldName(text.dropFirst(Self.headerPrefix.count)) else { return nil }
      kind = .texts
    } else {
      guard let known = Self.byName[text] else { return nil }
      kind = known.kind
    }
  }

  /// Lower-case letters, digits and hyphens.
  private static func isFieldName(_ name: Substring) -> Bool {
    (1...80).contains(name.utf8.count)
      && name.utf8.allSatisfy {
        (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F
      }
  }

  private static let byName = Dictionary(
    uniqueKeysWithValues: declared.map { ($0.name, $0) })

  private static func texts(_ name: String, _ meaning: String) -> Declaration {
    Declaration(name: name, kind: .texts, meaning: meaning)
  }

  private static func number(_ name: String, _ meaning: String) -> Declaration {
    Declaration(name: name, kind: .number, meaning: meaning)
  }

  /// Everything that can be asked besides `header.NAME`.
  package static let declared: [Declaration] = [
    texts("from.address", "addresses of From"),
    texts("from.domain", "domains of From"),
    texts("from.organization", "registered domains of From: example.co.jp of a.b.example.co.jp"),
    texts("from.name", "display names of From"),
    texts("from.name.domain", "domains of addresses that a display name of From shows"),
    texts("from.name.organization", "registered domains of those"),
    texts("sender.address", "addresses of Sender"),
    texts("sender.domain", "domains of Sender"),
    texts("sender.organization", "registered domains of Sender"),
    texts("reply_to.address", "addresses of Reply-To"),
    texts("reply_to.domain", "domains of Reply-To"),
    texts("reply_to.organization", "registered domains of Reply-To"),
    texts("to.address", "addresses of To and Cc"),
    texts("to.domain", "domains of To and Cc"),
    texts("to.name", "display names of To and Cc"),
    texts("subject", "the subject"),
    texts("envelope.from", "the address of MAIL FROM; nothing for the null sender"),
    texts("envelope.from.domain", "its domain"),
    texts("envelope.from.organization", "its registered domain"),
    texts("envelope.to", "the addresses of RCPT TO"),
    texts("envelope.to.domain", "their domains"),
    texts("envelope.direction", "inbound, outbound, internal: which ways the message goes"),
    texts("client.ip", "the client's address"),
    texts("client.helo", "what it said in HELO or EHLO"),
    texts("client.name", "its name, where name and address confirm each other"),
    texts("auth.spf", "SPF's result: pass, fail, softfail, neutral, none, temperror, permerror"),
    texts("auth.dkim", "results of DKIM signatures"),
    texts("auth.dkim.domain", "domains whose signature holds"),
    texts("auth.dmarc", "DMARC's result: pass, fail, none, temperror, permerror"),
    texts("auth.dmarc.policy", "what the domain of From asks for: none, quarantine, reject"),
    texts("auth.arc", "ARC's result: none, pass, fail"),
    texts("auth.own", "domains of From that are ours, or below one of ours"),
    texts("auth.organization", "registered domains that SPF or DKIM proves"),
    texts("body.text", "text that people see, of plain text and HTML"),
    texts("body.hidden", "text in HTML that nobody sees"),
    texts("body.html", "HTML as it stands"),
    texts(
      "body.scripts", "scripts of the text: han, kana, hangul, latin, cyrillic, arabic, thai …"),
    texts("body.language", "ja, zh, ko, or the script's name where it has no one language"),
    texts("link.url", "URLs of links and of plain text"),
    texts("link.host", "their hosts"),
    texts("link.organization", "registered domains of their hosts"),
    texts("link.text", "the text that links show"),
    texts("link.disguise", "what disguises links: userinfo, numericHost, encodedHost …"),
    texts("link.mismatch", "hosts of links whose text shows the name of another organisation"),
    texts(
      "link.program", "URLs that lead straight to a program, script, shortcut or image of a disk"),
    texts("link.scheme", "schemes of links: https, mailto, data …"),
    texts("form.host", "hosts that HTML forms send to"),
    texts("form.field", "types and names of their fields: password, card …"),
    texts("attachment.name", "names of attachments and of what is within them"),
    texts("attachment.extension", "their last extensions, without the dot"),
    texts("attachment.type", "declared content types of all parts"),
    texts("attachment.kind", "what attachments are by content: pdf, portableExecutable …"),
    texts("charset", "charsets of text parts"),
    texts("defect", "what is wrong with the message's structure: boundaryMissing, bareCR …"),
    texts("ambiguity", "why parts of it can be read in two ways: lastContentType …"),
    texts("finding", "rules that other checks found: archive.encrypted, name.rtlo …"),
    number("size", "octets of the message"),
    number("part.count", "parts, multiparts too"),
    number("part.depth", "how deep they stand within one another"),
    number("received.count", "Received fields"),
    number("attachment.count", "parts with a name, or that are neither text nor multipart"),
    number("link.count", "links"),
    number("image.count", "images in HTML"),
    number("body.length", "letters that people see"),
    number("body.hidden.length", "letters in HTML that nobody sees"),
  ]

  /// The known name that is nearest to a wrong one.
  static func nearest(to text: String) -> String? {
    let near = declared.map(\.name).min {
      editDistance($0, text) < editDistance($1, text)
    }
    return near.flatMap { editDistance($0, text) <= 4 ? $0 : nil }
  }
}
