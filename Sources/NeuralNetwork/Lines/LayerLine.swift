import Failures
import Parameters

/// A layer as an item of a plan's list: its kind, the number that it is mostly about, and named numbers: `conv 32 kernel=5`.
struct LayerLine {
  /// Why it is not understood, as the rest of a sentence.
  struct Problem: Error {
    let words: String
  }

  let kind: LayerKind
  private let values: [String: String]

  init(_ text: String) throws(Problem) {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    let names = LayerKind.allCases.map(\.rawValue)
    guard let first = words.first, let kind = LayerKind(rawValue: first) else {
      throw Problem(words: NearestName.refusal(of: "layer", words.first ?? "", accepted: names))
    }
    let arguments = kind.arguments.map(\.name)
    let accepted =
      arguments.isEmpty
      ? "nothing after it"
      : arguments.map { $0 == kind.plainArgument ? $0 : "\($0)=NUMBER" }.joined(separator: ", ")
    var values: [String: String] = [:]
    for (position, word) in words.dropFirst().enumerated() {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let name = parts.count == 2 ? parts[0] : position == 0 ? kind.plainArgument : nil, arguments.contains(name)
      else { throw Problem(words: "\"\(word)\" is unknown after \(first); accepted: \(accepted)") }
      guard parts.last?.isEmpty == false else { throw Problem(words: "\(name) is empty") }
      guard values.updateValue(parts[parts.count - 1], forKey: name) == nil else {
        throw Problem(words: "\(name) is given twice")
      }
    }
    for argument in kind.arguments where values[argument.name] == nil {
      guard let fallback = argument.fallback else { throw Problem(words: "\(argument.name) is missing") }
      values[argument.name] = fallback
    }
    self.kind = kind
    self.values = values
  }

  /// The layer; `nil` for `norm` without a normalization.
  ///
  /// - Parameters:
  ///   - normalization: what `norm` stands for.
  ///   - classes: what `classes` stands for.
  func layer(_ normalization: Normalization, _ settings: Normalization.Settings, classes: Int) throws(Problem) -> Layer?
  {
    switch kind {
    case .conv:
      return .convolution(outputs: try whole("outputs"), kernel: try whole("kernel"), stride: try whole("stride"))
    case .dense: return .dense(outputs: values["outputs"] == "classes" ? classes : try whole("outputs"))
    case .norm: return normalization.operation.map { Layer($0, settings) }
    case .batchNorm: return .batchNormalization(epsilon: try real("epsilon"))
    case .layerNorm: return .groupNormalization(groups: 1, epsilon: try real("epsilon"))
    case .groupNorm: return .groupNormalization(groups: try whole("groups"), epsilon: try real("epsilon"))
    case .rmsNorm: return .rmsNormalization(epsilon: try real("epsilon"))
    case .weightNorm: return .weightNormalization
    case .relu: return .relu
    case .gelu: return .gelu
    case .dropout: return .dropout(rate: try rate())
    case .save: return .save(values["name"] ?? "")
    case .add: return .add(values["name"] ?? "")
    case .maxPool: return .maxPool(try window())
    case .averagePool: return .averagePool(try window())
    case .globalAveragePool: return .globalAveragePool
    case .flatten: return .flatten
    }
  }

  private func window() throws(Problem) -> Layer.Window {
    let size = try whole("size")
    let stride = values["stride"] == "" ? size : try whole("stride")
    return Layer.Window(size: size, stride: stride, padding: try whole("padding"))
  }

  private func whole(_ name: String) throws(Problem) -> Int {
    let text = values[name] ?? ""
    if let value = Int(text) { return value }
    let isLarge = !text.isEmpty && text.allSatisfy { $0.isASCII && $0.isNumber }
    throw Problem(
      words: "\(name) is \(isLarge ? text : "\"\(text)\""); it must be a \(isLarge ? "smaller" : "whole") number")
  }

  private func rate() throws(Problem) -> Double {
    let text = values["rate"] ?? ""
    guard let value = Double(text), (0..<1).contains(value) else {
      throw Problem(words: "rate is \"\(text)\"; it must be a number from 0 to below 1")
    }
    return value
  }

  private func real(_ name: String) throws(Problem) -> Double {
    let text = values[name] ?? ""
    guard let value = Double(text), value >= 0, value.isFinite else {
      throw Problem(words: "\(name) is \"\(text)\"; it must be a number, 0 or more")
    }
    return value
  }
}
