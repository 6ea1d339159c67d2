package import EffectiveLearningRate
import NeuralNetwork
package import ParameterServer
package import Parameters

/// Where each tensor's numbers lie in the servers' reports.
package struct ReportLayout: Sendable {
  /// By index into the layout's parameters: the parts that the servers hold, in filter order.
  private var parts: [Int: [(server: Int, numbers: Range<Int>)]] = [:]
  private let layout: ParameterLayout

  package init(_ shards: ShardMap) {
    layout = shards.layout
    for server in shards.shards.indices {
      var next = 0
      for slice in shards.slices(of: server) {
        let count = Self.doubleCount(shards.layout.parameters[slice.parameter], filters: slice.filters.count)
        parts[slice.parameter, default: []].append((server, next..<(next + count)))
        next += count
      }
    }
  }

  /// Doubles in each server's report.
  package static func doubleCounts(_ shards: ShardMap) -> [Int] {
    shards.shards.indices.map { server in
      shards.slices(of: server).reduce(0) {
        $0 + doubleCount(shards.layout.parameters[$1.parameter], filters: $1.filters.count)
      }
    }
  }

  /// Doubles that a report has for these filters of `parameter`.
  static func doubleCount(_ parameter: Parameter, filters: Int) -> Int {
    guard parameter.isLogged else { return filters * parameter.filterLength * ElementWindow.doubleCount }
    return GroupWindows(invariance: parameter.invariance, filters: filters).windows.count * FilterWindow.doubleCount
  }

  /// The groups of a logged tensor; as many as are there.
  package func windows(of index: Int, in reports: [Int: WindowReport]) -> [FilterWindow] {
    numbers(of: index, in: reports, each: FilterWindow.doubleCount).map { numbers in
      unsafe numbers.withUnsafeBufferPointer { buffer in
        unsafe buffer.baseAddress.map { unsafe FilterWindow(from: $0) } ?? FilterWindow()
      }
    }
  }

  /// The elements of a tensor that is not logged; as many as are there.
  package func elements(of index: Int, in reports: [Int: WindowReport]) -> [ElementWindow] {
    numbers(of: index, in: reports, each: ElementWindow.doubleCount).map { numbers in
      let first = numbers.startIndex
      return ElementWindow(value: numbers[first], gradient: numbers[first + 1], update: numbers[first + 2])
    }
  }

  private func numbers(
    of index: Int, in reports: [Int: WindowReport], each count: Int
  ) -> [ArraySlice<Double>] {
    (parts[index] ?? []).flatMap { part -> [ArraySlice<Double>] in
      let numbers = reports[part.server]?.windows ?? []
      return stride(from: part.numbers.lowerBound, to: part.numbers.upperBound, by: count).compactMap {
        $0 + count <= numbers.count ? numbers[$0..<($0 + count)] : nil
      }
    }
  }
}

extension RunDefinition {
  /// The most bytes that a server's report can have.
  package var reportByteLimit: Int {
    architecture.layout.parameters.reduce(0) {
      $0 + ReportLayout.doubleCount($1, filters: $1.filterCount) * MemoryLayout<Double>.stride
    }
  }
}
