import ArgumentParser
import Datasets
import Failures
import NeuralNetwork
import Parameters
import RunDefinition
import Specification
import Terminal

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Say which weights of a plan's network are scale-invariant, what l2 does to them, and prove it.",
    discussion: """
      What is scale-invariant follows from the network's structure: a weight before a normalization can be multiplied by \
      α > 0 without changing the function, each filter by itself before batch or weight norm, a layer as a whole before \
      layer norm. L2 does not regularize such a weight; it raises its effective learning rate.

      The proof multiplies each tensor, filter by filter where filters are invariant by themselves, by 4, 1 and ½ in turn, \
      and compares the loss of some images in double precision. CHANGE is the relative change of the loss; for tensors that \
      are invariant, this is what the ε under the root contributes, and it vanishes with ε = 1e-16.

      EXAMPLES
        tare audit
            conv3 on glyphs
        tare audit plan.yaml
        tare audit --set network=mlp --set normalization=layer --set l2=1e-3

      EXIT CODES
        0 done, 1 the loss contradicts the structure, 64 an invalid plan, 65 invalid data
      """)

  @OptionGroup var options: PlanOptions

  @Option(parsing: .unconditional, help: ArgumentHelp("Number of images in the proof.", valueName: "n"))
  var images = 4

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    guard (2...256).contains(images) else {
      throw UsageError(field: "images", "--images is \(images); accepted: 2 to 256.")
    }
    NothingYet.followSignals(if: json)
    let spec = try options.spec(over: [])
    let dataset = try Dataset(DatasetRequest(spec.dataset))
    let definition = try RunDefinition(spec: spec, images: DatasetSummary(dataset))
    let audit = try NetworkAudit(definition, dataset, images: images)
    try print(json ? JSONOutput.text(of: audit) : audit.lines.joined(separator: "\n"))
    if audit.isContradicted { throw ReportedFailure() }
  }
}
