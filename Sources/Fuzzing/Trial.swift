import Foundation

/// A short deterministic fuzzing run without coverage feedback: seeds, given inputs, hostile inputs, and mutants of the
/// seeds.
///
/// A failure ends the process, so run it in a separate process: by a trap, by a signal when an input exceeds its time
/// limit, or because memory is exhausted. The last line printed names the input.
package struct Trial {
  private let target: FuzzTarget

  /// Seconds of processor time per input: enough for anything but a hang, even on a busy machine.
  private static let timeout = 5
  /// Bytes of memory that any input may use in addition to a multiple of its size.
  private static let slack = 48 << 20

  package init(_ target: FuzzTarget) { self.target = target }

  /// - Parameter given: additional inputs and their names.
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

  /// A signal ends the process after this many seconds of its processor time; 0 cancels the timer.
  private func setTimer(_ seconds: Int) {
    var timer = itimerval()
    timer.it_value.tv_sec = seconds
    unsafe setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
  }

  /// Unknown growth passes, but is not reported as zero.
  private static func text(_ growth: Int?) -> String { growth.map { "\($0 >> 20) MiB" } ?? "unknown MiB" }

  private func say(_ line: String) {
    FileHandle.standardError.write(Data("\(target.name): \(line)\n".utf8))
  }
}
