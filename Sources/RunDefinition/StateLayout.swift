import EffectiveLearningRate
import NeuralNetwork
import Parameters

/// Where everything lies in the state of the whole network, one block of bytes with part after part, and what its tensors
/// are called.
///
/// Servers hold consecutive ranges of the flat vector, cut between scale-invariance groups, so every part of a server's
/// state is a range of the network's too, for any number of servers.
struct StateLayout: Sendable {
  let layout: ParameterLayout
  let elementType: ElementType
  /// By index into the layout's parameters.
  let stateNames: [[String]]
  let stateCount: Int
  /// Doubles of the windows before each parameter; one more entry marks the end.
  let windowOffsets: [Int]
  /// By server.
  let shards: [Range<Int>]
  let windowRanges: [Range<Int>]

  /// - Parameter stateNames: of each parameter's rule, by index into the layout's parameters.
  init(_ map: ShardMap, elementType: ElementType, stateNames: [[String]]) {
    layout = map.layout
    self.elementType = elementType
    self.stateNames = stateNames
    stateCount = stateNames.map(\.count).max() ?? 0
    windowOffsets = layout.parameters.reduce(into: [0]) { offsets, parameter in
      let doubles = GroupWindows.stateDoubles(of: parameter, filters: parameter.filterCount)
      offsets.append(offsets[offsets.count - 1] + doubles)
    }
    shards = map.shards
    var end = 0
    windowRanges = map.shards.indices.map { server in
      let start = end
      for slice in map.slices(of: server) {
        end += GroupWindows.stateDoubles(of: map.layout.parameters[slice.parameter], filters: slice.filters.count)
      }
      return start..<end
    }
  }

  var parts: [StatePart] { [.weights, .windows] + (0..<stateCount).map(StatePart.optimizerState) }

  /// Bytes of all parts.
  var byteCount: Int { start(of: .optimizerState(stateCount)) }

  /// The bytes that server `server` holds of a part; `nil` if there is no such part or server.
  func bytes(of part: StatePart, for server: Int) -> Range<Int>? {
    guard parts.contains(part), shards.indices.contains(server) else { return nil }
    return part == .windows ? bytes(ofWindows: windowRanges[server]) : bytes(ofElements: shards[server], in: part)
  }

  private func bytes(ofElements range: Range<Int>, in part: StatePart) -> Range<Int> {
    let (start, size) = (start(of: part), elementType.byteCount)
    return start + range.lowerBound * size..<start + range.upperBound * size
  }

  private func bytes(ofWindows range: Range<Int>) -> Range<Int> {
    let (start, size) = (start(of: .windows), MemoryLayout<Double>.stride)
    return start + range.lowerBound * size..<start + range.upperBound * size
  }

  private func start(of part: StatePart) -> Int {
    let elements = layout.count * elementType.byteCount
    return switch part {
    case .weights: 0
    case .windows: elements
    case .optimizerState(let k):
      elements * (1 + k) + windowOffsets[layout.parameters.count] * MemoryLayout<Double>.stride
    }
  }

  /// One tensor of the files.
  struct Tensor {
    let name: String
    let elementType: ElementType
    let extents: [Int]
    let bytes: Range<Int>
  }

  /// All tensors that the servers hold.
  var weights: [Tensor] { files[0].tensors }

  /// The file with the parameters and running statistics.
  static let weightsFile = "weights.safetensors"

  /// The tensors by name of file, the weights first; together they are all the parts, but for the places where states are 0.
  var files: [(name: String, tensors: [Tensor])] {
    var (weights, states, metrics): ([Tensor], [Tensor], [Tensor]) = ([], [], [])
    for (index, parameter) in layout.parameters.enumerated() {
      func tensor(_ name: String, _ part: StatePart) -> Tensor {
        Tensor(
          name: name, elementType: elementType, extents: parameter.shape.extents,
          bytes: bytes(ofElements: layout.range(of: index), in: part))
      }
      weights.append(tensor(parameter.name, .weights))
      for (k, optimizerState) in stateNames[index].enumerated() {
        states.append(tensor("\(parameter.name).\(optimizerState)", .optimizerState(k)))
      }
      let numbers = windowOffsets[index]..<windowOffsets[index + 1]
      guard !numbers.isEmpty else { continue }
      let perGroup = GroupWindows.stateDoublesPerGroup
      metrics.append(
        Tensor(
          name: parameter.name, elementType: .float64, extents: [numbers.count / perGroup, perGroup],
          bytes: bytes(ofWindows: numbers)))
    }
    return [
      (Self.weightsFile, weights), ("optimizer.safetensors", states), ("metrics.safetensors", metrics),
    ]
  }
}

extension RunDefinition {
  /// The most bytes that one part of a server's state can have beside its weights.
  package var stateByteLimit: Int {
    architecture.layout.parameters.reduce(0) {
      $0 + GroupWindows.stateDoubles(of: $1, filters: $1.filterCount) * MemoryLayout<Double>.stride
    }
  }
}
