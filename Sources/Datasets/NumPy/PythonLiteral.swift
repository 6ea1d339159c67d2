/// Reads the Python dictionary of a .npy header: text, booleans and tuples of whole numbers, and nothing else of Python.
struct PythonLiteral {
  private var rest: ArraySlice<UInt8>
  private let path: String

  /// - Parameter path: where `bytes` come from, for error messages.
  init(_ bytes: ArraySlice<UInt8>, path: String) {
    rest = bytes
    self.path = path
  }

  /// A dictionary with text as keys, padded with spaces and ended with a line feed.
  mutating func dictionary(
    _ value: (_ key: String, inout PythonLiteral) throws(DatasetError) -> Void
  ) throws(DatasetError) {
    try expect("{")
    while !take("}") {
      let key = try text()
      try expect(":")
      try value(key, &self)
      guard take(",") else {
        try expect("}")
        break
      }
    }
    skipSpaces()
    guard rest.elementsEqual([UInt8(ascii: "\n")]) else { throw error(found, accepted: "a line feed at the end") }
  }

  /// Text in single or double quotes, without escapes.
  mutating func text() throws(DatasetError) -> String {
    let quote: Character = take("\"") ? "\"" : "'"
    if quote == "'" { try expect("'") }
    guard let end = rest.firstIndex(of: quote.asciiValue ?? 0), !rest[..<end].contains(UInt8(ascii: "\\")),
      let text = String(validating: rest[..<end], as: UTF8.self)
    else { throw error("text without an end", accepted: "text in quotes") }
    rest = rest[rest.index(after: end)...]
    return text
  }

  mutating func boolean() throws(DatasetError) -> Bool {
    skipSpaces()
    for (word, value) in [("True", true), ("False", false)] where rest.starts(with: word.utf8) {
      rest = rest.dropFirst(word.utf8.count)
      return value
    }
    throw error(found, accepted: "True or False")
  }

  /// Whole numbers from 0 up; a tuple of one has a comma.
  mutating func tuple() throws(DatasetError) -> [Int] {
    try expect("(")
    var numbers: [Int] = []
    while !take(")") {
      numbers.append(try number())
      guard take(",") else {
        guard numbers.count > 1 else { throw error(found, accepted: "a comma, as in a tuple of one number") }
        try expect(")")
        break
      }
    }
    return numbers
  }

  var isAtList: Bool { rest.first { $0 != UInt8(ascii: " ") } == UInt8(ascii: "[") }

  private mutating func number() throws(DatasetError) -> Int {
    skipSpaces()
    let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard let number = Int(String(decoding: digits, as: UTF8.self)) else {
      throw error(found, accepted: "a whole number")
    }
    rest = rest[digits.endIndex...]
    return number
  }

  private mutating func expect(_ character: Character) throws(DatasetError) {
    guard take(character) else { throw error(found, accepted: "\"\(character)\"") }
  }

  private mutating func take(_ character: Character) -> Bool {
    skipSpaces()
    guard rest.first == character.asciiValue else { return false }
    rest = rest.dropFirst()
    return true
  }

  private mutating func skipSpaces() { rest = rest.drop { $0 == UInt8(ascii: " ") } }

  private var found: String {
    rest.first.map { (0x20..<0x7F).contains($0) ? "\"\(Character(Unicode.Scalar($0)))\"" : "byte \($0)" } ?? "an end"
  }

  func error(_ found: String, accepted: String) -> DatasetError {
    DatasetError(.content, "NumPy array \(path) has \(found) in its header; accepted in that place: \(accepted).")
  }
}
