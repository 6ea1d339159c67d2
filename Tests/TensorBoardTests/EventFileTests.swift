import Foundation
import TensorBoard
import TestSupport
import Testing

@Suite struct EventFileTests {
  /// The events' bytes of a file, by the published layout of its records.
  private func records(_ folder: TemporaryFolder) throws -> [[UInt8]] {
    let name = try #require(try folder.names.last)
    for before in try folder.names.dropLast() { #expect(try folder.read(before).isEmpty) }
    var rest = try folder.read(name)[...]
    func number(_ count: Int) -> Int {
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count).reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    var records: [[UInt8]] = []
    while !rest.isEmpty {
      let head = Array(rest.prefix(8))
      let length = number(8)
      #expect(number(4) == Int(CRC32C.masked(head)))
      let event = Array(rest.prefix(length))
      try #require(event.count == length)
      rest = rest.dropFirst(length)
      #expect(number(4) == Int(CRC32C.masked(event)))
      records.append(event)
    }
    return records
  }

  private func scalar(_ value: Double, step: Int) -> Event {
    Event(wallTime: 1, step: step, .values([.init("loss/train", .scalar(value))]))
  }

  @Test("a record is length, checksum, event, checksum; the first holds the version, the second starts a session")
  func layout() throws {
    let folder = try TemporaryFolder()
    var file = try EventFile(in: folder.path)
    file.append(scalar(0.5, step: 300))
    try file.flush()
    let records = try records(folder)
    #expect(records.count == 3)
    #expect(Array(records[0].suffix(15)) == [0x1A, 13] + Array("brain.Event:2".utf8))
    #expect(Array(records[1].suffix(4)) == [0x3A, 2, 0x08, 1])
    // By hand from the wire format: 1 as a double, 300 as a varint, a summary of one value with a tag and a float.
    let value = [0x0A, 10] + Array("loss/train".utf8) + [0x15, 0, 0, 0, 0x3F]
    #expect(records[2] == [0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x10, 0xAC, 0x02, 0x2A, 19, 0x0A, 17] + value)
    #expect(try folder.read(folder.names[0]).count == file.cursor)
  }

  @Test("a scalar of 0 is written")
  func zero() throws {
    let folder = try TemporaryFolder()
    var file = try EventFile(in: folder.path)
    file.append(scalar(0, step: 1))
    try file.flush()
    #expect(Array(try records(folder)[2].suffix(5)) == [0x15, 0, 0, 0, 0])
  }

  @Test("a continued file keeps the requested bytes under a later name, and the previous one is emptied")
  func keeping() throws {
    let folder = try TemporaryFolder()
    var file = try EventFile(in: folder.path)
    file.append(scalar(1, step: 1))
    try file.flush()
    let (cursor, name) = (file.cursor, try folder.names[0])
    let before = try records(folder)
    file.append(scalar(2, step: 2))
    try file.flush()
    var next = try EventFile(in: folder.path, keeping: cursor)
    #expect(!next.isNew && next.cursor == cursor)
    #expect(try folder.names.count == 2 && folder.names[0] == name && folder.names[1] > name)
    #expect(try records(folder) == before)
    next.append(scalar(3, step: 2))
    try next.flush()
    #expect(try records(folder).count == 4)
  }

  @Test("nothing is kept of a file that is too short or missing")
  func tooShort() throws {
    let folder = try TemporaryFolder()
    let cursor = try EventFile(in: folder.path).cursor
    #expect(try EventFile(in: folder.path, keeping: cursor + 1).isNew)
    #expect(try records(folder).count == 2)
    #expect(try EventFile(in: folder.file("other"), keeping: cursor).isNew)
  }
}
