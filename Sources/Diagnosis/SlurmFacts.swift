import Failures
import Launching

/// Slurm, as this machine sees it.
package struct SlurmFacts: Hashable, Sendable {
  /// Those of its programs that are here.
  let programs: [String]
  /// What `scontrol ping` says, or why it fails; `nil` without Slurm.
  let answer: String?

  package init(programs: [String], answer: String?) { (self.programs, self.answer) = (programs, answer) }

  /// - Parameter deadline: in seconds.
  package init(within deadline: Double) {
    programs = ["srun", "sbatch"].filter { (try? Program($0)) != nil }
    do {
      answer = programs.isEmpty ? nil : try Program("scontrol").output(["ping"], within: deadline)
    } catch {
      answer = error.description
    }
  }

  package var finding: Finding {
    guard let answer else { return .ok("Slurm", "not on this machine; only tare submit and --launcher slurm need it") }
    guard programs.count == 2 else {
      return .warning(
        "Slurm", "\(programs.joined()) is here, and the other of srun and sbatch is not",
        advice: "Install Slurm's client programs (Debian: slurm-client).")
    }
    let line = answer.split(separator: "\n").map(String.init)
    guard let up = line.first(where: { $0.hasSuffix(" is UP") }) else {
      return .warning(
        "Slurm", "its controller does not answer: \(line.last ?? "")",
        advice: "Start slurmctld, or run this on a login node of the cluster.")
    }
    return .ok("Slurm", "srun and sbatch are here; \(up)")
  }
}
