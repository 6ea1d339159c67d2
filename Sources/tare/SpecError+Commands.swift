import Specification

extension SpecError {
  /// The same with the command or the flag that it suggests.
  var spelled: SpecError {
    switch suggestion {
    case .listFields: adding("\"tare fields\" lists them all.")
    case .nameSweepFolder: adding("--output names the folder of the sweep.")
    case .giveField:
      if let field, let flag = SpecField.known(field)?.flags.first, sentence.hasPrefix(field) {
        saying("\(field) (--\(flag))\(sentence.dropFirst(field.count))")
      } else {
        self
      }
    case nil: self
    }
  }

  /// The sentence may end with a question.
  private func adding(_ clause: String) -> SpecError {
    saying(sentence.hasSuffix(".") ? "\(sentence.dropLast()); \(clause)" : "\(sentence) \(clause)")
  }
}
