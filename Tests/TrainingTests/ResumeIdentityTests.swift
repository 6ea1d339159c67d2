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
import Transport

/// A resumed run is the run that was recorded, or the first thing that differs is named.
@Suite("Resume, and what it is bound to", .serialized)
struct ResumeIdentityTests {
  private static let run = Result { try ResumableRun() }

  private func copy() throws -> ResumableRun.Copy { try Self.run.get().copy() }

  @Test("6 steps resumed to 10 are 10 steps, in weights and rows")
  func same() throws {
    let copy = try copy()
    #expect(try copy.expectRefusalOrSameBits("untouched") == nil)
    #expect(try copy.record.status == .done)
  }

  /// Another value of a field, in the spec of a record.
  private func changed(_ field: SpecField, in spec: RunSpec) -> RunSpec? {
    let words = field.accepted.split(separator: ", ").map(String.init)
    for candidate in words + ["true", "false", "3", "0.5", "1", "other", "tcp://127.0.0.1:0"] {
      var other = spec
      guard (try? field.assign(.text(candidate), to: &other)) != nil, field.read(other) != field.read(spec) else {
        continue
      }
      return other
    }
    return nil
  }

  @Test("a record whose text was changed is refused by the field's name, whatever the field", arguments: SpecField.all)
  func changedText(field: SpecField) throws {
    let copy = try copy()
    let spec = try copy.record.spec.decoded(as: RunSpec.self)
    let other = try #require(changed(field, in: spec), "no other value of \(field.path)")
    try copy.write(text(try copy.read("run.json"), with: other), to: "run.json")
    let error = #expect(throws: IdentityError.self) { try copy.resume() }
    #expect(error?.exitCode == 65 && error?.description.contains("its \(field.path) is ") == true, "\(error as Any)")
    #expect(error?.description.contains("that of the checkpoint of step 6 is ") == true)
  }

  /// The record's bytes with another spec, and the hash of the text before.
  private func text(_ bytes: [UInt8], with spec: RunSpec) throws -> [UInt8] {
    var object = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    object["spec"] = try JSONSerialization.jsonObject(with: JSONEncoder().encode(spec))
    return Array(try JSONSerialization.data(withJSONObject: object, options: [.prettyPrinted, .sortedKeys]))
  }

  @Test(
    "the record of another run is refused, unless the difference is one that no bit depends on",
    arguments: SpecField.all
  )
  func otherRecord(field: SpecField) throws {
    guard field.determinesBits, !["steps", "epochs"].contains(field.path) else { return }
    let copy = try copy()
    var record = try copy.record
    let recorded = try record.spec.decoded(as: RunSpec.self)
    let other = try #require(changed(field, in: recorded))
    record.spec = try JSONValue(encoding: other)
    try copy.write(record.encoded(), to: "run.json")
    let error = try copy.expectRefusalOrSameBits(field.path)
    // What the groups override, or a rule does not use, has no effect; everything else is named.
    if other.identity != recorded.identity { #expect(error != nil, "\(field.path) is not noticed") }
  }

  @Test("a checkpoint of an earlier version names the hash of its spec, and that is compared")
  func earlierVersion() throws {
    let copy = try copy()
    for step in [0, 2, 4, 6] {
      try copy.forge("checkpoints/step-\(step)/manifest.json", sealedBy: "manifestSHA256") { manifest in
        for key in ["identity", "metricsSHA256", "tensorBoardSHA256", "initialWeightsSHA256"] { manifest[key] = nil }
      }
    }
    var record = try copy.record
    (record.asked, record.data) = (nil, nil)
    try copy.write(record.encoded(), to: "run.json")
    let watcher = ResumableRun.Watcher()
    let result = try copy.resume(watcher: watcher)
    #expect(try result.weightsSHA256 == Self.run.get().sha256)
    #expect(watcher.warnings.contains { $0.contains("recorded by an earlier version of tare") })
  }

  @Test(
    "other data are refused with the file's name, and permitted by a flag that the record keeps",
    arguments: [
      ("train-images-idx3-ubyte", 100, "other training images"),
      ("train-labels-idx1-ubyte", 9, "other training images"),
      ("t10k-images-idx3-ubyte", 500, "other test images"), ("t10k-labels-idx1-ubyte", 12, "other test images"),
    ])
  func otherData(name: String, place: Int, words: String) throws {
    let copy = try copy()
    let folder = copy.base.file("data")
    try FileManager.default.copyItem(atPath: Self.run.get().base.file("mn"), toPath: folder)
    var bytes = try copy.base.read("data/\(name)")
    bytes[place] ^= 1
    try copy.base.write(bytes, to: "data/\(name)")
    let settings = ["steps=10", "dataset.path=\(folder)"]
    let error = try copy.expectRefusalOrSameBits(name, settings: settings)
    let sentence = try #require(error?.description)
    #expect(
      sentence.hasPrefix("dataset.path \(folder) has \(words)") && sentence.contains("file \(folder)/\(name) has"))
    #expect(error?.exitCode == 65 && sentence.hasSuffix("accepted: the same images, or --allow-other-data."))
    let result = try copy.resume(settings, allowing: .otherData)
    #expect(result.events.contains { $0.what == "allowed: \(sentence)" })
    #expect(try copy.record.changes == [sentence])
    // From here on these are the run's data.
    try copy.resume(["steps=12"])
    #expect(try copy.record.changes == [sentence])
  }

