import Foundation
import Specification
import Testing

@Suite("Identity of a run")
struct RunSpecIdentityTests {
  struct Row: Decodable {
    let settings: [String]
    let identity: String
    let sha256: String
  }

  @Test("canonical JSON and hash are Python's")
  func matchesPython() throws {
    let file = try #require(Bundle.module.url(forResource: "Fixtures/identity", withExtension: "json"))
    let rows = try JSONDecoder().decode([Row].self, from: Data(contentsOf: file))
    #expect(rows.count == 2)
    for row in rows {
      let spec = try SpecSamples.spec(row.settings)
      #expect(spec.identity == row.identity)
      #expect(spec.specHash == row.sha256)
    }
  }

  @Test("execution and the data's folder leave the hash alone", arguments: SpecFieldTests.paths)
  func hash(path: String) throws {
    let field = try SpecField.named(path)
    let isPlace = path.hasPrefix("execution.") || path == "dataset.path"
    #expect(field.determinesBits == !isPlace)
    guard path != "staleness" else { return }  // has one value only
    var spec = RunSpec()
    let sample = try #require(SpecSamples.all[path])
    try field.assign(.text(sample.typed), to: &spec)
    #expect((spec.specHash == RunSpec().specHash) == isPlace)
  }

  @Test("spelling a default out changes nothing")
  func explicitDefaults() throws {
    let explicit = try SpecSamples.spec([
      "optimizer.learningRate=0.02", "optimizer.momentum=0.9", "l2=0.025", "epochs=4", "backend=onednn",
      "groups.head.learningRate=2e-2",
    ])
    #expect(explicit.identity == RunSpec().identity)
    #expect(RunSpec().resolved.specHash == RunSpec().specHash)
  }
}
