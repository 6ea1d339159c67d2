import Foundation
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
}
