/// At which versions the test images are evaluated.
package enum StepSchedule: Hashable, Sendable {
  /// After every so many steps.
  case every(Int)
  /// After the last step that lies within each epoch.
  case epochs(images: Int, batch: Int)

  /// The first such version after `version`; at the latest `steps`, where the run ends.
  package func next(after version: Int, steps: Int) -> Int {
    let next =
      switch self {
      case .every(let count): (version / count + 1) * count
      // k epochs end within step ⌊k·N/B⌋; the smallest k that gives more than `version`.
      case .epochs(let images, let batch): ((version + 1) * batch + images - 1) / images * images / batch
      }
    return min(next, steps)
  }

  /// How many there are in a run of `steps` steps.
  package func count(steps: Int) -> Int {
    var (count, version) = (0, 0)
    while version < steps {
      version = next(after: version, steps: steps)
      count += 1
    }
    return count
  }
}
