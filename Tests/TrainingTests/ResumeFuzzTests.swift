import Coordination
import Failures
import Foundation
import Parameters
import Records
import RunDefinition
import Specification
import TestSupport
import Testing
import Training

/// Whatever becomes of a run's files, a resume ends with the bits of a run that nobody disturbed, or refuses in one
/// sentence and leaves the record as it is; it never traps.
@Suite("Resume of damaged folders", .serialized)
struct ResumeFuzzTests {
  private static let run = Result { try ResumableRun(["execution.recordRates=true", "execution.metricsEvery=1"]) }
  private static let files = [
    "run.json", "lock", "metrics.csv", "log.txt", "weights/initial.safetensors", "weights/final.safetensors",
    "weights/rates.safetensors", "checkpoints/step-0/manifest.json", "checkpoints/step-0/weights.safetensors",
    "checkpoints/step-6/manifest.json", "checkpoints/step-6/weights.safetensors",
    "checkpoints/step-6/optimizer.safetensors", "checkpoints/step-6/metrics.safetensors",
    "checkpoints/step-6/rates.safetensors", "checkpoints/step-4/manifest.json",
  ]

  /// Breaks the link to another name of the file.
  private func replace(_ name: String, in copy: ResumableRun.Copy, with bytes: [UInt8]?) throws {
    try FileManager.default.removeItem(atPath: "\(copy.path)/\(name)")
    if let bytes { try copy.write(bytes, to: name) }
  }

  @Test("bytes flipped, files cut, emptied, lengthened and removed", arguments: files)
  func bytes(name: String) throws {
    let run = try Self.run.get()
    let whole = try run.base.read("short/\(name)")
    let random = CounterRandom(seed: UInt64(name.utf8.count), purpose: .probe)
    var damages: [(String, [UInt8]?)] = [
      ("removed", nil), ("empty", []), ("cut to 10", Array(whole.prefix(10))),
      ("cut by one", Array(whole.dropLast())), ("cut in half", Array(whole.prefix(whole.count / 2))),
      ("longer", whole + [0x20]), ("doubled", whole + whole), ("a digit more", whole + Array("9".utf8)),
    ]
    for trial in 0..<TestSize.resumeFlips {
      let words = random.words(0, trial)
      var bytes = whole
      let place = Int(words[0]) % whole.count
      bytes[place] ^= 1 << UInt8(words[1] % 8)
      damages.append(("flipped at \(place)", bytes))
    }
    for (what, bytes) in damages {
      let copy = try run.copy()
      try replace(name, in: copy, with: bytes)
      try copy.expectRefusalOrSameState("\(name) \(what)")
    }
  }

  @Test("every digit of the recorded spec and of metrics.csv is noticed")
  func digits() throws {
    let run = try Self.run.get()
    for name in ["run.json", "metrics.csv"] {
      let whole = try run.base.read("short/\(name)")
      let digits = whole.indices.filter { (0x30...0x39).contains(whole[$0]) }
      for place in stride(from: 0, to: digits.count, by: max(1, digits.count / 40)).map({ digits[$0] }) {
        let copy = try run.copy()
        var bytes = whole
        bytes[place] = whole[place] == 0x39 ? 0x31 : whole[place] + 1
        try copy.write(bytes, to: name)
        let error = try copy.expectRefusalOrSameState("\(name) at \(place)")
        #expect(
          error?.exitCode == 65 && error?.description.contains(name) == true, "\(name) at \(place): \(error as Any)")
      }
    }
  }

  @Test("a missing, unreadable or torn file of the newest checkpoint is skipped for the one before, with a sentence")
  func skipped() throws {
    let run = try Self.run.get()
    for file in ["weights", "rates"] {
      for damage in ["missing", "unreadable", "torn"] {
        let copy = try run.copy()
        let name = "checkpoints/step-6/\(file).safetensors"
        switch damage {
        case "missing": try replace(name, in: copy, with: nil)
        case "torn": try replace(name, in: copy, with: Array(copy.read(name).dropLast(3)))
        default:
          // Opens, and fails to read, for everybody.
          try replace(name, in: copy, with: nil)
          try FileManager.default.createDirectory(atPath: "\(copy.path)/\(name)", withIntermediateDirectories: false)
        }
        let result = try copy.resume()
        #expect(try result.weightsSHA256 == run.sha256 && copy.read("metrics.csv") == run.metrics)
        let events = result.events.map(\.what)
        #expect(
          events.contains { $0.hasPrefix("the checkpoint of step 6 was skipped: ") && $0.contains("/\(name)") },
          "\(file) \(damage): \(events)")
        #expect(events.contains("training resumed from step 4"))
      }
    }
  }

  /// Numbers that overflow, are negative or contradict each other, in manifests that hold the right hash of their text.
  @Test("no number of a forged manifest traps", arguments: [0, 6])
  func forged(step: Int) throws {
    let run = try Self.run.get()
    let name = "checkpoints/step-\(step)/manifest.json"
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(run.base.read("short/\(name)"))) as? [String: Any])
    var paths = object.keys.filter { object[$0] is NSNumber }.map { [$0] }
    for group in ["window"] { paths += (object[group] as? [String: Any] ?? [:]).keys.map { [group, $0] } }
    #expect(paths.count > 10)
    for path in paths.sorted(by: { $0.joined() < $1.joined() }) {
      for value: Any in [3, -1, Int.max, UInt64.max, 1e300] {
        let copy = try run.copy()
        try copy.forge(name, sealedBy: "manifestSHA256") { manifest in
          if path.count == 1 {
            manifest[path[0]] = value
          } else {
            var group = manifest[path[0]] as? [String: Any] ?? [:]
            group[path[1]] = value
            manifest[path[0]] = group
          }
        }
        do { _ = try copy.reopen() } catch let error as any ExitCoded {
          #expect([64, 65, 74].contains(error.exitCode), "\(path) \(value): \(error)")
        }
      }
    }
  }

  @Test("a torn checkpoint that the run went back behind does not keep the next resume from going on")
  func later() throws {
    let run = try Self.run.get()
    let copy = try run.copy()
    let name = "checkpoints/step-6/optimizer.safetensors"
    let whole = try copy.read(name)
    try replace(name, in: copy, with: nil)
    try copy.resume(["steps=7", "execution.checkpointEvery=100", "execution.evaluateEvery=100"])
    // As after a disk that could not be read for a while.
    if FileManager.default.fileExists(atPath: "\(copy.path)/checkpoints/step-6") { try copy.write(whole, to: name) }
    let result = try copy.resume()
    #expect(result.weightsSHA256 == run.sha256)
  }
}
