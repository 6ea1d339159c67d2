import Coordination
import Datasets
import Failures
import Foundation
import NeuralNetwork
import ParameterServer
import Parameters
import Records
import Roles
import RunDefinition
import Specification
import TestSupport
import Testing
import Training

/// What a run leaves behind in its folder, written by the recorder from the states of real shards.
@Suite("Recorder of a run")
struct RunFolderRecorderTests {
  @Test("a run from the start has an empty metrics.csv, and keeps the weights that it begins with")
  func start() throws {
    let run = try RehearsedRecording()
    #expect(try run.recorder.rewind(to: 0, generation: 1) == nil)
    #expect(!run.recorder.hasBegun)
    try run.recorder.started()
    #expect(run.recorder.hasBegun && run.recorder.generation == 1)
    #expect(try run.metrics == MetricsFile.header)
    try run.commit()
    #expect(try run.recorder.committed == [0])
    let initial = try SafeTensorsFile(run.folder.initialWeights)
    #expect(Set(initial.entries.map(\.name)) == Set(run.run.architecture.layout.parameters.map(\.name)))
    run.recorder.ended()
  }

  @Test("a checkpoint's manifest names its step, generation, files, cursor, evaluations and events")
  func commit() throws {
    var run = try RehearsedRecording()
    _ = try run.recorder.rewind(to: 0, generation: 3)
    try run.recorder.started()
    try run.train(to: 3)
    #expect(run.watcher.logged == [2])
    let tally = Tally(lossSum: 12, correct: 1500, samples: 2000)
    try run.recorder.evaluated(version: 3, tally)
    run.recorder.happened(RunEvent(.lost, of: Member(.worker, 0), seconds: 1, step: 3, what: "worker 0 was lost"))
    try run.commit(generation: 3)
    let manifest = try CheckpointStore(runFolder: run.folder.path).read(step: 3).manifest
    #expect(manifest.step == 3 && manifest.generation == 3 && manifest.servers == 2 && manifest.steps == 8)
    #expect(try manifest.specHash == run.run.specHash && manifest.weightsSHA256 == run.shards.weightsSHA256)
    #expect(try manifest.metricsCursor == run.metrics.utf8.count)
    #expect(manifest.evaluations == [.init(version: 3, tally)] && manifest.samplesUsed == 3 * run.run.spec.batch)
    #expect(manifest.window == .init(Tally(lossSum: 7.5, correct: 2, samples: run.run.spec.batch), steps: 1))
    #expect(manifest.events.map(\.what) == ["worker 0 was lost"])
    #expect(manifest.files.map(\.name) == ["weights.safetensors", "optimizer.safetensors", "metrics.safetensors"])
    run.recorder.ended()
  }

  /// What comes after the checkpoint is taken back; training again writes the same bytes.
  @Test("a rewind takes metrics.csv back to the checkpoint")
  func rewind() throws {
    var run = try RehearsedRecording()
    _ = try run.recorder.rewind(to: 0, generation: 1)
    try run.recorder.started()
    try run.train(to: 4)
    try run.commit()
    let (kept, states) = (try run.metrics, run.shards.states)
    try run.train(to: 7)
    try run.recorder.evaluated(version: 7, Tally(lossSum: 1, correct: 1, samples: 2))
    let far = try run.metrics
    #expect(far.hasPrefix(kept) && far.count > kept.count)
    let state = try #require(try run.recorder.rewind(to: 4, generation: 2))
    #expect(try state.version == 4 && state.weightsSHA256 != run.shards.weightsSHA256)
    #expect(try run.metrics == kept && run.recorder.generation == 2)
    run.shards.restore(states)
    try run.train(to: 7)
    let again = try run.metrics
    #expect(far.hasPrefix(again) && again.count > kept.count)
    #expect(run.watcher.logged == [2, 4, 6, 6])
    #expect(try run.recorder.rewind(to: 0, generation: 3) == nil)
    #expect(try run.metrics == MetricsFile.header)
    run.recorder.ended()
  }

  @Test("a rewind forgets the evaluations and the rates of later steps, and no others")
  func records() throws {
    func rates(rewinding: Bool) throws -> [UInt8] {
      var run = try RehearsedRecording("execution.recordRates=true", "execution.metricsEvery=1")
      _ = try run.recorder.rewind(to: 0, generation: 1)
      try run.recorder.started()
      try run.train(to: 2)
      let early = Tally(lossSum: 3, correct: 1, samples: 2)
      try run.recorder.evaluated(version: 2, early)
      try run.train(to: 4)
      try run.commit()
      if rewinding {
        let states = run.shards.states
        try run.train(to: 7)
        try run.recorder.evaluated(version: 6, Tally(lossSum: 1, correct: 2, samples: 2))
        _ = try #require(try run.recorder.rewind(to: 4, generation: 2))
        run.shards.restore(states)
      }
      try run.train(to: 8)
      let late = Tally(lossSum: 4, correct: 0, samples: 2)
      try run.recorder.evaluated(version: 8, late)
      try run.commit(generation: 2)
      run.recorder.ended()
      let manifest = try CheckpointStore(runFolder: run.folder.path).read(step: 8).manifest
      #expect(manifest.evaluations == [.init(version: 2, early), .init(version: 8, late)])
      #expect(try run.recorder.close().bestTestError == 0.5)
      return Array(try Data(contentsOf: URL(fileURLWithPath: run.folder.rates)))
    }
    let straight = try rates(rewinding: false)
    #expect(!straight.isEmpty)
    #expect(try rates(rewinding: true) == straight)
  }

