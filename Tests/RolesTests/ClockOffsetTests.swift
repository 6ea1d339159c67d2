import Parameters
import Roles
import Testing

@Suite("Clocks of other machines")
struct ClockOffsetTests {
  /// What heartbeats say of a clock that is `offset` seconds ahead and runs `drift` too fast, over `seconds` seconds.
  private static func estimate(
    offset: Double, drift: Double = 0, seconds: Double = 15,
    delays: (down: ClosedRange<Double>, up: ClosedRange<Double>)
  ) -> ClockOffset {
    var (down, up) = (LeastLag(), LeastLag())
    func member(_ time: Double) -> Double { time + offset + drift * time }
    for beat in 0..<Int(seconds * 4) {
      let random = Philox(key: 7).block(SIMD4(UInt32(beat), 0, 0, 0))
      func delay(in range: ClosedRange<Double>, _ word: UInt32) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * Double(word) / 0x1p32
      }
      let sent = Double(beat) / 4
      let arrival = sent + delay(in: delays.down, random[0])
      down.add(sent: sent, at: member(arrival))
      up.add(sent: member(arrival), at: arrival + delay(in: delays.up, random[1]))
    }
    return ClockOffset(down: down.value, up: up.value)
  }

  @Test("the offset is within the error, for delays that differ by direction", arguments: [-1e6, -3.5, 0, 1e-4, 4711])
  func offsets(offset: Double) throws {
    for delays in [(0.001...0.02, 0.001...0.02), (0.0001...0.5, 0.03...0.04), (0...0, 0.2...0.3)] {
      let estimate = Self.estimate(offset: offset, delays: delays)
      let error = try #require(estimate.error)
      #expect(abs(estimate.seconds - offset) <= error + 1e-9, "\(estimate)")
      let least = (delays.0.lowerBound + delays.1.lowerBound) / 2
      #expect(error >= least - 1e-9 && error <= (delays.0.upperBound + delays.1.upperBound) / 2)
    }
  }

  @Test("of a clock that drifts, the last seconds count")
  func drift() {
    let estimate = Self.estimate(offset: 2, drift: 1e-4, seconds: 3600, delays: (0.001...0.01, 0.001...0.01))
    // At the end the clock is 2.36 s ahead; 20 seconds before, 2 ms less.
    #expect(abs(estimate.seconds - 2.36) < 0.002 + 0.0045, "\(estimate)")
  }

  @Test("what comes from one side only gives an offset without a bound, and what is old counts no more")
  func oneSide() {
    #expect(ClockOffset(down: 3, up: nil).seconds == 3 && ClockOffset(down: 3, up: nil).error == nil)
    #expect(ClockOffset(down: nil, up: 3).seconds == -3)
    #expect(ClockOffset(down: nil, up: nil).seconds == 0 && ClockOffset(down: nil, up: nil).error == nil)
    var lag = LeastLag()
    #expect(lag.value == nil)
    lag.add(sent: 0, at: 1)
    lag.add(sent: 5, at: 11)
    #expect(lag.value == 1)
    lag.add(sent: 35, at: 40)
    #expect(lag.value == 5)
  }
}
