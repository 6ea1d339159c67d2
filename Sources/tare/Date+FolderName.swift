import Foundation

extension Date {
  /// Local time as part of a folder's name, such as `20261123-180841`.
  var folderName: String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "yyyyMMdd-HHmmss"
    return formatter.string(from: self)
  }
}
