import Coordination
import Dispatch
import Failures
import Foundation
import Messages
import NeuralNetwork
import Parameters
import Roles
import RunDefinition
import Specification
import Synchronization
import TestSupport
import Testing
import Transport
import ZeroMQ

/// A worker that waits in place of computing, between a coordinator and a server that the test plays.
@Suite("Emulated worker")
struct EmulatedWorkerTests {
  /// What the worker has sent.
  private struct Outcome {
    var fingerprint: Fingerprint?
    var pushes: [(push: Push, gradient: [Float])] = []
    var evaluated: [Evaluated] = []
  }

  /// Lets it take `steps` steps of a run whose images are nowhere, then evaluate.
  private static func play(_ definition: RunDefinition, steps: Int) throws -> Outcome {
    let key = RunKey()
    let context = try Context()
    let coordinator = try Listener(on: Endpoint("inproc://emulated-coordinator"), in: context, key: key)
    let server = try Listener(
      on: Endpoint("inproc://emulated-server"), in: context, key: key,
      limits: SocketLimits(payload: definition.architecture.layout.count * 4))
    var invitation = Invitation(role: .worker, endpoint: coordinator.endpoint, key: key)
    let emulated: EmulatedComputing = try #require(EmulatedComputing(text: "0.001"))
    invitation.emulated = emulated
    let end = Mutex<Result<Void, RunError>?>(nil)
    DispatchQueue.global().async { [invitation] in
      let result = Result { try WorkerRole.run(invitation, in: context) }.mapError { RunError($0) }
      end.withLock { $0 = result }
    }
    func envelope(_ message: Message, generation: UInt64 = 1) -> Envelope {
      Envelope(session: key.session, generation: generation, message: message)
    }
    let json = String(decoding: try JSONEncoder().encode(definition), as: UTF8.self)
    let weights = Buffer<Float>(count: definition.architecture.layout.count)
    let evaluation = WorkerOrders.Evaluation(
      version: steps, nodes: [ReductionTree.Node(start: 0, count: definition.chunks.leafCount)])
    var outcome = Outcome()
    var worker: Peer?
    let limit = Clock.now + Deadline.event
    while Clock.now < limit {
      if let result = end.withLock({ $0 }) {
        try result.get()
        return outcome
      }
      _ = try Waiter.wait(for: [coordinator, server], timeout: .milliseconds(20))
      while let received = try coordinator.receive() {
        worker = received.peer
        var answers: [Envelope] = []
        switch received.envelope.message {
        case .hello:
          let welcome = Welcome(rank: 0, specJSON: json, specHash: definition.specHash, serverCount: 1, workerCount: 1)
          answers = [envelope(.welcome(welcome), generation: 0)]
        case .ready(let ready) where outcome.fingerprint == nil:
          outcome.fingerprint = Fingerprint(text: ready.fingerprint)
          let orders = WorkerOrders(
            number: 0, version: 0, endpoints: [server.endpoint.description],
            nodes: [ReductionTree.Node(start: 0, count: definition.tree.leafCount)], evaluation: evaluation)
          answers = [envelope(.workerOrders(orders))]
        case .evaluated(let evaluated):
          outcome.evaluated.append(evaluated)
          answers = [envelope(.stop(Stop(exitCode: 0, sentence: "done")))]
        default: break
        }
        for answer in answers { _ = try coordinator.send(answer, to: received.peer) }
      }
      while let received = try server.receive() {
        let (version, offset): (Int, Int)
        switch received.envelope.message {
        case .pull(let pull): (version, offset) = (pull.version, pull.offset)
        case .push(let push):
          let payload = try #require(received.payload)
          outcome.pushes.append((push, try payload.buffer(of: Float.self).values))
          (version, offset) = (push.step + 1, push.tensor.offset)
        default: continue
        }
        let segment = try #require(definition.shards.segment(at: offset, of: 0))
        let range = definition.shards.segments[segment].range
        let header = TensorHeader(elementType: .float32, offset: offset, count: range.count)
        let message = Message.weights(Weights(version: version, tensor: header))
        _ = try server.send(envelope(message), payload: weights, range: range, to: received.peer)
      }
    }
    if let worker { _ = try coordinator.send(envelope(.stop(Stop(exitCode: 70, sentence: "late"))), to: worker) }
    throw RunError(ExitCode.software, "the worker has not left")
  }

  @Test("pushes a gradient of zeros of the network's size for each step, without images, and counts test images")
  func protocolWithoutComputing() throws {
    let steps = 3
    let definition = try RunDefinition([
      "network.preset=mlp", "dataset.limit=8", "batch=4", "microbatch=2", "steps=\(steps)", "execution.workers=1",
      "execution.metricsEvery=1",
    ])
    let outcome = try Self.play(Self.withoutImages(definition), steps: steps)
    let fingerprint = try #require(outcome.fingerprint)
    #expect(EmulatedComputing.made(fingerprint))
    #expect(!EmulatedComputing.made(Fingerprint(numbers: fingerprint.numbers, probe: "0123456789abcdef")))
    #expect(Set(outcome.pushes.map(\.push.step)) == Set(0..<steps))
    for (push, gradient) in outcome.pushes {
      #expect(push.node == ReductionTree.Node(start: 0, count: 2) && push.tally.samples == 4)
      let segment = try #require(definition.shards.segment(at: push.tensor.offset, of: 0))
      let isZero = gradient.allSatisfy { $0 == 0 }
      #expect(isZero && gradient.count == definition.shards.segments[segment].range.count)
      #expect(push.squares.count == definition.shards.loggedFilters(ofSegment: segment))
    }
    for step in 0..<steps {
      let sizes = outcome.pushes.filter { $0.push.step == step }.map(\.gradient.count)
      #expect(sizes.count == definition.shards.segments.count)
      #expect(sizes.reduce(0, +) == definition.architecture.layout.count)
    }
    #expect(outcome.evaluated.map(\.version) == [steps])
  }

  /// The same run, of images that are not there: who opens them fails.
  private static func withoutImages(_ definition: RunDefinition) throws -> RunDefinition {
    var spec = definition.spec
    spec.dataset.name = .mnist
    spec.dataset.path = "/nonexistent"
    return try RunDefinition(spec: spec, images: definition.images)
  }

  @Test("a step is noted as it is read; other lines are not")
  func notes() throws {
    let noted = try #require(EmulatedComputing.read(EmulatedComputing.note(step: 12, at: 345.678901234)))
    #expect(noted.step == 12 && noted.time == 345.678901234)
    for line in ["", "emulated step x at 1", "emulated step 1", "2026-11-29T06:00:00Z info worker: step 1 at 2"] {
      #expect(EmulatedComputing.read(line) == nil)
    }
  }

  @Test("the time of a microbatch is a number of seconds", arguments: ["", "x", "-1", "nan", "inf", "1e9", "5ms"])
  func badTime(text: String) { #expect(EmulatedComputing(text: text) == nil) }
}
