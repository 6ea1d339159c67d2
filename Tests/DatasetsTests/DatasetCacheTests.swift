import Datasets
import Foundation
import TestSupport
import Testing

@Suite("Data set cache")
struct DatasetCacheTests {
  @Test("a data set is opened once per request, even if its files change")
  func once() throws {
    let folder = try TemporaryFolder()
    func write(_ value: UInt8) throws {
      for (part, last) in [("train", value), ("t10k", value + 1)] {
        try folder.write(
          [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, value, last], to: "\(part)-images-idx3-ubyte")
        try folder.write([0, 0, 8, 1, 0, 0, 0, 2, 0, 1], to: "\(part)-labels-idx1-ubyte")
      }
    }
    try write(7)
    let cache = DatasetCache()
    let request = DatasetRequest(name: "mnist", path: folder.path)
    #expect(try cache.dataset(request).train.count == 2)
    let sums = try cache.verify(request).map(\.sha256)
    let standardization = try cache.standardization(request)
    #expect(standardization == Standardization(mean: [7.0 / 255], deviation: [1]))
    for name in try folder.names { try FileManager.default.removeItem(atPath: folder.file(name)) }
    #expect(try cache.dataset(request).train.count == 2)
    #expect(try cache.verify(request).map(\.sha256) == sums)
    #expect(try cache.standardization(request) == standardization)
    var first = request
    first.limit = 1
    #expect(throws: DatasetError.self) { try cache.dataset(first) }
    try write(9)
    #expect(try cache.dataset(first).train.count == 1)
    #expect(try cache.standardization(first).mean == [9.0 / 255])
    #expect(try DatasetCache().verify(request).map(\.sha256) != sums)
  }
}
