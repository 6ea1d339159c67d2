import ArgumentParser
import Specification

extension ParsableArguments {
  /// The fields given by the flags among the properties, in the order of the properties.
  var given: [Assignment] {
    Mirror(reflecting: self).children.flatMap { property -> [Assignment] in
      guard let flag = property.value as? any FieldFlag else { return [] }
      return flag.given(by: String(property.label?.drop { $0 == "_" } ?? ""))
    }
  }
}

/// The wrapper of a property that is the flag of a field.
private protocol FieldFlag {
  /// - Parameter name: of the property.
  func given(by name: String) -> [Assignment]
}

extension Option: FieldFlag {
  /// A field given once, or a list field, whose values add up.
  fileprivate func given(by name: String) -> [Assignment] {
    switch wrappedValue as Any {
    case let one as Assignment: [one]
    case let several as [Assignment]:
      several.first.map { [Assignment(path: $0.path, value: .list(several.map(\.value.text)))] } ?? []
    default: []
    }
  }
}

extension Flag: FieldFlag {
  /// A true-or-false field, found by its flag, which has the property's name.
  fileprivate func given(by name: String) -> [Assignment] {
    guard wrappedValue as? Bool == true else { return [] }
    return SpecField.all.filter { $0.flags.contains(name) }.map { Assignment(path: $0.path, value: .boolean(true)) }
  }
}
