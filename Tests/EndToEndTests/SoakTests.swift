import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Soak")
  struct Soak {
    /// - Parameter seconds: that it takes by order, beside what any process may take.
    private func soak(_ arguments: String, lasting seconds: Double = 0) throws -> TareProcess.Ending {
      try TareProcess.run(
        "soak \(arguments)".split(separator: " ").map(String.init), within: seconds + Deadline.process)
    }

    @Test("start/stop cycling in one process leaks no process, thread, socket or handle")
    func starts() throws {
      let ending = try soak("--starts \(TestSize.soakStarts) --seed 2")
      #expect(ending.exitCode == 0, "\(ending.output)\(ending.errors)")
      let lines = ending.output.split(separator: "\n")
      #expect(lines.contains { $0.hasPrefix("file handles") })
      #expect(
        lines.last?.hasPrefix("\(TestSize.soakStarts) runs in ") == true && lines.last?.hasSuffix("no leaks") == true)
    }

    @Test("twice as many workers as processors, and no false failure detection")
    func minutes() throws {
      let ending = try soak(
        "--minutes \(TestSize.soakMinutes) --set execution.metricsEvery=20", lasting: 60 * TestSize.soakMinutes)
      #expect(ending.exitCode == 0, "\(ending.output)\(ending.errors)")
      #expect(ending.output.hasSuffix(" steps, no failure detected\n"))
    }

    @Test(
      "bad input is one sentence",
      arguments: [
        ("--minutes 0", "--minutes is 0"), ("--starts 0", "--starts is 0"), ("", "one of --minutes and --starts"),
        ("--minutes 1 --starts 1", "one of --minutes and --starts"),
      ])
    func badInput(arguments: String, words: String) throws {
      let ending = try soak(arguments)
      #expect(ending.exitCode == 64)
      #expect(ending.errors.contains(words) && ending.errors.split(separator: "\n").count == 1, "\(ending.errors)")
    }
  }
}
