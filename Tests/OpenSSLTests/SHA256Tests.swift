import OpenSSL
import Testing

@Suite("SHA-256")
struct SHA256Tests {
  /// Examples of FIPS 180-2, appendix B, and the empty message.
  @Test(
    "digests are those of the standard",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func standard(message: String, digest: String) {
    #expect(hexadecimal(SHA256.hash(message.utf8)) == digest)
  }

  /// The standard's third example: the letter a a million times, in pieces that are not a multiple of the block size.
  @Test("a message may come in pieces")
  func pieces() {
    var hash = SHA256()
    let piece = [UInt8](repeating: 0x61, count: 999)
    for _ in 0..<1001 { hash.update(piece) }
    hash.update([UInt8](repeating: 0x61, count: 1))
    #expect(hexadecimal(hash.finalize()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test("noncontiguous bytes are hashed correctly")
  func scattered() {
    let parts: [[UInt8]] = [[0x61], [0x62, 0x63]]
    #expect(SHA256.hash(Array(parts.joined())) == SHA256.hash(JoinedBytes(parts: parts)))
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// Bytes without contiguous storage.
private struct JoinedBytes: Collection {
  let parts: [[UInt8]]
  var startIndex: Int { 0 }
  var endIndex: Int { parts.reduce(0) { $0 + $1.count } }
  func index(after index: Int) -> Int { index + 1 }
  subscript(index: Int) -> UInt8 { Array(parts.joined())[index] }
}
