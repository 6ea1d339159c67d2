import Foundation

/// `lock` in a run's folder: held by the one process that leads the run; stores the highest generation.
///
/// The kernel releases it when the process ends for any reason. The file stays and is changed only in place, because a
/// lock belongs to the inode, not to the name.
package struct RunLock: ~Copyable {
  /// The highest generation stored so far; 0 in a new folder.
  package private(set) var generation: UInt64

  private let path: String
  private let descriptor: Int32

  /// What the file holds.
  private struct Line: Codable {
    var pid: Int32
    var host: String
    var generation: UInt64
  }

  /// - Throws: `RecordError` with `.occupied`, naming the process that leads the run; `.content` for a damaged file,
  ///   which may be deleted: the checkpoints record generations too.
  package init(runFolder: String) throws(RecordError) {
    let path = runFolder + "/lock"
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system("open", path) }
    let generation: UInt64
    do throws(RecordError) {
      generation = try Self.take(descriptor, path, of: runFolder)
      try Self.store(generation, in: descriptor, path)
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
    self.generation = generation
  }

  deinit { close(descriptor) }

  /// Whether a process is leading the run.
  package static func isHeld(runFolder: String) -> Bool {
    let descriptor = unsafe open(runFolder + "/lock", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0
  }

  /// Whether a process that is gone has held the lock.
  static func isLeft(runFolder: String) -> Bool {
    let path = runFolder + "/lock"
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return false }
    return (try? read(descriptor, path)) != nil
  }

  /// Stores a higher generation; durable on return.
  package mutating func raise(to generation: UInt64) throws(RecordError) {
    try beginRaise(to: generation, with: []).wait()
  }

  /// Stores a higher generation, which may be used once it is on the disk.
  ///
  /// - Parameter others: files and folders that become durable with it.
  package mutating func beginRaise(to generation: UInt64, with others: [String]) throws(RecordError) -> DiskSync {
    precondition(generation > self.generation, "a generation above \(self.generation)")
    try Self.store(generation, in: descriptor, path)
    self.generation = generation
    return DiskSync([path, String.folder(ofFile: path)] + others)
  }

  /// Locks the file and returns the generation in it.
  private static func take(_ descriptor: Int32, _ path: String, of run: String) throws(RecordError) -> UInt64 {
    var patience = 10
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      switch errno {
      case EINTR: continue
      case EWOULDBLOCK where patience > 0:
        // Another process may hold it briefly, in `isHeld`.
        patience -= 1
        usleep(5_000)
      case EWOULDBLOCK: throw occupied(descriptor, path, run)
      default: throw .system("lock", path)
      }
    }
    return try read(descriptor, path)?.generation ?? 0
  }

  /// Who holds the lock: from the kernel's list, or from the file if the holder is on another machine.
  private static func occupied(_ descriptor: Int32, _ path: String, _ run: String) -> RecordError {
    let last = try? read(descriptor, path)
    let here = ProcessInfo.processInfo.hostName
    let holder = FileLockHolder(of: descriptor)
    if let holder, holder.isShared || holder.pid != last?.pid {
      return RecordError(
        .occupied,
        "Lock file \(path) is held by process \(holder.pid) on this machine, which has not recorded that it leads run "
          + "\(run); the run can be resumed when that has ended, or, if it is no tare, when the lock file was deleted.")
    }
    let name =
      last.flatMap { last in
        holder != nil || last.host != String(here.prefix(64)) ? "process \(last.pid) on \(last.host)" : nil
      } ?? "another process"
    return RecordError(.occupied, "Run \(run) is being led by \(name); it can be resumed when that has ended.")
  }

  /// `nil` for an empty file, whose creator was killed before it wrote.
  private static func read(_ descriptor: Int32, _ path: String) throws(RecordError) -> Line? {
    var bytes = [UInt8](repeating: 0, count: 4 * lineLength)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
    guard count >= 0 else { throw .system("read", path) }
    guard count > 0 else { return nil }
    guard let line = try? JSONDecoder().decode(Line.self, from: Data(bytes.prefix(count))) else {
      throw damaged(path, "is not the JSON line of a run's lock")
    }
    guard line.generation <= greatestGeneration else {
      throw damaged(path, "names generation \(line.generation), which no run reaches")
    }
    return line
  }

  private static func damaged(_ path: String, _ how: String) -> RecordError {
    RecordError(.content, "Lock file \(path) \(how); if no process leads the run, delete the file and resume again.")
  }

  /// A run raises it once a rewind or resume.
  package static let greatestGeneration: UInt64 = 1 << 53

  /// One write of a fixed length within one sector of the disk: the line is the old one or the new one.
  private static func store(_ generation: UInt64, in descriptor: Int32, _ path: String) throws(RecordError) {
    // Host names have at most 64 bytes on Linux.
    let host = String(ProcessInfo.processInfo.hostName.prefix(64))
    let line = Line(pid: getpid(), host: host, generation: generation)
    guard var bytes = (try? JSONEncoder().encode(line)).map(Array.init) else {
      throw RecordError(.content, "The line of lock file \(path) has no JSON form.")
    }
    bytes += [UInt8](repeating: 0x20, count: max(0, lineLength - 1 - bytes.count)) + [0x0A]
    let count = unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    guard count == bytes.count else { throw .system("write", path) }
  }

  private static let lineLength = 256
}
