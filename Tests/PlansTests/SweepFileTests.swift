import Plans
import Specification
import Testing

@Suite("Sweep plans")
struct SweepFileTests {
  private func runs(_ yaml: String) throws -> [SweepRun] { try SweepFile.plan(yaml: yaml, named: "p.yaml").runs() }

  @Test("axes are crossed, the last one fastest; fields of one item are zipped")
  func crossing() throws {
    let runs = try runs(
      """
      sweep: map
      base: {network: mlp, optimizer.name: sgd}
      axes:
        - optimizer.learningRate: [1e-2, 0.1]
        - {batch: [64, 128, 192], steps: [300, 200, 100]}
        - condition: {free: {}, projected: {projection: filter, projectionKeepsL2: true}}
      """)
    #expect(runs.count == 2 * 3 * 2)
    #expect(runs.map(\.number) == Array(1...12))
    #expect(runs[0].title == "optimizer.learningRate 1e-2, batch+steps 64+300, condition free")
    #expect(runs.map(\.spec.projection) == (0..<12).map { $0.isMultiple(of: 2) ? .none : .filter })
    #expect(runs.prefix(6).map(\.spec.steps) == [300, 300, 200, 200, 100, 100])
    #expect(runs.prefix(6).map(\.spec.batch) == [64, 64, 128, 128, 192, 192])
    #expect(runs.map(\.spec.optimizer.learningRate) == (0..<12).map { $0 < 6 ? 0.01 : 0.1 })
    #expect(runs.allSatisfy { $0.spec.network.preset == .mlp && $0.spec.optimizer.name.rawValue == "sgd" })
  }

  @Test(
    "ranges",
    arguments: [
      ("{linear: [0, 1, 5]}", ["0", "0.25", "0.5", "0.75", "1"]), ("{linear: [2, 9, 1]}", ["2"]),
      ("{log: [1e-3, 10, 5]}", ["0.001", "0.01", "0.1", "1", "10"]),
      ("{powersOfTwo: [-2, 2]}", ["0.25", "0.5", "1", "2", "4"]),
      ("{values: [0, 1e-3, 3], times: 0.5}", ["0", "0.0005", "1.5"]), ("[0, 1e-3]", ["0", "1e-3"]),
      ("{log: [1, 1e-2, 3], times: 0.5}", ["0.5", "0.05", "0.005"]),
    ])
  func ranges(range: String, labels: [String]) throws {
    let plan = try SweepFile.plan(yaml: "sweep: s\naxes:\n  - l2: \(range)\n", named: "p.yaml")
    #expect(plan.parts[0].axes[0].points.map(\.label) == labels)
  }

  @Test("a part's base and axes override the plan's base")
  func parts() throws {
    let runs = try runs(
      """
      sweep: both
      base: {network: mlp, l2: 1e-3}
      parts:
        - name: nesterov
          base: {optimizer: {name: nesterov, momentum: 0.9}}
          axes: [seed: [1, 2]]
        - name: adam
          base: {optimizer.name: adam, l2: 1e-4}
          axes: [seed: [1, 2, 3]]
      """)
    #expect(runs.map(\.part) == ["nesterov", "nesterov", "adam", "adam", "adam"])
    #expect(runs.map(\.spec.l2) == [1e-3, 1e-3, 1e-4, 1e-4, 1e-4])
    #expect(runs.last?.title == "adam: seed 3")
  }

  @Test("repeats are an axis of seeds; a part's own override the plan's")
  func repeats() throws {
    let runs = try runs(
      """
      sweep: again
      repeats: 2
      parts:
        - name: a
          axes: [l2: [0.1, 0.2]]
        - name: b
          axes: [l2: [0.3]]
          repeats: 3
      """)
    #expect(runs.map(\.spec.seed) == [1, 2, 1, 2, 1, 2, 3])
    #expect(runs.map(\.part) == ["a", "a", "a", "a", "b", "b", "b"])
    #expect(runs[1].title == "a: l2 0.1, seed 2")
  }

  @Test(
    "bad input is one sentence with its line",
    arguments: [
      ("", "p.yaml: the sweep plan is empty"),
      ("axes: [l2: [1]]", "the sweep needs a name"), ("sweep: a/b\naxes: [l2: [1]]", "the sweep needs a name"),
      ("sweep: s", "either axes or parts"), ("sweep: s\naxes: []", "axes must be a list"),
      ("sweep: s\naxes: [l2: []]", "axis l2 has no points"),
      ("sweep: s\nbase: {}\naxis: [l2: [1]]", "p.yaml line 3: field \"axis\" is unknown; did you mean \"axes\"?"),
      ("sweep: s\naxes:\n  - optimizer.lerningRate: [1]", "p.yaml line 3: field \"optimizer.lerningRate\" is unknown"),
      ("sweep: s\naxes:\n  - l2: [1, 2, 1]", "p.yaml line 3: axis l2 has the point 1 twice"),
      ("sweep: s\naxes:\n  - l2: [0.1, x]", "p.yaml line 3: l2 \"x\" is not a number"),
      ("sweep: s\naxes: [l2: [1], l2: [2]]", "axis l2 is given twice"),
      ("sweep: s\naxes: [{batch: [32, 64], steps: [1]}]", "have 2, 1 points"),
      ("sweep: s\naxes: [l2: {log: [0, 1, 3]}]", "axis l2 has log from 0.0 to 1.0; accepted: numbers above 0"),
      ("sweep: s\naxes: [l2: {linear: [0, 1, 1e9]}]", "a count of 1000000000"),
      ("sweep: s\naxes: [l2: {linear: [0, 1, 2.5]}]", "axis l2 is invalid"),
      ("sweep: s\naxes: [l2: {geometric: [0, 1]}]", "axis l2 is invalid"),
      ("sweep: s\nparts: [{name: a, axes: [seed: [1]]}, {name: a, axes: [seed: [2]]}]", "two parts are named a"),
      ("sweep: s\naxes: [l2: [1]]\nrepeats: 0", "p.yaml line 3: repeats is invalid"),
      ("sweep: s\naxes: [seed: [1]]\nrepeats: 2", "p.yaml line 3: repeats and an axis seed exclude each other"),
      ("sweep: s\naxes: [l2: [0.1, 1e-1]]", "runs 1 and 2 of sweep s are the same"),
    ])
  func badInput(yaml: String, words: String) {
    let error = #expect(throws: SpecError.self) { try runs(yaml) }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains(words) && !text.contains("\n"), "\(text)")
  }

  @Test("a plan of more than 100,000 runs is refused")
  func tooMany() throws {
    let axes = (0..<4).map {
      "  - {\($0 == 0 ? "l2" : "groups.\(["weights", "head", "gammaBeta"][$0 - 1]).l2"): {linear: [0, 1, 9999]}}"
    }
    let plan = try SweepFile.plan(yaml: "sweep: s\naxes:\n" + axes.joined(separator: "\n"), named: "p.yaml")
    let error = #expect(throws: SpecError.self) { try plan.runs() }
    #expect(error?.sentence == "sweep s has more than 100000 runs; accepted: at most that many.")
  }
}
