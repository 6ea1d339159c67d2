import Foundation
import Parameters

/// The manifest holds a hash of its own text, computed with zeros in place of that hash.
extension CheckpointManifest {
  private static let seal = Seal(key: "manifestSHA256")

  /// Readable JSON with sorted keys. Finite numbers are the shortest that read back as the same `Double`; the others
  /// are strings.
  ///
  /// - Throws: `RecordError` for a number that JSON cannot hold; `path` names the file.
  package func encoded(for path: String) throws(RecordError) -> [UInt8] {
    var plain = self
    plain.manifestSHA256 = Seal.none
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let text: [UInt8]
    do { text = Array(try encoder.encode(plain)) + [0x0A] } catch {
      throw RecordError(.content, "Checkpoint manifest \(path) has no JSON form: \(error).")
    }
    return Self.seal.applied(to: text)
  }

  /// - Throws: `RecordError` with `.content` for text that is damaged or inconsistent.
  package init(decoding bytes: [UInt8], from path: String) throws(RecordError) {
    func refuse(_ reason: String) -> RecordError { RecordError(.content, "Checkpoint manifest \(path) \(reason).") }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do { self = try decoder.decode(Self.self, from: Data(bytes)) } catch {
      throw refuse("is not the JSON of a manifest")
    }
    guard formatVersion == Self.currentFormatVersion else {
      throw refuse("has format version \(formatVersion); \(Self.currentFormatVersion) is accepted")
    }
    guard Self.seal.fits(bytes, manifestSHA256) else {
      throw refuse("is damaged: its text does not have the SHA-256 that it names")
    }
    guard step >= 0, batch >= 0, step.multipliedReportingOverflow(by: batch) == (samplesUsed, false) else {
      throw refuse("counts \(samplesUsed) samples for \(step) steps of \(batch)")
    }
    for tally in [window.tally] + evaluations.map(\.tally) {
      guard (0...1 << 53).contains(tally.samples), (0...tally.samples).contains(tally.correct) else {
        throw refuse("counts \(tally.correct) of \(tally.samples) samples as correct")
      }
    }
    guard window.steps >= 0, metricsCursor >= 0, (tensorBoardCursor ?? 0) >= 0, ratesSteps >= 0 else {
      throw refuse("has a negative count")
    }
    guard Set(files.map(\.name)).count == files.count else { throw refuse("names a file twice") }
    for file in files where file.storedAs.hasPrefix(".") || file.storedAs.contains("/") || file.storedAs.isEmpty {
      throw refuse("names file \"\(file.storedAs)\"; a name in its own folder is accepted")
    }
  }
}
