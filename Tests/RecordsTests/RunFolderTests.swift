import Foundation
import Records
import TestSupport
import Testing

@Suite struct RunFolderTests {
  private func record() -> RunRecord {
    RunRecord(
      spec: ["seed": 7, "rule": ["name": "sgd", "learningRate": 0.1], "notes": [nil, true, "η"]],
      commandLine: ["tare", "train", "--seed", "7"], versions: ["tare": "0.1"], host: HostFacts(isa: "x86-64-v3"),
      started: Date(timeIntervalSince1970: 1_500_000_000))
  }

  @Test func aNewFolderIsMadeWithAllAboveIt() throws {
    let base = try TemporaryFolder()
    let folder = try RunFolder(base.file("a/b/run/"))
    #expect(folder.path == base.file("a/b/run"))
    #expect(try base.names == ["a"])
    try AtomicFile.write([1], to: folder.initialWeights)
    #expect(FileManager.default.fileExists(atPath: base.file("a/b/run/weights/initial.safetensors")))
  }

  @Test func theFirstRecordNamesWhatHasToBecomeDurableWithIt() throws {
    let base = try TemporaryFolder()
    let folder = try RunFolder(base.file("a/run"))
    let unsynced = try folder.begin(record())
    #expect(try folder.readRecord() == record())
    let names = Set(unsynced.map { URL(fileURLWithPath: $0).standardizedFileURL.path })
    #expect(names == [folder.record, folder.path, base.file("a"), base.path])
  }

  @Test func discardTakesAwayWhatTheRunMade() throws {
    let base = try TemporaryFolder()
    let folder = try RunFolder(base.file("a/b"))
    try folder.write(record())
    for file in [folder.metrics, folder.log, folder.initialWeights, folder.finalWeights] {
      try AtomicFile.write([1], to: file)
    }
    try FileManager.default.createDirectory(atPath: folder.tensorBoard, withIntermediateDirectories: false)
    try AtomicFile.write([1], to: folder.tensorBoard + "/events.out.tfevents.1.host")
    folder.discard()
    #expect(try base.names == [])
  }

  @Test func discardKeepsWhatOthersMade() throws {
    let base = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: base.file("mine"), withIntermediateDirectories: false)
    let first = try RunFolder(base.file("mine"))
    first.discard()
    #expect(try base.names == ["mine"])
    let second = try RunFolder(base.file("mine/run"))
    try AtomicFile.write([1], to: base.file("mine/run/notes.txt"))
    second.discard()
    #expect(FileManager.default.fileExists(atPath: base.file("mine/run/notes.txt")))
    #expect(!FileManager.default.fileExists(atPath: base.file("mine/run/weights")))
  }

  @Test func aFolderInUseIsRefusedAndLeftAlone() throws {
    let base = try TemporaryFolder()
    let run = try RunFolder(base.file("run"))
    try run.write(record())
    let cases = [("run", "already holds a run"), ("", "is not empty"), ("run/run.json", "is a file")]
    for (name, sentence) in cases {
      let error = #expect(throws: RecordError.self) { try RunFolder(base.file(name)) }
      #expect(error?.code == .occupied && error?.exitCode == 64)
      #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
    }
    #expect(try base.names == ["run"])
  }

  @Test func aRunIsNamedByItsFolderOrItsRecord() throws {
    let base = try TemporaryFolder()
    let run = try RunFolder(base.file("run"))
    try run.write(record())
    try base.write([], to: "notes.txt")
    for name in ["run", "run/", "run/run.json"] {
      #expect(try RunFolder(resuming: base.file(name)).path == base.file("run"))
    }
    #expect(RunFolder.path(ofRun: "run.json") == "run.json", "there is none here")
    for (name, sentence) in [
      ("notes.txt", "is a file and no run"), ("none", "holds no run"), ("run.json", "holds no run"),
    ] {
      let error = #expect(throws: RecordError.self) { try RunFolder(resuming: base.file(name)) }
      #expect(
        error?.exitCode == 64 && error?.description.contains("\(sentence); accepted: the folder of a run") == true)
    }
  }

  @Test func whatAKilledProcessLeftBeforeItsRecordIsNoRun() throws {
    let base = try TemporaryFolder()
    let folder = try RunFolder(base.file("run"))
    do {
      let lock = try RunLock(runFolder: folder.path)
      try Data().write(to: URL(filePath: folder.metrics))
      #expect(throws: RecordError.self, "another process is beginning it") { try RunFolder(folder.path) }
      _ = consume lock
    }
    _ = try RunFolder(folder.path)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["weights"])
    // Somebody's own files of such names.
    try Data("mine".utf8).write(to: URL(filePath: folder.log))
    #expect(throws: RecordError.self) { try RunFolder(folder.path) }
    #expect(FileManager.default.fileExists(atPath: folder.log))
  }

  @Test(arguments: ["/proc/tare-run", "/dev/null/run"])
  func aPlaceThatCannotBeWrittenIsAnInputOutputError(path: String) {
    let error = #expect(throws: RecordError.self) { try RunFolder(path) }
    #expect(error?.exitCode == 74)
    #expect(error?.description.contains(path) == true)
  }

  @Test func theDefaultNameIsATimeAndAnID() throws {
    let folder = try RunFolder(nil)
    defer { folder.discard() }
    #expect(folder.path.wholeMatch(of: /runs\/20\d{6}-[0-2]\d[0-5]\d[0-6]\d-[0-9a-f]{4}/) != nil, "\(folder.path)")
  }

  @Test func theRecordIsRewrittenWhole() throws {
    let base = try TemporaryFolder()
    let folder = try RunFolder(base.file("run"))
    var record = record()
    try folder.write(record)
    let bytes = try base.read("run/run.json")
    #expect(String(decoding: bytes, as: UTF8.self).contains("\"started\" : \"2017-07-14T02:40:00Z\""))
    #expect(try RunRecord(decoding: bytes) == record)
    record.status = .diverged
    record.ended = Date(timeIntervalSince1970: 1_500_000_009)
    record.result = ["testError": 0.25, "steps": 100]
    try folder.write(record)
    #expect(try RunRecord(decoding: base.read("run/run.json")) == record)
    #expect(record.host.cores > 0 && !record.host.hostname.isEmpty)
  }
}

@Suite struct JSONValueTests {
  @Test(arguments: [
    (#"{"a":[1,-2.5,1e300,"x",null,true]}"#, JSONValue.object(["a": [1, -2.5, 1e300, "x", nil, true]])),
    ("9007199254740993", .integer(9_007_199_254_740_993)),
    ("18446744073709551616", .number(0x1p64)),
    ("false", .bool(false)),
    (#""\u00e9\n""#, "é\n"),
    ("{}", .object([:])),
  ])
  func valuesComeOutAndGoIn(json: String, value: JSONValue) throws {
    #expect(try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8)) == value)
    #expect(try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value)) == value)
  }

  @Test func whatJSONLacksIsNull() throws {
    #expect(String(decoding: try JSONEncoder().encode(JSONValue.array([.number(.nan)])), as: UTF8.self) == "[null]")
  }
}
