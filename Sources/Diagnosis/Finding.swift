/// What one check of this machine has found.
package struct Finding: Hashable, Sendable, Encodable {
  /// From good to bad.
  package enum Status: String, Hashable, Sendable, Encodable, CaseIterable { case ok, warning, problem }

  /// What was checked.
  package let check: String
  package let status: Status
  package let found: String
  /// What to do; `nil` if all is well.
  package let advice: String?

  static func ok(_ check: String, _ found: String) -> Finding {
    Finding(check: check, status: .ok, found: found, advice: nil)
  }

  static func warning(_ check: String, _ found: String, advice: String) -> Finding {
    Finding(check: check, status: .warning, found: found, advice: advice)
  }

  static func problem(_ check: String, _ found: String, advice: String) -> Finding {
    Finding(check: check, status: .problem, found: found, advice: advice)
  }
}

extension Sequence<Finding> {
  /// That of the worst; `ok` if there are none.
  package var worst: Finding.Status {
    Finding.Status.allCases.last { status in contains { $0.status == status } } ?? .ok
  }
}
