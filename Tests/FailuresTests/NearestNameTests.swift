import Failures
import Testing

@Suite("Nearest names")
struct NearestNameTests {
  @Test(
    "distances by hand",
    arguments: [
      ("", "", 0), ("", "abc", 3), ("adam", "adam", 0), ("nestrov", "nesterov", 1), ("kitten", "sitting", 3),
      ("adma", "adam", 1), ("ca", "abc", 3), ("sdg", "sgd", 1), ("saturday", "sunday", 3),
    ])
  func distance(a: String, b: String, expected: Int) {
    #expect(NearestName.distance(a, b) == expected)
    #expect(NearestName.distance(b, a) == expected)
  }

  @Test("finds the nearest name, and none that is far away")
  func nearest() {
    let rules = ["sgd", "riemannian-sgd", "momentum", "nesterov", "adam", "adamw"]
    #expect(NearestName.of("nestrov", in: rules) == "nesterov")
    #expect(NearestName.of("Riemannian_SGD", in: rules) == "riemannian-sgd")
    #expect(NearestName.of("adma", in: rules) == "adam")
    #expect(NearestName.of("shampoo", in: rules) == nil)
    #expect(NearestName.of("adam", in: []) == nil)
  }
}
