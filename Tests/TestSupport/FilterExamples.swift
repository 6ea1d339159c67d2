/// Filters of runs, and what they mean: whoever reads them, the command line or a report's page, is tested with these.
package struct FilterExample: Sendable, Encodable {
  package let text: String
  /// Name of the column, operator and value of each term; `nil` for a filter that is refused.
  package let terms: [[String]]?
  /// What the refusal says.
  package let refusal: String?

  private init(_ text: String, _ terms: [[String]]) { (self.text, self.terms, refusal) = (text, terms, nil) }
  private init(_ text: String, refused: String) { (self.text, terms, refusal) = (text, nil, refused) }

  package static let all =
    [
      FilterExample("", []), FilterExample("  ", []),
      FilterExample("optimizer=adam", [["optimizer.name", "=", "adam"]]),
      FilterExample(
        "l2<=1e-3  lr>0.1 status!=done folder~map",
        [
          ["l2", "<=", "1e-3"], ["optimizer.learningRate", ">", "0.1"], ["status", "!=", "done"],
          ["folder", "~", "map"],
        ]),
      FilterExample("l2<0.1", [["l2", "<", "0.1"]]), FilterExample("l2=5e-4", [["l2", "=", "5e-4"]]),
      FilterExample("l2 < 1e-3\toptimizer = sgd", [["l2", "<", "1e-3"], ["optimizer.name", "=", "sgd"]]),
      FilterExample("l2==0", [["l2", "=", "0"]]), FilterExample("l2 == .5", [["l2", "=", ".5"]]),
      FilterExample("l2>=-1.5E+2", [["l2", ">=", "-1.5E+2"]]), FilterExample("l2<inf", [["l2", "<", "inf"]]),
      FilterExample(
        "name='first try' cause~\"a = b\"", [["execution.name", "=", "first try"], ["cause", "~", "a = b"]]),
      FilterExample("folder~\"it's\"", [["folder", "~", "it's"]]),
      FilterExample("testError<50%", [["testError", "<", "0.5"]]),
      FilterExample("bestTestError >= 5%", [["bestTestError", ">=", "0.05"]]),
      FilterExample("testError<0.5", [["testError", "<", "0.5"]]),
      FilterExample("started>2026-11-01", [["started", ">", "1793491200"]]),
      FilterExample("ended<2026-11-01T00:00:01Z", [["ended", "<", "1793491201"]]),
      FilterExample("started>0", [["started", ">", "0"]]),
      FilterExample("optimizer=heavy-ball", [["optimizer.name", "=", "momentum"]]),
      FilterExample("optimizer~ada", [["optimizer.name", "~", "ada"]]),
      FilterExample("network=mlp", [["network.preset", "=", "mlp"]]),
    ] + [
      FilterExample("adam", refused: "\"adam\" is invalid; accepted: name, one of != <= >= = < > ~ and a value"),
      FilterExample("l2<0.1 5e-4", refused: "\"5e-4\" is invalid"), FilterExample("50%", refused: "\"50%\" is invalid"),
      FilterExample("=adam", refused: "is invalid"), FilterExample("optimizer=", refused: "is invalid"),
      FilterExample("l2 <", refused: "is invalid"), FilterExample("name='first", refused: "is invalid"),
      FilterExample("name=''", refused: "is invalid"),
      FilterExample("l2<small", refused: "\"l2<small\" compares with \"small\"; accepted after <: a number."),
      FilterExample("l2=>1", refused: "compares with \">1\""), FilterExample("l2<nan", refused: "a number"),
      FilterExample("l2<5%", refused: "accepted after <: a number."), FilterExample("l2<1e", refused: "a number"),
      FilterExample("testError<5%%", refused: "a number, or a percentage such as 5%"),
      FilterExample("started>soon", refused: "a time such as 2026-11-23 or 2026-11-23T18:08:41Z"),
      FilterExample("optimizer=adma", refused: "\"adma\" is unknown; did you mean \"adam\"?"),
      FilterExample("status=finished", refused: "\"finished\" is unknown"),
      FilterExample("dataset.shuffle=yes", refused: "Accepted: true, false"),
      FilterExample("folder<3", refused: "folder is text; accepted: = != ~."),
      FilterExample("optimizer<adam", refused: "optimizer is a name; accepted: = != ~."),
      FilterExample("testEror<1", refused: "column \"testEror\" is unknown; did you mean \"testError\"?"),
      FilterExample("wieghtDecay=0", refused: "did you mean \"weightDecay\"?"),
    ]
}
