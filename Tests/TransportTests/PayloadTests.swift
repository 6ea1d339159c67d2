import Glibc
import Messages
import Parameters
import TestSupport
import Testing
import Transport
import ZeroMQ

@Suite struct PayloadTests {
  private let context: Context
  private let released: Mailbox<Bool>

  init() throws { (context, released) = try (Context(), Mailbox()) }

  @Test(arguments: Network.allCases) func bigPayloadsCrossBitEqualInBothDirections(network: Network) throws {
    let limits = SocketLimits(payload: 64 << 20)
    let listener = try Listener(on: network.endpoint(), in: context, key: key, limits: limits)
    let connection = try Connection(to: listener.endpoint, in: context, key: key, limits: limits)
    let count = 4_000_000
    let range = 1001..<(1001 + count)

    let sent = Memory<Float>.buffer(count: count + 2000, released: released)
    #expect(try connection.send(weights(Float.self, count: count), payload: sent, range: range))
    let arrived = try listener.next()
    #expect(arrived.envelope == weights(Float.self, count: count))
    let received = try #require(arrived.payload).buffer(of: Float.self)
    #expect(received.count == count)
    #expect(unsafe memcmp(received.start, sent.start + range.lowerBound, 4 * count) == 0)

    // And back, straight from the frame.
    #expect(try listener.send(weights(Float.self, count: count), payload: received, to: arrived.peer))
    let back = try #require(try connection.next().payload).buffer(of: Float.self)
    #expect(unsafe memcmp(back.start, received.start, 4 * count) == 0)

    if network == .inproc {
      #expect(unsafe back.start == sent.start + 1001)
    }
  }

  /// Buffers that wait for a listener are still referenced; buffers that have been sent are not.
  @Test(arguments: [Network.ipc, .inproc]) func buffersAreHeldUntilTheyHaveLeft(network: Network) throws {
    let endpoint = try network.endpoint()
    let limits = SocketLimits(payload: 8 << 20)
    let connection = try Connection(to: endpoint, in: context, key: key, limits: limits)
    do {
      var sent = Memory<Double>.buffer(count: 1_000_000, released: released)
      #expect(try connection.send(weights(Double.self, count: 1_000_000), payload: sent))
      #expect(!isKnownUniquelyReferenced(&sent))
    }
    #expect(try Waiter.wait(for: [released], timeout: .milliseconds(20)) == [])

    let listener = try Listener(on: endpoint, in: context, key: key, limits: limits)
    do {
      let received = try #require(try listener.next().payload).buffer(of: Double.self)
      #expect(unsafe received.elements.indices.allSatisfy { unsafe received.elements[$0] == Double($0) / 3 })
      if network == .inproc { #expect(try Waiter.wait(for: [released], timeout: .zero) == []) }
    }
    #expect(try Waiter.wait(for: [released], timeout: .eventDeadline) == [0])
  }

  @Test func aSoleOwnerMayWriteAgainOnceTheBytesHaveLeft() throws {
    let listener = try Listener(on: Network.ipc.endpoint(), in: context, key: key)
    let connection = try Connection(to: listener.endpoint, in: context, key: key)
    var buffer = Buffer<Float>(count: 100_000)
    #expect(try connection.send(weights(Float.self, count: 100_000), payload: buffer))
    _ = try listener.next()
    #expect(try eventually([listener]) { isKnownUniquelyReferenced(&buffer) })
  }

  /// Small frames lie at arbitrary addresses in libzmq's read buffer; their elements are copied to aligned memory.
  @Test(arguments: 1...9) func payloadsThatAreNotAlignedAreCopied(nameLength: Int) throws {
    let listener = try Listener(on: Network.tcp.endpoint(), in: context, key: key)
    let connection = try Connection(to: listener.endpoint, in: context, key: key)
    let report = envelope(
      .stepReport(
        StepReport(
          step: 1, tally: Tally(lossSum: 0, correct: 0, samples: 0), steps: 1,
          nonFinite: String(repeating: "x", count: nameLength),
          partials: TensorHeader(elementType: .float64, offset: 0, count: 20))))
    let sent = Buffer((0..<20).map { 1 / Double($0 + 1) })
    for _ in 0..<4 { #expect(try connection.send(report, payload: sent)) }
    for _ in 0..<4 {
      let received = try #require(try listener.next().payload).buffer(of: Double.self)
      #expect(unsafe Int(bitPattern: received.start) % 8 == 0)
      #expect(unsafe received.elements.elementsEqual(sent.elements))
    }
  }

  @Test func anotherElementTypeIsRefused() throws {
    let listener = try Listener(on: Network.inproc.endpoint(), in: context, key: key)
    let connection = try Connection(to: listener.endpoint, in: context, key: key)
    #expect(try connection.send(weights(Float.self, count: 2), payload: Buffer<Float>([1, 2])))
    let payload = try #require(try listener.next().payload)
    #expect(throws: MessageError.malformed("tensor.element_type is float32; accepted is float64")) {
      try payload.buffer(of: Double.self)
    }
    #expect(payload.bytes == [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40])
  }

  @Test func anEmptyShardTravels() throws {
    let listener = try Listener(on: Network.tcp.endpoint(), in: context, key: key)
    let connection = try Connection(to: listener.endpoint, in: context, key: key)
    #expect(try connection.send(weights(Float.self, offset: 7, count: 0), payload: Buffer<Float>(count: 0)))
    #expect(try #require(try listener.next().payload).buffer(of: Float.self).count == 0)
  }

  @Test(arguments: [Network.tcp, .ipc])
  func aFrameOfExactlyTheLimitArrives(network: Network) throws {
    let context = try Context()
    // Above the limit of headers, which every frame may have.
    let count = (4 << 20) / MemoryLayout<Float>.stride + 1
    let limits = SocketLimits(payload: count * MemoryLayout<Float>.stride)
    let listener = try Listener(on: network.endpoint(), in: context, key: key, limits: limits)
    let connection = try Connection(to: listener.endpoint, in: context, key: key, limits: limits)
    #expect(try connection.send(weights(Float.self, count: count), payload: Buffer<Float>(count: count)))
    #expect(try listener.next().payload?.bytes.count == limits.payload)
  }
}
