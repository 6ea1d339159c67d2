import Failures
import Testing

@Suite("Numbers with nouns")
struct CountedTests {
  @Test("the noun is singular for 1 only", arguments: [(0, "0 runs"), (1, "1 run"), (2, "2 runs")])
  func regular(number: Int, words: String) { #expect(counted(number, "run") == words) }

  @Test("a plural of its own replaces the -s")
  func irregular() {
    #expect(counted(1, "microbatch", plural: "microbatches") == "1 microbatch")
    #expect(counted(3, "microbatch", plural: "microbatches") == "3 microbatches")
  }
}
