import Mail

/// What a zip is beside a zip, by the names in it: an Office document, a Java archive, an app.
enum ZipDocument {
  static func note(_ listing: ZipListing, _ octets: [UInt8], _ opening: inout Opening) {
    let names = Set(
      listing.entries.flatMap(\.readings).map {
        String(decoding: $0.record.name.prefix(200).map(\.lowered), as: UTF8.self)
      })
    if names.contains("androidmanifest.xml"), names.contains("classes.dex") {
      opening.refine(.androidPackage)
    } else if names.contains("meta-inf/manifest.mf"),
      names.contains(where: { $0.hasSuffix(".class") })
    {
      opening.refine(.javaArchive)
    }
    if names.contains("appxmanifest.xml") { opening.refine(.appPackage) }
  }
}
