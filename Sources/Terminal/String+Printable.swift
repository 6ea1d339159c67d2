extension String {
  /// The text without what a terminal would obey: control characters of names, paths and messages as `\\x1b`.
  ///
  /// - Parameter keepingLines: whether line feeds and tabs stay.
  package func printable(keepingLines: Bool = false) -> String {
    func isControl(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.generalCategory == .control && !(keepingLines && (scalar == "\n" || scalar == "\t"))
    }
    guard unicodeScalars.contains(where: isControl) else { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      if isControl(scalar) {
        let digits = String(scalar.value, radix: 16)
        text += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
  }
}
