package import NeuralNetwork
import Parameters

/// A network as the source of a PyTorch module with the same tensors and the same scores.
package struct TorchModule {
  private let architecture: Architecture
  /// What the file says of itself, one line.
  private let title: String
  private let mean: [Double]
  private let deviation: [Double]
  private let classNames: [String]

  /// - Parameters:
  ///   - mean: of each channel on the scale 0 to 1, as `deviation`: what images are standardized with.
  ///   - classNames: in the order of the scores.
  package init(
    _ architecture: Architecture, title: String, mean: [Double], deviation: [Double], classNames: [String]
  ) {
    self.architecture = architecture
    self.title = title
    self.mean = mean
    self.deviation = deviation
    self.classNames = classNames
  }

  /// A whole Python file.
  package var source: String {
    let shape = architecture.input
    return """
      \"\"\"\(title)

          import model
          network = model.load()
          scores = network(model.standardized(images))  # images: bytes, N × \(shape)
      \"\"\"
      from pathlib import Path

      import torch
      import torch.nn.functional as F
      from torch import nn
      \(weightNormImport)
      CLASSES = [\(classNames.map(Self.quoted).joined(separator: ", "))]
      # Of each channel, over the training images with values from 0 to 1.
      MEAN = [\(mean.map(\.description).joined(separator: ", "))]
      DEVIATION = [\(deviation.map(\.description).joined(separator: ", "))]


      def standardized(images):
          \"\"\"Bytes, N × \(shape), as the network takes them.\"\"\"
          mean, deviation = (torch.tensor(values, device=images.device).reshape(1, -1, 1, 1) for values in (MEAN, DEVIATION))
          return (images.float() / 255 - mean) / deviation


      \(ownModules)class Network(nn.Module):
          def __init__(self):
              super().__init__()
      \(modules.map { "        \($0)\n" }.joined())
          def forward(self, x):
      \(steps.map { "        \($0)\n" }.joined())        return x


      def load(path=Path(__file__).with_name("model.safetensors")):
          \"\"\"The trained network, for evaluation.\"\"\"
          from safetensors.torch import load_file

          network = Network()
          network.load_state_dict(load_file(path), strict=True)
          return network.eval()

      """
  }

  /// PyTorch has it from version 2.1 on.
  private var weightNormImport: String {
    let isUsed = architecture.stages.indices.contains(where: isWeightNormalized)
    return isUsed ? "from torch.nn.utils.parametrizations import weight_norm\n" : ""
  }

  /// Layers that PyTorch has in no form with these parameters.
  private var ownModules: String {
    let isUsed = architecture.layers.contains { if case .rmsNormalization = $0 { true } else { false } }
    guard isUsed else { return "" }
    return """
      class RMSNorm(nn.Module):
          \"\"\"Over all channels and positions of a sample, with a scale and a shift for each channel.\"\"\"

          def __init__(self, channels, eps):
              super().__init__()
              self.weight, self.bias, self.eps = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels)), eps

          def forward(self, x):
              shape = (1, -1) + (1,) * (x.dim() - 2)
              square = x.square().flatten(1).mean(1).reshape((-1,) + (1,) * (x.dim() - 1))
              return x * torch.rsqrt(square + self.eps) * self.weight.reshape(shape) + self.bias.reshape(shape)



      """
  }

  /// One assignment for each layer with parameters.
  private var modules: [String] {
    architecture.stages.enumerated().compactMap { index, stage in
      let bias = hasBias(index) ? "" : ", bias=False"
      let channels = stage.input.channels
      let made: String
      switch stage.layer {
      case .convolution(let outputs, let kernel, let stride):
        let step = stride == 1 ? "" : ", stride=\(stride)"
        made = "nn.Conv2d(\(channels), \(outputs), \(kernel)\(step), padding=\(kernel / 2)\(bias))"
      case .dense(let outputs): made = "nn.Linear(\(stage.input.count), \(outputs)\(bias))"
      case .batchNormalization(let epsilon):
        made = "nn.BatchNorm\(isFlat(index) ? 1 : 2)d(\(channels), eps=\(epsilon))"
      case .groupNormalization(let groups, let epsilon): made = "nn.GroupNorm(\(groups), \(channels), eps=\(epsilon))"
      case .rmsNormalization(let epsilon): made = "RMSNorm(\(channels), eps=\(epsilon))"
      default: return nil
      }
      return "self.\(stage.name) = " + (isWeightNormalized(index) ? "weight_norm(\(made), dim=0)" : made)
    }
  }

  /// One statement for each layer.
  private var steps: [String] {
    architecture.stages.enumerated().flatMap { index, stage -> [String] in
      switch stage.layer {
      case .convolution, .dense, .batchNormalization, .groupNormalization, .rmsNormalization:
        ["x = self.\(stage.name)(x)"]
      case .weightNormalization: []  // part of the layer before
      case .relu: ["x = F.relu(x)"]
      case .gelu: ["x = F.gelu(x)"]
      case .dropout(let rate): ["x = F.dropout(x, \(rate), self.training)"]
      case .maxPool(let window): ["x = F.max_pool2d(x, \(Self.arguments(window)))"]
      case .averagePool(let window): ["x = F.avg_pool2d(x, \(Self.arguments(window)))"]
      case .globalAveragePool: ["x = F.adaptive_avg_pool2d(x, 1)"]
      case .flatten: ["x = torch.flatten(x, 1)"]
      case .save(let tag): ["\(name(of: tag, before: index + 1)) = x"]
      case .add(let tag): ["x = x + \(addend(tag, at: index))"]
      }
    }
  }

  /// What was saved, subsampled and padded if the sum has other extents.
  private func addend(_ tag: String, at index: Int) -> String {
    let (saved, stage) = (name(of: tag, before: index), architecture.stages[index])
    guard let source = architecture.stages[..<index].last(where: { $0.layer == .save(tag) })?.output,
      source != stage.input
    else { return saved }
    let stride = Shortcut(from: source, to: stage.input).stride
    let taken = stride == 1 ? saved : "\(saved)[:, :, ::\(stride), ::\(stride)]"
    let missing = stage.input.channels - source.channels
    return missing == 0 ? taken : "F.pad(\(taken), (0, 0, 0, 0, 0, \(missing)))"
  }

  private func isFlat(_ index: Int) -> Bool { architecture.layers[..<index].contains(.flatten) }

  private func isWeightNormalized(_ index: Int) -> Bool {
    index + 1 < architecture.stages.count && architecture.stages[index + 1].layer == .weightNormalization
  }

  /// A bias of its own, or the β of a weight normalization.
  private func hasBias(_ index: Int) -> Bool {
    architecture.stages[index].parameters[.bias] != nil || isWeightNormalized(index)
  }

  private static func arguments(_ window: Layer.Window) -> String {
    "\(window.size), stride=\(window.stride), padding=\(window.padding)"
  }

  /// Of the last tensor that was saved as `tag`: tags need not be identifiers.
  private func name(of tag: String, before index: Int) -> String {
    let saves = architecture.layers[..<index].filter { if case .save = $0 { true } else { false } }
    let number = saves.lastIndex(of: .save(tag)).map { saves.distance(from: saves.startIndex, to: $0) + 1 }
    return "saved_\(number ?? 0)"
  }

  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
