import Foundation
import Records

extension FuzzTarget {
  static let metrics = FuzzTarget(
    "metrics",
    seeds: [
      MetricsFile.header,
      MetricsFile.header + "1,,trainLoss,mean,0.1\n20,conv1,weightNorm,p50,\n20,\"a,\"\"b\"\"\",x,max,-inf\n",
    ].map { Array($0.utf8) },
    words: [MetricsFile.header, ",\"", "\"\"", "nan", "-inf", "1e308", "0x1p-3"],
    hostile: {
      [
        ("commas", MetricsFile.header + String(repeating: ",", count: 1 << 20)),
        ("quotes", MetricsFile.header + String(repeating: "\"", count: (1 << 20) + 1)),
        ("short lines", MetricsFile.header + String(repeating: "1,,,,\n", count: 1 << 17)),
        ("combining characters", MetricsFile.header + "1,\"" + String(repeating: "\u{301}", count: 1 << 19)),
        ("a long number", MetricsFile.header + "1,a,b,c," + String(repeating: "9", count: 1 << 20)),
      ].map { ($0, Array($1.utf8)) }
    }
  ) { bytes in (try? MetricsFile.rows(decoding: Data(bytes), named: "input")) != nil }

  static let record = FuzzTarget(
    "record",
    seeds: [
      """
      {"formatVersion":1,"spec":{"seed":1,"l2":[0.5,null,true]},"commandLine":["tare"],"versions":{"tare":"1"},\
      "host":{"hostname":"h","cpuModel":"c","cores":2,"isa":"x","os":"o"},"started":"2026-01-02T03:04:05Z",\
      "status":"done","result":{"run":"a","layers":[{"name":"b"}]}}
      """
    ].map { Array($0.utf8) },
    words: ["formatVersion", "null", "1e999", "\\ud800", "\"}", "[[", "9223372036854775808", "status", "diverged"],
    hostile: {
      func within(_ value: String) -> [UInt8] {
        Array(#"{"formatVersion":1,"commandLine":[],"versions":{},"spec":\#(value)}"#.utf8)
      }
      return [
        ("deep arrays", within(String(repeating: "[", count: 1 << 20))),
        ("deep objects", within(String(repeating: #"{"a":"#, count: 1 << 18))),
        ("many numbers", within("[" + String(repeating: "1,", count: 1 << 18) + "1]")),
        ("a long number", within(String(repeating: "9", count: 1 << 20))),
      ]
    }
  ) { bytes in
    guard let record = try? RunRecord(decoding: bytes) else { return false }
    _ = record.runResult
    return true
  }
}
