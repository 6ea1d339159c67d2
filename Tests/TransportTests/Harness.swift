import Foundation
import Messages
import Parameters
import TestSupport
import Testing
import Transport
import ZeroMQ

protocol Receiving: Waitable {
  func receive() throws(ZeroMQError) -> Received?
}
extension Listener: Receiving {}
extension Connection: Receiving {}

struct Late: Error {}

extension Receiving {
  /// The next message, or `Late` after the deadline.
  func next() throws -> Received {
    let deadline = ContinuousClock.now + .eventDeadline
    while ContinuousClock.now < deadline {
      if let received = try receive() { return received }
      _ = try Waiter.wait(for: [self], timeout: deadline - .now)
    }
    throw Late()
  }
}

/// Evaluates `isTrue` at every arrival and every few milliseconds, until it holds or the deadline has passed.
func eventually(_ sources: [any Waitable], _ isTrue: () throws -> Bool) throws -> Bool {
  let deadline = ContinuousClock.now + .eventDeadline
  while ContinuousClock.now < deadline {
    if try isTrue() { return true }
    _ = try Waiter.wait(for: sources, timeout: .milliseconds(5))
  }
  return false
}

enum Network: String, CaseIterable {
  case tcp, ipc, inproc

  /// An endpoint that no other test listens on.
  func endpoint() throws -> Endpoint {
    let name = UUID().uuidString.prefix(13)
    return switch self {
    case .tcp: try Endpoint("tcp://127.0.0.1:0")
    case .ipc: try Endpoint("ipc:///tmp/tare-\(name)")
    case .inproc: try Endpoint("inproc://\(name)")
    }
  }
}

/// Memory for a buffer; posts when the buffer releases it.
@safe final class Memory<Scalar: KernelScalar>: @unchecked Sendable {
  private let start: UnsafeMutablePointer<Scalar>
  private let released: Mailbox<Bool>

  static func buffer(count: Int, released: Mailbox<Bool>) -> Buffer<Scalar> {
    let memory = Memory(count: count, released: released)
    return unsafe Buffer(borrowing: memory.start, count: count, owner: memory)
  }

  private init(count: Int, released: Mailbox<Bool>) {
    self.released = released
    unsafe start = .allocate(capacity: count)
    for index in 0..<count { unsafe (start + index).initialize(to: Scalar(index) / 3) }
  }

  deinit {
    unsafe start.deallocate()
    released.post(true)
  }
}

let key = RunKey()
let session = key.session

func envelope(_ message: Message, session: UInt64 = session) -> Envelope {
  Envelope(session: session, generation: 1, message: message)
}

func weights<Scalar: KernelScalar>(_ scalar: Scalar.Type, offset: Int = 0, count: Int) -> Envelope {
  envelope(
    .weights(
      Weights(version: 1, tensor: TensorHeader(elementType: Scalar.elementType, offset: offset, count: count))))
}
