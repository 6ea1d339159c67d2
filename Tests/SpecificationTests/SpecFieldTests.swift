import Foundation
import Specification
import Testing

@Suite("Field table")
struct SpecFieldTests {
  static let paths = SpecField.all.map(\.path)

  @Test("there is a sample for every field, and no field twice")
  func samplesCoverTheTable() {
    #expect(Set(SpecSamples.all.keys) == Set(Self.paths), "add a sample of each new field to SpecSamples")
    #expect(Set(Self.paths).count == Self.paths.count)
    let flags = SpecField.all.flatMap(\.flags)
    #expect(Set(flags).count == flags.count)
  }

  @Test("every field can be set from text and read back", arguments: paths)
  func roundTrip(path: String) throws {
    let field = try SpecField.named(path)
    let sample = try #require(SpecSamples.all[path])
    var spec = RunSpec()
    try field.assign(.text(sample.typed), to: &spec)
    #expect(field.read(spec) == sample.value)
    var again = RunSpec()
    try field.assign(field.read(spec), to: &again)
    #expect(again == spec)
  }

  @Test("setting one field changes no other", arguments: paths)
  func fieldsAreIndependent(path: String) throws {
    var spec = RunSpec()
    let sample = try #require(SpecSamples.all[path])
    try SpecField.named(path).assign(.text(sample.typed), to: &spec)
    for other in SpecField.all where other.path != path { #expect(other.read(spec) == other.read(RunSpec())) }
  }

  @Test("every field says what it is and what it takes", arguments: SpecField.all.indices)
  func help(index: Int) {
    let field = SpecField.all[index]
    #expect(field.help.hasSuffix("."))
    #expect(!field.accepted.isEmpty && !field.defaultText.isEmpty && !field.placeholder.isEmpty)
  }

  @Test("JSON has every field of the table, and reads back")
  func tableMatchesCoding() throws {
    var spec = RunSpec()
    for path in Self.paths {
      let sample = try #require(SpecSamples.all[path])
      try SpecField.named(path).assign(.text(sample.typed), to: &spec)
    }
    let encoded = try JSONSerialization.jsonObject(with: JSONEncoder().encode(spec))
    #expect(Set(leaves(of: encoded, at: "")) == Set(Self.paths))
    #expect(try JSONDecoder().decode(RunSpec.self, from: Data(spec.json.utf8)) == spec.resolved)
  }

  @Test("a spec that was written before a field came is read with the field's default")
  func earlierRecord() throws {
    let spec = try SpecSamples.spec(["execution.workers=3", "batch=96"]).resolved
    let earlier = spec.json.replacing(/"tensorboard":(true|false),/, with: "")
    #expect(earlier != spec.json)
    #expect(try JSONDecoder().decode(RunSpec.self, from: Data(earlier.utf8)) == spec)
  }

  private func leaves(of value: Any, at path: String) -> [String] {
    guard let object = value as? [String: Any] else { return [path] }
    return object.flatMap { leaves(of: $1, at: path.isEmpty ? $0 : "\(path).\($0)") }
  }

  @Test("a group's path means the name in it", arguments: ["optimizer", "dataset", "network", "schedule"])
  func shorthand(path: String) throws {
    #expect(try SpecField.named(path).path.hasPrefix(path + "."))
  }

  @Test(
    "an unknown field names the nearest",
    arguments: [
      ("optimizer.learningrate", "optimizer.learningRate"), ("learningRate", "optimizer.learningRate"),
      ("lr", "optimizer.learningRate"),
      ("workers", "execution.workers"), ("dataset.limt", "dataset.limit"), ("worker", "execution.workers"),
      ("execution", "normalization"), ("weight_decay", "weightDecay"), ("groups.haed.l2", "groups.head.l2"),
    ])
  func unknownField(typed: String, nearest: String) {
    let error = #expect(throws: SpecError.self) { try SpecField.named(typed) }
    #expect(error?.exitCode == 64 && error?.suggestion == .listFields)
    #expect(error?.sentence.contains("\"\(typed)\"") == true)
    #expect(typed == "execution" || error?.sentence.contains("did you mean \"\(nearest)\"?") == true)
  }
}
