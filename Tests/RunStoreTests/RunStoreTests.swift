import Foundation
import GRDB
import Records
import RunFilters
import RunStore
import Specification
import TestSupport
import Testing

@Suite("Run store")
struct RunStoreTests {
  private static func json(_ value: some Encodable) throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value))
  }

  /// A run's record as `tare train` leaves it.
  private func write(
    _ name: String, _ settings: [String] = [], error: Double? = nil, status: RunStatus = .done,
    in folder: TemporaryFolder
  ) throws {
    let spec = try RunSpec(layers: [settings.map { try Assignment(setting: $0) }]).resolved
    var record = RunRecord(
      spec: try Self.json(spec), commandLine: [], versions: ["tare": "0.1.0"], host: HostFacts(isa: "v3"),
      started: Date(timeIntervalSince1970: 1_000_000))
    record.status = status
    record.result = try error.map {
      try Self.json(
        RunResult(
          run: name, steps: 1, epochs: 1, trainLoss: 0.5, testLoss: 0.6, testError: $0, bestTestError: $0,
          weightsSHA256: String(repeating: "a", count: 64), samplesUsed: 1, imagesPerSecond: 1, seconds: 1, workers: 1,
          servers: 1, threads: 1, effectiveLearningRateDefinition: "η/‖w‖²", layers: []))
    }
    let path = folder.file(name)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try AtomicFile.write(record.encoded(), to: path + "/run.json")
  }

  private func three() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try write("a", ["optimizer=adam", "l2=1e-4"], error: 0.3, in: folder)
    try write("b", ["optimizer=adam", "l2=0.01"], error: 0.1, in: folder)
    try write("c", ["optimizer=sgd", "l2=1e-3"], status: .diverged, in: folder)
    return folder
  }

  private func found(_ store: RunStore, _ filter: String, sortedBy column: String? = nil, descending: Bool = false)
    throws -> [String]
  {
    let column = try column.map { try RunColumn(named: $0) }
    return try store.runs(where: RunFilter(filter), sortedBy: column, descending: descending).map(\.folder)
  }

  @Test("runs are listed, filtered and sorted by numbers and text; those without a value come last")
  func filters() throws {
    let folder = try three()
    let store = try RunStore(root: folder.path)
    #expect(try store.update() == 3)
    #expect(try found(store, "") == ["a", "b", "c"])
    #expect(try found(store, "optimizer=adam l2<1e-3") == ["a"])
    #expect(try found(store, "l2>=0.001") == ["b", "c"])
    // Numbers and not their texts: 1e-4 is written 0.0001.
    #expect(try found(store, "l2=1e-4") == ["a"])
    #expect(try found(store, "l2!=1e-4") == ["b", "c"])
    #expect(try found(store, "status!=done") == ["c"])
    #expect(try found(store, "testError<0.2") == ["b"])
    #expect(try found(store, "rule~ada") == ["a", "b"])
    #expect(try found(store, "", sortedBy: "testError") == ["b", "a", "c"])
    #expect(try found(store, "", sortedBy: "testError", descending: true) == ["a", "b", "c"])
    #expect(try found(store, "", sortedBy: "l2") == ["a", "c", "b"])
    // What looks like SQL is text.
    #expect(try found(store, "folder=a'--").isEmpty)
    let first = try #require(try store.runs().first)
    #expect(first.result?.testError == 0.3 && first.fields["optimizer.name"] == "adam" && first.tare == "0.1.0")
  }

  @Test("the store follows the folders: changed runs are read again, deleted runs removed")
  func follows() throws {
    let folder = try three()
    let store = try RunStore(root: folder.path)
    #expect(try store.update() == 3)
    #expect(try store.update() == 0)
    try write("c", ["optimizer=sgd"], error: 0.2, in: folder)
    try FileManager.default.removeItem(atPath: folder.file("a"))
    try FileManager.default.createDirectory(atPath: folder.file("s/runs"), withIntermediateDirectories: true)
    try folder.write([0x7b, 0x7d], to: "s/sweep.json")
    try write("s/runs/0001-x", error: 0.4, in: folder)
    #expect(try store.update() == 2)
    let runs = try RunStore(root: folder.path).runs()
    #expect(runs.map(\.folder) == ["b", "c", "s/runs/0001-x"])
    #expect(runs.map(\.status) == [.done, .done, .done])
    #expect(runs.map(\.sweep) == [nil, nil, "s"])
    // Nobody holds its lock any more.
    try write("b", status: .running, in: folder)
    try store.update()
    #expect(try store.runs().first?.status == .stopped)
    // Somebody resumes it, which changes no record at first.
    let lock = try RunLock(runFolder: folder.file("b"))
    try store.update()
    #expect(try store.runs().first?.status == .running && lock.generation == 0)
  }

  @Test("a comparison has some of the shared steps, the last one among them, and not the folders")
  func comparison() throws {
    let folder = try TemporaryFolder()
    for (run, steps) in [("a", 1...31), ("b", 1...29)] {
      try write(run, ["execution.output=\(run)", "seed=\(run == "a" ? 1 : 2)"], error: 0.5, in: folder)
      let rows = steps.map { "\($0),,trainLoss,mean,0.\($0)\n" }.joined()
      try folder.write(Array((MetricsFile.header + rows).utf8), to: "\(run)/metrics.csv")
    }
    let rows = try RunComparison(RunEntry(at: folder.file("a")), RunEntry(at: folder.file("b"))).rows
    #expect(rows.first == ["seed", "1", "2"])
    let steps = rows.map(\.[0]).filter { $0.hasPrefix("trainLoss at step ") }
    #expect(steps.map { $0.dropFirst(18) } == ["3", "6", "9", "12", "15", "18", "21", "24", "27", "29"])
    #expect(rows.last == ["trainLoss at step 29", "0.29", "0.29"])
  }

  @Test("runs are found however deep, those of a sweep as its runs, and links lead in no circles")
  func deep() throws {
    let folder = try TemporaryFolder()
    for name in ["a", "exp/b", "exp/more/c", "exp/s/runs/0001-x", "exp/s/runs/0002-y", "runs/d"] {
      try write(name, error: 0.1, in: folder)
    }
    try folder.write([0x7b, 0x7d], to: "exp/s/sweep.json")
    // Not looked into: what lies in a run, and what is hidden.
    for name in ["a/checkpoints/e", ".trash/f"] { try write(name, in: folder) }
    try FileManager.default.createSymbolicLink(atPath: folder.file("exp/loop"), withDestinationPath: folder.path)
    let store = try RunStore(root: folder.path)
    try store.update()
    let runs = try store.runs().sorted { $0.folder < $1.folder }
    #expect(
      runs.map(\.folder) == ["a", "exp/b", "exp/more/c", "exp/s/runs/0001-x", "exp/s/runs/0002-y", "runs/d"])
    #expect(runs.map(\.sweep) == [nil, nil, nil, "exp/s", "exp/s", nil])
    #expect(try found(store, "sweep=exp/s").count == 2)
  }

  @Test("names are bytes: two that Unicode calls equal are two runs, and one that is not UTF-8 is left out with a note")
  func bytes() throws {
    let folder = try TemporaryFolder()
    for (name, error) in [("\u{E9}", 0.1), ("e\u{301}", 0.2)] { try write(name, error: error, in: folder) }
    let strange = (Array(folder.path.utf8) + [0x2F, 0xFF, 0]).map { CChar(bitPattern: $0) }
    #expect(unsafe mkdir(strange, 0o755) == 0)
    let store = try RunStore(root: folder.path)
    var notes: [String] = []
    #expect(try store.update { notes.append($0) } == 2)
    #expect(try store.update() == 0)
    #expect(try store.runs(sortedBy: .column("testError")).map { Array($0.folder.utf8).count } == [2, 3])
    #expect(notes.count == 1 && notes[0].contains("is not UTF-8"))
    try FileManager.default.removeItem(atPath: folder.file("e\u{301}"))
    try store.update()
    #expect(try store.runs().map { Array($0.folder.utf8).count } == [2])
  }

  @Test("where the index cannot be written, all records are read and nothing is left behind")
  func readOnly() throws {
    let folder = try three()
    // As a database, a folder cannot be opened, whoever tries.
    try FileManager.default.createDirectory(atPath: folder.file("tare.sqlite/x"), withIntermediateDirectories: true)
    let names = try folder.names
    let store = try RunStore.current(root: folder.path)
    #expect(store.isInMemory)
    #expect(try found(store, "optimizer=adam") == ["a", "b"])
    #expect(try folder.names == names)
    let writable = try three()
    #expect(try !RunStore.current(root: writable.path).isInMemory)
    #expect(try writable.names.contains("tare.sqlite"))
    // Not a matter of the disk: what is no database of ours is still refused.
    try writable.write([UInt8](repeating: 7, count: 5000), to: "tare.sqlite")
    #expect(throws: Records.RecordError.self) { try RunStore.current(root: writable.path) }
  }

  @Test("a run is below a root by where its folder stands, whatever links lead there")
  func below() throws {
    let (folder, other) = (try three(), try three())
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: other.path)
    try FileManager.default.createSymbolicLink(atPath: other.file("back"), withDestinationPath: folder.path)
    #expect(try RunEntry(at: folder.file("a")).isBelow(folder.path))
    #expect(try RunEntry(at: folder.file("./a/")).isBelow(folder.path + "/"))
    #expect(try RunEntry(at: other.file("back/a")).isBelow(folder.path))
    #expect(try !RunEntry(at: folder.file("link/a")).isBelow(folder.path))
    #expect(try !RunEntry(at: other.file("a")).isBelow(folder.path))
    #expect(try !RunEntry(at: folder.file("a")).isBelow(folder.path + "/a"))
    #expect(try !RunEntry(at: folder.file("a")).isBelow("/nowhere"))
  }

  @Test("η and λ_d are the values in force, in rows, filters and sort order")
  func inForce() throws {
    let folder = try TemporaryFolder()
    try write("a", ["l2=1e-3", "groups.weights.l2=0.05", "groups.weights.learningRate=0.3"], in: folder)
    try write("b", ["l2=0.02", "optimizer.learningRate=0.1"], in: folder)
    try write("c", ["optimizer=adamw", "weightDecay=0.07"], in: folder)
    let store = try RunStore(root: folder.path)
    try store.update()
    #expect(try store.runs().map(\.decay) == [0.1, 0.04, 0.07])
    #expect(try store.runs().prefix(2).map(\.learningRate) == [0.3, 0.1])
    #expect(try found(store, "decay>0.05") == ["a", "c"] && found(store, "l2>0.03") == ["a"])
    #expect(try found(store, "lr=0.3") == ["a"] && found(store, "learningRate=0.3") == ["a"])
    #expect(try found(store, "", sortedBy: "decay") == ["b", "c", "a"])
    let lines = RunTable.csv(of: try store.runs()).split(separator: "\n").map { $0.split(separator: ",") }
    for run in ["a", "b"] { try folder.write(Array(MetricsFile.header.utf8), to: "\(run)/metrics.csv") }
    let column = try #require(lines[0].firstIndex(of: "decay"))
    #expect(
      try RunComparison(RunEntry(at: folder.file("a")), RunEntry(at: folder.file("b"))).rows.contains([
        "λ_d", "0.1", "0.04",
      ]))
    #expect(column == 11)
  }

  @Test("a row with an unknown status is read again from the run's folder")
  func unknownStatus() throws {
    let folder = try three()
    let store = try RunStore(root: folder.path)
    try store.update()
    let queue = try DatabaseQueue(path: folder.file("tare.sqlite"))
    try queue.write { try $0.execute(sql: "UPDATE run SET status = 'paused' WHERE folder = 'a'") }
    #expect(throws: Records.RecordError.self) { try store.runs() }
    #expect(try store.update() == 1)
    #expect(try store.runs().map(\.status) == [.done, .done, .diverged])
  }

  @Test("damaged records and records of other versions are skipped")
  func foreignRecords() throws {
    let folder = try three()
    for (name, text) in [("d", "{}"), ("e", "nonsense"), ("f", "")] {
      try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
      try folder.write(Array(text.utf8), to: "\(name)/run.json")
    }
    let store = try RunStore(root: folder.path)
    #expect(try store.update() == 3)
  }

  private func message(opening folder: TemporaryFolder) -> String {
    let error = #expect(throws: (any Error).self) { try RunStore(root: folder.path, patience: 0.1).update() }
    return error.map { "\($0)" } ?? ""
  }

  @Test("a foreign, newer, damaged or locked database is refused and left unchanged")
  func refusals() throws {
    let foreign = try three()
    let other = try DatabaseQueue(path: foreign.file("tare.sqlite"))
    try other.write { try $0.execute(sql: "CREATE TABLE notes (text TEXT)") }
    #expect(message(opening: foreign).contains("belongs to another program"))
    #expect(try other.read { try $0.tableExists("notes") && !$0.tableExists("run") })

    let newer = try three()
    try RunStore(root: newer.path).update()
    let queue = try DatabaseQueue(path: newer.file("tare.sqlite"))
    try queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99')") }
    #expect(message(opening: newer).contains("was written by a newer version of tare"))

    let damaged = try three()
    let garbage = [UInt8](repeating: 7, count: 5000)
    try damaged.write(garbage, to: "tare.sqlite")
    #expect(message(opening: damaged).contains("is not a database, or is damaged"))
    #expect(try Array(damaged.read("tare.sqlite")) == garbage)

    let locked = try three()
    try RunStore(root: locked.path).update()
    try write("d", in: locked)
    let holder = try DatabaseQueue(path: locked.file("tare.sqlite"))
    try holder.inDatabase { database in
      try database.execute(sql: "BEGIN EXCLUSIVE")
      #expect(message(opening: locked).contains("is locked by another program"))
      try database.execute(sql: "ROLLBACK")
    }
  }

  @Test("concurrent readers and updaters neither block nor damage each other")
  func together() throws {
    let folder = try three()
    DispatchQueue.concurrentPerform(iterations: 8) { task in
      for round in 0..<5 {
        #expect(throws: Never.self) {
          try write("new-\(task)-\(round)", error: 0.5, in: folder)
          let store = try RunStore(root: folder.path)
          try store.update()
          #expect(try store.runs().count >= 3)
        }
      }
    }
    let store = try RunStore(root: folder.path)
    try store.update()
    #expect(try store.runs().count == 43)
    let database = try DatabaseQueue(path: folder.file("tare.sqlite"))
    #expect(try database.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
  }
}
