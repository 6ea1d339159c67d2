import Foundation

/// A short run without coverage, the same every time: seeds, given inputs, hostile inputs, mutants of the seeds.
///
/// What goes wrong ends the process, so that it is run in a process of its own: by a trap, by a signal when one input
/// takes longer than its time, or because there is no memory. The last line printed names the input.
package struct Trial {
  private let target: FuzzTarget

  /// Seconds of processor time for one input: on a busy machine, too, enough for what is not a hang.
  private static let timeout = 5
  /// Bytes that all inputs may take, beyond a multiple of their own number.
  private static let slack = 48 << 20

  package init(_ target: FuzzTarget) { self.target = target }

  /// - Parameter given: inputs and their names.
  /// - Returns: whether every seed was accepted, and memory stayed bounded.
  package func run(given: [(name: String, bytes: [UInt8])], mutants: Int) -> Bool {
    var isGood = true
    for (index, seed) in target.seeds.enumerated() {
      if !decode(seed, "seed \(index)") {
        say("seed \(index) is not accepted")
        isGood = false
      }
    }
    for (name, bytes) in given + target.hostile() {
      var seconds = 0.0
      let growth = PeakMemory.growth {
        let start = Date()
        decode(bytes, name)
        seconds = Date().timeIntervalSince(start)
      }
      let limit = Self.slack + target.greatestRatio * bytes.count
      let memory = Self.text(growth)
      say("\(name): \(bytes.count) bytes, \(Int(seconds * 1000)) ms, \(memory) of \(limit >> 20) MiB")
      isGood = isGood && (growth ?? 0) <= limit
    }
    let mutation = Mutation(of: target, seed: 1)
    var accepted = 0
    let growth = PeakMemory.growth {
      for number in 0..<mutants where decode(mutation.input(number), "mutant \(number)") { accepted += 1 }
    }
    say("\(mutants) mutants, of which \(accepted) are accepted, \(Self.text(growth))")
    return isGood && (growth ?? 0) <= Self.slack
  }

  @discardableResult private func decode(_ bytes: [UInt8], _ name: String) -> Bool {
    say(name)
    setTimer(Self.timeout)
    defer { setTimer(0) }
    return target.decode(bytes)
  }

  /// After so many seconds of this process, a signal ends it; 0 calls that off.
  private func setTimer(_ seconds: Int) {
    var timer = itimerval()
    timer.it_value.tv_sec = seconds
    unsafe setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
  }

  /// An unknown growth is passed, but not reported as none.
  private static func text(_ growth: Int?) -> String { growth.map { "\($0 >> 20) MiB" } ?? "unknown MiB" }

  private func say(_ line: String) {
    FileHandle.standardError.write(Data("\(target.name): \(line)\n".utf8))
  }
}
