import EffectiveLearningRate
import Records
import TestSupport
import Testing

@Suite("Reading metrics.csv")
struct MetricsReaderTests {
  @Test("rows come back as they were written, whatever their names and numbers")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let rows = [
      MetricRow(step: 1, layer: "", metric: TrainLoss.name, statistic: .mean, value: 0.1),
      MetricRow(step: 20, layer: "conv1", metric: WeightNorm.name, statistic: .p50, value: nil),
      MetricRow(step: 20, layer: "a,\"b\"", metric: MetricName(rawValue: "x"), statistic: .max, value: -.infinity),
      MetricRow(
        step: 21, layer: "\"", metric: MetricName(rawValue: ""), statistic: Statistic(rawValue: ","),
        value: Double.leastNonzeroMagnitude),
    ]
    var file = try MetricsFile(folder.file("metrics.csv"))
    file.append(rows)
    try file.flush()
    #expect(try MetricsFile.rows(at: folder.file("metrics.csv")) == rows)
  }

  @Test("bytes that are not UTF-8 are refused with their line, not repaired")
  func noText() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      Array(MetricsFile.header.utf8) + Array("1,".utf8) + [0xFF] + Array(",b,c,1\n".utf8), to: "metrics.csv")
    let error = #expect(throws: RecordError.self) { try MetricsFile.rows(at: path) }
    #expect(error?.description.contains("UTF-8 text on line 2") == true)
  }

  @Test(
    "files that are not a metrics.csv are refused with their line",
    arguments: [
      ("", "first line"), ("step,layer\n1,2\n", "first line"),
      ("step,layer,metric,statistic,value\n1,a,b,c\n", "line 2"),
      ("step,layer,metric,statistic,value\n1,a,b,c,1\nx,a,b,c,1\n", "line 3"),
      ("step,layer,metric,statistic,value\n1,a,b,c,one\n", "line 2"),
    ])
  func refused(text: String, words: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(text.utf8), to: "metrics.csv")
    let error = #expect(throws: RecordError.self) { try MetricsFile.rows(at: path) }
    #expect(error?.description.contains(words) == true)
  }
}
