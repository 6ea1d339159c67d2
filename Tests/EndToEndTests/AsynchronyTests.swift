import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Asynchronous runs give up the bits, not the account: each sample of an epoch is used once, whoever dies.
  @Suite("Asynchronous runs")
  struct Asynchronous {
    private static let run =
      "--network mlp --batch 128 --microbatch 16 --checkpoint-every 10 --progress plain --steps 40"

    private func start(_ folder: TemporaryFolder, _ arguments: String) throws -> TareProcess {
      try TareProcess(SmallRun.arguments("\(Self.run) \(arguments)", output: folder.file("run")))
    }

    /// The recorded values of a metric of the network.
    ///
    /// - Parameter statistic: `nil` for all.
    private func values(_ folder: TemporaryFolder, _ metric: String, _ statistic: String? = nil) throws -> [Double] {
      let text = String(decoding: try folder.read("run/metrics.csv"), as: UTF8.self)
      var values: [Double] = []
      for line in text.split(separator: "\n") {
        let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard cells.count == 5, cells[2] == metric, statistic == nil || cells[3] == statistic else { continue }
        values.append(try #require(Double(cells[4])))
      }
      return values
    }

    /// The run is done, and every gradient of its samples is counted once.
    private func expectAccount(
      _ ending: TareProcess.Ending, in folder: TemporaryFolder, microbatches: Int = 8,
      _ location: SourceLocation = #_sourceLocation
    ) throws {
      #expect(ending.exitCode == 0, "\(ending.errors)", sourceLocation: location)
      #expect(try ending.json["samplesUsed"] as? Int == 40 * microbatches * 16, sourceLocation: location)
      let counted = try values(folder, "stalenessCount").reduce(0, +)
      #expect(Int(counted) == 40 * microbatches, sourceLocation: location)
      let staleness = try #require(ending.json["staleness"] as? [String: Any], sourceLocation: location)
      #expect((staleness["counts"] as? [Int])?.reduce(0, +) == 40 * microbatches, sourceLocation: location)
    }

    @Test(
      "with a bound, without one, and with microbatches in reserve, processes and threads",
      arguments: [
        ("--staleness 1", 8), ("--staleness unbounded --servers 2", 8), ("--backup 2", 6),
        ("--staleness 3 --backup 1 --launcher threads --workers 3 --servers 2", 7),
      ])
    func modes(arguments: String, microbatches: Int) throws {
      let folder = try TemporaryFolder()
      let process = try start(folder, arguments)
      try expectAccount(process.finish(), in: folder, microbatches: microbatches)
      if arguments.hasPrefix("--staleness 1") {
        #expect(try values(folder, "staleness", "max").allSatisfy { $0 <= 1 })
      }
      process.expectNothingLeft()
    }

    @Test(
      "a member that is killed or stopped costs no sample and adds none",
      arguments: [("worker 0", SIGKILL), ("worker 1", SIGSTOP), ("server 1", SIGKILL)])
    func member(victim: String, signal: Int32) throws {
      let folder = try TemporaryFolder()
      let process = try start(folder, "--staleness 2 --servers 2 --set execution.metricsEvery=1")
      _ = try #require(process.waitForError(containing: "step 12/"))
      let child = try #require(process.children.first { $0.name == victim })
      kill(child.id, signal)
      let ending = process.finish()
      try expectAccount(ending, in: folder)
      let events = try #require(ending.json["events"] as? [[String: Any]])
      #expect(events.contains { ($0["what"] as? String)?.hasPrefix("\(victim) lost") == true })
      process.expectNothingLeft()
    }

    @Test("a run that a signal ends is resumed where it was, with other numbers of workers and servers")
    func resumed() throws {
      let folder = try TemporaryFolder()
      let process = try start(folder, "--staleness unbounded --set execution.metricsEvery=1")
      _ = try #require(process.waitForError(containing: "step 12/"))
      process.signal(SIGTERM)
      #expect(process.finish().exitCode == 143)
      let ending = try TareProcess.run(
        "train --json --resume \(folder.file("run")) --workers 3 --servers 2".split(separator: " ").map(String.init))
      try expectAccount(ending, in: folder)
      // Finished steps are not repeated: at most those of the signal's way.
      #expect(try #require(try ending.json["resumedAfter"] as? Int) >= 12)
    }
  }
}
