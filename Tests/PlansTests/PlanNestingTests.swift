import Plans
import Specification
import Testing

@Suite("Nesting of plans")
struct PlanNestingTests {
  private func error(_ yaml: String) -> String {
    do { _ = try PlanFile.assignments(yaml: yaml, named: "p.yaml") } catch { return error.description }
    return ""
  }

  @Test("what counts is depth: 140 conditions and any number of brackets in comments are fine")
  func breadth() throws {
    let points = (0..<140).map { "c\($0): {l2: \($0 + 1)e-4}" }
    let brackets = (0..<200).map { "# why? don't use [\($0)] or {\($0)} 'here'\n" }.joined()
    for plan in [
      "\(brackets)sweep: s\naxes:\n  - condition: {\(points.joined(separator: ", "))}\n",
      "sweep: s # [[[[{{{{???? \(String(repeating: "[{? ", count: 99))\n"
        + "axes:\n  - condition:\n" + points.map { "      \($0)  # it's [1]\n" }.joined(),
      "{\"sweep\": \"s\", \"axes\": [{\"condition\": {\(points.joined(separator: ", ")), \"x]]\": {\"l2\": 9}}}]}",
    ] {
      #expect(try SweepFile.plan(yaml: plan, named: "p.yaml").runs().count >= 140)
    }
    #expect(
      try PlanFile.assignments(yaml: "execution.tags:\n" + String(repeating: "  - '[{'\n", count: 300), named: "p")
        .count == 1)
  }

  @Test(
    "depth is limited, however it is hidden",
    arguments: [
      "l2: [# ]\n", "l2: ['a', # ]]]\n", "l2: [it's, ']', \n", "a: b\n  'c: d', \n", "{a: 'b', 'c ]': [", "? - ", "? ",
      "- ? ", "!x: {", "{? {", "[&a [", "--- [", "k, ' : [ ", "\"a]\": [ ",
    ])
  func depth(opening: String) {
    let deep = String(repeating: opening, count: 1)
    for hidden in ["\(deep)\(String(repeating: "[", count: 100))", String(repeating: opening, count: 100) + "1"] {
      // Refused by us or, where it is none, by the parser of YAML; never taken.
      #expect(!error("x:\n" + hidden).isEmpty, "\(hidden)")
    }
    #expect(error("l2: " + String(repeating: "[", count: 33)).contains("nested more than 32 deep"))
    #expect(error(String(repeating: "? ", count: 33) + "1").contains("nested more than 32 deep"))
    #expect(
      error((0..<33).map { String(repeating: " ", count: $0) + "?\n" }.joined()).contains("nested more than 32 deep"))
    #expect(
      error((0..<33).map { String(repeating: " ", count: 2 * $0) + "- ?\n" }.joined()).contains(
        "nested more than 32 deep"))
  }

  @Test("brackets that a quote in a word would hide are counted")
  func quotes() {
    let opening = String(repeating: "[", count: 33)
    for text in [
      "a: b\n  [\nk, ' : \(opening) '", "[a\n%' , \(opening)", "[a\n'b, \(opening) ']", "{a 'b, \(opening) '}",
      "[\"x\" , \(opening) \"]",
    ] {
      #expect(error(text).contains("nested more than 32 deep"), "\(text)")
    }
    // In the middle of a word, these are letters.
    #expect(error("execution.name: a, '\(opening)").isEmpty)
    #expect(error("execution.name: a\n  'b \(opening)\nl2: 1").isEmpty)
  }

  @Test(
    "what a plan has no use for is refused with its line",
    arguments: [
      ("l2: 1\nl2: \"a\n b\"", "quoted text"), ("l2: 1\nx: |\n  a", "block text"), ("l2: 1\nx: !!float 1", "tag"),
    ])
  func refused(yaml: String, words: String) {
    #expect(error(yaml).hasPrefix("p.yaml line 2: ") && error(yaml).contains(words), "\(error(yaml))")
  }
}
