package import ArgumentParser
import CDescriptors
package import Failures
import Foundation
import Launching

/// The one executable; each role and task is a command.
@main
package struct Tare: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "tare",
    abstract: "Train a network over a parameter server and measure each layer's effective learning rate.",
    discussion: """
      Tare answers one question: what do L2 regularization and normalization do to the effective learning rate? It \
      trains real networks on real images over servers and workers, and measures how far each step rotates the weights \
      of each layer (van Laarhoven 2017, arXiv:1706.05350).

      The weights depend only on the spec and its seed, not on the number of workers, threads and servers nor on the \
      transport. The SHA-256 printed at the end verifies it.

      EXAMPLES
        tare train
            three convolutions on drawn glyphs, one server, two workers
        tare train --dataset cifar-10 --data ~/cifar-10 --lr 0.01 --epochs 10
        tare train plan.yaml --set groups.head.learningRate=0.01 --workers 4
        tare train --dataset mnist --data ~/mnist --network mlp --optimizer adam

      EXIT CODES
        0         done
        1         a claim does not hold, a run of a sweep failed, a drill, soak test or
                  simulation found a violation, or tare doctor a problem
        64        a spec, plan or flag is invalid
        65        a data file is invalid, or the run diverged
        69        a server, worker or coordinator is unavailable
        70        an error in Tare itself
        74        input or output failed, or a limit of the system is too low
        75        the run stopped because a member is missing; tare train --resume continues it
        129, 130, 143
                  stopped by SIGHUP, SIGINT or SIGTERM
      """,
    version: VersionReport.text,
    subcommands: [
      DemoCommand.self, TrainCommand.self, SubmitCommand.self, SweepCommand.self, RunsCommand.self, ReportCommand.self,
      ServeCommand.self, WatchCommand.self, ClaimsCommand.self, HostCommand.self, ServerCommand.self,
      WorkerCommand.self, WorkersCommand.self, DoctorCommand.self, KeygenCommand.self, FieldsCommand.self,
      PlanCommand.self, NetworkCommand.self, DataCommand.self, AuditCommand.self, ExportCommand.self,
      MeasureCommand.self, ExplainCommand.self,
      DrillCommand.self,
      SoakCommand.self,
      SimulateCommand.self, EmulatedCoordinatorCommand.self, BenchCommand.self, VersionCommand.self,
    ])

  package init() {}

  package static func main() {
    do {
      try StandardStreams.open()
      StandardError.prepare()
      tare_raise_descriptor_limit()
      Signals.ignoreBrokenFiles()
      ResourceLimits.explainAborts()
      try ResourceLimits.checkProcessFolder()
      let arguments = try words(of: argumentBytes)
      var command = try command(for: Array(arguments.dropFirst()))
      try command.run()
      ProcessExit.begin()
    } catch {
      CommandExit(of: error).exitProcess()
    }
  }

  /// The arguments as the system has them, the program's name first.
  private static var argumentBytes: [[UInt8]] {
    (0..<Int(CommandLine.argc)).compactMap { index in
      unsafe CommandLine.unsafeArgv[index].map { argument in
        unsafe Array(UnsafeRawBufferPointer(start: argument, count: strlen(argument)))
      }
    }
  }

  /// The arguments as text. What is not UTF-8 is refused: made text, it would name another file.
  package static func words(of arguments: [[UInt8]]) throws(UsageError) -> [String] {
    var words: [String] = []
    for (index, bytes) in arguments.enumerated() {
      guard let word = String(validating: bytes, as: UTF8.self) else {
        throw UsageError(
          field: nil,
          "argument \(index), \"\(String(decoding: bytes, as: UTF8.self))\", is not UTF-8; accepted: UTF-8, such as a link "
            + "with such a name to the file.")
      }
      words.append(word)
    }
    return words
  }

  /// The command that the arguments ask for, its options parsed.
  package static func command(for arguments: [String]) throws -> any ParsableCommand {
    let names = configuration.subcommands.map { $0._commandName } + ["help"]
    let asked = arguments.first == "help" ? arguments.dropFirst().first : arguments.first
    if let asked, !asked.hasPrefix("-"), !names.contains(asked) {
      throw UsageError.unknown("command", asked, accepted: names)
    }
    return try parseAsRoot(arguments)
  }
}
