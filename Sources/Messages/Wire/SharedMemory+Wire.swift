import CTareMessages

extension MemoryAddress: @unsafe WireValue {
  private static let process = IntegerField("memory.process", in: 1...Limits.processes)
  private static let descriptor = IntegerField("memory.descriptor", in: 0...Limits.descriptors)
  private static let byteCount = IntegerField("memory.byte_count", in: 1...Limits.elements)

  init(_ wire: Tare__V1__MemoryAddress) throws(MessageError) {
    self.init(
      process: try unsafe Self.process.read(wire.process), descriptor: try unsafe Self.descriptor.read(wire.descriptor),
      inode: unsafe wire.inode, byteCount: try unsafe Self.byteCount.read(wire.byte_count))
  }

  func write(to wire: inout Tare__V1__MemoryAddress, in draft: Draft) throws(MessageError) {
    unsafe wire.process = try Self.process.write(process)
    unsafe wire.descriptor = try Self.descriptor.write(descriptor)
    unsafe wire.inode = inode
    unsafe wire.byte_count = try Self.byteCount.write(byteCount)
  }
}

extension SharedMemoryOffer: @unsafe WireValue {
  init(_ wire: Tare__V1__SharedMemoryOffer) throws(MessageError) {
    self.init(
      segment: unsafe wire.segment, memory: try unsafe MemoryAddress(at: wire.memory, "shared_memory_offer.memory"))
  }

  func write(to wire: inout Tare__V1__SharedMemoryOffer, in draft: Draft) throws(MessageError) {
    unsafe wire.segment = segment
    unsafe wire.memory = try draft.make(memory, tare__v1__memory_address__init)
  }
}

extension SharedMemoryAnswer: @unsafe WireValue {
  private enum WireKind: String { case accepted, declined, unknown }

  private static let kind = ChoiceField(
    "shared_memory_answer.kind",
    [
      (WireKind.accepted, TARE__V1__SHARED_MEMORY_ANSWER__KIND__KIND_ACCEPTED),
      (.declined, TARE__V1__SHARED_MEMORY_ANSWER__KIND__KIND_DECLINED),
      (.unknown, TARE__V1__SHARED_MEMORY_ANSWER__KIND__KIND_UNKNOWN),
    ])

  init(_ wire: Tare__V1__SharedMemoryAnswer) throws(MessageError) {
    let kind: Kind =
      switch try unsafe Self.kind.read(wire.kind) {
      case .accepted:
        .accepted(
          page: unsafe wire.page, try unsafe MemoryAddress(at: wire.memory, "shared_memory_answer.memory"))
      case .declined: .declined
      case .unknown: .unknown(page: unsafe wire.page)
      }
    self.init(segment: unsafe wire.segment, kind: kind)
  }

  func write(to wire: inout Tare__V1__SharedMemoryAnswer, in draft: Draft) throws(MessageError) {
    unsafe wire.segment = segment
    switch kind {
    case .accepted(let page, let memory):
      unsafe wire.kind = Self.kind.write(.accepted)
      unsafe wire.page = page
      unsafe wire.memory = try draft.make(memory, tare__v1__memory_address__init)
    case .declined: unsafe wire.kind = Self.kind.write(.declined)
    case .unknown(let page):
      unsafe wire.kind = Self.kind.write(.unknown)
      unsafe wire.page = page
    }
  }
}

extension SharedTensor: @unsafe WireValue {
  private static let offset = IntegerField("shared_tensor.offset", in: 0...Limits.elements)
  private static let entry = IntegerField("shared_tensor.entry", in: 0...Limits.list)

  init(_ wire: Tare__V1__SharedTensor) throws(MessageError) {
    self.init(
      page: unsafe wire.page, segment: unsafe wire.segment, offset: try unsafe Self.offset.read(wire.offset),
      entry: try unsafe Self.entry.read(wire.entry), number: unsafe wire.number)
  }

  func write(to wire: inout Tare__V1__SharedTensor, in draft: Draft) throws(MessageError) {
    unsafe wire.page = page
    unsafe wire.segment = segment
    unsafe wire.offset = try Self.offset.write(offset)
    unsafe wire.entry = try Self.entry.write(entry)
    unsafe wire.number = number
  }
}
