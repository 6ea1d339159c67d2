import Foundation
import NeuralNetwork
import OneDNN
import Parameters
import TestSupport
import Testing

/// Equal inputs give equal bits: on every call, on every thread, in every instance, at every address.
@Suite struct SameBitsTests {
  @Test(arguments: ["mlp", "conv3", "conv4"])
  func callsInstancesAndThreads(network: String) throws {
    let probe = Probe<Float>(try preset(network), samples: 4)
    let backend = try probe.make(.oneDNN)
    let expected = try Bits(probe, backend)
    #expect(expected.threadCount == 1, "a second thread would split sums at other places")
    let before = try probe.evaluate(backend)
    for _ in 0..<3 {
      #expect(try Bits(probe, backend) == expected)
      #expect(try probe.evaluate(backend) == before)
    }
    let results = Results()
    let threads = (0..<3).map { _ in
      Thread {
        results.append(Result { try Bits(probe, probe.make(.oneDNN)) })
      }
    }
    for thread in threads { thread.start() }
    for found in try results.wait(for: threads.count) { #expect(try found.get() == expected) }
  }

  @Test(arguments: ["mlp", "conv3"])
  func referenceCalls(network: String) throws {
    let probe = Probe<Double>(try preset(network), samples: 3)
    let backend = try probe.make(.reference)
    let expected = try Bits(probe, backend)
    #expect(try Bits(probe, backend) == expected)
    #expect(try Bits(probe, probe.make(.reference)) == expected)
  }

  /// The flat vectors may begin at any multiple of a scalar's size.
  @Test(arguments: ["mlp", "conv3", "conv4"], Normalization.allCases)
  func addresses(network: String, normalization: Normalization) throws {
    let probe = Probe<Float>(try preset(network, normalization), samples: 4)
    let backend = try probe.make(.oneDNN)
    let expected = try Bits(probe, backend)
    let count = probe.weights.count
    for shift in [1, 3, 7, 13] {
      let weights = Buffer<Float>(count: count + 16)
      let images = Buffer<Float>(count: probe.images.count + 16)
      let gradient = Buffer<Float>(count: count + 16)
      unsafe (weights.start + shift).update(from: probe.weights, count: count)
      unsafe (images.start + shift).update(from: probe.images, count: probe.images.count)
      try unsafe backend.load(weights.start + shift)
      let outcome = try unsafe backend.gradient(
        images: images.start + shift, labels: probe.labels, into: gradient.start + shift)
      let found = (0..<count).map { unsafe UInt64(gradient.start[shift + $0].bitPattern) }
      #expect(found == expected.gradient && outcome == expected.outcome)
      let outside = (0..<shift).map { unsafe gradient.start[$0] }
      #expect(outside.allSatisfy { $0 == 0 })
    }
  }

  /// Images in the backend's own memory, which it does not copy.
  @Test(arguments: ["mlp", "conv3"], Normalization.allCases)
  func inputInPlace(network: String, normalization: Normalization) throws {
    let probe = Probe<Float>(try preset(network, normalization), samples: 4)
    let backend = try probe.make(.oneDNN)
    let expected = try Bits(probe, backend)
    let before = try probe.evaluate(backend, count: 3)
    let input = try #require(backend.input)
    #expect(input.count == probe.images.count)
    let gradient = Buffer<Float>(count: probe.weights.count)
    for _ in 0..<2 {
      _ = unsafe input.elements.update(fromContentsOf: probe.images)
      let outcome = try unsafe backend.gradient(images: input.start, labels: probe.labels, into: gradient.start)
      #expect(gradient.values.map { UInt64($0.bitPattern) } == expected.gradient && outcome == expected.outcome)
      #expect(try unsafe backend.evaluate(images: input.start, labels: probe.labels, count: 3) == before)
    }
  }

  /// What a backend calls complete in the course of the backward pass is not written any more.
  @Test(arguments: ["mlp", "conv3", "conv4"], Normalization.allCases)
  func completeFromOffset(network: String, normalization: Normalization) throws {
    let probe = Probe<Float>(try preset(network, normalization), samples: 4)
    let backend = try probe.make(.oneDNN)
    let expected = try Bits(probe, backend)
    let gradient = Buffer<Float>([Float](repeating: .nan, count: probe.weights.count))
    var offsets: [Int] = []
    try unsafe backend.gradient(
      images: probe.images, labels: probe.labels, firstSample: 0, into: gradient.start
    ) { offset, outcome in
      offsets.append(offset)
      #expect(outcome == expected.outcome)
      let found = gradient.values[offset...].map { UInt64($0.bitPattern) }
      #expect(found == Array(expected.gradient[offset...]), "from \(offset) on")
    }
    #expect(offsets.last == 0 && zip(offsets, offsets.dropFirst()).allSatisfy { $0 > $1 })
    // One part for each weight at least, except where the weights are those of another network inside.
    let weights = probe.architecture.layout.parameters.filter { $0.role == .weight }.count
    #expect(normalization == .weight ? offsets == [0] : offsets.count >= weights)
  }

  /// Results do not depend on leftovers of earlier calls, including those of evaluation and of samples beyond the
  /// count.
  @Test func noTraceOfEarlierCalls() throws {
    var probe = Probe<Float>(try preset("conv3"), samples: 4)
    let backend = try probe.make(.oneDNN)
    let gradient = try Bits(probe, backend)
    let evaluation = try probe.evaluate(backend, count: 2)
    let images = probe.images
    probe.images = images.map { $0 * 1000 - 3 }
    _ = try probe.gradient(backend)
    _ = try probe.evaluate(backend)
    probe.images = images
    #expect(try probe.evaluate(backend, count: 2) == evaluation)
    #expect(try Bits(probe, backend) == gradient)
  }

  private func preset(_ name: String, _ normalization: Normalization = .batch) throws -> Architecture {
    try .preset(name, normalization: normalization, input: ImageShape(channels: 3, height: 32, width: 32))
  }
}

/// The result of one training pass, to the last bit.
private struct Bits: Equatable {
  let outcome: Tally
  let gradient: [UInt64]
  /// How many threads the library may use.
  let threadCount: Int

  init(_ probe: Probe<Float>, _ backend: any Backend<Float>) throws {
    let (outcome, gradient) = try probe.gradient(backend)
    self.outcome = outcome
    threadCount = Library.threadCount
    self.gradient = gradient.map { UInt64($0.bitPattern) }
  }

  init(_ probe: Probe<Double>, _ backend: any Backend<Double>) throws {
    let (outcome, gradient) = try probe.gradient(backend)
    self.outcome = outcome
    threadCount = Library.threadCount
    self.gradient = gradient.map(\.bitPattern)
  }
}

/// Collects results from threads.
private final class Results: @unchecked Sendable {
  // Every access holds the condition's lock.
  private let condition = NSCondition()
  private var found: [Result<Bits, any Error>] = []

  func append(_ result: Result<Bits, any Error>) {
    condition.withLock {
      found.append(result)
      condition.signal()
    }
  }

  func wait(for count: Int) throws -> [Result<Bits, any Error>] {
    let deadline = Date(timeIntervalSinceNow: Deadline.event)
    return try condition.withLock {
      while found.count < count { try #require(condition.wait(until: deadline), "a thread did not finish") }
      return found
    }
  }
}
