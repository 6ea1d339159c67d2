import Foundation
import Parameters
import Records
import TestSupport
import Testing

@Suite struct SafeTensorsTests {
  /// All of one type: then Python's order, by alignment and then by name, is ours.
  @Test(arguments: ["network", "plain"])
  func theFileEqualsPythonsByteForByte(name: String) throws {
    let fixture = try PythonFixture.load(name)
    let folder = try TemporaryFolder()
    try fixture.withTensors { try SafeTensors.write($0, metadata: fixture.metadata, to: folder.file("w")) }
    #expect(try folder.read("w") == fixture.bytes)
    #expect(try folder.names == ["w"])
  }

  @Test(arguments: ["network", "plain", "mixed"])
  func theHashEqualsPythons(name: String) throws {
    let fixture = try PythonFixture.load(name)
    #expect(fixture.withTensors(WeightsHash.sha256) == fixture.sha256)
  }

  @Test(arguments: ["network", "plain", "mixed"])
  func pythonsFileReadsBackExactly(name: String) throws {
    let fixture = try PythonFixture.load(name)
    let folder = try TemporaryFolder()
    let file = try SafeTensorsFile(folder.write(fixture.bytes, to: "python"))
    #expect(file.metadata == fixture.metadata)
    #expect(file.entries.count == fixture.tensors.count)
    for tensor in fixture.tensors {
      let entry = try #require(file.entry(named: tensor.name))
      #expect(entry.extents == tensor.shape)
      #expect(entry.elementType.rawValue == tensor.dtype)
      let values: [Double] = file.elements(of: entry)
      #expect(values.map(\.bitPattern) == tensor.values.map(\.bitPattern))
    }
  }

  @Test func ourMixedFileReadsBack() throws {
    let fixture = try PythonFixture.load("mixed")
    let folder = try TemporaryFolder()
    try fixture.withTensors { try SafeTensors.write($0, metadata: fixture.metadata, to: folder.file("w")) }
    let file = try SafeTensorsFile(folder.file("w"))
    #expect(file.metadata == fixture.metadata)
    #expect(file.entries.map(\.name) == ["a", "b", "none", "scalar"])
    for tensor in fixture.tensors {
      let entry = try #require(file.entry(named: tensor.name))
      #expect(file.elements(of: entry) == tensor.values.map { Float($0) })
    }
    // The tensors begin at a multiple of 8.
    let header = try folder.read("w").prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(header % 8 == 0)
  }

  @Test func everyTruncationIsRefused() throws {
    let fixture = try PythonFixture.load("mixed")
    let folder = try TemporaryFolder()
    for length in 0..<fixture.bytes.count {
      let path = try folder.write(Array(fixture.bytes[..<length]), to: "short")
      let error = #expect(throws: RecordError.self) { try SafeTensorsFile(path) }
      #expect(error?.code == .content && error?.exitCode == 65)
    }
  }

  static let badHeaders: [(json: String, bytes: Int, sentence: String)] = [
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 9, "1 bytes after its last tensor"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12, "gap or an overlap before tensor a"),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
      12, "gap or an overlap before tensor b"
    ),
    (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8, "gives tensor a of [3] 8 bytes"),
    (#"{"a":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}"#, 8, "gives tensor a of [-1, -2] 8 bytes"),
    (#"{"a":{"dtype":"F32","shape":[4611686018427387904,2],"data_offsets":[0,0]}}"#, 0, "gives tensor a"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,80]}}"#, 8, "places tensor a at bytes [0, 80]"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8, "places tensor a at bytes [8, 0]"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#, 8, "places tensor a at bytes [0]"),
    (#"{"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}"#, 8, "stores tensor a as BF16; accepted: F32, F64"),
    (#"{"a":{"dtype":"F32"}}"#, 0, "describes tensor a without dtype and shape"),
    (#"{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}"#, 8, "not the JSON of the format"),
    (#"{"a":7}"#, 0, "not the JSON of the format"),
    (#"[]"#, 0, "not the JSON of the format"),
    (#"{"a":"#, 0, "not the JSON of the format"),
  ]

  @Test(arguments: badHeaders)
  func badHeadersAreNamed(json: String, bytes: Int, sentence: String) throws {
    let folder = try TemporaryFolder()
    let length = (0..<8).map { UInt8(truncatingIfNeeded: json.utf8.count >> (8 * $0)) }
    let path = try folder.write(length + json.utf8 + [UInt8](repeating: 0, count: bytes), to: "bad")
    let error = #expect(throws: RecordError.self) { try SafeTensorsFile(path) }
    #expect(error?.code == .content && error?.description.contains(sentence) == true, "\(String(describing: error))")
  }

  @Test func aHugeHeaderLengthAndAMissingFileAreRefused() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write([UInt8](repeating: 255, count: 20), to: "huge")
    #expect(#expect(throws: RecordError.self) { try SafeTensorsFile(path) }?.code == .content)
    #expect(#expect(throws: RecordError.self) { try SafeTensorsFile(folder.file("no")) }?.exitCode == 74)
  }
}
