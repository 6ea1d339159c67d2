package import Parameters

extension RunSpec {
  /// Whether steps are made of whatever gradients arrive first; else a step waits for all of its microbatches, computed at the
  /// weights that it starts from.
  package var isAsynchronous: Bool { staleness != .versions(0) || backup != nil }

  /// `nil` for a synchronous run.
  package var asynchrony: Asynchrony? {
    guard isAsynchronous else { return nil }
    return Asynchrony(staleness: staleness.versions, microbatches: microbatchCount, backup: backup ?? 0)
  }

  /// Samples that a step is made of.
  package var samplesPerStep: Int { (microbatchCount - (backup ?? 0)) * microbatch }

  func checkAsynchrony() throws(SpecError) {
    guard !isAsynchronous || !wire.isLossy else {
      throw SpecError(
        field: "wire",
        "wire is \"\(wire.rawValue)\", but the run is asynchronous (staleness, backup), where rounding would depend on whose "
          + "gradient arrives first; accepted: float32.")
    }
    guard let backup, backup >= microbatchCount else { return }
    throw SpecError(
      field: "backup",
      "backup is \(backup), but a batch has \(microbatchCount) microbatches (batch \(batch) / microbatch \(microbatch)), and a "
        + "step is made of at least one; accepted: fewer than \(microbatchCount).")
  }
}
