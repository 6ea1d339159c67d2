import Failures
import Specification
import Testing

@Suite("Fields that name folders and files")
struct PathFieldTests {
  @Test("every field that takes a folder or file names is read as a path")
  func all() {
    for field in SpecField.all where ["a folder", "a file", "file names"].contains(field.accepted) {
      #expect(field.pathBase != nil, "\(field.path)")
    }
    #expect(SpecField.all.filter { $0.pathBase != nil }.count == 7)
  }

  @Test("--set expands ~ and leaves a relative path to the working folder")
  func setting() throws {
    let home = try #require(UserPath.home)
    #expect(try Assignment(setting: "dataset.path=~/x").value == .text("\(home)/x"))
    #expect(try Assignment(setting: "execution.output=x").value == .text("x"))
    #expect(try Assignment(setting: "dataset.test=~/a, b").value == .list(["\(home)/a", "b"]))
    #expect(try Assignment(setting: "execution.name=~/x").value == .text("~/x"))
    #expect(try Assignment(setting: "follow=null").value == .null)
  }

  @Test(
    "a mistyped field gets the name that was meant",
    arguments: [
      ("rule.lr", "optimizer.learningRate"), ("netwrk", "network"), ("dataseet", "dataset"),
      ("executionn", "execution"),
      ("optimizer.lr", "optimizer.learningRate"), ("optimizer.nmae", "optimizer.name"),
      ("learning_rate", "learningRate"),
    ])
  func nearest(path: String, meant: String) {
    let error = #expect(throws: SpecError.self) { try SpecField.named(path) }
    #expect(error?.description.contains(meant) == true, "\(error?.description ?? "")")
  }

  @Test("a sweep refuses what it would not obey", arguments: ["execution.output", "execution.json"])
  func sweep(field: String) throws {
    let axis = try SweepAxis(field: "seed", values: ["1", "2"])
    let given = Assignment(path: field, value: .text(field.hasSuffix("json") ? "true" : "x"), origin: "p.yaml line 3")
    let plans = [
      SweepPlan(name: "s", base: [given], parts: [.init(axes: [axis])]),
      SweepPlan(name: "s", parts: [.init(base: [given], axes: [axis])]),
      SweepPlan(name: "s", parts: [.init(axes: [try SweepAxis(field: field, values: ["true"])])]),
    ]
    for plan in plans {
      let error = #expect(throws: SpecError.self) { try plan.runs() }
      #expect(error?.field == field && error?.exitCode == 64)
      #expect(error?.suggestion == (field == "execution.output" ? .nameSweepFolder : nil))
    }
    #expect(throws: SpecError.self) { try SweepPlan(name: "s", parts: [.init(axes: [axis])]).runs(settings: [given]) }
  }
}
