/// A request for which the client has sent its line and its fields, both within the daemon's limit.
package struct Request: Sendable {
  package let method: String
  /// Decoded, without the query.
  package let path: String
  /// In the order in which they came.
  package let fields: [Field]

  /// The values of every field of that name, whatever its case.
  package func values(of name: String) -> [String] {
    fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
  }
}

/// A header field.
package struct Field: Hashable, Sendable {
  package let name: String
  package let value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
