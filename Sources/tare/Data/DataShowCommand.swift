import ArgumentParser
import Datasets
import Failures
import Foundation
import PNG
import Plans
import Records
import RunDefinition
import Specification
import Terminal

struct DataShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Count a data set's images by class, and show what training standardizes them with.",
    discussion: """
      Shows the images that a run would use, as dataset.limit, dataset.train and dataset.test choose them. MEAN and \
      DEVIATION are those of the training images, on a scale from 0 to 1: training subtracts the one and divides by the \
      other. Notes at the end say what is unusual, such as images that occur more than once.

      EXAMPLES
        tare data show
            the drawn glyphs
        tare data show ~/mnist
        tare data show ~/emnist --set dataset=idx --sheet emnist.png
            the first ten images of each class, a row for each
        tare data show plan.yaml --json

      EXIT CODES
        0 done, 64 an invalid plan, 65 invalid data, 74 the sheet cannot be written
      """)

  @Argument(
    help: ArgumentHelp(
      "The folder with the data set's files, or a plan or run.json (default: glyphs).", valueName: "data"),
    completion: .file())
  var data: UserPath?

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Set any field; may be repeated.", valueName: "path=value"))
  var settings: [String] = []

  @Option(
    help: ArgumentHelp(
      "Draw the first training images of each class into this PNG file, in place of one that is there.",
      valueName: "file.png"),
    completion: .file(extensions: ["png"]))
  var sheet: UserPath?

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    try sheet?.checkEnding(".png", of: "sheet")
    let dataset = try Dataset(DatasetRequest(spec().dataset))
    let facts = try DatasetFacts(dataset)
    if let sheet { try AtomicFile.replace(sheet.text, with: ContactSheet.draw(dataset.train).png) }
    try print(json ? JSONOutput.text(of: facts) : facts.lines.joined(separator: "\n"))
  }

  private func spec() throws -> RunSpec {
    var layers = [try EnvironmentLayer.assignments()]
    if let data {
      var isDirectory: ObjCBool = false
      let exists = unsafe FileManager.default.fileExists(atPath: data.text, isDirectory: &isDirectory)
      // A folder is an argument, over the environment; a plan is under it.
      if !exists || isDirectory.boolValue {
        layers.append([Assignment(path: "dataset.path", value: .text(data.text))])
      } else {
        layers.insert(try PlanFile.assignments(at: data.text), at: 0)
      }
    }
    layers.append(try Assignment.settings(settings))
    StandardError.printNotes(on: layers.joined())
    // Not checked as a whole: a data set can be looked at before there is a run for it.
    var spec = RunSpec()
    for layer in try layers.namingDataset() { try spec.apply(layer) }
    return spec
  }
}

extension DatasetFacts {
  fileprivate var lines: [String] {
    var classTable = TextTable(header: ["CLASS", "TRAIN", "TEST"])
    for row in classes { classTable.append([row.name, "\(row.train)", "\(row.test)"]) }
    var channels = TextTable(header: ["CHANNEL", "MEAN", "DEVIATION"])
    for (channel, values) in zip(standardization.mean, standardization.deviation).enumerated() {
      channels.append(["\(channel)"] + [values.0, values.1].map { String(format: "%.4f", $0) })
    }
    let title =
      "\(name): \(counted(trainCount, "training image")) and \(counted(testCount, "test image")) of \(shape), "
      + counted(classes.count, "class", plural: "classes")
    return [title, ""] + classTable.lines + [""] + channels.lines + (notes.isEmpty ? [] : [""] + notes)
  }
}
