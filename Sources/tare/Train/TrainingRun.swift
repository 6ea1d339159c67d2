import Coordination
import Datasets
import Foundation
import Launching
import Logging
import Parameters
import Records
import Reports
import Roles
import Synchronization
import Transport
import ZeroMQ

/// One run, from spec to result: opens the data, makes the run folder, leads the run, prints what came of it.
struct TrainingRun {
  let spec: RunSpec

  func run() throws {
    let notices = try Mailbox<CoordinatorRole.Notice>()
    let scratch = spec.needsScratchFolder ? try ScratchFolder() : nil
    defer { scratch?.remove() }
    followSignals(notices, scratch)

    let (definition, files) = try define()
    let folder = try RunFolder(spec.execution.output)
    var book: RunBook?
    do {
      var record = try RunRecord(definition, tare: Version.text, commandLine: CommandLine.arguments)
      record.dataFiles = try files.map(JSONValue.init(encoding:))
      try folder.write(record)
      let opened = try RunBook(definition, in: folder)
      book = opened
      let result = try lead(
        definition, in: folder, book: opened, scratch: scratch, notices: notices, record: &record)
      try print(result)
    } catch {
      // A run that never began leaves no folder.
      if book?.hasBegun != true { folder.discard() }
      throw error
    }
  }

  private func lead(
    _ definition: RunDefinition, in folder: RunFolder, book: RunBook, scratch: ScratchFolder?,
    notices: Mailbox<CoordinatorRole.Notice>, record: inout RunRecord
  ) throws -> RunResult {
    let log = try LogFile(folder.log)
    let (role, launcher) = try makeCoordinator(
      of: definition, book: book, scratch: scratch, notices: notices, observer: ProgressPrinter(definition), log: log)
    do {
      // Role and launcher know the descriptor only.
      let result = try withExtendedLifetime(log) { try role.run(launcher) }
      try finish(&record, .done, result, in: folder)
      return result
    } catch {
      // A record that can't be written must not hide what ended the run.
      if book.hasBegun { try? finish(&record, role.status, nil, in: folder) }
      throw error
    }
  }

  /// Who leads the run, and who starts its servers and workers.
  func makeCoordinator(
    of definition: RunDefinition, book: RunBook, scratch: ScratchFolder?, notices: Mailbox<CoordinatorRole.Notice>,
    observer: any RunObserver, log: LogFile
  ) throws -> (CoordinatorRole, any Launcher) {
    let session = UInt64.random(in: 1...UInt64.max)
    let context = try Context()
    let endpoint = try spec.coordinatorEndpoint(scratch: scratch, session: session)
    let role = try CoordinatorRole(
      definition, on: endpoint, in: context, session: session, book: book, notices: notices, observer: observer,
      log: Logger(label: "coordinator") { RunLog(label: $0, descriptor: log.descriptor) })
    let launcher = makeLauncher(joining: role.endpoint, session: session, context: context, scratch: scratch, log: log)
    return (role, launcher)
  }

  /// The run made definite, and the checksums of the data files, which only the coordinator takes. The images are given
  /// up again; embedded ones are not even drawn.
  private func define() throws -> (RunDefinition, [FileRecord]?) {
    let request = DatasetRequest(spec.dataset)
    let dataset = spec.dataset.name.isEmbedded ? nil : try Dataset(request)
    let images = try dataset.map { DatasetSummary($0) } ?? DatasetSummary(request)
    let definition = try RunDefinition(spec: spec, images: images)
    // Before anything asks oneDNN, which then settles on a set of its own.
    try definition.selectInstructionSet()
    let files = try dataset?.verify()
    for file in files ?? [] where file.checksum == .different {
      StandardError.print("warning: \(file.path) is not the published file of that name (SHA-256 \(file.sha256))")
    }
    return (definition, files)
  }

  private func finish(
    _ record: inout RunRecord, _ status: RunRecord.Status, _ result: RunResult?, in folder: RunFolder
  ) throws {
    record.status = status
    record.ended = Date()
    record.result = try result.map(JSONValue.init(encoding:))
    try folder.write(record)
  }

  private func print(_ result: RunResult) throws {
    if spec.execution.json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      Swift.print(String(decoding: try encoder.encode(result), as: UTF8.self))
    } else {
      for line in ClosingReport(result).lines { Swift.print(line) }
    }
  }

  /// The first signal ends the run in good order, the second at once: the children follow by themselves.
  private func followSignals(_ notices: Mailbox<CoordinatorRole.Notice>, _ scratch: ScratchFolder?) {
    let received = Mutex(0)
    Signals.follow { number in
      let count = received.withLock { count in
        count += 1
        return count
      }
      guard count > 1 else { return notices.post(.signal(number)) }
      scratch?.remove()
      _exit(128 + number)
    }
  }
}
