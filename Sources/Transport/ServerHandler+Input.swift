import Mail
import NIOCore
import SMTP

// Octets in: lines, content, chunks, and what becomes of each.
extension ServerHandler {
  /// Works through what is buffered until something must be waited for.
  func process() {
    guard !isProcessing else { return }
    isProcessing = true
    defer { isProcessing = false }
    while advance() {}
    if input.readableBytes == 0, input.capacity > 0 { input = ByteBuffer() }
    flushReplies()
    resumeReading()
  }

  /// One step; false when there is nothing to do before more octets, an answer or a drained socket.
  private func advance() -> Bool {
    if let answer = answerInHand {
      answerInHand = nil
      run { $0.answered(answer) }
      return true
    }
    switch mode {
    case .proxyHeader: return readProxyHeader()
    case .greeting:
      guard input.readableBytes > 0 else { return false }
      run { $0.spokeTooEarly() }
      return true
    case .line(let limit): return readLine(limit: limit)
    case .overlong(let dropped): return dropLine(dropped)
    case .content(let sink): return readContent(into: sink)
    case .chunk(let sink, let size, let remaining, let last):
      return readChunk(into: sink, size: size, remaining: remaining, last: last)
    case .skip(let remaining, let reply): return skip(remaining, reply)
    case .lingering(let dropped):
      let more = dropped + input.readableBytes
      input.clear()
      mode = .lingering(dropped: more)
      if more > lingerLimit { context?.close(promise: nil) }
      return false
    case .asking, .handshake, .closed: return false
    }
  }

  private func readLine(limit: Int) -> Bool {
    guard input.readableBytes > scanned, context?.channel.isWritable == true else { return false }
    let found = input.withUnsafeReadableBytes { bytes in
      firstIndex(of: 0x0A, in: bytes, from: scanned)
    }
    guard let end = found else {
      scanned = input.readableBytes
      if scanned > limit {
        scanned = 0
        mode = .overlong(dropped: 0)
        return true
      }
      return false
    }
    scanned = 0
    guard end <= limit + 1, let line = input.readBytes(length: end + 1) else {
      input.moveReaderIndex(forwardBy: end + 1)
      run { $0.receivedTooLongLine() }
      return true
    }
    let text = line.dropLast(2)
    let isClean = line.count >= 2 && line[line.count - 2] == 0x0D && !text.contains(0x0D)
    let more = input.readableBytes > 0
    run { isClean ? $0.received(text, moreFollows: more) : $0.receivedBareNewline() }
    return true
  }

  /// Drops the rest of a line that is too long, then says so; without an end in sight, closes.
  private func dropLine(_ dropped: Int) -> Bool {
    guard input.readableBytes > 0 else { return false }
    let end = input.withUnsafeReadableBytes { firstIndex(of: 0x0A, in: $0, from: 0) }
    let more = end.map { $0 + 1 } ?? input.readableBytes
    input.moveReaderIndex(forwardBy: more)
    if end != nil {
      run { $0.receivedTooLongLine() }
    } else if dropped + more > overlongLineLimit {
      run { session in
        session.noteFault("endless line")
        return session.dismissed(Reply(500, .init(5, 5, 2), "Line too long"))
      }
    } else {
      mode = .overlong(dropped: dropped + more)
      return false
    }
    return true
  }

  private func readContent(into sink: any ContentSink) -> Bool {
    guard !isSinkFull, input.readableBytes > 0, var decoder = contentDecoder else { return false }
    contentDecoder = nil  // so that the decoder is moved, not copied
    var decoded: [UInt8] = []
    decoded.reserveCapacity(input.readableBytes)
    let outcome = input.readWithUnsafeReadableBytes { bytes in
      let outcome = decoder.decode(bytes, into: &decoded)
      return (outcome.consumed, outcome)
    }
    if !decoded.isEmpty { write(decoded, to: sink) }
    guard let end = outcome.end else {
      contentDecoder = decoder
      setContentDeadline()
      return false
    }
    run { $0.contentEnded(end) }
    return true
  }

  private func readChunk(
    into sink: any ContentSink, size: Int, remaining: Int, last: Bool
  ) -> Bool {
    guard !isSinkFull, var decoder = chunkDecoder else { return false }
    guard input.readableBytes > 0 || remaining == 0 else { return false }
    chunkDecoder = nil
    let take = min(remaining, input.readableBytes)
    if take > 0 {
      var decoded: [UInt8] = []
      decoded.reserveCapacity(take)
      input.readWithUnsafeReadableBytes { bytes in
        decoder.decode(UnsafeRawBufferPointer(rebasing: bytes[..<take]), into: &decoded)
        return take
      }
      if !decoded.isEmpty { write(decoded, to: sink) }
    }
    if take < remaining {
      mode = .chunk(sink, size: size, remaining: remaining - take, last: last)
      chunkDecoder = decoder
      setContentDeadline()
      return false
    }
    let end = decoder.chunkEnded(last: last)
    chunkDecoder = last ? nil : decoder
    run { $0.chunkEnded(size: size, last: last, end) }
    return true
  }

  private func skip(_ remaining: Int, _ reply: Reply) -> Bool {
    guard input.readableBytes > 0 || remaining == 0 else { return false }
    let take = min(remaining, input.readableBytes)
    input.moveReaderIndex(forwardBy: take)
    guard take == remaining else {
      mode = .skip(remaining: remaining - take, reply)
      return false
    }
    run { _ in Step(reply, next: .readLine(limit: commandLineLimit)) }
    return true
  }

  private func write(_ bytes: [UInt8], to sink: any ContentSink) {
    guard let loop = context?.eventLoop else { return }
    let bound = NIOLoopBound(self, eventLoop: loop)
    let takesMore = sink.write(bytes) {
      loop.execute {
        bound.value.isSinkFull = false
        bound.value.process()
      }
    }
    if !takesMore { isSinkFull = true }
  }

  private func readProxyHeader() -> Bool {
    guard input.readableBytes > 0 else { return false }
    let outcome = input.withUnsafeReadableBytes { bytes in
      ProxyHeader.parse(Array(bytes.prefix(proxyHeaderLimit))[...])
    }
    switch outcome {
    case .incomplete: return false
    case .wrong:
      endWithoutHeader("no PROXY header from a peer of proxies")
      return false
    case .header(let header, let length):
      input.moveReaderIndex(forwardBy: length)
      guard let peer = context?.remoteAddress?.address else { return false }
      let port = UInt16(context?.remoteAddress?.port ?? 0)
      begin(from: header.source?.address ?? peer, port: header.source?.port ?? port)
      // Octets behind the header, on a listener without TLS, are talk before the greeting.
      return true
    }
  }
}

/// Octets of a line without end that we swallow before closing.
private let overlongLineLimit = 65_536
/// Octets dropped after our last reply before the socket is closed hard.
private let lingerLimit = 1 << 20
