extension FilterWindow {
  /// Doubles in the serialized form: one for each stored property, in declaration order.
  package static var doubleCount: Int { MemoryLayout<FilterWindow>.size / MemoryLayout<Double>.size }

  /// Writes `doubleCount` numbers.
  package func write(to numbers: UnsafeMutablePointer<Double>) {
    unsafe UnsafeMutableRawPointer(numbers).assumingMemoryBound(to: FilterWindow.self).update(from: [self], count: 1)
  }

  /// Reads `doubleCount` numbers, of any value.
  package init(from numbers: UnsafePointer<Double>) {
    self = unsafe UnsafeRawPointer(numbers).loadUnaligned(as: FilterWindow.self)
  }

  /// The serialized form.
  package var numbers: [Double] {
    unsafe [Double](unsafeUninitializedCapacity: Self.doubleCount) { room, count in
      guard let start = room.baseAddress else { return }
      unsafe write(to: start)
      count = Self.doubleCount
    }
  }

  /// - Parameter numbers: `doubleCount` numbers, of any value.
  package init(_ numbers: ArraySlice<Double>) {
    precondition(numbers.count == Self.doubleCount, "\(numbers.count) numbers for a window of \(Self.doubleCount)")
    self = unsafe numbers.withUnsafeBytes { unsafe $0.loadUnaligned(as: FilterWindow.self) }
  }
}
