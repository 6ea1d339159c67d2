import EffectiveLearningRate
import NeuralNetwork
import Parameters
import Records

/// What the state of the whole network consists of, and what its tensors are called.
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

  /// What server `server` holds of a part, in elements of the flat vector or in doubles of all windows; `nil` if there is no such
  /// part or server.
  func range(of part: StatePart, for server: Int) -> Range<Int>? {
    guard parts.contains(part), shards.indices.contains(server) else { return nil }
    return part == .windows ? windowRanges[server] : shards[server]
  }

  /// One tensor of the files.
  struct Tensor: Sendable {
    let heading: TensorHeading
    let part: StatePart
    /// In elements of the flat vector, or in doubles of all windows.
    let range: Range<Int>
  }

  /// The file with the parameters and running statistics.
  static let weightsFile = "weights.safetensors"

  /// One file of a checkpoint.
  struct File: Sendable {
    let name: String
    /// In the order of their names.
    let tensors: [Tensor]

    fileprivate init(_ name: String, _ tensors: [Tensor]) {
      self.name = name
      self.tensors = tensors.sorted { $0.heading.precedes($1.heading) }
    }
  }

  /// The weights first, the windows last; together they are all the parts, but for the places where states are 0.
  var files: [File] {
    var (weights, states, metrics): ([Tensor], [Tensor], [Tensor]) = ([], [], [])
    for (index, parameter) in layout.parameters.enumerated() {
      func tensor(_ name: String, _ part: StatePart) -> Tensor {
        Tensor(
          heading: TensorHeading(name, elementType, parameter.shape.extents), part: part, range: layout.range(of: index)
        )
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
          heading: TensorHeading(parameter.name, .float64, [numbers.count / perGroup, perGroup]), part: .windows,
          range: numbers))
    }
    return [
      File(Self.weightsFile, weights), File("optimizer.safetensors", states), File("metrics.safetensors", metrics),
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
