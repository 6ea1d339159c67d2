import Failures
import RunFilters
import Specification
import TestSupport
import Testing

@Suite("Run filter")
struct RunFilterTests {
  @Test("terms are name, operator and value; fields go by path, short name or flag")
  func terms() throws {
    let terms = try RunFilter("optimizer=adam  l2<=1e-3 lr>0.1 status!=done folder~map").terms
    #expect(
      terms.map(\.column) == [
        .field("optimizer.name"), .field("l2"), .field("optimizer.learningRate"), .column("status"), .column("folder"),
      ])
    #expect(terms.map(\.comparison) == [.equal, .atMost, .above, .notEqual, .contains])
    #expect(terms.map(\.value) == ["adam", "1e-3", "0.1", "done", "map"])
    #expect(try RunFilter("").terms.isEmpty)
  }

  @Test(
    "blanks may stand around operators and in quotes, and == is =",
    arguments: [
      ("l2 < 1e-3 optimizer = adam", "l2<1e-3 optimizer=adam"), ("l2==0", "l2=0"), ("l2 == 0", "l2=0"),
      ("name = 'first'", "name=first"), ("name=\"first\"  l2>=\t1", "name=first l2>=1"),
      ("testError<50%", "testError<0.5"), ("bestTestError >= 5%", "bestTestError>=0.05"),
      ("started>2026-11-01", "started>1793491200.0"), ("started<2026-11-01T00:00:01Z", "started<1793491201.0"),
      ("optimizer=heavy-ball", "optimizer=momentum"),
    ])
  func forms(text: String, same: String) throws {
    #expect(try RunFilter(text) == RunFilter(same))
  }

  @Test("a quoted value keeps its blanks and operators")
  func quoted() throws {
    #expect(try RunFilter("name='a = b' folder~\"it's\"").terms.map(\.value) == ["a = b", "it's"])
  }

  @Test(
    "bad input is one sentence",
    arguments: [
      ("rule", "\"rule\" is invalid"), ("=adam", "is invalid"), ("optimizer=", "is invalid"),
      ("l2<small", "compares with \"small\"; accepted after <: a number"),
      ("l2=abc", "compares with \"abc\"; accepted after =: a number"), ("l2<nan", "a number"),
      ("testError<5%%", "a percentage such as 5%"), ("l2<5%", "accepted after <: a number"),
      ("optimizer=adma", "did you mean \"adam\"?"), ("status=finished", "\"finished\" is unknown"),
      ("dataset.shuffle=yes", "Accepted: true, false"), ("name<3", "is text; accepted: = != ~"),
      ("optimizer<adam", "is a name; accepted: = != ~"), ("started>soon", "a time such as 2026-11-23"),
      ("name='first", "is invalid"), ("l2 <", "is invalid"), ("name=''", "is invalid"), ("l2=>1", "\">1\""),
      ("testEror<1", "column \"testEror\" is unknown; did you mean \"testError\"?"),
    ])
  func badInput(text: String, words: String) {
    let error = #expect(throws: UsageError.self) { try RunFilter(text) }
    #expect(error?.exitCode == 64)
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test("every example means what it says", arguments: FilterExample.all)
  func examples(_ example: FilterExample) {
    do throws(UsageError) {
      let terms = try RunFilter(example.text).terms.map { [$0.column.name, $0.comparison.rawValue, $0.value] }
      #expect(terms.map { Array($0.prefix(2)) } == example.terms?.map { Array($0.prefix(2)) }, "\(example.text)")
      for (term, expected) in zip(terms, example.terms ?? []) {
        #expect(term[2] == expected[2] || Double(term[2]) == Double(expected[2]), "\(example.text): \(term)")
      }
    } catch {
      #expect(example.refusal.map(error.description.contains) == true, "\(example.text): \(error.description)")
    }
  }
}

extension RunColumn {
  fileprivate var name: String {
    switch self {
    case .column(let name), .field(let name): name
    }
  }
}
