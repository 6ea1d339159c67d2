import Datasets
import Failures
import Foundation
import OpenSSL
import Parameters
import Records
import Roles
import RunDefinition
import Specification
import TestSupport
import Testing
import Training
import Transport

/// A small run on image files that ended after 6 of 10 steps, and what a run of 10 steps leaves.
///
/// Members are threads of this process, so that hundreds of resumes take seconds.
final class ResumableRun: Sendable {
  private static let settings = [
    "dataset.name=mnist", "network.preset=mlp", "batch=16", "microbatch=8", "execution.launcher=threads",
    "execution.workers=1", "execution.metricsEvery=2", "execution.evaluateEvery=2", "execution.checkpointEvery=2",
    "execution.progress=none", "optimizer.name=momentum", "optimizer.learningRate=0.02", "l2=1e-3",
    "execution.keepCheckpoints=3",
  ]

  let base: TemporaryFolder
  /// The folder of the run of 6 steps.
  let short: String
  /// What the checkpoints of the run of 6 steps say, by step.
  let manifests: [Int: CheckpointManifest]
  /// Of the images that it reads.
  let inputs = RunInputs()
  /// Of the weights of 10 steps.
  let sha256: String
  let metrics: [UInt8]

  init(_ more: [String] = []) throws {
    base = try TemporaryFolder()
    short = base.file("short")
    for (folder, first) in [("mn", 0), ("mn2", 5)] {
      try FileManager.default.createDirectory(atPath: base.file(folder), withIntermediateDirectories: true)
      for (name, bytes) in Self.images(first) { try base.write(bytes, to: "\(folder)/\(name)") }
    }
    let base = base
    func train(_ steps: Int, in folder: String) throws -> RunResult {
      let settings = Self.settings + more + ["dataset.path=\(base.file("mn"))", "steps=\(steps)"]
      var spec = try RunSpec(layers: [Assignment.settings(settings)])
      spec.execution.output = folder
      return try TrainingRun(spec).train(notices: Mailbox()) { _ in Watcher() }
    }
    let long = base.file("long")
    sha256 = try train(10, in: long).weightsSHA256
    metrics = try base.read("long/metrics.csv")
    _ = try train(6, in: short)
    let store = CheckpointStore(runFolder: short)
    manifests = Dictionary(uniqueKeysWithValues: try store.steps.map { ($0, try store.manifest(step: $0)) })
  }

  final class Watcher: RunObserver {
    private(set) var warnings: [String] = []
    func warned(_ text: String) { warnings.append(text) }
  }

  /// 48 training and 16 test images of 28×28.
  static func images(_ first: Int) -> [String: [UInt8]] {
    func words(_ values: [Int]) -> [UInt8] {
      values.flatMap { value in [24, 16, 8, 0].map { UInt8(value >> $0 & 255) } }
    }
    func part(_ prefix: String, _ count: Int, _ seed: UInt64) -> [(String, [UInt8])] {
      let random = CounterRandom(seed: seed + UInt64(first), purpose: .probe)
      return [
        (
          "\(prefix)-images-idx3-ubyte",
          words([2051, count, 28, 28]) + (0..<count * 784).map { UInt8(truncatingIfNeeded: random.words(0, $0)[0]) }
        ), ("\(prefix)-labels-idx1-ubyte", words([2049, count]) + (0..<count).map { UInt8(($0 * 7 + first) % 10) }),
      ]
    }
    return Dictionary(uniqueKeysWithValues: part("train", 48, 1) + part("t10k", 16, 2))
  }

  /// A copy of the run's folder, for one test.
  func copy() throws -> Copy { try Copy(of: self) }

  struct Copy {
    let run: ResumableRun
    let base: TemporaryFolder
    let path: String

    fileprivate init(of run: ResumableRun) throws {
      self.run = run
      base = try TemporaryFolder()
      path = base.file("run")
      try FileManager.default.copyItem(atPath: run.short, toPath: path)
    }

    func read(_ name: String) throws -> [UInt8] { try base.read("run/\(name)") }
    func write(_ bytes: [UInt8], to name: String) throws { try base.write(bytes, to: "run/\(name)") }

    var record: RunRecord { get throws { try RunRecord(decoding: read("run.json")) } }

    /// Goes on to 10 steps.
    @discardableResult func resume(
      _ settings: [String] = ["steps=10"], allowing allowances: Allowances = [], watcher: Watcher = Watcher()
    ) throws -> RunResult {
      let spec = try RunSpec(resuming: path, layers: [Assignment.settings(settings)])
      return try TrainingRun(spec, origin: .resumed(allowances)).train(notices: Mailbox()) { _ in watcher }
    }

