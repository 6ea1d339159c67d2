import ArgumentParser
import Datasets
import Failures
import NeuralNetwork
import Parameters
import Plans
import RunDefinition
import Specification
import Terminal

struct NetworkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "network",
    abstract: "Show a network's layers, as a plan would list them.",
    discussion: """
      A plan can list its layers instead of naming a network:

        network: [conv 32 kernel=5, norm, relu, maxPool 2, flatten, dense classes]

      \(layers)

      EXAMPLES
        tare network show conv3
        tare network show plan.yaml
        tare network show mlp --input 1x28x28 --set normalization=layer

      EXIT CODES
        \(exitCodes)
      """,
    subcommands: [Show.self])

  private static let exitCodes =
    "0 done, 64 an invalid plan, flag or network, 65 invalid data, 74 the result cannot be written"

  /// What a plan can list.
  private static let layers = """
    LAYERS
      conv OUTPUTS [kernel=3] [stride=1]
                                 square kernel of odd size; with stride 1 the image
                                 keeps its size
      dense OUTPUTS              of a flat vector; the last layer is "dense classes"
      norm                       as the field normalization says; nothing if none
      batchNorm [epsilon=1e-05]  of each channel, over a microbatch
      layerNorm [epsilon=1e-05]  of each sample
      groupNorm [GROUPS=8] [epsilon=1e-05]
                                 of each sample, over groups of channels
      rmsNorm [epsilon=1e-05]    by the root mean square of each sample
      weightNorm                 of the filters of the layer before it
      relu
      gelu
      dropout RATE               each element is 0 with this probability in training
      save NAME, add NAME        a shortcut around the layers between them
      maxPool SIZE [stride=SIZE] [padding=0]
      averagePool SIZE [stride=SIZE] [padding=0]
      globalAveragePool
      flatten                    before the first dense layer

    The first number needs no name, but epsilon always does. A layer before a normalization has no bias, because β takes its \
    place, unless biasBeforeNormalization is true.
    """

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "List the layers with their extents and parameters, in the form of a plan.",
      discussion: """
        Each layer has a comment with the extents that it gives, its name, the number of its parameters, and what of its \
        weights is scale-invariant.

        \(NetworkCommand.layers)

        EXAMPLES
          tare network show conv3
          tare network show plan.yaml --json
          tare network show mlp --input 1x28x28 --set normalization=layer

        EXIT CODES
          \(NetworkCommand.exitCodes)
        """)

    @Argument(
      help: ArgumentHelp("mlp, conv3, conv4, or a plan.", valueName: "network"), completion: .file(extensions: ["yaml"])
    )
    var network: String

    @Option(
      name: .customLong("set"), parsing: .unconditionalSingleValue,
      help: ArgumentHelp("Set any field; may be repeated.", valueName: "path=value"))
    var settings: [String] = []

    @Option(
      parsing: .unconditional,
      help: ArgumentHelp("Extents of an image (default: 3x32x32, or those of the plan's images).", valueName: "CxHxW"))
    var input: String?

    @Option(
      parsing: .unconditional,
      help: ArgumentHelp("Number of classes (default: 10, or that of the plan's images).", valueName: "n"))
    var classes: Int?

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
      let (spec, images) = try spec()
      let listing = try NetworkListing(
        lines: Architecture.lines(of: spec), normalization: spec.normalization, settings: spec.normalizationSettings,
        input: images.shape,
        classes: images.classes)
      try print(json ? JSONOutput.text(of: ListedNetwork(listing)) : ListedNetwork(listing).text)
    }

    /// What was asked for, and the images that it is shown for.
    private func spec() throws -> (RunSpec, (shape: ImageShape, classes: Int)) {
      let given = try input.map { try ImageShape(extents: $0) }
      if let classes, !(2...256).contains(classes) {
        throw UsageError(field: "classes", "--classes is \(classes); accepted: 2 to 256.")
      }
      let isPreset = NetworkSpec.Preset.predefined.contains { $0.rawValue == network }
      let named =
        isPreset
        ? [Assignment(path: "network.preset", value: .text(network))]
        : try PlanFile.assignments(at: UserPath(network).text)
      let environment = try EnvironmentLayer.assignments()
      // Whose extents are known needs no files.
      let namesData =
        !isPreset || environment.contains { $0.path.hasPrefix("dataset.") }
        || settings.contains { $0.hasPrefix("dataset") }
      let needsData = namesData && (given == nil || classes == nil)
      let anyData = ["dataset=glyphs", "dataset.path=null", "dataset.train=[]", "dataset.test=[]"]
      let spec = try RunSpec(layers: [
        isPreset ? environment : named, isPreset ? named : environment, Assignment.settings(settings),
        needsData ? [] : Assignment.settings(anyData),
      ])
      guard !needsData else {
        let images = try DatasetSummary(DatasetRequest(spec.dataset))
        return (spec, (given ?? images.shape, classes ?? images.classNames.count))
      }
      return (spec, (given ?? ImageShape(channels: 3, height: 32, width: 32), classes ?? 10))
    }
  }
}

extension ImageShape {
  /// Reads `3x32x32`.
  fileprivate init(extents text: String) throws(UsageError) {
    let extents = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    let known = extents.compactMap { $0 }.filter { $0 > 0 }
    guard extents.count == 3, known.count == 3 else {
      throw UsageError(
        field: "input", "--input is \"\(text)\"; accepted: channels, height and width, such as 3x32x32.")
    }
    self.init(channels: known[0], height: known[1], width: known[2])
  }
}
