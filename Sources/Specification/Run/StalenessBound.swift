/// How many versions a gradient may be behind the weights that it is applied to: 0 in a synchronous run.
package enum StalenessBound: Hashable, Sendable {
  case versions(Int)
  case unbounded

  /// `nil` for any number.
  package var versions: Int? {
    switch self {
    case .versions(let count): count
    case .unbounded: nil
    }
  }

  /// Far beyond the steps of any run.
  static let most = RunSpec.mostSteps

  var isAccepted: Bool { (0...Self.most).contains(versions ?? 0) }
}

/// A whole number or a word, in plans and in records.
extension StalenessBound: Codable {
  private static let word = "unbounded"

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let count = try? container.decode(Int.self) {
      self = .versions(count)
    } else if try container.decode(String.self) == Self.word {
      self = .unbounded
    } else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no number of versions")
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .versions(let count): try container.encode(count)
    case .unbounded: try container.encode(Self.word)
    }
  }
}

extension StalenessBound: FieldValue {
  static var kind: String { "a whole number or unbounded" }
  static var placeholder: String { "n" }

  init?(_ value: PlanValue) {
    if value.text == Self.word {
      self = .unbounded
    } else if let count = Int(value.text) {
      self = .versions(count)
    } else {
      return nil
    }
  }

  var planValue: PlanValue {
    switch self {
    case .versions(let count): .integer(count)
    case .unbounded: .text(Self.word)
    }
  }
}
