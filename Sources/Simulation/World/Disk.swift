import ParameterServer
import Parameters

/// What survives every process: the checkpoints, the generation, and the rows of the records.
struct Disk {
  struct Kept {
    let states: [ShardState<Float>]
    /// Rows of the records up to here.
    let rows: Int
    var isTorn: Bool
  }

  /// One line of the records.
  enum Row: Equatable {
    case window([WindowReport])
    case evaluation(version: Int, Tally)
  }

  var checkpoints: [Int: Kept] = [:]
  var generation: UInt64 = 0
  var rows: [Row] = []
  /// Commits fail until this time.
  var failsUntil = -Double.infinity
  var tearsNext = false
  /// Nothing is written until this time.
  var stallsUntil = -Double.infinity
}
