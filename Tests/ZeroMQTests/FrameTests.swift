import TestSupport
import Testing
import ZeroMQ

@Suite struct FrameTests {
  /// Memory that rings a doorbell when it is released.
  @safe private final class Lender: @unchecked Sendable {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 100_000, alignment: 64)
    let end: Doorbell

    init(end: Doorbell) {
      self.end = end
      unsafe _ = memory.initializeMemory(as: UInt8.self, repeating: 7)
    }

    deinit {
      unsafe memory.deallocate()
      end.ring()
    }

    func frame() throws -> Frame { unsafe try Frame(lending: UnsafeRawBufferPointer(memory), of: self) }
  }

  @Test func anUnsentFrameReleasesItsLender() throws {
    let end = try Doorbell()
    do {
      let frame = try Lender(end: end).frame()
      #expect(try !end.hasRung())
      #expect(frame.bytes == [UInt8](repeating: 7, count: 100_000))
    }
    #expect(try end.hasRung())
  }

  @Test func aSentFrameReleasesItsLenderWhenItIsRead() throws {
    let context = try Context()
    let left = try Socket(.pair, in: context)
    let right = try Socket(.pair, in: context)
    try right.connect(to: left.bind(to: Endpoint("inproc://lending")))
    let end = try Doorbell()
    #expect(try left.send(Lender(end: end).frame()))
    #expect(try !end.hasRung())
    #expect(try right.receive()?.byteCount == 100_000)
    #expect(try end.hasRung(within: .eventDeadline))
  }

  @Test func aFrameThatNobodyTakesReleasesItsLenderWithTheSocket() throws {
    let end = try Doorbell()
    do {
      let socket = try Socket(.dealer, in: Context())
      try socket.set(.linger(0))
      try socket.connect(to: Endpoint("ipc:///tmp/tare-nobody-listens-here"))
      #expect(try socket.send(Lender(end: end).frame()))
      #expect(try !end.hasRung())
    }
    #expect(try end.hasRung(within: .eventDeadline))
  }
}

extension Doorbell {
  fileprivate func hasRung(within timeout: Duration = .zero) throws -> Bool {
    try Poller.wait(for: [pollItem], timeout: timeout) == [0]
  }
}
