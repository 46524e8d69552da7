package import DNS
package import Mail
package import SMTP
import SwiftASN1
import X509

// How a policy becomes a judge of certificates.
extension ChainJudge {
  /// By TLSA records (RFC 7672 §3). `names` are those of RFC 7672 §3.2.2, any of which will do for DANE-TA.
  package static func dane(
    _ records: [CertificateAssociation], names: [Domain], isAdvisory: Bool = false
  ) -> ChainJudge {
    let demand = records.map(\.words).sorted().joined(separator: "; ")
    return ChainJudge(
      demand: "dane \(demand) for \(names.map(\.ascii).joined(separator: ","))",
      isAdvisory: isAdvisory
    ) { chain in await DANEChain(der: chain, records: records).verdict(names) }
  }

  /// By authorities, for the host's name; `proof` says on whose behalf that was asked.
  package static func authorities(
    _ authorities: TrustedAuthorities, name: Domain, proof: PeerProof, isAdvisory: Bool = false
  ) -> ChainJudge {
    ChainJudge(demand: "\(proof.rawValue) \(name.ascii)", isAdvisory: isAdvisory) { der in
      do throws(CertificateFault) {
        let chain = try CertificateChain(parsing: der)
        let fault = await chain.fault(
          anchors: authorities.store, names: [name], takesCommonName: false)
        return fault.map { .failure($0) } ?? .success(proof)
      } catch {
        return .failure(error)
      }
    }
  }
}

/// A chain beside the TLSA records that should prove it.
private struct DANEChain {
  let der: [[UInt8]]
  let records: [CertificateAssociation]

  func verdict(_ names: [Domain]) async -> Result<PeerProof, CertificateFault> {
    // RFC 7672 §3.1.1: neither names nor dates count where the key itself is named.
    if DANEPolicy.match(der, records) == .endEntity { return .success(.daneEE) }
    let authorities = records.filter { $0.usage == 2 }
    guard !authorities.isEmpty else {
      return .failure(CertificateFault(.invalid, "no TLSA record matches the certificate"))
    }
    do throws(CertificateFault) {
      let chain = try CertificateChain(parsing: der)
      let anchors = anchors(of: chain, authorities)
      guard !anchors.isEmpty else {
        throw CertificateFault(.invalid, "no TLSA record matches a certificate of the chain")
      }
      let fault = await chain.fault(
        anchors: CertificateStore(anchors), names: names, takesCommonName: true)
      return fault.map { .failure($0) } ?? .success(.daneTA)
    } catch {
      return .failure(error)
    }
  }

  /// What the chain may lead to: its certificates that a record matches; a certificate that stands whole
  /// in a record and need not be sent along (RFC 7671 §5.2.2); and what a bare key of a record signed.
  private func anchors(
    of chain: CertificateChain, _ records: [CertificateAssociation]
  ) -> [Certificate] {
    let sent = der.prefix(CertificateChain.limit).filter { octets in
      records.contains { $0.matches(octets) }
    }
    let whole = records.filter { $0.selector == 0 && $0.matchingType == 0 }.map(\.octets)
    let certificates = (sent + whole).compactMap { try? Certificate(derEncoded: $0) }
    let keys = records.filter { $0.selector == 1 && $0.matchingType == 0 }.prefix(Self.keyLimit)
      .compactMap { try? Certificate.PublicKey(derEncoded: $0.octets) }
    let signed = ([chain.own] + chain.others).filter { certificate in
      keys.contains { $0.isValidSignature(certificate.signature, for: certificate) }
    }
    return certificates + signed
  }

  /// Bare keys of records that are tried on every certificate of a chain.
  private static let keyLimit = 4
}

extension CertificateAssociation {
  /// As a zone file writes it, the octets in hexadecimal.
  package var words: String {
    let digits = octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return "\(usage) \(selector) \(matchingType) \(digits)"
  }
}
