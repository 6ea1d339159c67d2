import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Hosts with links of their own.
  @Suite("Network", .enabled(if: NetworkNamespaces.isPossible, "network namespaces need root and iproute2"))
  struct Network {
    private static let run =
      "--network mlp --steps 1200 --microbatch 16 --workers 3 --set execution.metricsEvery=1 "
      + "--set execution.evaluateEvery=300"

    /// The weights of a run without faults.
    private static let expected = Result {
      let folder = try TemporaryFolder()
      return try SmallRun(run, in: folder.file("expected")).ending.weightsSHA256
    }

    /// Longer than the lease of a host.
    private static let longCut = TestSize.isProof ? 20.0 : 12.0

    /// Three hosts with a slot each; the second is cut off in the middle of the run for `seconds`.
    private func expectSameBits(cutting index: Int, for seconds: Double) throws {
      let folder = try TemporaryFolder()
      let expected = try Self.expected.get()
      let network = try NetworkNamespaces(3)
      let waiting = try WaitingRun(Self.run, listen: "tcp://\(network.coordinator):0", output: folder.file("run"))
      // One after another, so that the server is on the first.
      var hosts: [TareProcess] = []
      for number in 1...3 {
        hosts.append(
          try waiting.host("n\(number)", "--slots 1", "--rejoin-deadline 40", through: network.script(number)))
        _ = try #require(waiting.process.waitForLog("host n\(number) joined", in: folder.file("run/log.txt")))
      }
      _ = try #require(waiting.process.waitForError(containing: "step 1/"))
      try network.cut(index)
      // The time of the cut is what is tested; nothing is awaited.
      Thread.sleep(forTimeInterval: seconds)
      try network.mend(index)
      let ending = waiting.process.finish()
      #expect(ending.exitCode == 0, "\(ending.errors)")
      #expect(try ending.weightsSHA256 == expected)
      for host in hosts {
        _ = host.finish()
        host.expectNothingLeft()
      }
    }

    @Test("a worker's link is cut for 1.5 s")
    func shortCut() throws { try expectSameBits(cutting: 2, for: 1.5) }

    @Test("a worker's link is cut for longer than its host's lease")
    func workerCut() throws { try expectSameBits(cutting: 2, for: Self.longCut) }

    @Test("the server's link is cut for longer than its host's lease")
    func serverCut() throws { try expectSameBits(cutting: 1, for: Self.longCut) }
  }
}
