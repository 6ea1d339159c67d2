/// One line of a transcript's script, cut into words: `name` words, `key=value` pairs and one sentence in quotes.
struct TranscriptLine {
  struct Misread: Error, CustomStringConvertible {
    let description: String
  }

  let text: String
  private(set) var words: [String] = []
  private(set) var sentence: String?
  private var values: [String: String] = [:]

  init(_ text: String) {
    self.text = text
    let parts = text.split(separator: "\"", maxSplits: 1)
    if parts.count == 2 { sentence = String(parts[1].dropLast()) }
    for word in (parts.first ?? "").split(separator: " ") {
      let pair = word.split(separator: "=", maxSplits: 1)
      if pair.count == 2 { values[String(pair[0])] = String(pair[1]) } else { words.append(String(word)) }
    }
  }

  func misread(_ reason: String) -> Misread { Misread(description: "\(reason): \(text)") }

  /// The text after `key=`; `standard` where the line has no such pair.
  func text(_ key: String, or standard: String? = nil) throws -> String {
    guard let text = values[key] ?? standard else { throw misread("\(key)= is missing") }
    return text
  }

  func number<Number: LosslessStringConvertible>(_ key: String, or standard: Number? = nil) throws -> Number {
    if let standard, values[key] == nil { return standard }
    guard let number = Number(try text(key)) else { throw misread("\(key)= is no number") }
    return number
  }

  func word(_ index: Int) throws -> String {
    guard words.indices.contains(index) else { throw misread("a word is missing") }
    return words[index]
  }

  func number<Number: LosslessStringConvertible>(word index: Int) throws -> Number {
    guard let number = Number(try word(index)) else { throw misread("\(try word(index)) is no number") }
    return number
  }

  /// The sentence in quotes.
  func quoted() throws -> String {
    guard let sentence else { throw misread("a sentence in quotes is missing") }
    return sentence
  }
}