  @Test("of evaluations with the same error, the first is the best, and its checkpoint stays")
  func best() throws {
    var run = try RehearsedRecording()
    _ = try run.recorder.rewind(to: 0, generation: 1)
    try run.recorder.started()
    try run.commit()
    for (version, correct) in [(1, 5), (2, 8), (3, 8), (4, 7), (5, 6), (6, 6), (7, 8), (8, 6)] {
      try run.train(to: version)
      try run.recorder.evaluated(version: version, Tally(lossSum: 1, correct: correct, samples: 10))
      try run.commit()
    }
    run.recorder.ended()
    #expect(try run.recorder.committed == [0, 2, 6, 7, 8])
  }

  @Test("a rewind to a damaged checkpoint says that it cannot be read, and leaves metrics.csv as it is")
  func damaged() throws {
    var run = try RehearsedRecording()
    _ = try run.recorder.rewind(to: 0, generation: 1)
    try run.recorder.started()
    try run.train(to: 2)
    try run.commit()
    try run.train(to: 4)
    let before = try run.metrics
    let folder = "run/checkpoints"
    let checkpoint = try #require(
      try FileManager.default.contentsOfDirectory(atPath: run.base.file(folder)).first)
    let names = try FileManager.default.contentsOfDirectory(atPath: run.base.file("\(folder)/\(checkpoint)"))
    let weights = "\(folder)/\(checkpoint)/\(try #require(names.first { $0.hasPrefix("weights") }))"
    var bytes = try run.base.read(weights)
    bytes[bytes.count - 1] ^= 1
    try run.base.write(bytes, to: weights)
    #expect(throws: UnreadableCheckpoint.self) { try run.recorder.rewind(to: 2, generation: 2) }
    #expect(try run.metrics == before)
    run.recorder.ended()
  }

  @Test("a rewind drops a state of which not all has come")
  func unfinished() throws {
    var run = try RehearsedRecording()
    _ = try run.recorder.rewind(to: 0, generation: 1)
    try run.recorder.started()
    try run.train(to: 2)
    try run.commit()
    try run.train(to: 4)
    let (state, bytes) = try run.shards.collected()
    run.recorder.collect(state.version)
    run.recorder.append(Array(bytes.prefix(1))) {}
    _ = try run.recorder.rewind(to: 2, generation: 2)
    #expect(try FileManager.default.contentsOfDirectory(atPath: run.folder.path + "/checkpoints") == ["step-2"])
    run.recorder.ended()
  }

  @Test("what can't be written fails when the state is committed, and the next one is not harmed")
  func noRoom() throws {
    var run = try RehearsedRecording()
    _ = try run.recorder.rewind(to: 0, generation: 1)
    try run.recorder.started()
    try run.train(to: 2)
    let folder = run.folder.path + "/checkpoints"
    try Data().write(to: URL(fileURLWithPath: folder))
    let error = try run.outcomeOfCommit(generation: 1)
    #expect(error?.exitCode == 74 && error?.description.contains(folder) == true)
    try FileManager.default.removeItem(atPath: folder)
    try run.commit()
    #expect(try run.recorder.committed == [2])
    run.recorder.ended()
  }

  @Test("the end: final weights, and a result that sums the run up")
  func close() throws {
    var run = try RehearsedRecording()
    _ = try run.recorder.rewind(to: 0, generation: 1)
    #expect(throws: RunError.self, "before any state was committed") { try run.recorder.close() }
    try run.recorder.started()
    try run.train(to: 8)
    try run.recorder.evaluated(version: 6, Tally(lossSum: 10, correct: 9, samples: 10))
    try run.recorder.evaluated(version: 8, Tally(lossSum: 20, correct: 8, samples: 10))
    try run.commit()
    run.recorder.ended()
    let result = try run.recorder.close()
    let batch = run.run.spec.batch
    #expect(result.run == run.folder.path && result.steps == 8 && result.samplesUsed == 8 * batch)
    #expect(result.epochs == Double(8 * batch) / Double(run.run.images.trainCount))
    #expect(result.trainLoss == 2.5 * (7 + 8) / Double(2 * batch))
    #expect(result.testLoss == 2 && result.testError == 0.2 && result.bestTestError == 0.1)
    #expect(try result.weightsSHA256 == run.shards.weightsSHA256 && result.servers == 2)
    let layout = run.run.architecture.layout
    let invariant = layout.parameters.filter { $0.role == .weight && $0.invariance != .none }
    #expect(result.layers.map(\.name) == invariant.map(\.layer) && !invariant.isEmpty)
    let final = try SafeTensorsFile(run.folder.finalWeights)
    #expect(final.metadata["step"] == "8")
    let weights = run.shards.states.flatMap { $0.weights.values }
    for (index, parameter) in layout.parameters.enumerated() {
      let entry = try #require(final.entry(named: parameter.name))
      #expect(final.elements(of: entry, as: Float.self) == Array(weights[layout.range(of: index)]))
    }
  }
}
