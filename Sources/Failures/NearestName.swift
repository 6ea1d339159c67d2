/// The valid name that a mistyped one was probably meant to be.
package enum NearestName {
  /// The candidate at the smallest distance, the first one in case of a tie; `nil` if that is more than half the name's
  /// length.
  ///
  /// Ignores case, `-` and `_`.
  package static func of(_ name: String, in candidates: [String]) -> String? {
    let typed = plain(name)
    let ranked = candidates.map { (candidate: $0, distance: distance(typed, plain($0))) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance * 2 <= max(typed.count, 2) ? best.candidate : nil
  }

  /// The error message for a name that is not in `accepted`, with the nearest accepted name.
  package static func refusal(of what: String, _ name: String, accepted: [String]) -> String {
    let suggestion = of(name, in: accepted).map { "; did you mean \"\($0)\"?" } ?? "."
    return "\(what) \"\(name)\" is unknown\(suggestion) Accepted: \(accepted.joined(separator: ", "))."
  }

  /// Damerau–Levenshtein distance, restricted: insertions, deletions, substitutions and swaps of neighbors, each 1,
  /// no part edited twice.
  ///
  /// - Source: Damerau 1964, doi:10.1145/363958.363994.
  package static func distance(_ a: String, _ b: String) -> Int { distance(Array(a), Array(b)) }

  private static func plain(_ name: String) -> [Character] { name.lowercased().filter { $0 != "-" && $0 != "_" } }

  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var best = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforeLast[j - 1] + 1) }
        row.append(best)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
