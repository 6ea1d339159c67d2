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
}
