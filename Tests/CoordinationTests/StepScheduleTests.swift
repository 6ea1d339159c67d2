import Coordination
import Testing

@Suite("Step schedule")
struct StepScheduleTests {
  @Test(
    "how many evaluations a run has",
    arguments: [
      (StepSchedule.every(100), 1500, 15), (.every(100), 1501, 16), (.every(1500), 1500, 1), (.every(9), 4, 1),
      (.epochs(images: 5000, batch: 64), 1500, 20), (.epochs(images: 640, batch: 64), 40, 4),
    ])
  func count(schedule: StepSchedule, steps: Int, count: Int) {
    #expect(schedule.count(steps: steps) == count)
  }

  @Test("an epoch is evaluated after the last step that lies within it, however images and batches divide")
  func epochs() {
    for (images, batch, steps) in [(100, 32, 13), (64, 32, 7), (96, 32, 12), (7, 7, 5), (33, 32, 40), (5, 8, 9)] {
      let schedule = StepSchedule.epochs(images: images, batch: batch)
      var (found, version): ([Int], Int) = ([], 0)
      while version < steps {
        version = schedule.next(after: version, steps: steps)
        found.append(version)
      }
      let ends = (1...steps * batch).map { $0 * images / batch }.filter { (1..<steps).contains($0) }
      #expect(found == Array(Set(ends)).sorted() + [steps], "\(images) images in batches of \(batch)")
    }
  }
}
