import EffectiveLearningRate
import Foundation
import Records
import TestSupport
import Testing

@Suite struct AtomicFileTests {
  @Test func contentAppearsOnlyWithTheCommit() throws {
    let folder = try TemporaryFolder()
    try folder.write([1], to: "file")
    do {
      let file = try AtomicFile(folder.file("file"))
      try file.write([2, 3])
      #expect(try folder.read("file") == [1])
      #expect(try folder.names.count == 2)
      try file.write([4])
      try file.commit()
    }
    #expect(try folder.read("file") == [2, 3, 4])
    #expect(try folder.names == ["file"])
  }

  @Test func withoutCommitNothingChanges() throws {
    let folder = try TemporaryFolder()
    try folder.write([1], to: "file")
    do {
      let file = try AtomicFile(folder.file("file"))
      try file.write([2, 3])
    }
    #expect(try folder.read("file") == [1])
    #expect(try folder.names == ["file"])
  }

  @Test func failuresNameTheFile() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: RecordError.self) { try AtomicFile.write([1], to: folder.file("no/file")) }
    #expect(error?.code == .system(ENOENT) && error?.exitCode == 74)
    #expect(error?.description == "Cannot write \(folder.file("no/file")): No such file or directory.")
    try FileManager.default.createDirectory(atPath: folder.file("folder"), withIntermediateDirectories: false)
    let taken = #expect(throws: RecordError.self) { try AtomicFile.write([1], to: folder.file("folder")) }
    #expect(taken?.description == "Cannot replace \(folder.file("folder")): Is a directory.")
    // A full device: the write or the sync fails, and the error says so.
    let full = #expect(throws: RecordError.self) {
      var metrics = try MetricsFile("/dev/full")
      metrics.append([MetricRow(step: 0, layer: "", metric: TrainLoss.name, statistic: .mean, value: 1)])
      try metrics.flush()
    }
    #expect(full?.code == .system(ENOSPC))
  }

  /// Who writes as root would otherwise take away /dev/null.
  @Test func pipesAndDevicesAreNotReplaced() throws {
    let folder = try TemporaryFolder()
    let pipe = folder.file("pipe")
    try #require(unsafe mkfifo(pipe, 0o600) == 0)
    let error = #expect(throws: RecordError.self) { try AtomicFile.write([2], to: pipe) }
    #expect(error?.code == .system(EINVAL) && error?.description.contains("a device or a pipe") == true)
    #expect(try folder.names == ["pipe"])
  }

  /// fsync(2) refuses a device that has nothing to write back, so it tells whether the device was synchronized.
  @Test func whatAFileReliesOnIsOnTheDiskBeforeItHasItsName() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([1], to: "file")
    for others in [["/dev/null"], [folder.path, "/dev/null"], ["/dev/null", folder.path]] {
      let error = #expect(throws: RecordError.self) { try AtomicFile.write([2], to: path, relyingOn: others) }
      #expect(error?.code == .system(EINVAL) && error?.description.contains("/dev/null") == true)
      #expect(try folder.read("file") == [1] && folder.names == ["file"])
    }
    let missing = #expect(throws: RecordError.self) {
      try AtomicFile.write([2], to: path, relyingOn: [folder.file("no")])
    }
    #expect(missing?.code == .system(ENOENT) && missing?.description.contains(folder.file("no")) == true)
    try AtomicFile.write([2], to: path, relyingOn: [folder.path, folder.path, path])
    #expect(try folder.read("file") == [2])
  }

  @Test func aFileThatIsReplacedIsWholeToo() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([1], to: "file")
    try AtomicFile.replace(path, with: [2, 3], mode: 0o600)
    #expect(try folder.read("file") == [2, 3] && folder.names == ["file"])
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func aFolderInTheWayIsLeftAlone() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("taken"), withIntermediateDirectories: false)
    #expect(throws: RecordError.self) { try AtomicFile.write([1], to: folder.file("taken")) }
    #expect(try folder.names == ["taken"])
  }
}
