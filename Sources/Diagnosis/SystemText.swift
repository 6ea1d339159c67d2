import Foundation

/// The text of a file of the system, such as `/proc/meminfo`; `nil` if it cannot be read.
package typealias SystemText = (_ path: String) -> String?

package func systemText(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

/// Bytes as a person reads them: `512 MiB`, `7.6 GiB`.
func bytes(_ count: UInt64) -> String {
  let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
  var (value, unit) = (Double(count), 0)
  while value >= 1024, unit < units.count - 1 { (value, unit) = (value / 1024, unit + 1) }
  let digits = value < 10 && unit > 0 && value != value.rounded() ? 1 : 0
  return
    "\(value.formatted(.number.precision(.fractionLength(digits)).grouping(.never).locale(.init(identifier: "en")))) \(units[unit])"
}
