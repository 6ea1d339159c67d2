import CMicroHTTPD
import Glibc

/// A server that could not be started: the `errno` of the call that failed.
package struct MicroHTTPDError: Error, Hashable, CustomStringConvertible {
  package let code: CInt

  package var description: String { unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)" }
}
