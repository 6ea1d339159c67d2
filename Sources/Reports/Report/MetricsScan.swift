import Foundation

/// Goes through lines of `metrics.csv` and stops at those that a report needs.
@safe struct MetricsScan {
  enum Quantity: Equatable {
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

  /// `metric,statistic` as they stand in the file.
  private static let wanted: [(key: [UInt8], quantity: Quantity)] = {
    let names: [(String, Quantity)] = [
      ("trainLoss,mean", .trainLoss), ("learningRate,last", .learningRate), ("weightNorm,p50", .layer(.norm)),
      ("predictedNorm,p10", .layer(.predictedNormLow)), ("predictedNorm,p90", .layer(.predictedNormHigh)),
      ("effectiveLearningRate,p50", .layer(.rate)), ("angularUpdate,rms", .layer(.angle)),
      ("predictedAngularUpdate,rms", .layer(.predictedAngle)),
    ]
    return names.map { (Array($0.0.utf8), $0.1) }
  }()

  private static let comma = UInt8(ascii: ",")

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
      else {
        continue
      }
      let text = unsafe String(decoding: bytes[(afterStatistic + 1)..<end], as: UTF8.self)
      return Row(
        layer: unsafe String(decoding: bytes[(afterStep + 1)..<afterLayer], as: UTF8.self), quantity: found.quantity,
        value: Double(text) ?? .nan)
    }
    return nil
  }

  /// The step of the line that begins at `start`.
  static func step(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Int? {
    var (index, step) = (start, 0)
    while unsafe index < bytes.count && bytes[index] != comma {
      let digit = unsafe Int(bytes[index]) - 48
      guard 0...9 ~= digit, step < 1 << 50 else { return nil }
      step = step * 10 + digit
      index += 1
    }
    return index > start && index < bytes.count ? step : nil
  }

  /// Runs of lines of one step, from `start` on. A step may have several: evaluations report later than windows.
  static func windows(_ bytes: UnsafeRawBufferPointer, from start: Int) -> [(step: Int, bytes: Range<Int>)] {
    var windows: [(step: Int, bytes: Range<Int>)] = []
    var line = start
    while line < bytes.count, let step = unsafe step(bytes, at: line) {
      let end = unsafe min(lineEnd(bytes, from: line) + 1, bytes.count)
      if let last = windows.last, last.step == step {
        windows[windows.count - 1].bytes = last.bytes.lowerBound..<end
      } else {
        windows.append((step, line..<end))
      }
      line = end
    }
    return windows
  }

  /// About `count` of the windows, at even places of a file that has many more; the first and the last are among them.
  static func someWindows(
    _ bytes: UnsafeRawBufferPointer, from start: Int, count: Int
  ) -> [(step: Int, bytes: Range<Int>)] {
    var windows: [(step: Int, bytes: Range<Int>)] = []
    for place in 0..<count {
      // A window's length before the end, the last place still finds a beginning.
      let length = windows.last?.bytes.count ?? 0
      let last = max(start, bytes.count - 3 * length / 2)
      let from = place == count - 1 ? last : start + (bytes.count - start) / count * place
      guard let window = unsafe window(bytes, near: from, isBeginning: from == start) else { continue }
      if windows.last.map({ $0.bytes.lowerBound < window.bytes.lowerBound }) ?? true { windows.append(window) }
    }
    return windows
  }

  /// The first window that begins behind `place`, or there.
  private static func window(
    _ bytes: UnsafeRawBufferPointer, near place: Int, isBeginning: Bool
  ) -> (step: Int, bytes: Range<Int>)? {
    var line = isBeginning ? place : unsafe lineEnd(bytes, from: place) + 1
    guard let before = unsafe step(bytes, at: line) else { return nil }
    if !isBeginning {
      while line < bytes.count, unsafe step(bytes, at: line) == before { line = unsafe lineEnd(bytes, from: line) + 1 }
    }
    guard line < bytes.count, let own = unsafe step(bytes, at: line) else { return nil }
    var end = line
    while end < bytes.count, unsafe step(bytes, at: end) == own {
      end = unsafe min(lineEnd(bytes, from: end) + 1, bytes.count)
    }
    return (own, line..<end)
  }

  private static func lineEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
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
