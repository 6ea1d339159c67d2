import Foundation

/// A folder's turn for one of several processes, until it ends. Where the file system has no locks, or nobody ends a turn within
/// the patience, there is none to wait for.
struct FolderTurn {
  private let descriptor: Int32

  /// - Parameter patience: seconds.
  init(_ folder: String, patience: Double) {
    descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    let last = ContinuousClock.now + .seconds(patience)
    while descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK || errno == EINTR,
      ContinuousClock.now < last
    {
      usleep(2_000)
    }
  }

  func end() { if descriptor >= 0 { close(descriptor) } }
}
