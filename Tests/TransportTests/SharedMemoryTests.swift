import CSealedMemory
import Foundation
import Messages
import Parameters
import TestSupport
import Testing
import Transport
import ZeroMQ

/// Tensors that stay in their sender's memory.
@Suite("Shared memory") struct SharedMemoryTests {
  private let context: Context
  private let limits = SocketLimits(payload: 1 << 20)
  private let count = 10_000

  init() throws { context = try Context() }

  private func pair(_ network: Network = .ipc) throws -> (Listener, Connection) {
    let listener = try Listener(on: network.endpoint(), in: context, key: key, limits: limits)
    return (listener, try Connection(to: listener.endpoint, in: context, key: key, limits: limits))
  }

  private func shared(_ listener: Listener, first: Float = 1) -> Buffer<Float> {
    let buffer: Buffer<Float> = SharedBuffers(for: listener.endpoint).make(count: count)
    for index in 0..<count { unsafe buffer.elements[index] = first + Float(index) }
    return buffer
  }

  private func bytes(of buffer: Buffer<Float>) -> [UInt8] { unsafe buffer.withBytes { unsafe Array($0) } }

  /// Sends a buffer until it stays where it is; what arrived then.
  private func lend(
    _ buffer: Buffer<Float>, _ range: Range<Int>? = nil, from connection: Connection, to listener: Listener
  ) throws -> Received {
    var result: Received?
    let isLent = try eventually([listener, connection]) {
      while try connection.receive() != nil {}
      let before = listener.statistics.borrowed
      #expect(
        try connection.send(weights(Float.self, count: (range ?? 0..<count).count), payload: buffer, range: range))
      result = try listener.next()
      return listener.statistics.borrowed > before
    }
    #expect(isLent)
    return try #require(result)
  }

  @Test("from the second tensor on, both ends read the same memory, whole buffers and parts of them")
  func zeroCopy() throws {
    let (listener, connection) = try pair()
    let buffer = shared(listener)
    let received = try lend(buffer, from: connection, to: listener)
    #expect(received.envelope == weights(Float.self, count: count))
    let payload = try #require(received.payload)
    let there = try payload.buffer(of: Float.self)
    #expect(there.values == buffer.values)
    let part = try #require(try lend(buffer, 2000..<8000, from: connection, to: listener).payload).buffer(
      of: Float.self)
    #expect(part.values == Array(buffer.values[2000..<8000]))
    // As nobody ever should.
    unsafe buffer.elements[3000] = -7
    #expect(unsafe there.elements[3000] == -7 && part.elements[1000] == -7)

    // And the other way.
    let weightsBuffer = shared(listener, first: 5)
    let isLent = try eventually([listener, connection]) {
      #expect(try listener.receive() == nil)
      let before = connection.statistics.borrowed
      #expect(try listener.send(weights(Float.self, count: count), payload: weightsBuffer, to: received.peer))
      let back = try connection.next()
      #expect(back.payload?.bytes == bytes(of: weightsBuffer))
      return connection.statistics.borrowed > before
    }
    #expect(isLent && listener.statistics.lent == 1)
  }

  @Test("one buffer serves several connections, and is free when the last of them has given it back")
  func several() throws {
    let (listener, first) = try pair()
    let second = try Connection(to: listener.endpoint, in: context, key: key, limits: limits)
    var buffer = shared(listener)
    var payloads: [Payload] = []
    for connection in [first, second] {
      #expect(try connection.send(envelope(.fetch(Fetch(version: 1)))))
      let peer = try listener.next().peer
      let isLent = try eventually([listener, connection]) {
        _ = try listener.receive()
        let before = connection.statistics.borrowed
        #expect(try listener.send(weights(Float.self, count: count), payload: buffer, to: peer))
        let payload = try #require(try connection.next().payload)
        guard connection.statistics.borrowed > before else { return false }
        payloads.append(payload)
        return true
      }
      #expect(isLent)
    }
    func isFree() throws -> Bool {
      _ = try listener.receive()
      return isKnownUniquelyReferenced(&buffer)
    }
    #expect(try !isFree())
    payloads.removeFirst()
    #expect(try !isFree())
    payloads.removeFirst()
    #expect(try eventually([listener], isFree))
  }

  @Test("what is in other memory, too small, or goes over tcp or inproc takes the socket")
  func others() throws {
    for network in Network.allCases {
      let (listener, connection) = try pair(network)
      let buffers = SharedBuffers(for: listener.endpoint)
      for buffer in [
        network == .ipc ? Buffer<Float>(count: count) : buffers.make(count: count), buffers.make(count: 1000),
      ] {
        for _ in 0..<5 {
          #expect(try connection.send(weights(Float.self, count: buffer.count), payload: buffer))
          #expect(try listener.next().payload?.bytes.count == 4 * buffer.count)
          while try connection.receive() != nil {}
        }
      }
      #expect(connection.statistics.lent == 0 && listener.statistics.borrowed == 0)
    }
  }

  @Test("a process makes no more segments than a borrower that keeps them all may cost")
  func segments() throws {
    let listener = try pair().0
    let buffers = SharedBuffers(for: listener.endpoint)
    let made: [Buffer<Float>] = (0..<50).map { _ in buffers.make(count: count) }
    #expect(made.allSatisfy { $0.count == count })
    #expect(made.filter { $0.memory != nil }.count == 32)
  }

  @Test("tensors beyond the entries of a page take the socket, until some are given back")
  func fullPage() throws {
    let (listener, connection) = try pair()
    let buffer = shared(listener)
    var payloads = [try #require(try lend(buffer, from: connection, to: listener).payload)]
    func next() throws -> Bool {
      _ = try connection.receive()
      let before = connection.statistics.lent
      #expect(try connection.send(weights(Float.self, count: count), payload: buffer))
      let payload = try #require(try listener.next().payload)
      #expect(payload.header.count == count)
      payloads.append(payload)
      return connection.statistics.lent > before
    }
    while payloads.count < LoanPage.entries { try #require(try next()) }
    #expect(try !next())
    payloads.removeFirst(2)
    #expect(try next() && next() && !next())
  }

  @Test("a connection that breaks and comes back frees nothing that is read, and goes on lending")
  func reconnection() throws {
    let (listener, connection) = try pair()
    var buffer = shared(listener)
    let other = shared(listener, first: 9)
    var payload: Payload? = try lend(buffer, from: connection, to: listener).payload
    _ = try lend(other, from: connection, to: listener)
    func isFree() throws -> Bool {
      _ = try connection.receive()
      return isKnownUniquelyReferenced(&buffer)
    }
    // Some are lost on the way.
    for _ in 0..<3 { #expect(try connection.send(weights(Float.self, count: count), payload: buffer)) }
    try connection.reconnect()
    #expect(try !isFree())
    let before = connection.statistics.lent
    #expect(try connection.send(weights(Float.self, count: count), payload: other))
    #expect(connection.statistics.lent == before + 1)
    // Until the one that was sent last.
    var last: Received?
    let isThere = try eventually([listener]) {
      while let received = try listener.receive() { last = received }
      return try last?.payload?.buffer(of: Float.self).values.first == 9
    }
    #expect(isThere)
    #expect(try !isFree())
    #expect(payload?.bytes == bytes(of: buffer))
    payload = nil
    #expect(try eventually([connection], isFree))
  }

  @Test("a listener that takes another's place gets tensors, and what the first one's owner still reads stays")
  func successor() throws {
    let endpoint = try Network.ipc.endpoint()
    var first: Listener? = try Listener(on: endpoint, in: context, key: key, limits: limits)
    let connection = try Connection(to: endpoint, in: context, key: key, limits: limits)
    var buffer = shared(try #require(first))
    var payload: Payload? = try lend(buffer, from: connection, to: try #require(first)).payload
    #expect(payload != nil)
    first = nil
    let second = try Listener(on: endpoint, in: context, key: key, limits: limits)
    _ = try connection.receive()
    // As a member does: what gets no answer is sent again.
    let isLent = try eventually([second, connection]) {
      while try connection.receive() != nil {}
      #expect(try connection.send(weights(Float.self, count: count), payload: buffer))
      while try second.receive() != nil {}
      return second.statistics.borrowed > 0
    }
    #expect(isLent)
    #expect(
      try eventually([second, connection]) {
        _ = try second.receive()
        return try connection.receive() == nil
      })
    #expect(!isKnownUniquelyReferenced(&buffer))
    payload = nil
    let isFree = try eventually([connection, second]) {
      _ = try second.receive()
      _ = try connection.receive()
      return isKnownUniquelyReferenced(&buffer)
    }
    #expect(isFree)
  }

  @Test("what a killed process borrowed may be written again; that of one that is only stopped may not")
  func death() throws {
    let listener = try pair().0
    var buffer = shared(listener)
    // A borrower by hand, whose page only a child of ours has open.
    let borrower = try HandMadePeer(of: listener, in: context)
    let page = try #require(SealedMemory.make(byteCount: LoanPage.byteCount))
    let child = try Holder(of: CInt(page.address.descriptor))
    defer { child.end() }
    #expect(try listener.send(weights(Float.self, count: count), payload: buffer, to: borrower.peer))
    let offer = try borrower.offer(of: listener)
    try borrower.say(
      .sharedMemoryAnswer(
        SharedMemoryAnswer(segment: offer.segment, kind: .accepted(page: 1, child.address(of: page)))))
    let isLent = try eventually([listener]) {
      _ = try listener.receive()
      #expect(try listener.send(weights(Float.self, count: count), payload: buffer, to: borrower.peer))
      return listener.statistics.lent == 1
    }
    #expect(isLent)
    // Takes in the tensors that went over the socket, as the kernel does when the child is gone.
    #expect(try borrower.place()?.number == 1)
    child.signal(SIGSTOP)
    let deadline = ContinuousClock.now + .seconds(2.5)
    while ContinuousClock.now < deadline {
      _ = try Waiter.wait(for: [listener], timeout: .milliseconds(50))
      _ = try listener.receive()
      #expect(!isKnownUniquelyReferenced(&buffer))
    }
    child.signal(SIGKILL)
    let isFree = try eventually([listener]) {
      _ = try listener.receive()
      return isKnownUniquelyReferenced(&buffer)
    }
    #expect(isFree)
  }

  @Test("what a killed process lent stays readable to the last reference")
  func lenderDeath() throws {
    let listener = try pair().0
    let lender = try HandMadePeer(of: listener, in: context)
    var memory: SealedMemory? = SealedMemory.make(byteCount: 1 << 16)
    let child: Holder
    let address: MemoryAddress
    do {
      let made = try #require(memory)
      unsafe made.bytes.copyBytes(from: (0..<1 << 16).map { UInt8(truncatingIfNeeded: $0 / 3) })
      child = try Holder(of: CInt(made.address.descriptor))
      address = child.address(of: made)
    }
    memory = nil
    defer { child.end() }
    try lender.say(.sharedMemoryOffer(SharedMemoryOffer(segment: 5, memory: address)))
    guard case .sharedMemoryAnswer(let answer) = try lender.heard(while: listener),
      case .accepted(let page, _) = answer.kind
    else { throw Late() }
    var message = weights(Float.self, count: count)
    message.sharedTensor = SharedTensor(page: page, segment: 5, offset: 64, entry: 0, number: 1)
    try lender.say(message)
    let payload = try #require(try listener.next().payload)
    child.end()
    // The listener forgets what it had mapped, and a message that comes from there is dropped.
    message.sharedTensor = SharedTensor(page: page, segment: 5, offset: 64, entry: 1, number: 2)
    let isForgotten = try eventually([listener]) {
      let before = listener.statistics.malformed
      message.sharedTensor?.number += 1
      try lender.say(message)
      _ = try listener.receive()
      return listener.statistics.malformed > before
    }
    #expect(isForgotten)
    #expect(payload.bytes == (64..<64 + 4 * count).map { UInt8(truncatingIfNeeded: $0 / 3) })
  }

  @Test("a page with any content ends loans at most, and the lender goes on")
  func forgedPage() throws {
    let listener = try pair().0
    let buffer = shared(listener)
    let borrower = try HandMadePeer(of: listener, in: context)
    let page = try #require(SealedMemory.make(byteCount: LoanPage.byteCount))
    #expect(try listener.send(weights(Float.self, count: count), payload: buffer, to: borrower.peer))
    let offer = try borrower.offer(of: listener)
    try borrower.say(
      .sharedMemoryAnswer(SharedMemoryAnswer(segment: offer.segment, kind: .accepted(page: 1, page.address))))
    for round in 0..<100 {
      unsafe page.bytes.copyBytes(from: [UInt8].random(count: LoanPage.byteCount))
      _ = try listener.receive()
      #expect(try listener.send(weights(Float.self, count: count), payload: buffer, to: borrower.peer), "\(round)")
      _ = try borrower.frames()
    }
    #expect(listener.statistics.lent > 0)
  }

  @Test("places that are not the lender's to name are refused, and the next one is taken")
  func forgeries() throws {
    let listener = try pair().0
    let lender = try HandMadePeer(of: listener, in: context)
    let memory = try #require(SealedMemory.make(byteCount: 1 << 16))
    unsafe memory.bytes.copyBytes(from: (0..<1 << 16).map { UInt8(truncatingIfNeeded: $0 / 3) })
    try lender.say(.sharedMemoryOffer(SharedMemoryOffer(segment: 5, memory: memory.address)))
    guard case .sharedMemoryAnswer(let answer) = try lender.heard(while: listener),
      case .accepted(let known, _) = answer.kind
    else { throw Late() }
    var number: UInt64 = 0
    func place(
      page: UInt64? = nil, segment: UInt64 = 5, offset: Int = 4096, entry: Int = 0, number given: UInt64? = nil
    ) -> SharedTensor {
      number += 1
      return SharedTensor(page: page ?? known, segment: segment, offset: offset, entry: entry, number: given ?? number)
    }
    func send(_ place: SharedTensor, count: Int = 10_000) throws -> Received? {
      var message = weights(Float.self, count: count)
      message.sharedTensor = place
      let before = listener.statistics.malformed
      try lender.say(message)
      var result: Received?
      let isDone = try eventually([listener]) {
        result = try listener.receive()
        return result != nil || listener.statistics.malformed > before
      }
      #expect(isDone)
      return result
    }
    func expectTaken() throws {
      let payload = try #require(try send(place())?.payload)
      #expect(unsafe payload.bytes == Array(memory.bytes[4096..<44_096]))
    }
    try expectTaken()
    let forgeries: [(Comment, () -> SharedTensor, Int)] = [
      ("another page", { place(page: known &+ 1) }, 10_000),
      ("an unknown segment", { place(segment: 6) }, 10_000),
      ("one element beyond the end", { place(offset: (1 << 16) - 39_996) }, 10_000),
      ("all beyond the end", { place(offset: 1 << 16) }, 10_000),
      ("an offset near the limit", { place(offset: 1 << 48) }, 10_000),
      ("more than the segment", { place(offset: 0) }, 16_385),
      ("more than the receiver takes", { place(offset: 0) }, 4 << 20),
      ("not aligned", { place(offset: 4098) }, 10_000),
      ("an entry beyond the page", { place(entry: LoanPage.entries) }, 10_000),
      ("number 0", { place(number: 0) }, 10_000),
      ("the number of a loan before", { place(number: 1) }, 10_000),
      ("the last number of all", { place(number: .max) }, 10_000),
    ]
    for (what, place, count) in forgeries {
      #expect(try send(place(), count: count) == nil, what)
      try expectTaken()
    }
    // An entry that is held.
    let held = try #require(try send(place(entry: 7)))
    #expect(try send(place(entry: 7)) == nil)
    withExtendedLifetime(held) {}
    try expectTaken()
    // With a payload beside it.
    var message = weights(Float.self, count: 10_000)
    message.sharedTensor = place()
    let before = listener.statistics.malformed
    try lender.sendRaw([message.encoded(), [UInt8](repeating: 0, count: 40_000)])
    #expect(try eventually([listener]) { try listener.receive() == nil && listener.statistics.malformed == before + 1 })
    try expectTaken()
  }

  @Test("memory is mapped only if it is what was announced, and sealed", arguments: BadMemory.allCases)
  func badMemory(kind: BadMemory) throws {
    let bad = try kind.made()
    defer { for descriptor in bad.descriptors { close(descriptor) } }
    #expect(throws: kind.refusal) { try ForeignMemory(at: bad.address) }
    // The lender is told.
    let listener = try pair().0
    let lender = try HandMadePeer(of: listener, in: context)
    try lender.say(.sharedMemoryOffer(SharedMemoryOffer(segment: 3, memory: bad.address)))
    #expect(
      try lender.heard(while: listener)
        == .sharedMemoryAnswer(SharedMemoryAnswer(segment: 3, kind: .declined)))
  }

  @Test("others can neither write, nor shrink, nor grow what is shared")
  func sealed() throws {
    let memory = try #require(SealedMemory.make(byteCount: 100_000))
    #expect(unsafe memory.bytes.count >= 100_000 && memory.bytes.allSatisfy { $0 == 0 })
    let foreign = try ForeignMemory(at: memory.address)
    unsafe memory.bytes[99_999] = 8
    #expect(unsafe foreign.bytes[99_999] == 8)
    let descriptor = unsafe open("/proc/self/fd/\(memory.address.descriptor)", O_RDWR)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let writable = unsafe mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    #expect(unsafe writable == MAP_FAILED && errno == EPERM)
    var byte: UInt8 = 1
    #expect(unsafe pwrite(descriptor, &byte, 1, 0) == -1)
    for size in [0, 4096, 1 << 20] { #expect(ftruncate(descriptor, size) == -1 && errno == EPERM) }
    #expect(foreign.isOpen)
  }
}
