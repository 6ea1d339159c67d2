package import Transport
package import ZeroMQ

/// Starts the agent of the machine of rank 0; the other ranks come by themselves.
package struct RankStarter: AgentStarter {
  private let place: ProcessRank
  private let slots: Int
  private let data: String?
  private let processes = AgentProcesses()

  /// - Parameters:
  ///   - slots: of this machine.
  ///   - data: where the images are on it.
  package init(_ place: ProcessRank, slots: Int, data: String?) {
    (self.place, self.slots, self.data) = (place, slots, data)
  }

  package var hosts: [String] { (0..<place.size).map(Self.name) }

  /// What the run calls the machine of a rank.
  package static func name(of rank: Int) -> String { "rank \(rank)" }

  package func start(joining endpoints: [ZeroMQ.Endpoint], key: RunKey, absent: @escaping Absent) {
    let name = Self.name(of: 0)
    let command = AgentCommand(name: name, endpoints: endpoints, slots: slots, data: data)
    do {
      try processes.start(name, "/proc/self/exe", command.arguments, key: key) { absent(name, $1, false) }
    } catch {
      absent(name, "\(error)", false)
    }
  }

  package func close(within deadline: Double) { processes.close(within: deadline) }
}
