import Foundation
import Records
import TestSupport
import Testing

/// One after the other: a child that begins meanwhile would hold the pipes of the first one open.
@Suite("Run lock", .serialized)
struct RunLockTests {
  @Test("a second leader is refused with the name of the first")
  func refuses() throws {
    let folder = try TemporaryFolder()
    do {
      let lock = try RunLock(runFolder: folder.path)
      let error = #expect(throws: RecordError.self) { _ = try RunLock(runFolder: folder.path) }
      #expect(error?.code == .occupied && error?.exitCode == 64)
      #expect(
        error?.description.hasPrefix(
          "Run \(folder.path) is being led by process \(getpid()) on \(ProcessInfo.processInfo.hostName);") == true)
      #expect(lock.generation == 0)
    }
    // Given back with its owner.
    #expect(try RunLock(runFolder: folder.path).generation == 0)
  }

  /// flock(2) as another language calls it, in another process.
  @Test("another process holds the lock for its lifetime")
  func otherProcess() throws {
    let folder = try TemporaryFolder()
    try folder.write(Array(#"{"pid":4711,"host":"elsewhere","generation":41}"#.utf8), to: "lock")
    let program = """
      import fcntl, sys
      file = open(sys.argv[1], "r+")
      fcntl.flock(file, fcntl.LOCK_EX)
      print("held", flush=True)
      sys.stdin.read()
      """
    let input = Pipe()
    let (process, output) = try PythonProcess.start(program, [folder.file("lock")], input: input)
    var said = Data()
    while said.last != 0x0A {
      let more = output.fileHandleForReading.availableData
      try #require(!more.isEmpty, "the holder has ended")
      said += more
    }
    #expect(said == Data("held\n".utf8))
    let error = #expect(throws: RecordError.self) { _ = try RunLock(runFolder: folder.path) }
    // The file names another process, which may be gone; the kernel knows who holds it.
    #expect(
      error?.description.hasPrefix(
        "Lock file \(folder.file("lock")) is held by process \(process.processIdentifier) on this machine") == true,
      "\(error?.description ?? "")")
    #expect(error?.code == .occupied)
    // Threads of the pool block other signals, and children inherit that.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(try RunLock(runFolder: folder.path).generation == 41)
  }

  /// And ours is one that another language's flock sees.
  @Test("another process sees the lock held")
  func seen() throws {
    let folder = try TemporaryFolder()
    let program = """
      import fcntl, json, sys
      file = open(sys.argv[1])
      line = json.loads(file.readline())
      try:
          fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
          print(json.dumps(["free"]))
      except BlockingIOError:
          print(json.dumps(["held", str(line["generation"]), str(line["pid"])]))
      """
    do {
      var lock = try RunLock(runFolder: folder.path)
      try lock.raise(to: 5)
      let seen: [String] = try PythonProcess.value(of: program, [folder.file("lock")])
      #expect(seen == ["held", "5", "\(getpid())"])
      _ = lock.generation
    }
    #expect(try PythonProcess.value(of: program, [folder.file("lock")]) == ["free"])
  }

  @Test("the generation rises across leaders, in the same file")
  func generation() throws {
    let folder = try TemporaryFolder()
    func inode() throws -> UInt64? {
      try FileManager.default.attributesOfItem(atPath: folder.file("lock"))[.systemFileNumber] as? UInt64
    }
    var seen: [UInt64] = []
    var inodes: Set<UInt64?> = []
    for _ in 0..<3 {
      var lock = try RunLock(runFolder: folder.path)
      for _ in 0..<2 {
        try lock.raise(to: lock.generation + 1)
        seen.append(lock.generation)
        inodes.insert(try inode())
      }
    }
    #expect(seen == [1, 2, 3, 4, 5, 6] && inodes.count == 1 && inodes.first != .some(nil))
    #expect(try folder.names == ["lock"])
  }

  /// fsync(2) refuses /dev/null, so it tells whether it was synchronized.
  @Test("what a new run relies on is on the disk before its first generation is used")
  func durable() throws {
    let folder = try TemporaryFolder()
    var lock = try RunLock(runFolder: folder.path)
    var error: RecordError?
    do throws(RecordError) { try lock.beginRaise(to: 1, with: ["/dev/null"]).wait() } catch let found { error = found }
    #expect(error?.code == .system(EINVAL) && error?.description.contains("/dev/null") == true)
    try lock.beginRaise(to: 2, with: [folder.path]).wait()
    #expect(lock.generation == 2)
  }

  @Test(
    "a generation that no run reaches, and a bad byte anywhere, padding included, are named with the way out",
    arguments: [
      (#"{"pid":1,"host":"h","generation":18446744073709551615}"#, "names generation 18446744073709551615"),
      (#"{"pid":1,"host":"h","generation":9007199254740993}"#, "names generation 9007199254740993"),
      (#"{"pid":1,"host":"h","generation":3}   x  "#, "is not the JSON line"),
      (#"{"pid":1,"host":"h","generation":-3}"#, "is not the JSON line"),
    ])
  func damaged(content: String, words: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(content.utf8), to: "lock")
    let error = #expect(throws: RecordError.self) { _ = try RunLock(runFolder: folder.path) }
    #expect(error?.exitCode == 65 && error?.description.hasPrefix("Lock file \(path) \(words)") == true)
    #expect(error?.description.hasSuffix("if no process leads the run, delete the file and resume again.") == true)
    try FileManager.default.removeItem(atPath: path)
    #expect(try RunLock(runFolder: folder.path).generation == 0)
  }

  @Test("a shared lock of a process that leads nothing is not taken for a leader, and a dead process is not named")
  func shared() throws {
    let folder = try TemporaryFolder()
    // A process that has ended: this machine's, as far as the file says.
    let (dead, _) = try PythonProcess.start("pass", [], input: Pipe())
    dead.waitUntilExit()
    let line = #"{"pid":\#(dead.processIdentifier),"host":"\#(ProcessInfo.processInfo.hostName)","generation":4}"#
    try folder.write(Array(line.utf8), to: "lock")
    let program = """
      import fcntl, sys
      file = open(sys.argv[1])
      fcntl.flock(file, fcntl.LOCK_SH)
      print("held", flush=True)
      sys.stdin.read()
      """
    let (holder, output) = try PythonProcess.start(program, [folder.file("lock")], input: Pipe())
    var said = Data()
    while said.last != 0x0A {
      let more = output.fileHandleForReading.availableData
      try #require(!more.isEmpty, "the holder has ended")
      said += more
    }
    let error = #expect(throws: RecordError.self) { _ = try RunLock(runFolder: folder.path) }
    kill(holder.processIdentifier, SIGKILL)
    holder.waitUntilExit()
    #expect(error?.description.contains("is held by process \(holder.processIdentifier) on this machine") == true)
    #expect(error?.description.contains("\(dead.processIdentifier)") == false, "\(error?.description ?? "")")
    #expect(error?.description.contains("deleted") == true)
    #expect(try RunLock(runFolder: folder.path).generation == 4)
  }

  @Test("a file that is not a lock, or cannot be one, is named in the error")
  func bad() throws {
    let folder = try TemporaryFolder()
    try folder.write(Array("step,layer\n".utf8), to: "lock")
    let error = #expect(throws: RecordError.self) { _ = try RunLock(runFolder: folder.path) }
    #expect(error?.code == .content && error?.description.contains("\(folder.path)/lock") == true)
    #expect(#expect(throws: RecordError.self) { _ = try RunLock(runFolder: folder.file("no")) }?.exitCode == 74)
    // A leader that stopped before it wrote.
    try folder.write([], to: "lock")
    #expect(try RunLock(runFolder: folder.path).generation == 0)
  }
}
