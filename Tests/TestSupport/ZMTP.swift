/// The bytes of ZeroMQ's wire protocol (ZMTP 3.1, RFC 37), so that tests can say what libzmq would not.
package enum ZMTP {
  /// The greeting of a client with the mechanism NULL, and its READY.
  package static var null: [UInt8] {
    greeting("NULL") + command("READY", property("Socket-Type", "DEALER") + property("Identity", ""))
  }

  /// The greeting of a client with the mechanism PLAIN, its HELLO, and its INITIATE without waiting for an answer.
  package static func plain(password: String) -> [UInt8] {
    greeting("PLAIN") + command("HELLO", short("tare") + short(password))
      + command("INITIATE", property("Socket-Type", "DEALER") + property("Identity", ""))
  }

  /// The greeting of a client with the mechanism CURVE, and a HELLO for another listener's key (RFC 26).
  package static func curve(_ random: (Int) -> UInt8) -> [UInt8] {
    greeting("CURVE")
      + command("HELLO", [1, 0] + [UInt8](repeating: 0, count: 72) + (0..<120).map { random($0) })
  }

  package static func greeting(_ mechanism: String) -> [UInt8] {
    let name = Array(mechanism.utf8)
    return [0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F, 3, 1] + name + [UInt8](repeating: 0, count: 20 - name.count)
      + [UInt8](repeating: 0, count: 32)
  }

  /// One frame of a message, with a length of 64 bits.
  package static func frame(_ body: [UInt8], more: Bool) -> [UInt8] { [more ? 3 : 2] + big(UInt64(body.count)) + body }

  package static func command(_ name: String, _ body: [UInt8]) -> [UInt8] {
    let all = short(name) + body
    return [6] + big(UInt64(all.count)) + all
  }

  private static func short(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

  private static func property(_ name: String, _ value: String) -> [UInt8] {
    short(name) + big(UInt32(value.utf8.count)) + Array(value.utf8)
  }

  private static func big(_ value: some FixedWidthInteger) -> [UInt8] {
    (0..<value.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
