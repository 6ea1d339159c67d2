import EffectiveLearningRate
import Foundation

/// Iterates over the lines of `metrics.csv` that a report needs.
@safe struct MetricsScan {
  enum Quantity {
    case trainLoss, learningRate
    case layer(RunCurves.Curve)
  }

  struct Row {
    let layer: String
    let quantity: Quantity
    /// NaN where it is undefined.
    let value: Double
  }

  private let bytes: UnsafeRawBufferPointer
  private var start = 0

  /// By `metric,statistic` as in the file.
  private static let wanted: [(key: [UInt8], quantity: Quantity)] = {
    let rows: [(MetricName, Statistic, Quantity)] = [
      (TrainLoss.name, .mean, .trainLoss), (LearningRate.name, .last, .learningRate),
      (WeightNorm.name, .p50, .layer(.norm)), (PredictedNorm.name, .p50, .layer(.predictedNorm)),
      (PredictedNorm.name, .p10, .layer(.predictedNormLow)),
      (PredictedNorm.name, .p90, .layer(.predictedNormHigh)), (EffectiveRate.name, .p50, .layer(.rate)),
      (AngularUpdate.name, .rms, .layer(.angle)), (PredictedAngularUpdate.name, .rms, .layer(.predictedAngle)),
      (WireError.name, .layer, .layer(.wireError)), (WireErrorWeights.name, .layer, .layer(.wireErrorWeights)),
      (InEquilibrium.name, .layer, .layer(.inEquilibrium)),
      (EquilibriumTimeConstant.name, .layer, .layer(.timeConstant)),
    ]
    return rows.map { metric, statistic, quantity in (Array("\(metric),\(statistic.rawValue)".utf8), quantity) }
  }()

  static let comma = UInt8(ascii: ",")

  /// - Parameter bytes: whole lines, without the header, as long as the value lives.
  init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

  mutating func next() -> Row? {
    while unsafe start < bytes.count {
      let end = unsafe Self.lineEnd(bytes, from: start)
      defer { start = end + 1 }
      guard let afterStep = unsafe Self.comma(bytes, from: start, to: end),
        let afterLayer = unsafe Self.comma(bytes, from: afterStep + 1, to: end),
        let afterMetric = unsafe Self.comma(bytes, from: afterLayer + 1, to: end),
        let afterStatistic = unsafe Self.comma(bytes, from: afterMetric + 1, to: end)
      else { continue }
      let key = unsafe bytes[(afterLayer + 1)..<afterStatistic]
      guard let found = Self.wanted.first(where: { unsafe $0.key.count == key.count && key.elementsEqual($0.key) })
      else { continue }
      let text = unsafe String(decoding: bytes[(afterStatistic + 1)..<end], as: UTF8.self)
      return Row(
        layer: unsafe String(decoding: bytes[(afterStep + 1)..<afterLayer], as: UTF8.self), quantity: found.quantity,
        value: Double(text) ?? .nan)
    }
    return nil
  }

  /// The test errors of all evaluations. There may be few among millions of lines, so only a rare letter of their name is
  /// searched for.
  static func testErrors(_ bytes: UnsafeRawBufferPointer) -> [RunCurves.Evaluation] {
    let key = Array(",,\(TestError.name),\(Statistic.mean.rawValue),".utf8)
    let letter = UInt8(ascii: "E")
    guard let place = key.firstIndex(of: letter) else { return [] }
    var (found, start): ([RunCurves.Evaluation], Int) = ([], 0)
    while start < bytes.count, let base = bytes.baseAddress,
      let match = unsafe memchr(base + start, Int32(letter), bytes.count - start)
    {
      let begin = unsafe UnsafeRawPointer(match) - base - place
      start = begin + place + 1
      let end = begin + key.count
      guard begin > 0, end < bytes.count, unsafe bytes[begin..<end].elementsEqual(key) else { continue }
      var line = begin
      while unsafe line > 0 && bytes[line - 1] != 0x0A { line -= 1 }
      start = unsafe lineEnd(bytes, from: begin)
      // A line without its end is not whole.
      guard start < bytes.count, let step = unsafe step(bytes, at: line),
        let error = unsafe Double(String(decoding: bytes[end..<start], as: UTF8.self))
      else { continue }
      // A resumed run may have evaluated again.
      found.removeAll { $0.step >= step }
      found.append(RunCurves.Evaluation(step: step, testError: error))
    }
    return found
  }

  /// Where the line that `start` is in ends: its line feed, or the end of all.
  static func lineEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    guard start < bytes.count, let base = bytes.baseAddress,
      let found = unsafe memchr(base + start, 0x0A, bytes.count - start)
    else { return bytes.count }
    return unsafe UnsafeRawPointer(found) - base
  }

  private static func comma(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int? {
    guard start < end, let base = bytes.baseAddress,
      let found = unsafe memchr(base + start, Int32(comma), end - start)
    else { return nil }
    return unsafe UnsafeRawPointer(found) - base
  }
}
