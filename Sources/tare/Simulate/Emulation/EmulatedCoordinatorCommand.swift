import ArgumentParser
import Coordination
import Datasets
import Failures
import Foundation
import Launching
import Logging
import ParameterServer
import Parameters
import Roles
import RunDefinition
import Specification
import Training
import Transport
import ZeroMQ

/// The coordinator of an emulated cluster: that of a run, but nothing is recorded.
struct EmulatedCoordinatorCommand: ParsableCommand {
  static let name = "emulated-coordinator"
  static let configuration = CommandConfiguration(
    commandName: name, abstract: "Lead a run of 'tare simulate --emulate', which starts this.", shouldDisplay: false)

  @Argument(help: ArgumentHelp("The run's spec as JSON.", valueName: "file"))
  var spec: UserPath

  @Option(help: ArgumentHelp("Where members join.", valueName: "endpoint"))
  var listen: String

  func run() throws {
    Lifeline.follow {}
    guard let data = FileManager.default.contents(atPath: spec.text),
      let spec = try? JSONDecoder().decode(RunSpec.self, from: data)
    else {
      throw UsageError(field: nil, "\(spec) is not what 'tare simulate --emulate' writes; accepted: leave this to it.")
    }
    let definition = try RunDefinition(spec: spec, images: DatasetSummary(DatasetRequest(spec.dataset)))
    let role = try CoordinatorRole(
      definition, on: ZeroMQ.Endpoint(listen), in: Context(), key: KeySource(file: nil, recorded: nil).key(),
      recorder: EmulationRecorder(), notices: Mailbox(),
      log: Logger(label: "coordinator") { RunLog(label: $0, descriptor: 2) })
    // Who fails does not come back: whoever has started this looks after the processes.
    try role.run(ManualLauncher { _ in })
  }
}

/// Keeps nothing: an emulated run learns nothing.
private final class EmulationRecorder: RunRecorder {
  let generation: UInt64 = 0
  private(set) var committed: [Int] = []

  func opened() {}
  func joined(_ member: Member) {}
  func started() {}

  var toleratesOtherArithmetic: Bool { false }
  func agreed(on fingerprint: Fingerprint) throws {
    guard EmulatedComputing.made(fingerprint) else {
      throw RunError(ExitCode.software, "a worker of an emulated cluster computes")
    }
  }

  func record(_ report: WindowReport, from server: Int) {}
  func evaluated(version: Int, _ tally: Tally) {}
  func happened(_ event: RunEvent) {}
  func rewind(to version: Int, generation: UInt64) -> StoredState? { nil }
  func collect(_ version: Int) {}
  func append(_ bytes: [ArraySlice<UInt8>], done: @escaping @Sendable () -> Void) { done() }

  func commit(_ state: CollectedState, generation: UInt64, done: @escaping @Sendable (RunError?) -> Void) {
    committed.append(state.version)
    done(nil)
  }

  func ended() {}
}
