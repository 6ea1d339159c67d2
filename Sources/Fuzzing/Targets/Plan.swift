import Plans
import Specification

extension FuzzTarget {
  /// The text of a plan, decoded up to a validated run spec.
  static let plan = FuzzTarget(
    "plan",
    seeds: [
      """
      # a run
      dataset: {name: cifar-10, path: /data}
      dataset.test: [data_batch_5.bin]
      dataset.train:
        - data_batch_1.bin
        - "data_batch_2.bin"
      rule:
        name: nesterov
        learningRate: 1e-2
      l2: 2.5e-4
      steps: ~
      dataset.shuffle: false
      execution: {workers: 4, name: 'no', tags: a}
      """,
      "rule: &x {name: sgd}\n\"l2\": 1e-4\n? seed\n: 7\n",
      RunSpec().json,
    ].map { Array($0.utf8) },
    words: SpecField.all.map(\.path) + [
      "!!str ", "&a ", "*a ", "<<: ", "--- ", "...", "? ", "- ", ": ", "|\n", ">-\n",
    ],
    hostile: {
      // All but the first are short enough to reach the parser.
      let keys = String(repeating: "? ", count: 900)
      let text: [(String, String)] = [
        ("many keys of keys", "x:\n" + String(repeating: "  - \(keys)1\n", count: 500)),
        ("keys of keys", "x:\n" + String(repeating: "  - \(keys)1\n", count: 36)),
        ("a list as key of keys", keys + "[" + String(repeating: "1,", count: 30_000) + "1]\n"),
        ("mappings as keys", String(repeating: "{", count: 900) + "a" + String(repeating: "}", count: 900)),
        (
          "a list as key of the keys allowed",
          String(repeating: "? ", count: 31) + "[" + String(repeating: "1,", count: 32_000) + "1]\n"
        ),
        (
          "a list as key of the mappings allowed",
          "x: " + String(repeating: "{", count: 30) + "[" + String(repeating: "1,", count: 32_000) + "1]"
            + String(repeating: "}", count: 30) + "\n"
        ),
        ("depth behind quotes in words", "k, ' : " + String(repeating: "{", count: 900) + "'\n"),
        ("depth behind comments", String(repeating: "{ # }\n", count: 900) + "a" + String(repeating: "}", count: 900)),
        ("deep sequences", String(repeating: "[", count: 60_000)),
        ("deep mappings", String(repeating: "{", count: 60_000)),
        ("deep keys", String(repeating: "{a: ", count: 15_000)),
        ("closed deep mappings", String(repeating: "{a: ", count: 900) + String(repeating: "}", count: 900)),
        ("deep lists", String(repeating: "- ", count: 30_000)),
        ("closed deep lists", "x:\n" + String(repeating: "  \(String(repeating: "- ", count: 900))1\n", count: 36)),
        ("deep questions", String(repeating: "? ", count: 30_000)),
        ("deep indentation", (0..<350).map { String(repeating: " ", count: $0) + "a:\n" }.joined()),
        (
          "leaves under a long name",
          "? " + String(repeating: "a", count: 1 << 14) + "\n:\n"
            + (0..<(1 << 12)).map { " \($0): \n" }.joined()
        ),
        ("many fields", (0..<6000).map { "a\($0): 1\n" }.joined()),
        ("many anchors", (0..<3500).map { "a\($0): &a\($0) 1\n" }.joined()),
        ("a long name", String(repeating: "a", count: 60_000) + ": 1\n"),
        ("a long number", "l2: " + String(repeating: "9", count: 60_000)),
      ]
      return text.map { ($0, Array($1.utf8)) }
    }
  ) { bytes in
    guard let text = String(validating: bytes, as: UTF8.self),
      let assignments = try? PlanFile.assignments(yaml: text, named: "input"),
      var spec = try? RunSpec(layers: [assignments])
    else { return false }
    spec = spec.resolved
    return (try? spec.validate()) != nil
  }
}
