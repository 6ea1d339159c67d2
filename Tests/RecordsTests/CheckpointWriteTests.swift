import Foundation
import Parameters
import Records
import Synchronization
import TestSupport
import Testing

/// What a writer leaves that stops, is stopped, or has no room.
@Suite("Writing of checkpoints")
struct CheckpointWriteTests {
  /// Takes a copy of the run's folder before each step of the protocol: what a crash there would leave.
  static func copies(_ run: inout StoredRun, into copies: TemporaryFolder, of step: Int, generation: UInt64) throws
    -> [String]
  {
    let names = Mutex<[String]>([])
    let source = run.folder.path
    run.store.beforeWriteStep = { name in
      let copy = copies.file("\(names.withLock { $0.count })")
      #expect(throws: Never.self) { try FileManager.default.copyItem(atPath: source, toPath: copy) }
      names.withLock { $0.append(name) }
    }
    try run.write(step, generation: generation)
    return names.withLock { $0 }
  }

  @Test("a writer that stops at any point leaves the old checkpoint or the new one", arguments: [false, true])
  func stops(again: Bool) throws {
    var run = try StoredRun()
    let folder = try TemporaryFolder()
    try run.write(5)
    if again { try run.write(10, generation: 1) }
    let names = try Self.copies(&run, into: folder, of: 10, generation: 2)
    #expect(names.suffix(2) == ["sweep", "done"] && names.count == 7)
    for (index, name) in names.enumerated() {
      let copy = folder.file("\(index)")
      let store = CheckpointStore(runFolder: copy)
      var bad: [Int] = []
      let newest = try #require(try store.newest { step, _ in bad.append(step) })
      let isNew = index >= names.count - 2
      #expect(newest.manifest.step == (isNew || again ? 10 : 5) && bad == [], "before \(name)")
      #expect(newest.manifest.generation == (isNew ? 2 : 1), "before \(name)")
      #expect(StoredRun.generation(in: newest) == (isNew ? 2 : 1), "before \(name)")
      #expect(try store.steps == (isNew || again ? [5, 10] : [5]))
      // Whoever comes next cleans up.
      try store.prune(keeping: Retention(last: 2))
      let isCommitted = isNew || again
      #expect(try store.newest()?.manifest == newest.manifest)
      let folders = try FileManager.default.contentsOfDirectory(atPath: copy + "/checkpoints").sorted()
      #expect(folders == (isCommitted ? ["step-10", "step-5"] : ["step-5"]), "before \(name)")
    }
    #expect(try run.files.count == 6)
  }

  /// fsync(2) refuses /dev/null.
  @Test("what a checkpoint relies on is on the disk before the checkpoint is there")
  func relies() throws {
    let run = try StoredRun()
    try run.write(5)
    let error = #expect(throws: RecordError.self) { try run.write(10, relyingOn: ["/dev/null"]) }
    #expect(error?.code == .system(EINVAL) && error?.description.contains("/dev/null") == true)
    #expect(try run.store.steps == [5] && run.files.count == 3)
  }

  @Test("a link that is asked for is there with the checkpoint, and outlives it")
  func links() throws {
    let run = try StoredRun()
    try run.write(0)
    let kept = run.folder.file("kept")
    try run.write(5, linking: ["weights.safetensors": kept])
    #expect(try run.folder.read("kept") == run.folder.read("checkpoints/step-5/weights.safetensors"))
    let names = try FileManager.default.attributesOfItem(atPath: kept)[.referenceCount] as? Int
    #expect(names == 2)
    let stored = try run.folder.read("kept")
    try run.store.discard(after: 0)
    #expect(try run.folder.read("kept") == stored && run.folder.names == ["checkpoints", "kept"])
  }

