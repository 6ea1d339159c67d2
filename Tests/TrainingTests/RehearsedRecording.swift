import Failures
import Foundation
import NeuralNetwork
import ParameterServer
import Parameters
import Records
import Roles
import RunDefinition
import Synchronization
import TestSupport
import Testing
import Training

/// A run of 8 steps with two servers and windows of 2 steps, recorded without processes.
struct RehearsedRecording {
  final class Watcher: RunObserver {
    private(set) var logged: [Int] = []
    func logged(version: Int, loss: Double?) { logged.append(version) }
  }

  let base: TemporaryFolder
  let folder: RunFolder
  let recorder: RunFolderRecorder
  let watcher = Watcher()
  var shards: TrainedShards<Float>

  init(_ settings: String...) throws {
    base = try TemporaryFolder()
    folder = try RunFolder(base.file("run"))
    shards = try TrainedShards(
      RunDefinition(
        [
          "network.preset=mlp", "optimizer=momentum", "steps=8", "execution.metricsEvery=2", "execution.servers=2",
          "execution.tensorboard=false",
        ] + settings))
    recorder = try RunFolderRecorder(shards.run, in: folder, observer: watcher)
  }

  var run: RunDefinition { shards.run }

  var metrics: String { get throws { String(decoding: try base.read("run/metrics.csv"), as: UTF8.self) } }

  /// Trains to `version`, and records what the servers report.
  mutating func train(to version: Int) throws {
    for (server, reports) in shards.advance(to: version).enumerated() {
      for report in reports { try recorder.record(report, from: server) }
    }
  }

  /// Commits the state of the shards, and waits for what becomes of it.
  func commit(generation: UInt64 = 1) throws { #expect(try outcomeOfCommit(generation: generation) == nil) }

  func outcomeOfCommit(generation: UInt64) throws -> RunError? {
    let answer = Answer()
    let (state, bytes) = try shards.collected()
    recorder.collect(state.version)
    recorder.append(bytes) {}
    recorder.commit(state, generation: generation) { answer.give($0) }
    return try answer.wait()
  }

  private final class Answer: Sendable {
    private let error = Mutex<RunError?>(nil)
    private let given = DispatchSemaphore(value: 0)

    func give(_ error: RunError?) {
      self.error.withLock { $0 = error }
      given.signal()
    }

    func wait() throws -> RunError? {
      try #require(given.wait(timeout: .now() + 60) == .success, "the writer has answered")
      return error.withLock { $0 }
    }
  }
}
