/// Locates the rows of each step.
extension MetricsScan {
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
      let from = place > 0 && place == count - 1 ? last : start + (bytes.count - start) / count * place
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
}
