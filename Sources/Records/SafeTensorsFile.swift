package import Foundation
package import Parameters

/// A safetensors file opened for reading; header and bounds are checked before any tensor is read.
package struct SafeTensorsFile: Sendable {
  /// One tensor of the file.
  package struct Entry: Hashable, Sendable {
    package let name: String
    package let encoding: SafeTensorsEncoding
    package let extents: [Int]
    /// Bytes, counted from the end of the header.
    let range: Range<Int>

    package var byteCount: Int { range.count }

    /// Of a tensor in an encoding of `SafeTensorsEncoding.own`.
    package var elementType: ElementType { encoding == .float64 ? .float64 : .float32 }
  }

  /// In the order of their offsets.
  package let entries: [Entry]
  package let metadata: [String: String]
  private let tensorBytes: Data

  /// Maps the file at `path`.
  ///
  /// - Parameter encodings: of the tensors that it may have.
  /// - Throws: `RecordError` for a file that cannot be read, and as `init(decoding:named:)`.
  package init(
    _ path: String, accepting encodings: Set<SafeTensorsEncoding> = SafeTensorsEncoding.own
  ) throws(RecordError) {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    } catch { throw RecordError(.system(EIO), "Cannot read \(path): \(error.localizedDescription)") }
    try self.init(decoding: data, named: path, accepting: encodings)
  }

  /// Reads the bytes of a file.
  /// - Parameters:
  ///   - data: with indices from 0.
  ///   - path: the file's name, for messages.
  ///   - encodings: of the tensors that it may have.
  /// - Throws: `RecordError` for a header that does not fit the file or is not the JSON of the format, another
  ///   encoding, and tensors that overlap or leave gaps.
  package init(
    decoding data: Data, named path: String, accepting encodings: Set<SafeTensorsEncoding> = SafeTensorsEncoding.own
  ) throws(RecordError) {
    guard data.count >= 8 else { throw Self.tooShort(data.count, path) }
    let length = try Self.headerLength(data.prefix(8), fileLength: data.count, named: path)
    tensorBytes = data.dropFirst(8 + length)
    (entries, metadata) = try Self.content(
      of: data[8..<(8 + length)], tensorByteCount: tensorBytes.count, named: path, accepting: encodings)
  }

  static func tooShort(_ count: Int, _ path: String) -> RecordError {
    RecordError(.content, "Safetensors file \(path) has \(count) bytes; at least 8 are accepted.")
  }

  /// - Parameter first: the file's first 8 bytes.
  static func headerLength(
    _ first: some Collection<UInt8>, fileLength: Int, named path: String
  ) throws(RecordError) -> Int {
    let length = Array(first).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= fileLength - 8 else {
      throw RecordError(
        .content, "Safetensors file \(path) claims a header of \(length) bytes; \(fileLength - 8) are there.")
    }
    return Int(length)
  }

  /// What a header says, checked.
  static func content(
    of json: Data, tensorByteCount: Int, named path: String,
    accepting encodings: Set<SafeTensorsEncoding> = SafeTensorsEncoding.own
  ) throws(RecordError) -> (entries: [Entry], metadata: [String: String]) {
    func refuse(_ reason: String) -> RecordError { RecordError(.content, "Safetensors file \(path) \(reason).") }
    let header: [String: SafeTensorsHeaderMember]
    do {
      header = try JSONDecoder().decode([String: SafeTensorsHeaderMember].self, from: json)
    } catch { throw refuse("has a header that is not the JSON of the format") }

    var metadata: [String: String] = [:]
    var entries: [Entry] = []
    for (name, member) in header {
      switch member {
      case .metadata(let pairs):
        guard name == SafeTensors.metadataKey else { throw refuse("describes tensor \(name) without dtype and shape") }
        metadata = pairs
      case .tensor(let dtype, let extents, let offsets):
        guard let encoding = SafeTensorsEncoding(rawValue: dtype), encodings.contains(encoding) else {
          let accepted = encodings.filter(\.isConverted).map(\.rawValue).sorted().joined(separator: ", ")
          throw refuse("stores tensor \(name) as \(dtype); accepted: \(accepted)")
        }
        guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= tensorByteCount else {
          throw refuse("places tensor \(name) at bytes \(offsets), outside its \(tensorByteCount)")
        }
        guard byteCount(extents, of: encoding) == offsets[1] - offsets[0] else {
          throw refuse("gives tensor \(name) of \(extents) \(offsets[1] - offsets[0]) bytes")
        }
        entries.append(Entry(name: name, encoding: encoding, extents: extents, range: offsets[0]..<offsets[1]))
      }
    }
    entries.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
    var end = 0
    for entry in entries {
      guard entry.range.lowerBound == end else { throw refuse("has a gap or an overlap before tensor \(entry.name)") }
      end = entry.range.upperBound
    }
    guard end == tensorByteCount else { throw refuse("has \(tensorByteCount - end) bytes after its last tensor") }
    return (entries, metadata)
  }

  /// `nil` for a negative extent or more than `Int` can count.
  private static func byteCount(_ extents: [Int], of encoding: SafeTensorsEncoding) -> Int? {
    var count = encoding.byteCount
    for extent in extents {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, extent >= 0 else { return nil }
      count = product
    }
    return count
  }

  package func entry(named name: String) -> Entry? { entries.first { $0.name == name } }

  /// The elements of `entry`, converted to `Scalar` if the file has another type.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func elements<Scalar: KernelScalar>(of entry: Entry, as _: Scalar.Type = Scalar.self) -> [Scalar] {
    switch entry.elementType {
    case .float32: load(entry, as: Float.self).map(Scalar.init)
    case .float64: load(entry, as: Double.self).map(Scalar.init)
    }
  }

  /// The elements of `entry`, each exactly as a `Double`.
  ///
  /// - Parameter range: some of them only.
  package func wideElements(of entry: Entry, in range: Range<Int>? = nil) -> [Double] {
    switch entry.encoding {
    case .float32:
      unsafe load(entry, range, as: Float.self).withUnsafeBufferPointer { elements in
        unsafe elements.baseAddress.map { unsafe Float.widened($0, count: elements.count) } ?? []
      }
    case .float64: load(entry, range, as: Double.self)
    case .float16: load(entry, range, as: Float16.self).map(Double.init)
    case .bfloat16:
      load(entry, range, as: UInt16.self).map { Double(Float(bitPattern: UInt32($0) << 16)) }
    default: preconditionFailure("\(entry.name) is of a type that is not converted")
    }
  }

  /// The bytes of `entry` as they are stored, little-endian.
  ///
  /// - Parameter range: some of them only.
  package func bytes(of entry: Entry, in range: Range<Int>? = nil) -> [UInt8] { Array(slice(entry, range)) }

  private func slice(_ entry: Entry, _ range: Range<Int>?) -> Data {
    let range = range ?? 0..<entry.range.count
    precondition(0 <= range.lowerBound && range.upperBound <= entry.range.count, "\(range) of \(entry.name)")
    return tensorBytes.dropFirst(entry.range.lowerBound + range.lowerBound).prefix(range.count)
  }

  /// - Parameter range: of the elements.
  private func load<Stored>(_ entry: Entry, _ range: Range<Int>? = nil, as _: Stored.Type) -> [Stored] {
    let size = MemoryLayout<Stored>.stride
    let bytes = slice(entry, range.map { $0.lowerBound * size..<$0.upperBound * size })
    return unsafe Array(unsafeUninitializedCapacity: bytes.count / size) { room, count in
      unsafe bytes.copyBytes(to: UnsafeMutableRawBufferPointer(room))
      count = room.count
    }
  }
}

/// A member of the header.
enum SafeTensorsHeaderMember: Decodable {
  case tensor(dtype: String, extents: [Int], offsets: [Int])
  case metadata([String: String])

  private enum CodingKeys: String, CodingKey {
    case dtype, shape, offsets = "data_offsets"
  }

  init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: CodingKeys.self),
      let extents = try? container.decode([Int].self, forKey: .shape)
    {
      self = .tensor(
        dtype: try container.decode(String.self, forKey: .dtype), extents: extents,
        offsets: try container.decode([Int].self, forKey: .offsets))
    } else {
      self = .metadata(try decoder.singleValueContainer().decode([String: String].self))
    }
  }
}
