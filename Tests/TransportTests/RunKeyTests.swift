import Testing
import Transport
import ZeroMQ

@Suite("The key of a run")
struct RunKeyTests {
  @Test("is 32 hexadecimal digits and back, and keys differ")
  func text() throws {
    let key = RunKey()
    #expect(key.text.utf8.count == 32 && RunKey(text: key.text) == key && RunKey(text: key.text.uppercased()) == key)
    #expect(RunKey() != key && RunKey().session != key.session)
    for bad in ["", "abc", key.text + "0", "g" + key.text.dropFirst(), "+1" + key.text.dropFirst(2)] {
      #expect(RunKey(text: bad) == nil, "\(bad)")
    }
  }

  @Test("the session that every message carries does not contain it")
  func session() throws {
    let key = try #require(RunKey(text: "000102030405060708090a0b0c0d0e0f"))
    // printf 'tare session\0\x00\x01…\x0f' | sha256sum
    #expect(key.session == 0x806f_db06_078d_5f0a)
    #expect(!key.text.contains(String(key.session, radix: 16)))
  }
}
