import CTareMessages
import Parameters

extension TensorHeader: @unsafe WireValue {
  private static let elementType = ChoiceField(
    "tensor.element_type",
    [
      (ElementType.float32, TARE__V1__ELEMENT_TYPE__ELEMENT_TYPE_FLOAT32),
      (.float64, TARE__V1__ELEMENT_TYPE__ELEMENT_TYPE_FLOAT64),
    ])
  private static let offset = IntegerField("tensor.offset", in: 0...Limits.elements)
  private static let count = IntegerField("tensor.count", in: 0...Limits.elements)

  init(_ wire: Tare__V1__TensorHeader) throws(MessageError) {
    self.init(
      elementType: try unsafe Self.elementType.read(wire.element_type),
      offset: try unsafe Self.offset.read(wire.offset), count: try unsafe Self.count.read(wire.count))
  }

  func write(to wire: inout Tare__V1__TensorHeader, in draft: Draft) throws(MessageError) {
    unsafe wire.element_type = Self.elementType.write(elementType)
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
