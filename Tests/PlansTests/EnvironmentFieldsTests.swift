import Foundation
import Plans
import Specification
import TestSupport
import Testing

@Suite("Fields in the environment")
struct EnvironmentFieldsTests {
  @Test(
    "a variable is the field's path in capitals, its words apart",
    arguments: [
      ("l2", "TARE_L2"), ("optimizer.learningRate", "TARE_OPTIMIZER_LEARNING_RATE"),
      ("groups.gammaBeta.l2", "TARE_GROUPS_GAMMA_BETA_L2"), ("initRMS", "TARE_INIT_RMS"),
      ("projectionKeepsL2", "TARE_PROJECTION_KEEPS_L2"), ("optimizer.beta1", "TARE_OPTIMIZER_BETA1"),
      ("execution.keepEvery", "TARE_EXECUTION_KEEP_EVERY"),
    ])
  func names(path: String, variable: String) { #expect(EnvironmentFields.variable(of: path) == variable) }

  @Test("no two fields have one variable, and none has that of something else")
  func unique() {
    let all = SpecField.all.flatMap(EnvironmentFields.variables)
    #expect(all.count == Set(all).count && all.count > SpecField.all.count)
    #expect(EnvironmentFields.others.isDisjoint(with: all))
  }

  @Test("what the program and its tests read by this prefix is a field or known as something else")
  func others() throws {
    let known = EnvironmentFields.others.union(SpecField.all.flatMap(EnvironmentFields.variables))
    var found: Set<String> = []
    for folder in ["Sources", "Tests"] {
      let root = DocumentedCommand.repository.appending(path: folder)
      for case let file as URL in FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil) ?? .init()
      where file.pathExtension == "swift" && file.lastPathComponent != "EnvironmentFieldsTests.swift" {
        for match in try String(contentsOf: file, encoding: .utf8).matches(of: /(?:environment\[|= )"(TARE_[A-Z_]+)"/) {
          found.insert(String(match.output.1))
        }
      }
    }
    #expect(found.contains("TARE_SSH") && found.subtracting(known).isEmpty, "\(found)")
  }

  @Test("values are read as by --set, in the order of the table, and a group's variable means the name in it")
  func values() throws {
    let fields = try EnvironmentFields([
      "TARE_SEED": "7", "TARE_OPTIMIZER": "adam", "TARE_EXECUTION_TAGS": "[a, b]", "TARE_L2": "", "HOME": "/x",
      "TARE_STEPS": "null",
    ])
    #expect(fields.assignments.map(\.path) == ["optimizer.name", "steps", "seed", "execution.tags"])
    #expect(fields.assignments.map(\.origin) == ["TARE_OPTIMIZER", "TARE_STEPS", "TARE_SEED", "TARE_EXECUTION_TAGS"])
    let spec = try RunSpec(layers: [fields.assignments])
    #expect(spec.seed == 7 && spec.optimizer.name.rawValue == "adam" && spec.execution.tags == ["a", "b"])
    #expect(fields.notes.isEmpty)
  }

  @Test("a bad value is refused with the variable's name, and so are two variables for one field")
  func refused() throws {
    let fields = try EnvironmentFields(["TARE_L2": "much"])
    let error = #expect(throws: SpecError.self) { try RunSpec(layers: [fields.assignments]) }
    #expect(error?.description.hasPrefix("TARE_L2: l2 \"much\" is not a number") == true)
    let twice = #expect(throws: SpecError.self) {
      try EnvironmentFields(["TARE_NETWORK": "mlp", "TARE_NETWORK_PRESET": "conv3"])
    }
    #expect(twice?.sentence.contains("TARE_NETWORK_PRESET and TARE_NETWORK both give network.preset") == true)
  }

  @Test(
    "what looks like a field gets a note; other variables of the prefix none",
    arguments: [
      ("TARE_OPTIMIZER_LERNING_RATE", "TARE_OPTIMIZER_LEARNING_RATE"), ("TARE_SEDE", "TARE_SEED"),
      ("TARE_LR", "TARE_OPTIMIZER_LEARNING_RATE"), ("TARE_WORKERS", "TARE_EXECUTION_WORKERS"),
      ("TARE_OPTIMIZER_LR", "TARE_OPTIMIZER_LEARNING_RATE"), ("TARE_RULE", "TARE_OPTIMIZER_NAME"),
      ("TARE_RULE_MOMENTUM", "TARE_OPTIMIZER_MOMENTUM"), ("TARE_GROUPS_ZZZZZZZZZZZZZZZZZZZZZZZ", ""),
      ("TARE_EXECUTION", nil),
      ("TARE_SSH", nil), ("TARE_TEST", nil), ("TARE_BALL", nil), ("TARE_DATA", nil), ("TARED_SEED", nil),
    ] as [(String, String?)])
  func notes(variable: String, meant: String?) throws {
    let fields = try EnvironmentFields([variable: "1"])
    #expect(fields.assignments.isEmpty && fields.notes.count == (meant == nil ? 0 : 1))
    let asks = meant.map { $0.isEmpty ? "\"tare fields --json\" lists" : "did you mean \($0)?" }
    if let asks { #expect(fields.notes.first?.contains("\(variable) is no field and has no effect; \(asks)") == true) }
  }
}
