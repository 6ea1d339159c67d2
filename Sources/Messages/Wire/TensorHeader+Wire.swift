import CTareMessages
import Parameters

extension TensorHeader: @unsafe WireValue {
  private enum Form: Hashable, CustomStringConvertible {
    case plain(ElementType)
    case packed(WireFormat)

    var description: String {
      switch self {
      case .plain(let elementType): elementType.rawValue
      case .packed(let format): format.rawValue
      }
    }
  }

  private static let form = ChoiceField(
    "tensor.element_type",
    [
      (Form.plain(.float32), TARE__V1__ELEMENT_TYPE__ELEMENT_TYPE_FLOAT32),
      (.plain(.float64), TARE__V1__ELEMENT_TYPE__ELEMENT_TYPE_FLOAT64),
      (.packed(.bfloat16), TARE__V1__ELEMENT_TYPE__ELEMENT_TYPE_BFLOAT16),
      (.packed(.float16), TARE__V1__ELEMENT_TYPE__ELEMENT_TYPE_FLOAT16),
      (.packed(.int8), TARE__V1__ELEMENT_TYPE__ELEMENT_TYPE_INT8),
    ])
  private static let offset = IntegerField("tensor.offset", in: 0...Limits.elements)
  private static let count = IntegerField("tensor.count", in: 0...Limits.elements)

  init(_ wire: Tare__V1__TensorHeader) throws(MessageError) {
    let (offset, count) = (try unsafe Self.offset.read(wire.offset), try unsafe Self.count.read(wire.count))
    switch try unsafe Self.form.read(wire.element_type) {
    case .plain(let elementType):
      _ = try unsafe Self.byteCount(atMost: 0).read(wire.byte_count)
      self.init(elementType: elementType, offset: offset, count: count)
    case .packed(let format):
      let bytes = try unsafe Self.byteCount(atMost: Self.wordSize * count).read(wire.byte_count)
      guard bytes.isMultiple(of: Self.wordSize) else {
        throw .malformed("tensor.byte_count is \(bytes); accepted is a multiple of \(Self.wordSize)")
      }
      let packing = Packing(format: format, wordCount: bytes / Self.wordSize)
      self.init(elementType: .float32, offset: offset, count: count, packing: packing)
    }
  }

  private static func byteCount(atMost limit: Int) -> IntegerField { IntegerField("tensor.byte_count", in: 0...limit) }

  func write(to wire: inout Tare__V1__TensorHeader, in draft: Draft) throws(MessageError) {
    unsafe wire.element_type = Self.form.write(packing.map { .packed($0.format) } ?? .plain(elementType))
    if packing != nil {
      unsafe wire.byte_count = try Self.byteCount(atMost: Self.wordSize * count).write(byteCount)
    }
    unsafe wire.offset = try Self.offset.write(offset)
    unsafe wire.count = try Self.count.write(count)
  }
}

extension ReductionTree.Node: @unsafe WireValue {
  private static let startField = IntegerField("node.start", in: 0...Limits.leaves)
  private static let countField = IntegerField("node.count", in: 1...Limits.leaves)

  init(_ wire: Tare__V1__Node) throws(MessageError) {
    self.init(start: try unsafe Self.startField.read(wire.start), count: try unsafe Self.countField.read(wire.count))
  }

  func write(to wire: inout Tare__V1__Node, in draft: Draft) throws(MessageError) {
    unsafe wire.start = try Self.startField.write(start)
    unsafe wire.count = try Self.countField.write(count)
  }
}

/// A list of nodes; its length is checked before anything is allocated.
struct NodeListField: Sendable {
  let length: IntegerField

  init(_ name: String) { length = IntegerField("the length of \(name)", in: 0...Limits.list) }

  func read(
    _ wire: UnsafeMutablePointer<UnsafeMutablePointer<Tare__V1__Node>?>?, count: Int
  ) throws(MessageError) -> [ReductionTree.Node] {
    var nodes: [ReductionTree.Node] = []
    for index in 0..<(try length.read(count)) {
      nodes.append(try unsafe ReductionTree.Node(at: wire?[index], "node"))
    }
    return nodes
  }

  func write(
    _ nodes: [ReductionTree.Node], in draft: Draft
  ) throws(MessageError) -> UnsafeMutablePointer<UnsafeMutablePointer<Tare__V1__Node>?> {
    let count: Int = try length.write(nodes.count)
    let list: UnsafeMutablePointer<UnsafeMutablePointer<Tare__V1__Node>?> = unsafe draft.list(of: count)
    for (index, node) in nodes.enumerated() { unsafe list[index] = try draft.make(node, tare__v1__node__init) }
    return unsafe list
  }
}
