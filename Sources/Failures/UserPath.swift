import Glibc

/// A path as somebody wrote it, made one that the system understands: `~` is the home folder, and a relative path starts
/// at the working folder, or at the plan's folder if it stands in a plan.
///
/// A name is bytes: two paths are equal if their bytes are, even where Unicode calls different bytes one character.
package struct UserPath: Sendable, CustomStringConvertible {
  package let text: String

  /// - Parameters:
  ///   - folder: where a relative path starts; `nil` or empty: the working folder.
  ///   - home: the home folder; `nil` leaves `~` as it is.
  package init(_ text: String, in folder: String? = nil, home: String? = UserPath.home) {
    let bytes = text.utf8
    if let home, bytes.first == UInt8(ascii: "~"), bytes.count == 1 || bytes.dropFirst().first == UInt8(ascii: "/") {
      self.text = home + String(text.unicodeScalars.dropFirst())
    } else if let folder, !folder.isEmpty, !bytes.isEmpty, bytes.first != UInt8(ascii: "/") {
      self.text = folder.utf8.last == UInt8(ascii: "/") ? folder + text : "\(folder)/\(text)"
    } else {
      self.text = text
    }
  }

  package var description: String { text }

  /// The folder of the file, as it was written: empty for a plain name.
  package var folder: String {
    guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
    return slash == text.utf8.startIndex ? "/" : String(text[..<slash])
  }

  /// Without slashes at its end.
  package var trimmed: String {
    var bytes = text.utf8[...]
    while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    return String(Substring(bytes))
  }

  /// Of the user who runs the program.
  package static let home: String? = {
    if let variable = unsafe getenv("HOME"), unsafe variable.pointee != 0 { return unsafe String(cString: variable) }
    guard let entry = unsafe getpwuid(getuid()), let folder = unsafe entry.pointee.pw_dir else { return nil }
    return unsafe String(cString: folder)
  }()
}

extension UserPath: Hashable {
  package static func == (a: UserPath, b: UserPath) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

  package func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
  }
}

/// What users read about paths, in help and documentation.
package let pathConvention =
  "~ is the home folder; a relative path starts at the plan's folder if it stands in a plan, at the working folder "
  + "otherwise."
