package import Coordination
import Failures
import Foundation
import Launching
import Parameters
import Synchronization
package import Transport

/// Members as processes on the hosts of a pool.
package final class HostLauncher: Launcher {
  /// The pool.
  package let hosts: Hosts
  private let reservation: Hosts.Reservation?
  private let key: RunKey
  private let port: UInt16
  private let threads: Int
  private let departures = Departures()
  private let closing: () -> Void
  private var placed: [Member: Int] = [:]
  /// Why a member found no room, which another try would not find either.
  private let shortage = Shortage()

  private final class Shortage: Sendable {
    let why = Mutex<String?>(nil)
  }

  /// - Parameters:
  ///   - reservation: where all members go; without one, each goes where there is room.
  ///   - port: of the run's coordinator.
  ///   - threads: of a worker: the slots that it takes.
  ///   - closing: ends the pool, where it is this run's own.
  package init(
    on hosts: Hosts, in reservation: Hosts.Reservation? = nil, key: RunKey, port: UInt16, threads: Int,
    closing: @escaping () -> Void = {}
  ) {
    (self.hosts, self.reservation, self.key, self.port) = (hosts, reservation, key, port)
    (self.threads, self.closing) = (threads, closing)
  }

  private static let lastID = Atomic(0)

  /// Numbers the processes and reservations of this program's pools.
  static func nextID() -> Int { lastID.add(1, ordering: .relaxed).newValue }

  /// - Throws: `RunError` after a member that found no room.
  package func launch(
    _ member: Member, incarnation: UInt64, ended: @escaping @Sendable (String) -> Void
  ) throws {
    if let why = shortage.why.withLock({ $0 }) { throw RunError(ExitCode.unavailable, why) }
    end(member)
    let id = Self.nextID()
    let process = HostedProcess(
      id: id, role: member.role == .server ? .server : .worker, rank: member.rank, incarnation: incarnation, port: port,
      key: key.text, isWithAll: reservation != nil)
    placed[member] = id
    departures.arrive()
    hosts.place(process, slots: member.role == .worker ? threads : 0, in: reservation) {
      [departures, shortage] ending in
      switch ending {
      case .ended(let how): ended(how)
      case .noRoom(let why):
        shortage.why.withLock { $0 = why }
        ended(why)
      }
      departures.leave()
    }
  }

  package func end(_ member: Member) {
    guard let id = placed.removeValue(forKey: member) else { return }
    hosts.remove(id: id)
  }

  package func dismiss(within deadline: Double) {
    _ = departures.wait(seconds: deadline)
    for id in placed.values { hosts.remove(id: id) }
    placed = [:]
    closing()
  }
}
