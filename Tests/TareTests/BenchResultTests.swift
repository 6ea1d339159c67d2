import ArgumentParser
import Benchmarks
import Failures
import Foundation
import Reports
import Roles
import Testing
import tare

@Suite("Results of benchmarks")
struct BenchResultTests {
  private static func figure(_ median: Double, _ name: String) -> String {
    """
    "\(name)": {"foreignLoad": 0, "isQuiet": true, "quietRounds": 3, "rounds": 3,
      "spread": {"min": \(median * 0.9), "median": \(median), "max": \(median * 1.1)}}
    """
  }

  /// As programs printed it that knew no limits, no transport but ipc, and none of the later parts.
  private static let former = """
    {"tare": "0.1.0", "oneDNN": "2.6.3", "oneDNNInstructionSet": "avx512_core_bf16", "seconds": 1,
     "host": {"cores": 2, "cpuModel": "CPU", "hostname": "vm", "isa": "x86-64-v4", "os": "Debian"},
     "step": [{"network": "conv3", "precision": "float", "batch": 128, "microbatch": 32, "convolutions": ["ddd"],
       "effectiveGFLOPS": 1, "torch": [], \(figure(1000, "ours"))}],
     "system": [{"network": "conv3", "batch": 128, \(figure(900, "twoWorkers")), \(figure(500, "oneWorker")),
       \(figure(500, "oneThread")), \(figure(1000, "twoThreads")), "ratioToTwiceOneWorker": 0.9,
       "ratioToTwiceOneThread": 0.9, "ratioToTwoThreads": 0.9}],
     "memory": [{"dataset": "glyphs", "network": "conv3", "processes": 3, "peakResidentMB": 275, "proportionalMB": 167}],
     "goodput": [{"megabytes": 1, \(figure(8, "ours")), \(figure(2, "libzmq")), "ratio": 4}]}
    """

  private static func result(_ text: String) throws -> BenchResult {
    try JSONDecoder().decode(BenchResult.self, from: Data(text.utf8))
  }

