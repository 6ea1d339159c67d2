import CTareMessages
import Glibc

/// One message as C structs while it is being packed; the structs point to each other and are freed together.
@safe package final class Draft {
  private var memory: [UnsafeMutableRawPointer] = unsafe []

  package init() {}

  deinit {
    while let block = unsafe memory.popLast() { unsafe free(block) }
  }

  /// A struct with the library's initial values.
  package func make<Wire>(_ initialize: (UnsafeMutablePointer<Wire>?) -> Void) -> UnsafeMutablePointer<Wire> {
    let wire: UnsafeMutablePointer<Wire> = unsafe list(of: 1)
    unsafe initialize(wire)
    return unsafe wire
  }

  /// The C form of `body`.
  func make<Value: WireValue>(
    _ body: Value, _ initialize: (UnsafeMutablePointer<Value.Wire>?) -> Void
  ) throws(MessageError) -> UnsafeMutablePointer<Value.Wire> {
    let wire = unsafe make(initialize)
    try unsafe body.write(to: &wire.pointee, in: self)
    return unsafe wire
  }

  /// Zeroed memory for `count` elements.
  package func list<Element>(of count: Int) -> UnsafeMutablePointer<Element> {
    guard let block = unsafe calloc(max(count, 1), MemoryLayout<Element>.stride) else {
      fatalError("out of memory for \(count) elements of a message")
    }
    unsafe memory.append(block)
    return unsafe block.bindMemory(to: Element.self, capacity: count)
  }

  /// A NUL-terminated copy.
  package func text(_ text: some StringProtocol) -> UnsafeMutablePointer<CChar> {
    let bytes = text.utf8
    let copy: UnsafeMutablePointer<CChar> = unsafe list(of: bytes.count + 1)
    for (index, byte) in bytes.enumerated() { unsafe copy[index] = CChar(bitPattern: byte) }
    return unsafe copy
  }
}

/// A Swift value with a C representation. Reading validates every field, so a value is always within the limits.
protocol WireValue {
  associatedtype Wire
  init(_ wire: Wire) throws(MessageError)
  func write(to wire: inout Wire, in draft: Draft) throws(MessageError)
}

extension WireValue {
  /// Reads a message that another one points to.
  init(at wire: UnsafeMutablePointer<Wire>?, _ field: String) throws(MessageError) {
    guard let wire = unsafe wire else { throw .malformed("\(field) is missing") }
    try unsafe self.init(wire.pointee)
  }
}
