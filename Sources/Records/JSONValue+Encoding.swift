import Foundation

extension JSONValue {
  /// Encodes `value`, into what its JSON text would be read as.
  ///
  /// - Throws: `EncodingError` for what JSON has no form for: a number that is not finite, and `Data` and `Decimal`.
  package init(encoding value: some Encodable) throws {
    let place = Place()
    try place.encode(value, at: [])
    self = place.value
  }
}

/// Where a value is put together.
private final class Place {
  private var content = Content.empty

  private enum Content {
    case empty
    case leaf(JSONValue)
    case array([Place])
    case object([String: Place])
  }

  var value: JSONValue {
    switch content {
    // As `JSONEncoder` has it.
    case .empty: .object([:])
    case .leaf(let value): value
    case .array(let places): .array(places.map(\.value))
    case .object(let places): .object(places.mapValues(\.value))
    }
  }

  func put(_ value: JSONValue) { content = .leaf(value) }

  func encode(_ value: some Encodable, at path: [any CodingKey]) throws {
    switch value {
    case let value as any BinaryInteger & Encodable: put(.init(value))
    case let value as Double: try put(number(value, at: path))
    case let value as Float: try put(number(value, at: path))
    case let value as String: put(.string(value))
    case let value as Bool: put(.bool(value))
    case let value as JSONValue: put(value.asRead)
    case is Data, is Decimal: throw refusal(of: value, at: path)
    case let value as URL: put(.string(value.absoluteString))
    default: try value.encode(to: PlaceEncoder(place: self, codingPath: path))
    }
  }

  /// A `Float` has fewer digits in text than the `Double` of the same value.
  func number(_ value: some BinaryFloatingPoint & LosslessStringConvertible, at path: [any CodingKey]) throws
    -> JSONValue
  {
    guard value.isFinite, let number = Double(value.description) else { throw refusal(of: value, at: path) }
    return .init(number)
  }

  private func refusal(of value: Any, at path: [any CodingKey]) -> EncodingError {
    EncodingError.invalidValue(value, .init(codingPath: path, debugDescription: "JSON has no form for it"))
  }

  /// The place of a member; a container that is asked for again goes on.
  func member(_ name: String) -> Place {
    var places = if case .object(let places) = content { places } else { [String: Place]() }
    if let place = places[name] { return place }
    let place = Place()
    content = .empty
    places[name] = place
    content = .object(places)
    return place
  }

  func beginObject() { if case .object = content {} else { content = .object([:]) } }
  func beginArray() { if case .array = content {} else { content = .array([]) } }

  var count: Int { if case .array(let places) = content { places.count } else { 0 } }

  func appended() -> Place {
    let place = Place()
    var places = if case .array(let places) = content { places } else { [Place]() }
    content = .empty
    places.append(place)
    content = .array(places)
    return place
  }
}

extension JSONValue {
  /// Text does not tell 1.0 from 1.
  fileprivate init(_ number: Double) { self = Int(exactly: number).map(JSONValue.integer) ?? .number(number) }

  fileprivate init(_ value: some BinaryInteger) {
    self = Int(exactly: value).map(JSONValue.integer) ?? .number(Double(value))
  }

  /// As its text is read.
  fileprivate var asRead: JSONValue {
    switch self {
    case .number(let value): value.isFinite ? .init(value) : .null
    case .array(let values): .array(values.map(\.asRead))
    case .object(let members): .object(members.mapValues(\.asRead))
    case .null, .bool, .integer, .string: self
    }
  }
}

private struct PlaceEncoder: Encoder {
  let place: Place
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    place.beginObject()
    return KeyedEncodingContainer(Members<Key>(place: place, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    place.beginArray()
    return Elements(place: place, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { Leaf(place: place, codingPath: codingPath) }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let place: Place
  let codingPath: [any CodingKey]

  mutating func encodeNil(forKey key: Key) { place.member(key.stringValue).put(.null) }

  mutating func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    try place.member(key.stringValue).encode(value, at: codingPath + [key])
  }

  private func encoder(for key: any CodingKey) -> PlaceEncoder {
    PlaceEncoder(place: place.member(key.stringValue), codingPath: codingPath + [key])
  }

  mutating func nestedContainer<Inner: CodingKey>(
    keyedBy type: Inner.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Inner> { encoder(for: key).container(keyedBy: type) }

  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder(for: key).unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder { encoder(for: SuperKey.super) }
  mutating func superEncoder(forKey key: Key) -> any Encoder { encoder(for: key) }
}

private enum SuperKey: String, CodingKey { case `super` }

private struct Elements: UnkeyedEncodingContainer {
  let place: Place
  let codingPath: [any CodingKey]
  var count: Int { place.count }

  mutating func encodeNil() { place.appended().put(.null) }

  mutating func encode<Value: Encodable>(_ value: Value) throws { try place.appended().encode(value, at: codingPath) }

  private func encoder() -> PlaceEncoder { PlaceEncoder(place: place.appended(), codingPath: codingPath) }

  mutating func nestedContainer<Inner: CodingKey>(keyedBy type: Inner.Type) -> KeyedEncodingContainer<Inner> {
    encoder().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }
  mutating func superEncoder() -> any Encoder { encoder() }
}

private struct Leaf: SingleValueEncodingContainer {
  let place: Place
  let codingPath: [any CodingKey]

  mutating func encodeNil() { place.put(.null) }
  mutating func encode<Value: Encodable>(_ value: Value) throws { try place.encode(value, at: codingPath) }
}
