import Crypto
import Foundation

/// One data file of a run, as it was found.
package struct FileRecord: Hashable, Sendable, Codable {
  package enum Checksum: String, Hashable, Sendable, Codable {
    /// The file is the published one, or a gzip file that holds the published one.
    case verified
    /// No sum is known for this name, or another one: the user's own data.
    case unknown
  }

  package let path: String
  package let bytes: Int
  /// SHA-256 of the file as it lies, in hexadecimal.
  package let sha256: String
  package let checksum: Checksum
}

extension Dataset {
  /// Reads every file once more and compares its SHA-256 with the published ones; one process of a run is enough.
  package func verify() throws(DatasetError) -> [FileRecord] {
    var records: [FileRecord] = []
    for path in files { records.append(try Self.record(path, dataset: name)) }
    return records
  }

  private static func record(_ path: String, dataset: String) throws(DatasetError) -> FileRecord {
    let region = try ByteRegion(mapping: path)
    var name = String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
    let sha256 = unsafe hexadecimal(SHA256.hash(data: UnsafeRawBufferPointer(region.bytes)))
    var isKnown = KnownFiles.contains(sha256, name: name, of: dataset)
    if !isKnown, Gunzip.isCompressed(region) {
      if name.hasSuffix(".gz") { name.removeLast(3) }
      isKnown = KnownFiles.contains(try contentDigest(region, path: path), name: name, of: dataset)
    }
    return FileRecord(path: path, bytes: region.count, sha256: sha256, checksum: isKnown ? .verified : .unknown)
  }

  /// SHA-256 of what a gzip file holds.
  private static func contentDigest(_ region: ByteRegion, path: String) throws(DatasetError) -> String {
    var gunzip = Gunzip(region, path: path)
    var hash = SHA256()
    let room = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 20)
    defer { unsafe room.deallocate() }
    while true {
      let count = unsafe try gunzip.read(into: room)
      unsafe hash.update(bufferPointer: UnsafeRawBufferPointer(start: room.baseAddress, count: count))
      if count < room.count { return hexadecimal(hash.finalize()) }
    }
  }

  private static func hexadecimal(_ digest: SHA256.Digest) -> String {
    digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
