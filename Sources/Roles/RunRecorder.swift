package import Coordination
package import Failures
package import ParameterServer
package import Parameters
package import RunDefinition

/// Where the coordinator's loop writes what becomes of a run: its records, its checkpoints, and whoever watches.
///
/// Called on the coordinator's thread alone. What throws ends the run.
package protocol RunRecorder: AnyObject {
  /// The highest generation that the run has had; 0 before the first.
  var generation: UInt64 { get }
  /// Versions whose state is on the disk, ascending, whether it can be read or not.
  var committed: [Int] { get throws }
  /// Whether the run goes on where workers round differently, from each other or from those before.
  var toleratesOtherArithmetic: Bool { get }

  /// The coordinator listens: members can join.
  func opened()
  func joined(_ member: Member)
  /// The servers hold the state that the run goes on with, for the first time. From here on what the records held of later
  /// versions is void.
  func started() throws
  /// Before each rewind: the arithmetic of the workers, which all have in common; where they need not, also when one joins.
  ///
  /// - Throws: if the run was computed otherwise.
  func agreed(on fingerprint: Fingerprint) throws
  /// A server's report of one logging window; each server and window comes once within a generation.
  func record(_ report: WindowReport, from server: Int) throws
  /// The test images have been counted at `version`.
  func evaluated(version: Int, _ tally: Tally) throws
  func happened(_ event: RunEvent)
  /// Comes several times a second.
  func stands(_ standing: RunStanding)

  /// Goes back to what the records held at `version`, or begins there; what came later is void, though before `started`
  /// nothing of it is lost.
  ///
  /// A state that was being collected is dropped.
  ///
  /// - Returns: the state of `version`; `nil` where that is the initial one.
  /// - Throws: `UnreadableCheckpoint` if what is on the disk is missing, cannot be read or is not whole.
  func rewind(to version: Int, generation: UInt64) throws -> StoredState?

  /// Begins to write the state of `version` without holding up the caller. One that was begun before and not committed is dropped.
  func collect(_ version: Int)

  /// Goes on with what `StateCollection` says comes next in the files.
  ///
  /// - Parameter done: called from any thread once they are written, or dropped because something has failed.
  func append(_ bytes: [ArraySlice<UInt8>], done: @escaping @Sendable () -> Void)

  /// Makes the state, all of whose bytes were appended, a checkpoint without holding up the caller.
  ///
  /// - Parameter done: called from any thread once the checkpoint is durable, or has failed.
  func commit(_ state: CollectedState, generation: UInt64, done: @escaping @Sendable (RunError?) -> Void)

  /// The run is over: what is being written is finished, nothing else is begun.
  func ended()
}

extension RunRecorder {
  package func stands(_ standing: RunStanding) {}
}

/// A checkpoint that is there and can't be used.
package struct UnreadableCheckpoint: Error {
  package let sentence: String

  package init(_ sentence: String) { self.sentence = sentence }
}
