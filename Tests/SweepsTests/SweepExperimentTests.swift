import Specification
import Sweeps
import TensorBoard
import Testing

@Suite("A sweep as TensorBoard's experiment")
struct SweepExperimentTests {
  @Test("axes of numbers are numbers, of true and false Booleans, all others text, each value once")
  func axes() throws {
    let axes = [
      try SweepAxis(field: "optimizer.learningRate", values: ["0.01", "1e-1"]),
      try SweepAxis(field: "projectionKeepsL2", values: ["true", "false"]),
      try SweepAxis(field: "projection", values: ["filter", "layer"]),
    ]
    let runs = try SweepPlan(name: "p", parts: [.init(axes: axes)]).runs()
    let experiment = SweepExperiment("p", of: runs)
    #expect(
      experiment.experiment.axes == [
        .init("optimizer.learningRate", [.number(0.01), .number(0.1)]),
        .init("projectionKeepsL2", [.boolean(true), .boolean(false)]),
        .init("projection", [.text("filter"), .text("layer")]),
      ])
    #expect(experiment.experiment.name == "p")
    #expect(experiment.experiment.measures.map(\.tag) == ["error/test", "loss/test", "loss/train"])
    #expect(
      experiment.hyperparameters(of: runs[5]) == [
        .init("optimizer.learningRate", .number(0.1)), .init("projectionKeepsL2", .boolean(true)),
        .init("projection", .text("layer")),
      ])
  }

  @Test("the part of a plan is an axis, and one word among numbers makes an axis text, nan as well")
  func parts() throws {
    let sizes = try SweepAxis(
      name: "size",
      points: [
        SweepPoint(label: "4", assignments: try Assignment.settings(["batch=4", "microbatch=2"])),
        SweepPoint(label: "nan", assignments: try Assignment.settings(["batch=64"])),
      ])
    let sized = SweepExperiment("s", of: try SweepPlan(name: "s", parts: [.init(axes: [sizes])]).runs())
    #expect(sized.experiment.axes == [.init("size", [.text("4"), .text("nan")])])
    let rates = try SweepAxis(field: "optimizer.learningRate", values: ["0.01"])
    let batches = try SweepAxis(
      name: "size",
      points: [
        SweepPoint(label: "4", assignments: try Assignment.settings(["batch=4", "microbatch=2"])),
        SweepPoint(label: "large", assignments: try Assignment.settings(["batch=64"])),
      ])
    let runs = try SweepPlan(
      name: "p", parts: [.init(name: "a", axes: [rates]), .init(name: "b", axes: [batches])]
    ).runs()
    let experiment = SweepExperiment("p", of: runs)
    #expect(experiment.experiment.axes.map(\.name) == ["part", "optimizer.learningRate", "size"])
    #expect(experiment.hyperparameters(of: runs[1]) == [.init("part", .text("b")), .init("size", .text("4"))])
  }
}
