import Foundation
import OpenSSL
import Parameters

/// One data file of a run, as it was found.
package struct FileRecord: Hashable, Sendable, Codable {
  package enum Checksum: String, Hashable, Sendable, Codable {
    /// The file is the published one, or a gzip file that holds the published one.
    case verified
    /// A file of this name is published with different content.
    case different
    /// No checksum is known for this name: the user's own data.
    case unknown
  }

  package let path: String
  package let bytes: Int
  /// SHA-256 of the file as stored, in hexadecimal.
  package let sha256: String
  package let checksum: Checksum
}

extension Dataset {
  /// Reads every file once more and compares its SHA-256 with the published ones; one process of a run is enough.
  ///
  /// - Throws: `DatasetError` also for images that are listed twice, by whatever names.
  package func verify() throws(DatasetError) -> [FileRecord] {
    var records: [FileRecord] = []
    for path in files { records.append(try Self.record(path, dataset: name)) }
    try refuseRepetition(in: records)
    return records
  }

  /// A file of training images counts once, and none of them is a test image.
  private func refuseRepetition(in records: [FileRecord]) throws(DatasetError) {
    let (train, test) = imageFiles
    var contents: [Int: String] = [:]
    for index in train + test { contents[index] = try Self.content(of: records[index], among: records) }
    var seen: [String: Int] = [:]
    for index in train {
      guard let content = contents[index] else { continue }
      if let earlier = seen.updateValue(index, forKey: content) {
        throw DatasetError(
          .content,
          "Training files \(records[earlier].path) and \(records[index].path) have the same content; "
            + "accepted: each file of training images once.")
      }
    }
    for index in test {
      guard let content = contents[index], let earlier = seen[content] else { continue }
      throw DatasetError(
        .content,
        "Test file \(records[index].path) has the same content as training file \(records[earlier].path); "
          + "accepted: test images that are not trained on.")
    }
  }

  /// What files are compared by: a compressed one beside others by what it holds.
  private static func content(of file: FileRecord, among files: [FileRecord]) throws(DatasetError) -> String {
    func isCompressed(_ path: String) throws(DatasetError) -> Bool {
      Gunzip.isCompressed(try ByteRegion(mapping: path))
    }
    guard try isCompressed(file.path) else { return file.sha256 }
    for other in files where try !isCompressed(other.path) {
      return try contentDigest(ByteRegion(mapping: file.path), path: file.path)
    }
    return file.sha256
  }

  /// One file, compared with the published one of its name.
  package static func record(_ path: String, dataset: String) throws(DatasetError) -> FileRecord {
    let region = try ByteRegion(mapping: path)
    let name = String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
    let sha256 = unsafe SHA256.hash(UnsafeRawBufferPointer(region.bytes)).hexadecimal
    let content = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    var isKnown = KnownFiles.contains(sha256, name: name, of: dataset)
    if !isKnown, Gunzip.isCompressed(region) {
      isKnown = KnownFiles.contains(try contentDigest(region, path: path), name: content, of: dataset)
    }
    let checksum: FileRecord.Checksum =
      isKnown
      ? .verified
      : [name, content].contains { KnownFiles.hasName($0, of: dataset) } ? .different : .unknown
    return FileRecord(path: path, bytes: region.count, sha256: sha256, checksum: checksum)
  }

  /// SHA-256 of the decompressed content of a gzip file.
  private static func contentDigest(_ region: ByteRegion, path: String) throws(DatasetError) -> String {
    var gunzip = Gunzip(region, path: path)
    var hash = SHA256()
    let room = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 20)
    defer { unsafe room.deallocate() }
    while true {
      let count = unsafe try gunzip.read(into: room)
      unsafe hash.update(UnsafeRawBufferPointer(start: room.baseAddress, count: count))
      if count < room.count { return hash.finalize().hexadecimal }
    }
  }
}
