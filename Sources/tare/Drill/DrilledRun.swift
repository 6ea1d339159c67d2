import Coordination
import Failures
import Foundation
import Launching
import Records
import Specification

/// A run in real processes, with a fault in one of them.
struct DrilledRun {
  let spec: RunSpec
  let folder: String

  struct Reference {
    let seconds: Double
    let sha256: String
    let metrics: Data?
  }

  struct RoundResult {
    let isEqual: Bool
    let happened: String
    let backAfter: String
  }

  func faultFree() throws -> Reference {
    let path = folder + "/fault-free"
    let began = ContinuousClock.now
    let ending = try TrainProcess(arguments(path), folder: path).wait()
    guard let result = ending.result else {
      throw RunError(
        ending.exitCode, "the fault-free run ended with exit code \(ending.exitCode): \(ending.errors)")
    }
    return Reference(
      seconds: began.duration(to: .now) / .seconds(1), sha256: result.weightsSHA256,
      metrics: FileManager.default.contents(atPath: path + "/metrics.csv"))
  }

  func run(with fault: DrillFault, round: Int, _ reference: Reference) throws -> RoundResult {
    let path = "\(folder)/round-\(round)"
    let process = try TrainProcess(arguments(path), folder: path)
    let isOver = process.waitForEnd(seconds: fault.moment)
    if !isOver { inject(fault, into: process) }
    var ending = process.wait()
    var resumptions = 0
    // A coordinator that was killed, or could not write, is resumed.
    while ending.result == nil, resumptions < 5 {
      resumptions += 1
      let isBegun = FileManager.default.fileExists(atPath: path + "/run.json")
      let resumption = ["train", "--json", "--progress", "none", "--resume", path]
      ending = try TrainProcess(isBegun ? resumption : arguments(path), folder: path).wait()
    }
    guard let result = ending.result else {
      return RoundResult(isEqual: false, happened: "exit code \(ending.exitCode): \(ending.errors)", backAfter: "-")
    }
    let isEqual =
      result.weightsSHA256 == reference.sha256
      && FileManager.default.contents(atPath: path + "/metrics.csv") == reference.metrics
    let lost = result.events.first { [.lost, .missed, .checkpointFailed].contains($0.kind) }
    let back = result.events.last { [.joined, .returned, .continued].contains($0.kind) }
    var happened = lost?.what ?? (isOver ? "run was already over" : "no member was lost")
    if resumptions > 0 { happened = "resumed" + (resumptions > 1 ? " \(resumptions) times" : "") }
    let backAfter = lost.flatMap { lost in back.map { "\((($0.seconds - lost.seconds) * 100).rounded() / 100) s" } }
    return RoundResult(isEqual: isEqual, happened: happened, backAfter: backAfter ?? "-")
  }

  private func inject(_ fault: DrillFault, into process: TrainProcess) {
    func find() -> pid_t? {
      fault.victim.map { ChildProcesses.member($0, of: process.id) } ?? process.id
    }
    var victim = find()
    // The victim may not have started yet.
    while victim == nil, !process.waitForEnd(seconds: 0.05) { victim = find() }
    switch fault.kind {
    case .kill: process.signal(SIGKILL, victim)
    case .stop:
      process.signal(SIGSTOP, victim)
      _ = process.waitForEnd(seconds: fault.seconds)
      process.signal(SIGCONT, victim)
    case .drop: process.signal(SIGUSR1, victim)
    case .disk:
      guard let victim, FullDisk.limit(victim, to: 0) else { return }
      _ = process.waitForEnd(seconds: fault.seconds)
      _ = FullDisk.limit(victim, to: nil)
    }
  }

  private func arguments(_ path: String) throws -> [String] {
    let plan = path + ".json"
    try Data(spec.json.utf8).write(to: URL(fileURLWithPath: plan))
    return ["train", plan, "--json", "--progress", "none", "--output", path]
  }
}
