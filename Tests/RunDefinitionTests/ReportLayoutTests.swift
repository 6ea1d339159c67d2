import EffectiveLearningRate
import NeuralNetwork
import ParameterServer
import Parameters
import RunDefinition
import TestSupport
import Testing

/// Where each tensor's numbers lie in the servers' reports, against a walk over the network element by element.
@Suite("Layout of reports")
struct ReportLayoutTests {
  /// Numbers that occur once in the network: of every group of a logged tensor, and of every element of another.
  private static func numbers(_ parameter: Int, _ index: Int, count: Int) -> [Double] {
    (0..<count).map { Double((parameter * 1000 + index) * 100 + $0) }
  }

  /// What the servers report: wherever a group or an element begins, its numbers, on the server that holds that element.
  private static func reports(_ run: RunDefinition) -> [Int: WindowReport] {
    let layout = run.architecture.layout
    var windows = run.shards.shards.map { _ in [Double]() }
    for (index, parameter) in layout.parameters.enumerated() {
      let size = parameter.isLogged ? parameter.invariance.filtersPerGroup * parameter.filterLength : 1
      let count = parameter.isLogged ? FilterWindow.doubleCount : ElementWindow.doubleCount
      for element in 0..<parameter.shape.count where element.isMultiple(of: size) {
        let place = layout.offsets[index] + element
        for (server, range) in run.shards.shards.enumerated() where range.contains(place) {
          windows[server] += numbers(index, element / size, count: count)
        }
      }
    }
    return Dictionary(
      uniqueKeysWithValues: windows.enumerated().map {
        ($0, WindowReport(version: 4, tally: Tally(), steps: 4, windows: $1, nonFinite: nil))
      })
  }

  @Test(
    "each tensor finds its own numbers, in order, for any number of servers", arguments: [1, 2, 3],
    ["batch", "layer", "group"])
  func places(servers: Int, normalization: String) throws {
    let run = try RunDefinition(
      ["network.preset=conv3", "normalization=\(normalization)", "execution.servers=\(servers)"])
    let reports = Self.reports(run)
    let doubles = reports.values.map(\.windows.count)
    #expect(doubles.allSatisfy { $0 * 8 <= run.reportByteLimit } && doubles.reduce(0, +) * 8 == run.reportByteLimit)
    for (index, parameter) in run.architecture.layout.parameters.enumerated() {
      if parameter.isLogged {
        let groups = parameter.filterCount / parameter.invariance.filtersPerGroup
        let expected = (0..<groups).map { Self.numbers(index, $0, count: FilterWindow.doubleCount) }
        #expect(run.reportLayout.windows(of: index, in: reports).map(\.numbers) == expected, "\(parameter.name)")
      } else {
        let expected = (0..<parameter.shape.count).map { Self.numbers(index, $0, count: ElementWindow.doubleCount) }
        let elements = run.reportLayout.elements(of: index, in: reports)
        #expect(elements.map { [$0.value, $0.gradient, $0.update] } == expected, "\(parameter.name)")
      }
    }
  }

  @Test("of a server without a report, or with too short a one, nothing is made up")
  func missing() throws {
    let run = try RunDefinition(["network.preset=mlp", "execution.servers=2"])
    let reports = Self.reports(run)
    let whole = try #require(reports[0])
    let cut = WindowReport(
      version: 4, tally: Tally(), steps: 4, windows: Array(whole.windows.prefix(FilterWindow.doubleCount + 1)),
      nonFinite: nil)
    #expect(run.reportLayout.windows(of: 0, in: [:]).isEmpty && run.reportLayout.elements(of: 1, in: [:]).isEmpty)
    #expect(
      run.reportLayout.windows(of: 0, in: [0: cut]).map(\.numbers)
        == [Self.numbers(0, 0, count: FilterWindow.doubleCount)])
  }
}
