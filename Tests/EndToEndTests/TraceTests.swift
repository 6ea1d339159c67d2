import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Traces")
  struct Traces {
    /// The Trace Event Format, as far as a trace of Tare uses it.
    private struct File: Decodable {
      let traceEvents: [Event]
    }

    private struct Event: Decodable {
      struct Arguments: Decodable {
        let name: String?
        let labels: String?
        let step: Int?
      }

      let ph: String
      let name: String
      let pid: Int
      let tid: Int
      let ts: Double?
      let dur: Double?
      let args: Arguments
    }

    @Test(
      "every thread of every role is on one axis, without overlap, and did its own kind of work",
      arguments: ["processes", "threads"])
    func roles(launcher: String) throws {
      let folder = try TemporaryFolder()
      let began = ContinuousClock.now
      let run = try SmallRun(
        "--network mlp --batch 64 --microbatch 16 --steps 30 --workers 2 --servers 2 --launcher \(launcher) "
          + "--trace \(folder.file("trace.json"))", in: folder.file("run"))
      let (seconds, attoseconds) = began.duration(to: .now).components
      let longest = (Double(seconds) + Double(attoseconds) * 1e-18) * 1e6
      let data = Data(try folder.read("trace.json"))
      let events = try JSONDecoder().decode(File.self, from: data).traceEvents
      let names = events.filter { $0.ph == "M" && $0.name == "process_name" }
      let process = Dictionary(names.map { ($0.pid, $0.args.name ?? "") }) { first, _ in first }
      #expect(Set(process.values) == ["coordinator", "server 0", "server 1", "worker 0", "worker 1"])
      let spans = events.filter { $0.ph == "X" }
      #expect(spans.count + events.count { $0.ph == "M" } == events.count)
      let threads = Dictionary(grouping: spans) { [$0.pid, $0.tid] }
      #expect(threads.count == 1 + 2 + 2 * 2, "the coordinator, two servers, and two threads of each worker")
      for (thread, spans) in threads {
        #expect(events.contains { $0.name == "thread_name" && [$0.pid, $0.tid] == thread && $0.args.name != nil })
        var end = 0.0
        for span in spans {
          let (start, length) = (try #require(span.ts), try #require(span.dur))
          // Decimal microseconds are not exact in binary.
          #expect(start >= end - 0.001 && length >= 0)
          end = start + length
        }
        #expect(end > 0 && end <= longest)
      }
      func works(of role: String) -> Set<String> {
        Set(spans.filter { process[$0.pid]?.hasPrefix(role) == true }.map(\.name))
      }
      #expect(works(of: "worker").isSuperset(of: ["compute", "copy", "wire", "wait"]))
      #expect(works(of: "server").isSuperset(of: ["update", "sum", "wire", "wait"]))
      #expect(works(of: "coordinator") == ["wire", "wait"])
      #expect(spans.contains { $0.name == "compute" && $0.args.step == 29 })
      // The run itself is the same.
      let plain = try SmallRun("--network mlp --batch 64 --microbatch 16 --steps 30", in: folder.file("plain"))
      #expect(try run.ending.weightsSHA256 == plain.ending.weightsSHA256)
    }

    private static let shiftsClock = "exec unshare --user --map-root-user --time --monotonic 5000 --fork --kill-child "
    private static var canShiftClock: Bool {
      (try? TareProcess.run([], through: shiftsClock + "/bin/true"))?.exitCode == 0
    }

    @Test(
      "a worker with another clock is put where the servers' updates allow it",
      .enabled(if: canShiftClock, "no time namespaces"))
    func otherClock() throws {
      let folder = try TemporaryFolder()
      let run = try WaitingRun(
        "--network mlp --batch 64 --microbatch 16 --workers 1 --steps 1000000 --progress plain "
          + "--trace \(folder.file("trace.json"))",
        output: folder.file("run"))
      let members = [
        try run.printed("server").start(), try run.printed("worker").start(through: Self.shiftsClock + "\"$0\" \"$@\""),
      ]
      // By then, heartbeats have come and gone.
      _ = try #require(run.process.waitForErrors { $0.contains(#/step \d{4,}\//#) })
      run.process.signal(SIGINT)
      #expect(run.process.finish().exitCode == 130)
      for member in members { #expect(member.finish().exitCode == 130) }
      let events = try JSONDecoder().decode(File.self, from: Data(folder.read("trace.json"))).traceEvents
      let labels = events.filter { $0.name == "process_labels" }
      #expect(!labels.isEmpty && labels.allSatisfy { $0.pid == 1000 })
      let error = try #require(
        labels.first?.args.labels?.firstMatch(of: #/^clock ± ([0-9.]+) ms$/#).flatMap { Double($0.1) })
      func times(_ work: String, _ pid: Int) -> [Int: ClosedRange<Double>] {
        Dictionary(
          events.filter { $0.pid == pid && $0.name == work }.map {
            ($0.args.step ?? 0, $0.ts!...$0.ts! + $0.dur!)
          }
        ) { min($0.lowerBound, $1.lowerBound)...max($0.upperBound, $1.upperBound) }
      }
      let (updates, gradients) = (times("update", 100), times("compute", 1000))
      // The last update of a step needs all of its gradients, and a step needs the update before it.
      let steps = updates.keys.filter { gradients[$0] != nil && gradients[$0 + 1] != nil }
      #expect(steps.count > 100)
      for step in steps {
        let (update, gradient, next) = (updates[step]!, gradients[step]!, gradients[step + 1]!)
        #expect(gradient.lowerBound <= update.upperBound + error * 1000)
        #expect(next.lowerBound >= update.lowerBound - error * 1000)
      }
    }

    @Test("an interrupted run leaves its trace, and a file that cannot be written is refused before it begins")
    func ends() throws {
      let folder = try TemporaryFolder()
      let arguments = "--network mlp --batch 64 --microbatch 16 --steps 1000000 --progress plain --trace "
      let run = try TareProcess(
        SmallRun.arguments(arguments + folder.file("trace.json"), output: folder.file("run")))
      _ = try #require(run.waitForError(containing: "step 2/"))
      run.signal(SIGINT)
      #expect(run.finish().exitCode == 130)
      run.expectNothingLeft()
      let events = try JSONDecoder().decode(File.self, from: Data(folder.read("trace.json"))).traceEvents
      #expect(events.contains { $0.name == "compute" })
      let refused = try TareProcess.run(
        SmallRun.arguments(arguments + "/nowhere/trace.json", output: folder.file("other")))
      #expect(refused.exitCode == 74 && refused.errors.contains("--trace /nowhere/trace.json"), "\(refused.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.file("other")))
    }
  }
}
