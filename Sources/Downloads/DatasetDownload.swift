package import Datasets
import Failures
import Foundation
import LibArchive
import Records

/// Brings a published data set into a folder, so that it can be trained on. What is there already stays as it is.
package struct DatasetDownload {
  package var dataset: PublishedDataset
  package var folder: String
  /// In place of the published address: a URL under which the same file names are.
  package var mirror: String?
  package var patience = FileDownload.Patience()
  package var agent: String

  /// What became of one of the files that data sets are read from.
  package struct File: Hashable, Sendable, Codable {
    package let name: String
    package let bytes: Int
    package let isNew: Bool
  }

  package init(_ dataset: PublishedDataset, to folder: String, agent: String) {
    (self.dataset, self.folder, self.agent) = (dataset, folder, agent)
  }

  /// - Parameters:
  ///   - progress: is told how many bytes of the whole set's downloads are there.
  ///   - news: is told of broken transfers, in sentences.
  package func run(progress: @escaping (Int) -> Void, news: (String) -> Void) throws -> [File] {
    let made = try MadeFolders(folder)
    do { return try files(progress: progress, news: news) } catch {
      made.removeEmpty()
      throw error
    }
  }

  private func files(progress: @escaping (Int) -> Void, news: (String) -> Void) throws -> [File] {
    var files: [File] = []
    var before = 0
    for file in dataset.files {
      let isNew = try !isPresent(file)
      if isNew {
        let done = before
        try download(file, progress: { progress(done + $0) }, news: news)
      }
      before += file.bytes
      progress(before)
      for (name, bytes) in file.contents { files.append(File(name: name, bytes: bytes, isNew: isNew)) }
    }
    return files
  }

  private func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// - Throws: for another file of that name, which is the user's.
  private func isPresent(_ file: PublishedDataset.File) throws -> Bool {
    var isComplete = true
    for (name, bytes) in file.contents {
      guard FileManager.default.fileExists(atPath: path(name)) else {
        isComplete = false
        continue
      }
      let record = try Dataset.record(path(name), dataset: dataset.name)
      // Of members of archives not all sums are published.
      guard record.checksum == .verified || record.checksum == .unknown && record.bytes == bytes else {
        throw occupied(record)
      }
    }
    return isComplete
  }

  /// The archive itself, which a former attempt may have left before unpacking it.
  private func isArchivePresent(_ file: PublishedDataset.File) throws -> Bool {
    guard !file.members.isEmpty, FileManager.default.fileExists(atPath: path(file.name)) else { return false }
    let record = try Dataset.record(path(file.name), dataset: dataset.name)
    guard record.sha256 == file.sha256 else { throw occupied(record) }
    return true
  }

  private func occupied(_ record: FileRecord) -> RunError {
    RunError(
      ExitCode.badData,
      "\(record.path) is there already, with \(record.bytes) bytes and SHA-256 \(record.sha256), and is not the published "
        + "file; remove it, or choose another folder.")
  }

  private func download(
    _ file: PublishedDataset.File, progress: @escaping (Int) -> Void, news: (String) -> Void
  ) throws {
    let base = mirror ?? dataset.source
    var download = FileDownload(
      (base.hasSuffix("/") ? base : base + "/") + file.name, to: path(file.name), bytes: file.bytes,
      sha256: file.sha256,
      agent: agent)
    download.patience = patience
    if try !isArchivePresent(file) { try download.run(progress: progress, news: news) }
    guard !file.members.isEmpty else { return }
    try unpack(path(file.name), file.members)
    unsafe unlink(path(file.name))
  }

  /// Takes the members that are wanted out of a .tar.gz, by their last names; where the archive would put them, and all else
  /// in it, does not matter.
  private func unpack(_ archive: String, _ members: [PublishedDataset.Member]) throws {
    var missing = members
    do {
      var reader = try ArchiveReader(.gzippedTar, file: archive)
      while let member = try reader.next() {
        let name = member.name.split(separator: "/").last.map(String.init)
        guard member.isRegularFile, let index = missing.firstIndex(where: { $0.name == name }) else { continue }
        let wanted = missing.remove(at: index)
        guard try copy(&reader, to: path(wanted.name), bytes: wanted.bytes) else {
          throw RunError(
            ExitCode.badData, "archive \(archive) has a file \(member.name) that is not of \(wanted.bytes) bytes.")
        }
      }
    } catch let error as ArchiveError {
      throw RunError(ExitCode.badData, "archive \(archive) can't be unpacked: \(error).")
    }
    guard missing.isEmpty else {
      throw RunError(
        ExitCode.badData, "archive \(archive) lacks \(missing.map(\.name).joined(separator: ", ")).")
    }
  }

  /// - Returns: `false`, without a file, if the member has another length.
  private func copy(_ reader: inout ArchiveReader, to path: String, bytes: Int) throws -> Bool {
    let file = try AtomicFile(path)
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { unsafe room.deallocate() }
    var written = 0
    while case let count = unsafe try reader.read(into: room), count > 0, written <= bytes {
      try unsafe file.write(UnsafeRawBufferPointer(rebasing: room.prefix(count)))
      written += count
    }
    guard written == bytes else { return false }
    try file.commit()
    return true
  }
}
