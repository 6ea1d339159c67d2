import EffectiveLearningRate
import Foundation
import Records
import TestSupport
import Testing

@Suite("Looking on at metrics.csv")
struct MetricsTailTests {
  private func row(_ step: Int, _ value: Double) -> MetricRow {
    MetricRow(step: step, layer: "", metric: TrainLoss.name, statistic: .mean, value: value)
  }

  @Test("each look gives what has come since, and none of a line that is not whole")
  func news() throws {
    let folder = try TemporaryFolder()
    var tail = MetricsTail(folder.file("metrics.csv"))
    #expect(tail.read().rows.isEmpty, "nobody has begun")
    var file = try MetricsFile(folder.file("metrics.csv"))
    file.append([row(1, 0.5), row(2, 0.25)])
    try file.flush()
    #expect(tail.read().rows == [row(1, 0.5), row(2, 0.25)])
    #expect(tail.read().rows.isEmpty)
    let handle = try #require(FileHandle(forWritingAtPath: folder.file("metrics.csv")))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("3,,trainLoss,mean,0.1".utf8))
    #expect(tail.read().rows.isEmpty)
    try handle.write(contentsOf: Data("25\n".utf8))
    let (rows, isRestarted) = tail.read()
    #expect(rows == [row(3, 0.125)] && !isRestarted)
  }

  @Test("a file that was taken back is read anew, also if it has grown beyond where it was")
  func takenBack() throws {
    let folder = try TemporaryFolder()
    var file = try MetricsFile(folder.file("metrics.csv"))
    var tail = MetricsTail(folder.file("metrics.csv"))
    file.append([row(1, 0.5)])
    try file.flush()
    let cursor = file.cursor
    file.append([row(2, 0.25)])
    try file.flush()
    #expect(tail.read().rows.count == 2)
    try file.truncate(to: cursor)
    #expect(tail.read() == ([row(1, 0.5)], true))
    file.append([row(2, 0.75), row(3, 0.75)])
    try file.flush()
    #expect(tail.read() == ([row(2, 0.75), row(3, 0.75)], false))
    try file.truncate(to: cursor)
    file.append([row(2, 0.125), row(3, 0.125), row(4, 0.125)])
    try file.flush()
    #expect(tail.read() == ([row(1, 0.5), row(2, 0.125), row(3, 0.125), row(4, 0.125)], true))
  }
}
