import CLibArchive
import CLibCurl
import CMicroHTTPD
import COpenSSL
import CPNG
import CProtobufC
import CZeroMQ
import CZlib
import GRDBSQLite
import OneDNN

/// A library that this program is linked with, and its version in this process, which may differ from that of the build.
package struct LinkedLibrary: Hashable, Sendable, Encodable {
  package let name: String
  package let version: String

  package static let all = [
    LinkedLibrary(name: "oneDNN", version: Library.version),
    LinkedLibrary(name: "libzmq", version: zeroMQ + (hasCurve ? ", with CURVE" : ", without CURVE")),
    LinkedLibrary(name: "OpenSSL", version: unsafe text(OpenSSL_version(OPENSSL_VERSION_STRING))),
    LinkedLibrary(name: "protobuf-c", version: unsafe text(protobuf_c_version())),
    LinkedLibrary(name: "zlib", version: unsafe text(zlibVersion())),
    LinkedLibrary(name: "libmicrohttpd", version: unsafe text(MHD_get_version())),
    LinkedLibrary(name: "libarchive", version: archive),
    LinkedLibrary(name: "libcurl", version: unsafe text(curl_version_info(CURLVERSION_FIRST)?.pointee.version)),
    LinkedLibrary(name: "libpng", version: unsafe text(png_get_libpng_ver(nil))),
    LinkedLibrary(name: "SQLite", version: unsafe text(sqlite3_libversion())),
  ]

  /// Whether libzmq can encrypt: distributions may build it without.
  static var hasCurve: Bool { unsafe zmq_has("curve") == 1 }

  private static var zeroMQ: String {
    var (major, minor, patch): (CInt, CInt, CInt) = (0, 0, 0)
    unsafe zmq_version(&major, &minor, &patch)
    return "\(major).\(minor).\(patch)"
  }

  /// libarchive's number 3006002 is 3.6.2.
  private static var archive: String {
    let number = archive_version_number()
    return "\(number / 1_000_000).\(number / 1000 % 1000).\(number % 1000)"
  }

  private static func text(_ pointer: UnsafePointer<CChar>?) -> String {
    unsafe pointer.map { unsafe String(cString: $0) } ?? "unknown"
  }

  /// - Parameter hasCurve: of libzmq.
  package static func findings(_ libraries: [LinkedLibrary] = all, hasCurve: Bool = hasCurve) -> [Finding] {
    libraries.map { library in
      guard library.name == "libzmq", !hasCurve else { return .ok(library.name, library.version) }
      return .problem(
        library.name, library.version,
        advice:
          "Install a libzmq that is built with CURVE, as Debian's is: without it, no connection over TCP can be made.")
    }
  }
}
