import EffectiveLearningRate
import Foundation
import Records
import TestSupport
import Testing

@Suite struct MetricsFileTests {
  private func row(_ step: Int, _ value: Double?, layer: String = "conv1") -> MetricRow {
    MetricRow(step: step, layer: layer, metric: AngularUpdate.name, statistic: .rms, value: value)
  }

  private func text(_ folder: TemporaryFolder) throws -> String {
    String(decoding: try folder.read("metrics.csv"), as: UTF8.self)
  }

  @Test func rowsAreTheLongForm() throws {
    let folder = try TemporaryFolder()
    var file = try MetricsFile(folder.file("metrics.csv"))
    file.append([row(0, 0.1), row(0, nil, layer: "")])
    #expect(try text(folder) == MetricsFile.header)
    try file.flush()
    #expect(
      try text(folder) == """
        step,layer,metric,statistic,value
        0,conv1,angularUpdate,rms,0.1
        0,,angularUpdate,rms,

        """)
  }

  @Test(arguments: [
    0.1, 1 / 3, 1e-300, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -0.0, 123_456_789.125, 1e16, .infinity,
    -.infinity,
  ])
  func valuesReadBackExactly(value: Double) throws {
    let folder = try TemporaryFolder()
    var file = try MetricsFile(folder.file("metrics.csv"))
    file.append([row(1, value)])
    try file.flush()
    let printed = try #require(try text(folder).split(separator: "\n").last?.split(separator: ",").last)
    #expect(Double(printed)?.bitPattern == value.bitPattern)
    #expect(printed.count <= 24)
  }

  @Test(arguments: [
    ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"so\"", "\"say \"\"so\"\"\""), ("two\nlines", "\"two\nlines\""),
    ("\"", "\"\"\"\""),
  ])
  func fieldsAreQuotedWhereTheyMustBe(field: String, written: String) throws {
    let folder = try TemporaryFolder()
    var file = try MetricsFile(folder.file("metrics.csv"))
    file.append([row(1, 2, layer: field)])
    try file.flush()
    #expect(try text(folder) == MetricsFile.header + "1,\(written),angularUpdate,rms,2.0\n")
  }

  @Test func aRewindTakesRowsBackAndAReopenedFileGoesOn() throws {
    let folder = try TemporaryFolder()
    var file = try MetricsFile(folder.file("metrics.csv"))
    file.append([row(0, 1)])
    try file.flush()
    let cursor = file.cursor
    file.append([row(1, 2)])
    try file.flush()
    file.append([row(2, 3)])
    try file.truncate(to: cursor)
    file.append([row(1, 4)])
    try file.flush()
    let expected = MetricsFile.header + "0,conv1,angularUpdate,rms,1.0\n1,conv1,angularUpdate,rms,4.0\n"
    #expect(try text(folder) == expected)
    #expect(file.cursor == expected.utf8.count)
    var again = try MetricsFile(folder.file("metrics.csv"))
    #expect(again.cursor == expected.utf8.count)
    again.append([row(2, nil)])
    try again.flush()
    #expect(try text(folder) == expected + "2,conv1,angularUpdate,rms,\n")
  }

  @Test func whatIsNoMetricsFileAndACursorThatItNeverHadAreRefused() throws {
    let folder = try TemporaryFolder()
    for bytes in [Array(MetricsFile.header.utf8.prefix(10)), Array("step;layer;metric;statistic;value\n1".utf8)] {
      try folder.write(bytes, to: "metrics.csv")
      let error = #expect(throws: RecordError.self) { _ = try MetricsFile(folder.file("metrics.csv")) }
      #expect(error?.exitCode == 65 && error?.description.contains("is not a metrics.csv") == true)
      #expect(try folder.read("metrics.csv") == bytes)
    }
    try folder.write([], to: "metrics.csv")
    var file = try MetricsFile(folder.file("metrics.csv"))
    file.append([row(0, 1)])
    try file.flush()
    let whole = try text(folder)
    for cursor in [-1, 0, 3, whole.utf8.count + 1, .max] {
      #expect(throws: RecordError.self) { try file.truncate(to: cursor) }
    }
    #expect(try text(folder) == whole)
  }

  @Test func theHashIsThatOfTheBytesUpToTheCursor() throws {
    let folder = try TemporaryFolder()
    var file = try MetricsFile(folder.file("metrics.csv"))
    func check() throws {
      let program =
        "import hashlib, json, sys; print(json.dumps(hashlib.sha256(open(sys.argv[1], 'rb').read()).hexdigest()))"
      #expect(try file.sha256 == PythonProcess.value(of: program, [folder.file("metrics.csv")]))
      #expect(try FileHash(of: folder.file("metrics.csv"), first: file.cursor).sha256 == file.sha256)
    }
    try check()
    file.append([row(0, 1)])
    try file.flush()
    let cursor = file.cursor
    file.append([row(1, 2)])
    try file.flush()
    try check()
    try file.truncate(to: cursor)
    try check()
    #expect(try MetricsFile(folder.file("metrics.csv")).sha256 == file.sha256)
  }
}
