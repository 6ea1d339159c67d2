import CTareMessages

/// An integer field: its name on the wire and its accepted range, the same in both directions.
struct IntegerField: Sendable {
  let name: String
  let range: ClosedRange<Int>

  init(_ name: String, in range: ClosedRange<Int>) {
    self.name = name
    self.range = range
  }

  func read(_ wire: some FixedWidthInteger) throws(MessageError) -> Int {
    guard let value = Int(exactly: wire), range.contains(value) else { throw refusal(of: "\(wire)") }
    return value
  }

  func write<Wire: FixedWidthInteger>(_ value: Int) throws(MessageError) -> Wire {
    guard range.contains(value), let wire = Wire(exactly: value) else { throw refusal(of: "\(value)") }
    return wire
  }

  private func refusal(of value: String) -> MessageError {
    .malformed("\(name) is \(value); accepted are \(range.lowerBound) to \(range.upperBound)")
  }
}

/// A reading of a clock, or a difference of two; the same check in both directions.
struct SecondsField: Sendable {
  let name: String

  init(_ name: String) { self.name = name }

  func read(_ seconds: Double) throws(MessageError) -> Double {
    guard abs(seconds) <= Limits.seconds else {
      throw .malformed("\(name) is \(seconds); accepted are \(-Limits.seconds) to \(Limits.seconds)")
    }
    return seconds
  }
}

/// A list of arbitrary doubles; its length is checked before anything is allocated.
struct NumberListField: Sendable {
  let length: IntegerField

  init(_ name: String, limit: Int) { length = IntegerField("the length of \(name)", in: 0...limit) }

  func read(_ wire: UnsafePointer<Double>?, count: Int) throws(MessageError) -> [Double] {
    let count: Int = try length.read(count)
    return unsafe Array(UnsafeBufferPointer(start: wire, count: wire == nil ? 0 : count))
  }

  func write(_ numbers: [Double], in draft: Draft) throws(MessageError) -> UnsafeMutablePointer<Double> {
    let count: Int = try length.write(numbers.count)
    let list: UnsafeMutablePointer<Double> = unsafe draft.list(of: count)
    for (index, number) in numbers.enumerated() { unsafe list[index] = number }
    return unsafe list
  }
}

/// A list of whole numbers; its length is checked before anything is allocated.
struct IntegerListField: Sendable {
  let length: IntegerField
  let element: IntegerField

  init(_ name: String, limit: Int, in range: ClosedRange<Int>) {
    length = IntegerField("the length of \(name)", in: 0...limit)
    element = IntegerField(name, in: range)
  }

  func read(_ wire: UnsafePointer<UInt64>?, count: Int) throws(MessageError) -> [Int] {
    let count: Int = try length.read(count)
    var numbers: [Int] = []
    guard let wire = unsafe wire else { return [] }
    for index in 0..<count { numbers.append(try unsafe element.read(wire[index])) }
    return numbers
  }

  func write(_ numbers: [Int], in draft: Draft) throws(MessageError) -> UnsafeMutablePointer<UInt64> {
    let count: Int = try length.write(numbers.count)
    let list: UnsafeMutablePointer<UInt64> = unsafe draft.list(of: count)
    for (index, number) in numbers.enumerated() { unsafe list[index] = try element.write(number) }
    return unsafe list
  }
}

/// UTF-8 text without NUL.
struct TextField: Sendable {
  let name: String
  let limit: Int

  init(_ name: String, limit: Int = Limits.name) {
    self.name = name
    self.limit = limit
  }

  func read(_ wire: UnsafePointer<CChar>?) throws(MessageError) -> String {
    guard let wire = unsafe wire else { throw .malformed("\(name) is missing") }
    guard let text = unsafe String(validatingCString: wire) else { throw .malformed("\(name) is not UTF-8") }
    try check(text)
    return text
  }

  func write(_ text: String, in draft: Draft) throws(MessageError) -> UnsafeMutablePointer<CChar> {
    guard !text.utf8.contains(0) else { throw .malformed("\(name) contains NUL") }
    try check(text)
    return unsafe draft.text(text)
  }

  private func check(_ text: String) throws(MessageError) {
    guard text.utf8.count <= limit else {
      throw .malformed("\(name) has \(text.utf8.count) bytes; accepted are at most \(limit)")
    }
  }
}

/// A human-readable sentence. Its text may come from any source, so it is truncated rather than refused.
struct SentenceField: Sendable {
  let name: String

  init(_ name: String) { self.name = name }

  func read(_ wire: UnsafePointer<CChar>?) throws(MessageError) -> String {
    try unsafe TextField(name, limit: Limits.sentence).read(wire)
  }

  func write(_ sentence: String, in draft: Draft) -> UnsafeMutablePointer<CChar> {
    var kept = sentence.prefix { $0 != "\0" }
    if kept.utf8.count > Limits.sentence {
      let end = kept.utf8.index(kept.startIndex, offsetBy: Limits.sentence)
      kept = kept[..<(kept.indices.last { $0 <= end } ?? kept.startIndex)]
    }
    return unsafe draft.text(kept)
  }
}

/// One of a few named values; 0 is unspecified and refused, like every number unknown to this version.
struct ChoiceField<Choice: Hashable & Sendable, Wire: RawRepresentable & Sendable>: Sendable
where Wire.RawValue == UInt32 {
  let name: String
  let choices: [(Choice, Wire)]

  init(_ name: String, _ choices: [(Choice, Wire)]) {
    self.name = name
    self.choices = choices
  }

  func read(_ wire: Wire) throws(MessageError) -> Choice {
    guard let (choice, _) = choices.first(where: { $0.1.rawValue == wire.rawValue }) else {
      let accepted = choices.map { "\($0.1.rawValue) (\($0.0))" }.joined(separator: ", ")
      throw .malformed("\(name) is \(wire.rawValue); accepted are \(accepted)")
    }
    return choice
  }

  func write(_ choice: Choice) -> Wire {
    guard let (_, wire) = choices.first(where: { $0.0 == choice }) else {
      preconditionFailure("\(name) has no number for \(choice)")
    }
    return wire
  }
}
