import Foundation
import Optimization
import Specification
import Testing

@Suite("Former names")
struct RenamingTests {
  private static func assignments(_ settings: String...) throws -> [Assignment] {
    try settings.map { try Assignment(setting: $0) }
  }

  @Test("plans may use the names of 0.1.0, and are told the new ones")
  func plans() throws {
    let old = try Self.assignments("rule=heavy-ball", "rule.learningRate=0.5", "rule.momentum=0.8")
    let new = try Self.assignments(
      "optimizer=momentum", "optimizer.learningRate=0.5", "optimizer.momentum=0.8")
    #expect(try RunSpec(layers: [old]) == RunSpec(layers: [new]))
    #expect(try RunSpec(layers: [old]).identity == RunSpec(layers: [new]).identity)
    #expect(
      old.renamings.map(\.description) == [
        "rule is now called optimizer; the old name is still accepted",
        "heavy-ball is now called momentum; the old name is still accepted",
        "rule.learningRate is now called optimizer.learningRate; the old name is still accepted",
        "rule.momentum is now called optimizer.momentum; the old name is still accepted",
      ])
    #expect(new.renamings == [])
  }

  @Test("a constant with a new name of its own")
  func trustCoefficient() throws {
    let old = try Self.assignments("rule.name=lars", "rule.trust=0.02")
    #expect(try RunSpec(layers: [old]).optimizer[.trustCoefficient] == 0.02)
    #expect(old.renamings.map(\.name) == ["optimizer.name", "optimizer.trustCoefficient"])
  }

  @Test("a record of 0.1.0 is read; one without a field that every version writes is none")
  func records() throws {
    let spec = try RunSpec(layers: [Self.assignments("optimizer=lars", "optimizer.trustCoefficient=0.02")])
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let new = String(decoding: try encoder.encode(spec.resolved), as: UTF8.self)
    let old = new.replacing("\"optimizer\":{", with: "\"rule\":{").replacing("trustCoefficient", with: "trust")
      .replacing("\"tensorboard\":true,", with: "")
    try #require(old != new && !old.contains("tensorboard"))
    #expect(try JSONDecoder().decode(RunSpec.self, from: Data(old.utf8)) == spec.resolved)
    #expect(try JSONDecoder().decode(RunSpec.self, from: Data(spec.json.utf8)) == spec.resolved)
    for broken in ["{}", new.replacing("\"seed\"", with: "\"sed\""), new.replacing("\"lars\"", with: "\"lrs\"")] {
      #expect(throws: DecodingError.self) { try JSONDecoder().decode(RunSpec.self, from: Data(broken.utf8)) }
    }
  }
}
