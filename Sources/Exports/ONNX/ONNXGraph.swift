/// A network as ONNX operators, in an order in which each follows those that it reads.
struct ONNXGraph: Hashable {
  struct Node: Hashable {
    let operation: String
    let inputs: [String]
    let output: String
    let attributes: [Attribute]
  }

  struct Attribute: Hashable {
    enum Value: Hashable {
      case whole(Int)
      case wholes([Int])
      case real(Float)
    }

    let name: String
    let value: Value

    init(_ name: String, _ value: Int) { (self.name, self.value) = (name, .whole(value)) }
    init(_ name: String, _ values: [Int]) { (self.name, self.value) = (name, .wholes(values)) }
    init(_ name: String, _ value: Double) { (self.name, self.value) = (name, .real(Float(value))) }
  }

  /// A constant.
  struct Tensor: Hashable {
    enum Elements: Hashable {
      case reals([Float])
      case wholes([Int64])
    }

    let name: String
    let extents: [Int]
    let elements: Elements
  }

  /// Of an input or output, whose first extent is the number of samples.
  struct Value: Hashable {
    let name: String
    let type: ElementType
    let extents: [Int]
  }

  /// By the format's numbers.
  enum ElementType: Int32 {
    case float = 1
    case uint8 = 2
    case int64 = 7
  }

  /// The lowest version of the operators that has all those used.
  static let operatorVersion = 17

  private(set) var nodes: [Node] = []
  private(set) var tensors: [Tensor] = []
  let input: Value
  var output: Value

  /// Adds an operator.
  ///
  /// - Returns: its output.
  mutating func append(
    _ operation: String, _ inputs: [String], named output: String, _ attributes: [Attribute] = []
  ) -> String {
    nodes.append(Node(operation: operation, inputs: inputs, output: output, attributes: attributes))
    return output
  }

  /// Adds a constant.
  ///
  /// - Returns: its name.
  mutating func constant(_ name: String, _ extents: [Int], _ elements: [Double]) -> String {
    tensors.append(Tensor(name: name, extents: extents, elements: .reals(elements.map { Float($0) })))
    return name
  }

  mutating func constant(_ name: String, wholes: [Int]) -> String {
    tensors.append(Tensor(name: name, extents: [wholes.count], elements: .wholes(wholes.map(Int64.init))))
    return name
  }

  init(input: Value, output: Value) { (self.input, self.output) = (input, output) }
}
