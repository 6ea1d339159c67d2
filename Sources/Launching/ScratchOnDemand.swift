import Synchronization

/// A scratch folder that is made when it is first needed. A process that is killed leaves none that it had no use for.
package final class ScratchOnDemand: Sendable {
  private let folder = Mutex<ScratchFolder?>(nil)

  package init() {}

  /// - Throws: `ScratchError`.
  package func path() throws -> String {
    try folder.withLock { folder in
      let found = try folder ?? ScratchFolder()
      folder = found
      return found.path
    }
  }

  package func remove() { folder.withLock { $0 }?.remove() }
}
