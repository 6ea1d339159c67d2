/// A member of a spec's JSON: one part of a field's path.
struct SpecKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) { stringValue = name }
  init?(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { nil }
}

typealias SpecContainer = KeyedDecodingContainer<SpecKey>

extension SpecContainer {
  /// Where the value at a dotted path lies; `nil` if there is none.
  func place(of path: String) throws -> (SpecContainer, SpecKey)? {
    var (container, parts) = (self, path.split(separator: ".").map { SpecKey(String($0)) })
    guard let last = parts.popLast() else { return nil }
    for part in parts {
      guard container.contains(part) else { return nil }
      container = try container.nestedContainer(keyedBy: SpecKey.self, forKey: part)
    }
    return container.contains(last) ? (container, last) : nil
  }
}

/// A spec as records and messages hold it: an object nested at the dots of the fields' paths, nulls left out.
///
/// Reads what this version writes and what earlier ones did. Values are taken as they are; `validate()` checks them.
extension RunSpec: Codable {
  package init(from decoder: any Decoder) throws {
    let record = try decoder.container(keyedBy: SpecKey.self)
    self.init()
    for field in SpecField.all { try field.decode(from: record, to: &self) }
  }

  package func encode(to encoder: any Encoder) throws {
    var record = encoder.container(keyedBy: SpecKey.self)
    for field in SpecField.all { try field.encode(self, to: &record) }
  }
}