  @Test("the same images under other names or in another folder are the same data")
  func sameData() throws {
    let copy = try copy()
    let folder = copy.base.file("data")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, bytes) in ResumableRun.images(0) {
      // One of the test images more than the run could see would be others; the same with other names is not.
      try copy.base.write(bytes, to: "data/\(name)")
    }
    let result = try copy.resume(["steps=10", "dataset.path=\(folder)"])
    #expect(try result.weightsSHA256 == Self.run.get().sha256)
  }

  @Test("another number of images is named")
  func otherCount() throws {
    let copy = try copy()
    let error = #expect(throws: SpecError.self) { try copy.resume(["steps=10", "dataset.limit=32"]) }
    #expect(error?.description.hasPrefix("dataset.limit is 32, but the run to resume has 0") == true)
    let run = try Self.run.get()
    try FileManager.default.createDirectory(atPath: copy.base.file("data"), withIntermediateDirectories: true)
    for (name, bytes) in ResumableRun.images(0) {
      var bytes = bytes
      if name.hasPrefix("t10k") {
        bytes[7] -= 1
        bytes.removeLast(name.contains("images") ? 784 : 1)
      }
      try copy.base.write(bytes, to: "data/\(name)")
    }
    let other = try copy.expectRefusalOrSameBits(
      "count", settings: ["steps=10", "dataset.path=\(copy.base.file("data"))"])
    #expect(other?.description.contains("has 15 test images, where the run has 16") == true, "\(run.short)")
  }

  @Test("other arithmetic is refused with both libraries' names, and permitted by a flag that the record keeps")
  func otherArithmetic() throws {
    let copy = try copy()
    // As a checkpoint of another processor would say.
    for step in [2, 4, 6] {
      try copy.forge("checkpoints/step-\(step)/manifest.json", sealedBy: "manifestSHA256") { manifest in
        var identity = manifest["identity"] as? [String: Any] ?? [:]
        identity["arithmetic"] = ["probe": "0123456789abcdef", "library": "oneDNN 9.9.9, mmx"]
        manifest["identity"] = identity
      }
    }
    let error = try #require(try copy.expectRefusalOrSameBits("arithmetic"))
    #expect(error.exitCode == 65 && error.description.hasPrefix("The workers compute with oneDNN "))
    #expect(error.description.contains("with oneDNN 9.9.9, mmx (fingerprint 0123456789abcdef)"))
    #expect(try copy.record.status == .done && copy.record.runResult?.steps == 6)
    try copy.resume(allowing: .otherArithmetic)
    #expect(try copy.record.changes == [error.description])
  }

  @Test("fewer steps than a run has trained are refused, and a branch leaves the run as it is")
  func branch() throws {
    let copy = try copy()
    func content() throws -> [String: Data?] {
      let names = try FileManager.default.subpathsOfDirectory(atPath: copy.path)
      return Dictionary(
        uniqueKeysWithValues: names.map { ($0, FileManager.default.contents(atPath: "\(copy.path)/\($0)")) })
    }
    let before = try content()
    let error = #expect(throws: SpecError.self) { try copy.resume(["steps=5"]) }
    #expect(error?.description.contains("make 5, but run \(copy.path) has trained 6") == true)
    #expect(error?.description.contains("--branch") == true)
    let again = #expect(throws: SpecError.self) { try copy.resume([]) }
    #expect(again?.description.contains("is done at step 6") == true)
    var now = try content()
    // A process has taken the lock.
    now["lock"] = before["lock"]
    #expect(now == before)
    for (steps, name) in [(5, "shorter"), (10, "longer")] {
      var spec = try RunSpec(resuming: copy.path, layers: [Assignment.settings(["steps=\(steps)"])])
      spec.execution.output = copy.base.file(name)
      let branched = try TrainingRun(spec, origin: .branched(from: copy.path, [])).train(notices: .init()) { _ in
        ResumableRun.Watcher()
      }
      #expect(branched.steps == steps && branched.run == copy.base.file(name))
      if steps == 10 {
        #expect(try branched.weightsSHA256 == Self.run.get().sha256)
        #expect(try copy.base.read("\(name)/metrics.csv") == Self.run.get().metrics)
      }
      #expect(branched.events.contains { $0.what == "training resumed from step \(steps == 5 ? 4 : 6)" })
      var after = try content()
      after["lock"] = before["lock"]
      #expect(after == before)
    }
  }

  @Test("a resume that fails before it trains leaves the record of the run, and no branch")
  func failsBefore() throws {
    let copy = try copy()
    let before = try copy.read("run.json")
    let settings = ["steps=10", "dataset.path=\(try Self.run.get().base.file("mn2"))"]
    #expect(throws: IdentityError.self) { try copy.resume(settings) }
    #expect(try copy.read("run.json") == before)
    var spec = try RunSpec(resuming: copy.path, layers: [Assignment.settings(settings)])
    spec.execution.output = copy.base.file("branch")
    #expect(throws: IdentityError.self) {
      try TrainingRun(spec, origin: .branched(from: copy.path, [])).train(notices: .init()) { _ in
        ResumableRun.Watcher()
      }
    }
    #expect(try copy.base.names == ["run"])
  }

  @Test("what was left to Tare is left to it again by a resume")
  func asked() throws {
    let copy = try copy()
    #expect(try copy.record.spec.decoded(as: RunSpec.self).execution.transport == .inproc)
    let other = try RunSpec(
      resuming: copy.path, layers: [Assignment.settings(["steps=10", "execution.launcher=processes"])])
    #expect(other.resolved.execution.transport == .ipc)
    var record = try copy.record
    record.asked = nil
    try copy.write(record.encoded(), to: "run.json")
    let old = try RunSpec(
      resuming: copy.path, layers: [Assignment.settings(["steps=10", "execution.launcher=processes"])])
    #expect(old.resolved.execution.transport == .ipc)
  }
}
