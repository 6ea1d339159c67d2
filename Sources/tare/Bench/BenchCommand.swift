package import ArgumentParser
package import Failures
import Foundation
import Records
import Reports

package struct BenchCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract:
      "Measure a worker's step, a whole run, its memory, the server's update, messages, goodput, round trips, checkpoints and recovery.",
    discussion: """
      Measurements alternate in short rounds, so that load from other processes affects all alike. A round is quiet if \
      other processes use less than a tenth of a processor; figures are medians over the quiet rounds, or over all \
      rounds if fewer than three are quiet. A difference is the mean over the rounds with the half-width of its 95 % interval; \
      if that is wider than the difference, the table says so.

      EXAMPLES
        tare bench
        tare bench --python ~/torch/bin/python
            compares with PyTorch; run in the source folder
        tare bench --only step --microbatch 128 --python ~/torch/bin/python
            a step of one microbatch
        tare bench --only roundtrip --ps-lite ./ps_lite_round_trip
            beside ps-lite; cluster/peers/ps_lite_round_trip.cc says how to build that program
        tare bench --only memory --data ~/cifar-10 --json
        tare bench --only checkpoint --rounds 7
            the cost of a checkpoint every hundred steps
        tare bench --only recovery --rounds 5
            the duration of a step in which a worker is killed or stopped
        tare bench --only report --rounds 3
            the duration of a report on 500 runs of 1000 logged steps
        tare bench --only launch
            the overhead of a run of a sweep
        tare bench --only straggler
            the speed of runs in which one of two workers is stopped half of the time
        tare bench --only breakdown
            what the threads of two workers and a server spend a step on
        tare bench --only small --python ~/torch/bin/python
            steps of 32 images through a small network, beside PyTorch as it is and compiled
        tare bench --only scale
            up to 16 workers and 8 servers, whatever the number of cores, and steps of up to 100 million parameters
        tare bench --json > before.json
        tare bench --figure bench.svg
            bars of what was measured, beside what bounds it and beside other programs
        tare bench --compare before.json
            what has become faster or slower since, beyond the noise

      EXIT CODES
        0 done, 1 something is slower than in the file of --compare, 64 an invalid flag, 65 an invalid file, 69 a process did \
      not start, 70 an error in Tare, 74 a file cannot be read or written
      """)

  @Option(
    help: ArgumentHelp(
      "One part: step, system, memory, update, messages, goodput, roundtrip, checkpoint, recovery, report, launch, straggler, "
        + "breakdown, small or scale (default: the first seven).",
      valueName: "part"))
  var only: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Duration of one measurement.", valueName: "s"))
  var seconds = 1.0

  @Option(parsing: .unconditional, help: ArgumentHelp("Number of rounds.", valueName: "n"))
  var rounds = 7

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Images of a microbatch in the part step, whose batch is 128.", valueName: "n"))
  var microbatch = 32

  @Option(help: ArgumentHelp("A Python with PyTorch to compare with.", valueName: "path"))
  var python: UserPath?

  @Option(
    help: ArgumentHelp("A program with ps-lite to compare round trips with.", valueName: "path"), completion: .file())
  var psLite: UserPath?

  @Option(help: ArgumentHelp("Folder of CIFAR-10 to measure memory on, too.", valueName: "path"))
  var data: UserPath?

  @Flag(help: "Print one JSON object instead of the tables.")
  var json = false

  @Option(
    help: ArgumentHelp("Compare with an earlier result of 'tare bench --json'.", valueName: "file"), completion: .file()
  )
  var compare: UserPath?

  @Option(
    help: ArgumentHelp("Draw the result into this SVG file, in place of one that is there.", valueName: "file.svg"),
    completion: .file(extensions: ["svg"]))
  var figure: UserPath?

  @OptionGroup var progress: ProgressOption

  package init() {}

  package func run() throws {
    let suite = try suite()
    let partial = PartialResult<BenchResult>(suite.nothing)
    if json { partial.followSignals() }
    let earlier = try compare.map { try BenchResult(file: $0.text, of: "compare") }
    try suite.checkPeers()
    // It takes minutes: where nothing can be written, nothing is measured.
    if let figure { _ = try OutputFile(figure.text, flags: O_CREAT) }
    let meter = try progress.meter("bench", of: suite.count, "measurements")
    let result = try suite.run(meter) { found in partial.update { $0 = found } }
    meter.end()
    partial.update { $0 = result }
    if let figure {
      try AtomicFile.replace(figure.text, with: Array(BenchChart(result).figure.svg.utf8))
    }
    let comparison = earlier.map { BenchComparison(of: result, with: $0) }
    if json {
      try partial.finish { try JSONOutput.text(of: Output(result: $0, comparison: comparison)) }
    } else {
      for line in BenchReport(result).lines { try print(line) }
      for line in comparison?.lines(besides: compare?.text ?? "") ?? [] { try print(line) }
      if let figure { try print("figure \(figure)") }
    }
    if comparison?.isAnySlower == true { throw ReportedFailure() }
  }

  /// The result, with the comparison among its keys.
  private struct Output: Encodable {
    let result: BenchResult
    let comparison: BenchComparison?

    private enum Key: String, CodingKey { case comparison }

    func encode(to encoder: any Encoder) throws {
      try result.encode(to: encoder)
      guard let comparison else { return }
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(comparison.rows, forKey: .comparison)
    }
  }

  /// The suite that the flags select, checked.
  package func suite() throws(UsageError) -> BenchSuite {
    var parts = BenchSuite.Part.usual
    if let only {
      guard let part = BenchSuite.Part(rawValue: only) else {
        throw .unknown("part", only, accepted: BenchSuite.Part.allCases.map(\.rawValue))
      }
      parts = [part]
    }
    guard seconds > 0, seconds <= 600 else {
      throw UsageError(field: "seconds", "--seconds is \(seconds); accepted: a number above 0, at most 600.")
    }
    guard (1...1000).contains(rounds) else {
      throw UsageError(field: "rounds", "--rounds is \(rounds); accepted: 1 to 1000.")
    }
    let sizes = (2...BenchSuite.batch).filter(BenchSuite.batch.isMultiple)
    guard sizes.contains(microbatch) else {
      let accepted = sizes.map(String.init).joined(separator: ", ")
      throw UsageError(field: "microbatch", "--microbatch is \(microbatch); accepted: \(accepted).")
    }
    guard microbatch == 32 || parts.contains(.step) else {
      throw UsageError(field: "microbatch", "--microbatch changes nothing of --only \(only ?? ""); accepted: step.")
    }
    guard python == nil || parts.contains(where: BenchSuite.Part.besidePeer.contains) else {
      let accepted = BenchSuite.Part.besidePeer.map(\.rawValue).joined(separator: ", ")
      throw UsageError(
        field: "python", "--python changes nothing of --only \(only ?? ""); accepted: one of \(accepted).")
    }
    guard psLite == nil || parts.contains(.roundtrip) else {
      throw UsageError(field: "ps-lite", "--ps-lite changes nothing of --only \(only ?? ""); accepted: roundtrip.")
    }
    if let figure {
      try figure.checkEnding(".svg", of: "figure")
      guard parts.contains(where: \.isDrawn) else {
        let drawn = BenchSuite.Part.allCases.filter(\.isDrawn).map(\.rawValue).joined(separator: ", ")
        throw UsageError(
          field: "figure", "--figure draws nothing of --only \(only ?? ""); accepted: one of \(drawn).")
      }
    }
    return BenchSuite(
      parts: parts, seconds: seconds, rounds: rounds, python: python?.text, psLite: psLite?.text, cifar: data?.text,
      microbatch: microbatch)
  }
}