    /// Opens the folder as a resume to 10 steps does, and goes back to the newest checkpoint that can be used.
    ///
    /// - Returns: its step, and the weights' hash; `nil` at step 0.
    func reopen() throws -> (step: Int, weights: String?) {
      let spec = try RunSpec(resuming: path, layers: [Assignment.settings(["steps=10"])]).resolved
      let request = DatasetRequest(spec.dataset)
      let datasets = run.inputs.datasets
      let definition = try RunDefinition(
        spec: spec, images: DatasetSummary(datasets.dataset(request)), data: datasets.identity(request))
      let folder = try RunFolder(resuming: path)
      let recorder = try RunFolderRecorder(definition, in: folder, observer: Watcher())
      defer { recorder.ended() }
      try recorder.checkResume(of: folder.readRecord(), files: datasets.verify(request))
      var (generation, state): (UInt64, StoredState?) = (recorder.generation, nil)
      var versions = try recorder.committed.filter { $0 < definition.steps }
      while true {
        generation += 1
        do {
          state = try recorder.rewind(to: versions.last ?? 0, generation: generation)
          break
        } catch is UnreadableCheckpoint { versions.removeLast() }
      }
      try recorder.started()
      return (versions.last ?? 0, state?.weightsSHA256)
    }

    /// A documented code, and the record as it was.
    private func expectRefusal(
      _ error: any ExitCoded, _ what: String, record before: Data?, _ location: SourceLocation
    ) {
      #expect([64, 65, 74].contains(error.exitCode), "\(what): \(error.exitCode) \(error)", sourceLocation: location)
      #expect(
        FileManager.default.contents(atPath: path + "/run.json") == before, "\(what): another record",
        sourceLocation: location)
    }

    /// What `reopen` must come to in a changed folder: a refusal with a documented code and a sentence, which leaves the record
    /// as it is, or weights and rows of an undisturbed run.
    ///
    /// - Returns: the refusal.
    @discardableResult func expectRefusalOrSameState(
      _ what: String, _ location: SourceLocation = #_sourceLocation
    ) throws -> (any ExitCoded)? {
      let before = FileManager.default.contents(atPath: path + "/run.json")
      do {
        let (step, weights) = try reopen()
        #expect(
          weights == (step > 0 ? run.manifests[step]?.weightsSHA256 : nil), "\(what): other weights",
          sourceLocation: location)
        let cursor = step > 0 ? run.manifests[step]?.metricsCursor : MetricsFile.header.utf8.count
        #expect(try read("metrics.csv") == Array(run.metrics.prefix(cursor ?? 0)), "\(what)", sourceLocation: location)
        return nil
      } catch let error as any ExitCoded {
        expectRefusal(error, what, record: before, location)
        return error
      }
    }

    /// What every resume of a changed folder must come to: a refusal with a documented code and a sentence, which leaves the
    /// record as it is, or the run that nobody disturbed.
    ///
    /// - Returns: the refusal.
    @discardableResult func expectRefusalOrSameBits(
      _ what: String, settings: [String] = ["steps=10"], _ location: SourceLocation = #_sourceLocation
    ) throws -> (any ExitCoded)? {
      let before = FileManager.default.contents(atPath: path + "/run.json")
      do {
        let result = try resume(settings)
        #expect(result.weightsSHA256 == run.sha256, "\(what): other weights", sourceLocation: location)
        #expect(try read("metrics.csv") == run.metrics, "\(what): other metrics", sourceLocation: location)
        return nil
      } catch let error as any ExitCoded {
        expectRefusal(error, what, record: before, location)
        return error
      } catch {
        Issue.record("\(what): \(error)", sourceLocation: location)
        return nil
      }
    }

    /// Changes a JSON file that holds a hash of its own text, and makes the hash anew.
    func forge(_ name: String, sealedBy key: String, _ change: (inout [String: Any]) -> Void) throws {
      var object = try #require(JSONSerialization.jsonObject(with: Data(read(name))) as? [String: Any])
      change(&object)
      let zeros = String(repeating: "0", count: 64)
      object[key] = zeros
      let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let text = String(decoding: try JSONSerialization.data(withJSONObject: object, options: options), as: UTF8.self)
      let hash = SHA256.hash(text.utf8).hexadecimal
      let sealed = text.replacingOccurrences(of: "\"\(key)\" : \"\(zeros)\"", with: "\"\(key)\" : \"\(hash)\"")
      try #require(sealed != text)
      try write(Array(sealed.utf8), to: name)
    }
  }
}
