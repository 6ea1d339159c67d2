/// A number with its noun: "1 run", "2 runs", "0 runs".
///
/// - Parameter plural: of a noun that takes no -s.
package func counted(_ number: Int, _ noun: String, plural: String? = nil) -> String {
  "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
}
