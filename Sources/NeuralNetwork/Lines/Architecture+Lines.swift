package import Parameters

extension Architecture {
  /// A network from the lines of a plan, such as `conv 32 kernel=5`, `norm`, `relu`, `maxPool 2`, `flatten`, `dense classes`.
  ///
  /// - Parameters:
  ///   - normalization: what stands where a line is `norm`.
  ///   - settings: its constants; those that it does not use are ignored.
  ///   - classes: what `dense classes` has as outputs.
  /// - Throws: `NetworkError`, which names the layer.
  package init(
    name: String, lines: [String], normalization: Normalization, settings: Normalization.Settings, input: ImageShape,
    classes: Int
  ) throws(NetworkError) {
    let parsed = try Self.layers(of: lines, normalization, settings, classes: classes)
    let layers = parsed.compactMap { $0 }
    let numbers = parsed.indices.filter { parsed[$0] != nil }
    do throws(NetworkError) {
      try self.init(name: name, input: input, layers: layers, biasBeforeNormalization: settings.biasBefore)
    } catch {
      switch error {
      case .layer(let index, _, let problem):
        throw .line(number: numbers[index] + 1, text: lines[numbers[index]], problem: problem)
      // What a field sets for every `norm` is the field's error.
      case .constant(let constant, let index, let value, let accepted) where lines[numbers[index]] != "norm":
        throw .line(
          number: numbers[index] + 1, text: lines[numbers[index]],
          problem: "\(constant.rawValue) is \(value); it must be \(accepted)")
      default: throw error
      }
    }
    guard self.classes == classes else {
      throw .line(
        number: lines.count, text: lines.last ?? "",
        problem: "the data has \(classes) classes; the last layer must be \"dense classes\" or \"dense \(classes)\"")
    }
  }

  /// For each line its layer; `nil` for `norm` without a normalization.
  static func layers(
    of lines: [String], _ normalization: Normalization, _ settings: Normalization.Settings, classes: Int
  ) throws(NetworkError) -> [Layer?] {
    var layers: [Layer?] = []
    for (number, line) in lines.enumerated() {
      do throws(LayerLine.Problem) {
        layers.append(try LayerLine(line).layer(normalization, settings, classes: classes))
      } catch {
        throw .line(number: number + 1, text: line, problem: error.words)
      }
    }
    return layers
  }
}
