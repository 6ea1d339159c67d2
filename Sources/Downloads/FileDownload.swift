import Failures
import Foundation
import LibCurl

/// Downloads one file whose size and SHA-256 are known. What has arrived is kept in a `.part` file, from which a broken
/// transfer and a later attempt go on; only the file with the right checksum gets the final name.
package struct FileDownload {
  package var url: String
  package var path: String
  package var bytes: Int
  package var sha256: String
  package var patience = Patience()
  /// The User-Agent.
  package var agent: String

  /// When to give up.
  package struct Patience: Sendable {
    /// Attempts after one that brought nothing, 1, 2, 4, … seconds apart.
    package var retries = 5
    /// Seconds without data that end an attempt.
    package var stallSeconds = 30

    package init() {}
  }

  /// Why an attempt did not bring the rest, where another one may.
  private struct Broken: Error { let reason: String }

  package init(_ url: String, to path: String, bytes: Int, sha256: String, agent: String) {
    (self.url, self.path, self.bytes, self.sha256, self.agent) = (url, path, bytes, sha256, agent)
  }

  /// - Parameters:
  ///   - progress: is told how many bytes are there.
  ///   - news: is told of a broken transfer, in a sentence.
  package func run(progress: @escaping (Int) -> Void, news: (String) -> Void) throws {
    let part = try PartFile(for: path)
    do {
      try fill(part, progress: progress, news: news)
    } catch {
      if part.count == 0 { part.remove() }
      throw error
    }
    let found = try part.digest()
    guard found == sha256 else {
      part.remove()
      throw RunError(
        ExitCode.badData,
        "\(url) has SHA-256 \(found), and the published file has \(sha256); what was downloaded has been removed.")
    }
    try part.finish(as: path)
  }

  private func fill(_ part: PartFile, progress: @escaping (Int) -> Void, news: (String) -> Void) throws {
    if part.count > bytes { try part.empty() }
    var failures = 0
    while part.count < bytes {
      let before = part.count
      do {
        try attempt(part, progress)
      } catch let broken as Broken {
        failures = part.count > before ? 1 : failures + 1
        guard failures <= patience.retries else {
          throw RunError(
            ExitCode.unavailable,
            "\(url) could not be downloaded in \(counted(failures, "attempt")): \(broken.reason); \(part.count) of \(bytes) "
              + "bytes are kept for the next time.")
        }
        let pause = 1 << min(failures - 1, 6)
        news("\(url): \(broken.reason) after \(part.count) of \(bytes) bytes; going on in \(pause) s.")
        Thread.sleep(forTimeInterval: Double(pause))
      }
    }
  }

  private func attempt(_ part: PartFile, _ progress: @escaping (Int) -> Void) throws {
    let transfer = HTTPGet(url, from: part.count, agent: agent, stallSeconds: patience.stallSeconds)
    var isFirst = true
    let (url, bytes) = (url, bytes)
    let status: Int
    do {
      status = unsafe try transfer.run { status, piece in
        guard status == 200 || status == 206 else { return }
        // The server sends the whole file, whatever it was asked for.
        if isFirst, status == 200, part.count > 0 { try part.empty() }
        isFirst = false
        guard piece.count <= bytes - part.count else {
          part.remove()
          throw RunError(
            ExitCode.badData,
            "\(url) has more than the \(bytes) bytes of the published file; what was downloaded has been removed.")
        }
        try unsafe part.append(piece)
        progress(part.count)
      }
    } catch let error as CurlError {
      guard error.isTransient else {
        throw RunError(ExitCode.unavailable, "\(url) can't be downloaded: \(error).")
      }
      throw Broken(reason: error.description)
    }
    switch status {
    case 200, 206:
      guard part.count == bytes else { throw Broken(reason: "the answer ended early") }
    case 416:
      try part.empty()
      throw Broken(reason: "the server has no such part of the file")
    case 408, 429, 500...599: throw Broken(reason: "the server answered with status \(status)")
    default:
      throw RunError(ExitCode.unavailable, "\(url) can't be downloaded: the server answered with status \(status).")
    }
  }
}
