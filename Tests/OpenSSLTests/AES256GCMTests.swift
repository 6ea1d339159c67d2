import OpenSSL
import Parameters
import TestSupport
import Testing

@Suite("AES-256-GCM")
struct AES256GCMTests {
  /// Test cases 13 to 15 of McGrew and Viega, The Galois/Counter Mode of Operation, appendix B.
  @Test(
    "sealed texts are those of the mode's authors",
    arguments: [
      (
        String(repeating: "00", count: 32), String(repeating: "00", count: 12), "", "",
        "530f8afbc74536b9a963b4f1c4cb738b"
      ),
      (
        String(repeating: "00", count: 32), String(repeating: "00", count: 12), String(repeating: "00", count: 16),
        "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"
      ),
      (
        "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
          + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
          + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad",
        "b094dac5d93471bdec1a502270e3cc6c"
      ),
    ])
  func authors(key: String, iv: String, plain: String, sealed: String, tag: String) {
    let cipher = AES256GCM(key: bytes(key))
    let nonce = AES256GCM.Nonce(little(bytes(iv).prefix(8)), part: UInt32(little(bytes(iv).suffix(4))))
    let text = cipher.seal(bytes(plain), nonce)
    #expect(text == bytes(sealed + tag))
    #expect(cipher.open(text, nonce) == bytes(plain))
    // One object may seal and open in any order.
    #expect(cipher.seal(bytes(plain), nonce) == text)
  }

  @Test("what was changed, cut, or sealed with another key or nonce does not open")
  func forgeries() {
    let (cipher, nonce) = (AES256GCM(key: [UInt8](repeating: 7, count: 32)), AES256GCM.Nonce(1 << 40, part: 1))
    let text = cipher.seal([UInt8](0..<100), nonce)
    #expect(cipher.open(text, nonce) == [UInt8](0..<100))
    for index in text.indices {
      var changed = text
      changed[index] ^= 1
      #expect(cipher.open(changed, nonce) == nil, "byte \(index)")
    }
    for count in 0..<text.count { #expect(cipher.open(Array(text[..<count]), nonce) == nil) }
    #expect(cipher.open(text, .init(1 << 40, part: 0)) == nil)
    #expect(cipher.open(text, .init(1 << 40 + 1, part: 1)) == nil)
    #expect(AES256GCM(key: [UInt8](repeating: 8, count: 32)).open(text, nonce) == nil)
  }

  private func bytes(_ text: String) -> [UInt8] { [UInt8](hexadecimal: text) ?? [] }

  private func little(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
}
