/// A name that an earlier version used and plans may still use.
package struct Renaming: Hashable, Sendable, CustomStringConvertible {
  package let former: String
  package let name: String
  /// Where the former name was written, if that is known.
  package let origin: String?

  package var description: String {
    (origin.map { "\($0): " } ?? "") + "\(former) is now called \(name); the old name is still accepted"
  }
}

extension Assignment {
  /// The former names that it uses, of the field and of its value.
  package var renamings: [Renaming] {
    guard let field = SpecField.known(path) else { return [] }
    var found: [Renaming] = []
    if let former = field.formerPaths.first(where: { $0 == path || $0 == path + ".name" }) {
      found.append(
        Renaming(former: path, name: path == former ? field.path : field.path.dropLast(".name"), origin: origin))
    }
    if field.path == "optimizer.name", let name = OptimizerSpec.Name(rawValue: value.text), name.rawValue != value.text
    {
      found.append(Renaming(former: value.text, name: name.rawValue, origin: origin))
    }
    return found
  }
}

extension String {
  fileprivate func dropLast(_ suffix: String) -> String { hasSuffix(suffix) ? String(dropLast(suffix.count)) : self }
}

extension Sequence<Assignment> {
  /// The former names that they use, each once.
  package var renamings: [Renaming] {
    var seen: Set<String> = []
    return flatMap(\.renamings).filter { seen.insert($0.former).inserted }
  }
}
