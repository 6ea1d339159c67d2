import Foundation
import Testing

import tare

@Suite("Measured differences")
struct MeasuredDifferenceTests {
  @Test("of two rounds: the mean, with Student's t of one degree of freedom, tan(0.475 π) times half their distance")
  func twoRounds() throws {
    let difference = try #require(MeasuredDifference(of: [3, 5]))
    #expect(difference.value == 4 && difference.rounds == 2)
    // The standard error is |5 − 3| / 2 = 1; the quantile of Cauchy's distribution at 0.975 is tan(0.475 π) = 12.706.
    #expect(abs(try #require(difference.uncertainty) - tan(0.475 * Double.pi)) < 1e-9)
    #expect(!difference.isDistinguishable)
    #expect(difference.text(unit: "ms") == "not distinguishable from 0: 4.0 ± 12.7 ms")
  }

  @Test("of three rounds: t of two degrees of freedom is 0.95 √(2 / (1 − 0.95²))")
  func threeRounds() throws {
    let difference = try #require(MeasuredDifference(of: [9, 10, 11]))
    let quantile = 0.95 * (2 / (1 - 0.95 * 0.95)).squareRoot()
    #expect(abs(try #require(difference.uncertainty) - quantile / 3.0.squareRoot()) < 1e-9)
    #expect(difference.isDistinguishable && difference.text(unit: "ms") == "10.0 ± 2.5 ms")
  }

  @Test("a negative difference within the noise is called noise; one beyond it stands, with a minus sign")
  func negative() throws {
    let noise = try #require(MeasuredDifference(of: [-0.9, 0.3, -0.6]))
    #expect(!noise.isDistinguishable && noise.text(unit: "ms").hasPrefix("not distinguishable from 0: −0.4 ± 1.6"))
    let cost = try #require(MeasuredDifference(of: [-0.021, -0.019, -0.02]))
    #expect(cost.isDistinguishable && cost.text(unit: "%", scale: 100) == "−2.0 ± 0.2 %")
  }

  @Test("one round says nothing about its noise, none is no difference, equal rounds have none")
  func few() throws {
    let one = try #require(MeasuredDifference(of: [2]))
    #expect(one.uncertainty == nil && !one.isDistinguishable)
    #expect(one.text(unit: "ms") == "2.0 ms in one round, which is not enough to tell it from 0")
    #expect(MeasuredDifference(of: []) == nil)
    #expect(try #require(MeasuredDifference(of: [1, 1])).text(unit: "ms") == "1.0 ± 0.0 ms")
    #expect(try #require(MeasuredDifference(of: [-0.01, -0.01])).text(unit: "ms") == "0.0 ± 0.0 ms")
  }

  @Test("JSON says whether it is distinguishable, and is read back")
  func json() throws {
    for rounds in [[2.0], [3, 5], [9, 10, 11]] {
      let difference = try #require(MeasuredDifference(of: rounds))
      let data = try JSONEncoder().encode(difference)
      #expect(try JSONDecoder().decode(MeasuredDifference.self, from: data) == difference)
      let fields = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      #expect(fields["isDistinguishable"] as? Bool == difference.isDistinguishable)
    }
  }
}
