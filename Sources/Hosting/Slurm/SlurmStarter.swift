import Failures
import Foundation
import Launching
import Synchronization
package import Transport
package import ZeroMQ

/// Starts an agent on each node of an allocation, all with one srun. It hands them the key over stdin, which stays open: its end
/// tells the agents that this process is gone.
package final class SlurmStarter: AgentStarter {
  private let allocation: SlurmAllocation
  private let state = Mutex(State())
  private let departures = Departures()

  private struct State {
    var child: Child?
    var isClosed = false
    /// The last line of each agent.
    var last: [String: String] = [:]
  }

  package init(_ allocation: SlurmAllocation) { self.allocation = allocation }

  package var hosts: [String] { allocation.nodes.map(\.name) }

  package func start(joining endpoints: [ZeroMQ.Endpoint], key: RunKey, absent: @escaping Absent) {
    do {
      let srun = try Program("srun")
      let errors = try ErrorTail(of: "srun", editing: { [self] in take($0, absent) })
      defer { errors.release() }
      let child = try Child(
        "srun", executable: srun.path,
        arguments: Self.options(nodes: hosts.count) + Self.command(joining: endpoints), environment: [:],
        log: errors.descriptor)
      departures.arrive()
      state.withLock { $0.child = child }
      child.write(key.text + "\n")
      child.watch { [self] status in
        let line = errors.lastLine()
        end(of: hosts, line.isEmpty ? "srun: \(status)" : "srun: \(status): \(line)", absent)
        departures.leave()
      }
    } catch {
      end(of: hosts, "\(error)", absent)
    }
  }

  package func close(within deadline: Double) {
    let child = state.withLock { state in
      state.isClosed = true
      return state.child
    }
    guard let child else { return }
    // Those that joined have been told that they are no longer needed; for srun, the end of their input would be a failure.
    let isOver = departures.wait(seconds: deadline / 2)
    child.release()
    guard !isOver, !departures.wait(seconds: deadline / 2) else { return }
    // Without srun, Slurm's daemons close the input of the agents.
    child.kill()
    _ = departures.wait(seconds: 5)
  }

  /// One task on each node, with everything that the job has there: a task that asks for processors gets only those, and those
  /// that the job asked for by task are not inherited since Slurm 22.05. An agent that ends, and a node that fails, leave the
  /// others alone.
  static func options(nodes: Int) -> [String] {
    [
      "--nodes=\(nodes)", "--ntasks=\(nodes)", "--ntasks-per-node=1", "--whole", "--overlap", "--cpu-bind=none",
      "--mpi=none", "--no-kill", "--kill-on-bad-exit=0", "--wait=0", "--input=all", "--label", "--quiet",
      "--job-name=tare-host",
    ]
  }

  /// Of an agent, which takes its name and its processors from the variables of its task.
  private static func command(joining endpoints: [ZeroMQ.Endpoint]) -> [String] {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "tare"
    return [own, "host", "--launched", "--join", endpoints.map(\.description).joined(separator: ",")]
  }

  /// Names the node in a line of srun, and reports those that have ended.
  private func take(_ line: String, _ absent: Absent) -> String? {
    switch SlurmMessage(line) {
    case .task(let number, let text):
      guard hosts.indices.contains(number) else { return line }
      state.withLock { $0.last[hosts[number]] = text }
      return "host \(hosts[number]): \(text)"
    case .ended(let list, let why):
      let names = (try? Program("scontrol").output(["show", "hostnames", list])) ?? list
      end(of: names.split(separator: "\n").map(String.init), why, absent)
    // Asked not to bind, it says so where it never binds.
    case .other where line.hasSuffix("cluster configuration lacks support for cpu binding"): return nil
    case .other: break
    }
    return line.hasPrefix("srun: ") ? String(line.dropFirst(6)) : line
  }

  private func end(of names: [String], _ why: String, _ absent: Absent) {
    let (isClosed, last) = state.withLock { ($0.isClosed, $0.last) }
    guard !isClosed else { return }
    for name in names { absent(name, last[name].map { "\(why): \($0)" } ?? why, false) }
  }
}