  @Test(
    "of a checkpoint whose bytes have not all come nothing stays, and one of its step is as it was",
    arguments: [false, true])
  func dropped(again: Bool) throws {
    let run = try StoredRun()
    try run.write(5)
    if again { try run.write(10) }
    let before = try run.files.map { try [UInt8]($0.utf8) + run.folder.read($0) }
    do {
      let draft = try CheckpointDraft(
        of: 10, in: run.store,
        beginningWith: [.init("weights.safetensors", [TensorHeading("a.weight", .float32, [2, 3])], metadata: [:])])
      try unsafe [UInt8](repeating: 1, count: 23).withUnsafeBytes { try unsafe draft.append($0) }
      #expect(try run.files.count == before.count + 1 && run.store.steps == (again ? [5, 10] : [5]))
    }
    #expect(try run.files.map { try [UInt8]($0.utf8) + run.folder.read($0) } == before)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: run.folder.file("checkpoints")).count == (again ? 2 : 1))
  }

  @Test("writing one step repeatedly leaves the files of one checkpoint")
  func again() throws {
    let run = try StoredRun()
    for generation in [1, 2, 2, 7] as [UInt64] {
      try run.write(10, generation: generation)
      #expect(try StoredRun.generation(in: run.store.read(step: 10)) == Float(generation))
      #expect(try run.files.count == 3)
    }
  }

  /// Bytes written to /dev/full have no room, whoever writes them.
  @Test(
    "a full disk leaves the older checkpoints as they were", arguments: [false, true],
    ["weights", "metrics", "manifest"])
  func full(again: Bool, file: String) throws {
    var run = try StoredRun()
    try run.write(5)
    if again { try run.write(10) }
    let before = try run.files.map { try [UInt8]($0.utf8) + run.folder.read($0) }
    let folder = run.folder.file("checkpoints/step-10")
    let name =
      file == "manifest" ? "manifest.json.\(getpid()).partial" : again ? "\(file)-2.safetensors" : "\(file).safetensors"
    run.store.beforeWriteStep = { step in
      guard step == "write \(file)" || step == "write \(file).safetensors" else { return }
      #expect(throws: Never.self) {
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(name)", withDestinationPath: "/dev/full")
      }
    }
    let error = #expect(throws: RecordError.self) { try run.write(10, generation: 2) }
    #expect(error?.code == .system(ENOSPC) && error?.exitCode == 74)
    #expect(error?.description.contains("checkpoints/step-10/\(file)") == true)
    #expect(try run.files.map { try [UInt8]($0.utf8) + run.folder.read($0) } == before)
    #expect(try run.store.steps == (again ? [5, 10] : [5]) && run.store.newest()?.manifest.generation == 1)
    // With room again, all is well.
    run.store.beforeWriteStep = { _ in }
    try run.write(10, generation: 3)
    #expect(try run.store.newest()?.manifest.generation == 3)
  }

  /// By hand: of 0, 10, … 100 the last two, the best, and every 40 steps; 0 and 100 always.
  @Test("retention keeps the newest, the best and every n-th checkpoint")
  func retention() throws {
    let run = try StoredRun()
    for step in stride(from: 0, through: 100, by: 10) { try run.write(step) }
    // Its manifest cannot be read: not counted, and left for people.
    try run.folder.write([0x7B], to: "checkpoints/step-95/manifest.json", makingFolder: true)
    // A pruner that stopped after its first step.
    try FileManager.default.removeItem(atPath: run.folder.file("checkpoints/step-90/manifest.json"))
    #expect(try run.store.steps.contains(90) == false)
    try run.store.prune(keeping: Retention(last: 2, every: 40), best: 30)
    #expect(try run.store.steps == [0, 30, 40, 80, 95, 100])
    #expect(!FileManager.default.fileExists(atPath: run.folder.file("checkpoints/step-90")))
    try run.store.prune(keeping: Retention(last: 1))
    #expect(try run.store.steps == [0, 95, 100])
    #expect(Retention(last: 3).kept(of: [7, 1, 5, 3], best: nil) == [3, 5, 7])
    #expect(Retention(last: 1).kept(of: [], best: 4) == [])
  }
}

extension TemporaryFolder {
  fileprivate func write(_ bytes: [UInt8], to name: String, makingFolder: Bool) throws {
    let folder = URL(fileURLWithPath: file(name)).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try write(bytes, to: name)
  }
}
