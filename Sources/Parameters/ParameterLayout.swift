/// All tensors of a network, concatenated in one flat vector: the order of weights and gradients on the wire.
package struct ParameterLayout: Hashable, Sendable {
  package let parameters: [Parameter]
  /// `offsets[i]` is where parameter i begins; one more entry marks the end.
  package let offsets: [Int]

  package init(_ parameters: [Parameter]) {
    precondition(Set(parameters.map(\.name)).count == parameters.count, "parameter names are unique")
    self.parameters = parameters
    offsets = parameters.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.shape.count) }
  }

  /// Elements in the flat vector.
  package var count: Int { offsets[parameters.count] }

  /// Where parameter `index` lies in the flat vector.
  package func range(of index: Int) -> Range<Int> { offsets[index]..<offsets[index + 1] }

  package func index(named name: String) -> Int? { parameters.firstIndex { $0.name == name } }
}
