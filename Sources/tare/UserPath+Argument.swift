import ArgumentParser
import Failures

extension UserPath: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }

  package var defaultValueDescription: String { text }
}

extension UserPath {
  /// Refuses the name of another kind of file for a picture, which replaces what is there.
  ///
  /// - Parameter flag: whose file it is.
  func checkEnding(_ ending: String, of flag: String) throws(UsageError) {
    guard text.lowercased().hasSuffix(ending) else {
      throw UsageError(field: flag, "--\(flag) is \(text); accepted: a file whose name ends in \(ending).")
    }
  }
}