  @Test("results of earlier programs are read, and their figures have the names of before")
  func earlier() throws {
    let names = try Self.result(Self.former).figures.map(\.name)
    #expect(
      names == [
        "step  conv3", "system  conv3, 2 workers + 1 server", "system  conv3, 1 worker + 1 server",
        "system  conv3, 1 thread", "system  conv3, 2 workers without messages", "goodput  1 MB",
      ])
  }

  @Test("a figure's bars are ratios in which more is better, with the spread of our rounds")
  func bars() throws {
    let bars = BenchChart(try Self.result(Self.former)).figure.ratios.bars
    #expect(bars.map(\.name) == ["system conv3, of no messages", "goodput 1 MB, of libzmq"])
    for (bar, value) in zip(bars, [0.9, 4]) {
      #expect(abs(bar.value - value) < 1e-9)
      #expect(abs(bar.low - 0.9 * value) < 1e-9 && abs(bar.high - 1.1 * value) < 1e-9)
    }
    let roundTrip = Self.former.replacing(
      "\"goodput\": [",
      with:
        "\"roundTrips\": [{\"transport\": \"ipc\", \(Self.figure(50, "ours")), \(Self.figure(40, "libzmq")), \"ratio\": 1.25}], \"goodput\": ["
    )
    let late = try #require(BenchChart(try Self.result(roundTrip)).figure.ratios.bars.last)
    #expect(late.name == "round trip over ipc, of libzmq" && abs(late.value - 0.8) < 1e-9)
    #expect(abs(late.low - 0.8 / 1.1) < 1e-9 && abs(late.high - 0.8 / 0.9) < 1e-9)
    let besidePsLite = roundTrip.replacing("\"ratio\": 1.25", with: "\"ratio\": 1.25, \(Self.figure(100, "psLite"))")
    let last = try #require(BenchChart(try Self.result(besidePsLite)).figure.ratios.bars.last)
    #expect(last.name == "round trip over ipc, of ps-lite" && abs(last.value - 2) < 1e-9)
  }

  @Test("scale: runs beside threads without messages, and a server's threads; absent in results of older programs")
  func scale() throws {
    func lines(_ threads: String, _ shared: String) throws -> [[String]] {
      let text = Self.former.replacing(
        "\"memory\": [",
        with: """
          "scale": {"network": "conv3", "batch": 512, \(Self.figure(100, "reference")),
            "sizes": [{"workers": 4, "servers": 1, "ratioToReference": 0.9, \(Self.figure(90, "imagesPerSecond"))\(threads)}],
            "steps": [{"parameters": 1000, \(Self.figure(2, "milliseconds"))\(shared)}]},
          "memory": [
          """)
      let result = try Self.result(text)
      return try #require(BenchChart(result).figure.curves).panels.map { $0.series.map(\.name) }
    }
    #expect(try lines("", "") == [["1 server"], ["a step's messages and update"]])
    #expect(
      try lines(", \(Self.figure(75, "threads"))", ", \(Self.figure(1, "sharedMilliseconds"))") == [
        ["1 server", "threads without messages"],
        ["a step's messages and update", "the same with a server thread for each processor"],
      ])
  }

  @Test("a worker's memory is drawn beside PyTorch's, smaller to the right of 1")
  func memory() throws {
    let memory = Self.former.replacing(
      "\"proportionalMB\": 167",
      with: """
        "proportionalMB": 167,
        "server": {"peakResidentMB": 45, "proportionalMB": 18, "limitMB": 30},
        "worker": {"batch": 128, "microbatch": 32, "peakResidentMB": 100, "proportionalMB": 80,
          "torch": {"version": "2", "peakResidentMB": 400, "proportionalMB": 300}}
        """)
    let bars = BenchChart(try Self.result(memory)).figure.ratios.bars
    let names = ["memory of a server, conv3 on glyphs", "memory of a worker, conv3 on glyphs, of PyTorch"]
    #expect(bars.filter { $0.name.hasPrefix("memory") }.map(\.name) == names)
    #expect(bars.first { $0.name == names[0] }?.value == 30.0 / 45 && bars.first { $0.name == names[1] }?.value == 4)
  }

  @Test("the shares of each thread's time add up to all of it, over members and rounds")
  func shares() throws {
    func record(_ member: String, _ thread: String, _ seconds: [String: Double]) -> WorkClock.Record {
      .init(member: member, thread: thread, steps: 10, elapsed: seconds.values.reduce(0, +), seconds: seconds)
    }
    let rounds = [
      [
        record("worker 0", "computes", ["compute": 3, "wait": 1]), record("server 0", "serves", ["sum": 1, "wait": 3]),
        record("worker 1", "computes", ["compute": 2, "copy": 1, "wait": 1]),
      ],
      [
        record("worker 1", "computes", ["compute": 6, "wait": 2]), record("server 0", "serves", ["sum": 1, "wait": 7]),
        record("worker 0", "computes", ["compute": 5, "wait": 3]),
      ],
    ]
    let threads = BreakdownBenchmark.threads(of: rounds)
    #expect(threads.map { "\($0.role) \($0.thread)" } == ["worker computes", "server serves"])
    for thread in threads { #expect(abs(thread.shares.values.reduce(0, +) - 1) < 1e-12) }
    #expect(threads[0].shares["compute"] == 16.0 / 24 && threads[0].shares["copy"] == 1.0 / 24)
    // The mean of both workers, in the first round 250 ms and in the second 550.
    #expect(threads[0].milliseconds["compute"]?.min == 250 && threads[0].milliseconds["compute"]?.max == 550)
  }

  @Test("a figure is an SVG of a part that has something to draw, and a microbatch a part of a batch of the part step")
  func flags() throws {
    func suite(_ words: [String]) throws -> Int {
      try #require(try Tare.command(for: ["bench"] + words) as? BenchCommand).suite().count
    }
    #expect(try suite(["--figure", "a.SVG"]) > 0 && suite(["--only", "scale", "--figure", "b.svg"]) == 1)
    for (words, sentence) in [
      (["--figure", "a.png"], "--figure is a.png; accepted: a file whose name ends in .svg."),
      (["--only", "launch", "--figure", "a.svg"], "--figure draws nothing of --only launch; accepted: one of step"),
      (["--only", "nothing"], "nothing"),
      (["--microbatch", "48"], "--microbatch is 48; accepted: 2, 4, 8, 16, 32, 64, 128."),
      (["--only", "scale", "--microbatch", "64"], "--microbatch changes nothing of --only scale; accepted: step."),
      (
        ["--only", "launch", "--python", "python3"],
        "--python changes nothing of --only launch; accepted: one of step, system, memory, small."
      ),
      (["--only", "step", "--ps-lite", "a"], "--ps-lite changes nothing of --only step; accepted: roundtrip."),
    ] {
      let error = #expect(throws: UsageError.self) { try suite(words) }
      #expect(error?.exitCode == 64 && error?.description.contains(sentence) == true, "\(String(describing: error))")
    }
  }
}
