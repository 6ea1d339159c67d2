import Foundation
import TestSupport
import Testing
import ZeroMQ

@Suite struct SocketTests {
  private let context: Context
  private let deadline = Duration.eventDeadline

  init() throws { context = try Context() }

  /// Sizes around libzmq's own thresholds: 33 bytes stay in the message, about 8 KiB in the read buffer.
  @Test(arguments: [0, 1, 33, 34, 8191, 8192, 8193, 3_000_001])
  func carriesFramesOfAnySize(byteCount: Int) throws {
    let router = try Socket(.router, in: context)
    let dealer = try Socket(.dealer, in: context)
    try dealer.connect(to: router.bind(to: Endpoint("tcp://127.0.0.1:0")))
    let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    #expect(try dealer.send(Frame(copying: bytes)))
    #expect(try Poller.wait(for: [router.pollItem], timeout: deadline) == [0])
    let identity = try #require(try router.receive()?.bytes)
    #expect(identity.count == 5)
    #expect(try router.receive()?.bytes == bytes)
    #expect(try router.receive() == nil)
  }

  @Test func publishesThePortThatTheSystemChose() throws {
    let router = try Socket(.router, in: context)
    guard case .tcp(let host, let port) = try router.bind(to: Endpoint("tcp://127.0.0.1:0")).kind else {
      Issue.record("no TCP endpoint")
      return
    }
    #expect(host == "127.0.0.1")
    #expect(port > 0)
  }

  @Test func keepsTheErrorNumberAndSaysWhatWasAttempted() throws {
    let first = try Socket(.router, in: context)
    let second = try Socket(.router, in: context)
    let taken = try first.bind(to: Endpoint("tcp://127.0.0.1:0"))
    let error = #expect(throws: ZeroMQError.self) { try second.bind(to: taken) }
    #expect(error?.code == EADDRINUSE)
    #expect(error?.description == "cannot listen on \(taken): Address already in use")
  }

  @Test func aMandatoryRouterRefusesStrangers() throws {
    let router = try Socket(.router, in: context)
    try router.set(.routerMandatory(true))
    _ = try router.bind(to: Endpoint("inproc://strangers"))
    #expect(try !router.send(Frame(copying: [1, 2, 3]), more: true))
  }
}
