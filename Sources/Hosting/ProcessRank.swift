package import Failures
import Foundation
import Roles
package import Transport
package import ZeroMQ

/// The place of this process among those that mpirun, srun, torchrun or Kubernetes started with the same command, as their
/// variables tell.
package struct ProcessRank: Hashable, Sendable {
  /// From 0; that one leads the run.
  package let rank: Int
  package let size: Int
  /// Of the processes, how many are on this machine, if it is known.
  package let localSize: Int?
  /// The variables that were believed, for messages.
  package let source: String
  /// Name or address of the machine of rank 0.
  package let leader: String
  /// Where rank 0 waits for the others.
  package let port: UInt16
  /// Of the pool of hosts.
  package let key: RunKey

  /// Where a port isn't given.
  package static let defaultPort: UInt16 = 7117

  /// The variables of one kind of launcher.
  private struct Names {
    let launcher: String
    let rank: String
    let size: String
    let localSize: String
  }

  private static let torch = Names(
    launcher: "torchrun", rank: "RANK", size: "WORLD_SIZE", localSize: "LOCAL_WORLD_SIZE")
  private static let openMPI = Names(
    launcher: "Open MPI", rank: "OMPI_COMM_WORLD_RANK", size: "OMPI_COMM_WORLD_SIZE",
    localSize: "OMPI_COMM_WORLD_LOCAL_SIZE")
  private static let pmi = Names(launcher: "PMI", rank: "PMI_RANK", size: "PMI_SIZE", localSize: "MPI_LOCALNRANKS")
  private static let slurm = Names(
    launcher: "Slurm", rank: "SLURM_PROCID", size: "SLURM_NTASKS", localSize: "SLURM_STEP_TASKS_PER_NODE")
  /// An indexed job has no variable for its size.
  private static let kubernetes = Names(
    launcher: "Kubernetes", rank: "JOB_COMPLETION_INDEX", size: "WORLD_SIZE", localSize: "")

  private struct Claim {
    let names: Names
    let rank: Int
    let size: Int
  }

  /// Where rank 0 waits for the others.
  package var endpoint: ZeroMQ.Endpoint {
    get throws { try ZeroMQ.Endpoint(address: leader, port: port) }
  }

  /// Compute threads that this rank offers of the processors that it may use: those that it was bound to, or its share if
  /// it may use all of a machine that it shares with other ranks.
  package func slots(of available: Int, online: Int) -> Int {
    guard let localSize, available == online else { return available }
    return max(1, available / localSize)
  }

  /// - Throws: `UsageError` if no variables tell the rank, or some contradict each other.
  package init(_ variables: [String: String]) throws(UsageError) {
    let claims = try Self.claims(variables)
    guard let first = claims.first else {
      throw Self.refusal(
        "launcher env finds no rank in the environment; accepted: RANK and WORLD_SIZE as torchrun sets them, or the "
          + "variables of Open MPI (OMPI_COMM_WORLD_RANK), PMI (PMI_RANK), Slurm (SLURM_PROCID, within srun) or "
          + "Kubernetes (JOB_COMPLETION_INDEX, with WORLD_SIZE).")
    }
    for other in claims.dropFirst() {
      try Self.compare(first.rank, first.names.rank, other.rank, other.names.rank)
      try Self.compare(first.size, first.names.size, other.size, other.names.size)
    }
    (rank, size) = (first.rank, first.size)
    guard rank < size else {
      throw Self.refusal(
        "\(first.names.rank) is \(rank), but \(first.names.size) is \(size); accepted: ranks from 0 to \(size - 1).")
    }
    source = "\(first.names.rank) and \(first.names.size)"
    localSize = try Self.number(first.names.localSize, in: variables, from: 1)
    leader = try Self.leader(variables, isAlone: localSize == size)
    port = try Self.port(variables)
    guard let text = variables[Invitation.keyVariable], let key = RunKey(text: text) else {
      let fault = variables[Invitation.keyVariable] == nil ? "is missing" : "is no key"
      throw Self.refusal(
        "\(Invitation.keyVariable) \(fault); accepted with launcher env: the \(RunKey.digitCount) hexadecimal digits that "
          + "\"tare keygen\" prints, the same for every rank.")
    }
    self.key = key
  }

  /// What each kind of launcher says, the nearest to this process first.
  private static func claims(_ variables: [String: String]) throws(UsageError) -> [Claim] {
    var kinds: [Names] = []
    let isMPI = variables[openMPI.rank] != nil || variables[pmi.rank] != nil
    if variables[torch.rank] != nil || variables[torch.size] != nil && variables[kubernetes.rank] == nil && !isMPI {
      kinds.append(torch)
    }
    for names in [openMPI, pmi] where variables[names.rank] != nil { kinds.append(names) }
    // A batch script has the variables of its allocation, which aren't those of a task; and mpirun starts its own daemons
    // by srun.
    if variables[slurm.rank] != nil, variables["SLURM_STEP_ID"] != nil, !isMPI { kinds.append(slurm) }
    if variables[kubernetes.rank] != nil { kinds.append(kubernetes) }
    var claims: [Claim] = []
    for names in kinds {
      guard let rank = try number(names.rank, in: variables, from: 0) else { throw missing(names.rank, names) }
      guard let size = try number(names.size, in: variables, from: 1) else { throw missing(names.size, names) }
      claims.append(Claim(names: names, rank: rank, size: size))
    }
    return claims
  }

  private static func compare(_ a: Int, _ nameOfA: String, _ b: Int, _ nameOfB: String) throws(UsageError) {
    guard a != b else { return }
    throw refusal("\(nameOfA) is \(a), but \(nameOfB) is \(b); accepted: the same, or only one of them.")
  }

  /// Where rank 0 is: as `MASTER_ADDR` says, or the first node of Slurm's step, or here if all are here.
  private static func leader(_ variables: [String: String], isAlone: Bool) throws(UsageError) -> String {
    if let address = variables["MASTER_ADDR"], !address.isEmpty { return address }
    if variables["SLURM_STEP_ID"] != nil,
      let list = variables["SLURM_STEP_NODELIST"] ?? variables["SLURM_JOB_NODELIST"],
      let node = firstNode(of: list)
    {
      return node
    }
    guard isAlone else {
      throw refusal(
        "MASTER_ADDR is missing; accepted: name or address of the machine of rank 0, the same for every rank.")
    }
    return "127.0.0.1"
  }

  /// Of a list as Slurm writes it: `n[3-5,8],gpu1` begins with `n3`.
  static func firstNode(of list: String) -> String? {
    guard let bracket = list.firstIndex(of: "["), !list[..<bracket].contains(",") else {
      return list.split(separator: ",").first.map(String.init)
    }
    let number = list[list.index(after: bracket)...].prefix { $0 != "-" && $0 != "," && $0 != "]" }
    return String(list[..<bracket]) + String(number)
  }

  private static func port(_ variables: [String: String]) throws(UsageError) -> UInt16 {
    if let text = variables["MASTER_PORT"] {
      guard let port = UInt16(text), port > 0 else {
        throw refusal("MASTER_PORT is \"\(text)\"; accepted: a port from 1 to 65535, the same for every rank.")
      }
      return port
    }
    // Jobs that share a machine must not meet.
    guard let job = try number("SLURM_JOB_ID", in: variables, from: 0) else { return defaultPort }
    return UInt16(20000 + job % 10000)
  }

  private static func number(
    _ name: String, in variables: [String: String], from least: Int
  ) throws(UsageError) -> Int? {
    guard let text = variables[name] else { return nil }
    // Slurm's tasks per node: `2(x3),1`.
    guard let number = Int(text.prefix { $0 != "(" && $0 != "," }), number >= least else {
      throw refusal("\(name) is \"\(text)\"; accepted: a whole number, \(least) or more.")
    }
    return number
  }

  private static func missing(_ name: String, _ names: Names) -> UsageError {
    refusal(
      "\(name) is missing beside the other variables of \(names.launcher); accepted: both \(names.rank) and \(names.size)."
    )
  }

  private static func refusal(_ sentence: String) -> UsageError { UsageError(field: "launcher", sentence) }
}
