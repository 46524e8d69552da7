/// What a session machine wants done: say these replies, then go on like this.
package struct Step: Sendable {
  package var replies: [Reply]
  package var next: Next

  package init(_ replies: Reply..., next: Next) {
    self.replies = replies
    self.next = next
  }

  /// What comes after the replies.
  package enum Next: Sendable {
    /// Read a line of at most `limit` octets.
    case readLine(limit: Int)
    /// Read DATA content into the sink until its end, then call `contentEnded`.
    case readContent(any ContentSink)
    /// Read that many octets into the sink, then call `chunkEnded`. The first chunk of a message begins
    /// with a fresh decoder: what an earlier message left behind must not speak in this one.
    case readChunk(any ContentSink, size: Int, last: Bool, binary: Bool, isFirst: Bool)
    /// Read that many octets and forget them, then say the reply and go on reading lines.
    case skipChunk(size: Int, reply: Reply)
    /// Put the question to the guard, read nothing meanwhile, then call `answered`.
    case ask(Question)
    /// Drop what is buffered, do the handshake, then call `tlsStarted`.
    case startTLS
    case close
  }
}

/// How content ended, said by the decoder of DATA or BDAT.
package enum ContentEnd: Hashable, Sendable {
  case complete
  /// All of it was read up to its true end, and none of it may be kept.
  case violated(ContentFault)
}

/// Why content can't be accepted.
package enum ContentFault: Hashable, Sendable {
  case bareNewline
  case nul
  case lineTooLong
  case tooLarge

  package var reply: Reply {
    switch self {
    case .bareNewline:
      Reply(550, .init(5, 6, 0), "Lines must end with CRLF; a bare CR or LF is refused")
    case .nul: Reply(550, .init(5, 6, 0), "NUL octets are refused")
    case .lineTooLong: Reply(550, .init(5, 6, 0), "A line is too long")
    case .tooLarge: Reply(552, .init(5, 3, 4), "The message exceeds the size limit")
    }
  }
}
