import Datasets
import Foundation
import OpenSSL
import Parameters
import Testing

@Suite struct GlyphsTests {
  private func draw(_ index: Int, of part: Glyphs.Part, seed: UInt64 = Glyphs.standardSeed) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Glyphs.shape.count)
    var span = bytes.mutableSpan
    Glyphs(seed: seed).draw(index, of: part, into: &span)
    return bytes
  }

  @Test func anImageIsAFunctionOfSeedPartAndIndex() throws {
    let dataset = try Dataset(DatasetRequest(name: "glyphs", limit: 30))
    #expect(dataset.train.count == 30 && dataset.test.count == Glyphs.testCount)
    for index in (0..<30).reversed() {
      #expect(dataset.train.bytes(of: index) == draw(index, of: .train))
      #expect(dataset.test.bytes(of: index) == draw(index, of: .test))
    }
    #expect(draw(0, of: .train) != draw(0, of: .test))
    #expect(draw(0, of: .train) != draw(0, of: .train, seed: 1))
    #expect(draw(0, of: .train) != draw(10, of: .train))
  }

  @Test func noPixelIsConstantAndNoColorTellsTheClass() {
    let images = (0..<400).map { draw($0, of: .train) }
    for pixel in 0..<Glyphs.shape.count {
      #expect(images.contains { $0[pixel] != images[0][pixel] })
    }
    // Mean brightness over 40 images of a class has a standard error of about 5.
    for channel in 0..<3 {
      let means = (0..<10).map { label in
        let plane = stride(from: label, to: 400, by: 10).flatMap {
          images[$0][(1024 * channel)..<(1024 * channel + 1024)]
        }
        return plane.reduce(0.0) { $0 + Double($1) } / Double(plane.count)
      }
      #expect(means.allSatisfy { abs($0 - 127.5) < 25 })
    }
  }

  @Test func classesAreBalanced() throws {
    let summary = try DatasetSummary(DatasetRequest(name: "glyphs"))
    #expect(summary.trainCount == 8000 && summary.testCount == 2000)
    #expect(summary.classNames.count == 10 && summary.shape == Glyphs.shape)
    #expect((0..<20).map(Glyphs.label) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  }

  /// Published figures depend on these bytes: a change to the drawing makes a new data set.
  @Test func theStandardSetIsPinned() {
    var hash = SHA256()
    for index in 0..<100 { hash.update(draw(index, of: .train) + draw(index, of: .test)) }
    let digest = hash.finalize().map { String(format: "%02x", $0) }.joined()
    #expect(digest == "5b874ecade936db3a0e09524cc03092f925c389240dab7d992ab4643eb1989bd")
  }
}
