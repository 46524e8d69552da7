/// The two texts that are made for trying filters out, both harmless: EICAR's, which every scanner takes for
/// malware by agreement (eicar.org), and GTUBE, which every spam filter knows
/// (spamassassin.apache.org/gtube).
///
/// Kept in two pieces each, so that our own program is no test file.
package enum TestTexts {
  package static let eicar = Array(
    (#"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-"# + "ANTIVIRUS-TEST-FILE!$H+H*").utf8)
  package static let gtube = Array(
    ("XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-" + "ANTI-UBE-TEST-EMAIL*C.34X").utf8)
}
