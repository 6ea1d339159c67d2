import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Drill")
  struct Drill {
    private static let run = "--set network=mlp --set dataset.limit=512 --set batch=128 --set steps=30"

    private func drill(_ arguments: String) throws -> TareProcess.Ending {
      try TareProcess.run("drill \(arguments)".split(separator: " ").map(String.init))
    }

    @Test("a user's run ends with the same bits under faults; the table lists member, time and fault")
    func rounds() throws {
      let ending = try drill("\(Self.run) --rounds \(TestSize.drillRounds) --seed 3")
      #expect(ending.exitCode == 0, "\(ending.output)\(ending.errors)")
      let count = TestSize.drillRounds
      let lines = ending.output.split(separator: "\n")
      #expect(lines.first?.hasPrefix("ROUND  MEMBER") == true)
      #expect(lines.dropFirst().prefix(count).allSatisfy { $0.hasSuffix("yes") })
      #expect(lines.last == "\(count) runs ended with the bits and the metrics of the fault-free run")
    }

    @Test(
      "bad input is one sentence",
      arguments: [
        ("--faults quake", "fault \"quake\" is unknown"), ("--rounds 0", "--rounds is 0"),
        ("--set execution.launcher=threads --set execution.spare=0", "execution.launcher is \"threads\""),
      ])
    func badInput(arguments: String, words: String) throws {
      let ending = try drill(arguments)
      #expect(ending.exitCode == 64)
      #expect(ending.errors.contains(words) && ending.errors.split(separator: "\n").count == 1, "\(ending.errors)")
    }
  }
}
