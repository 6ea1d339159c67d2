import Roles
import Testing

@Suite("Invitation")
struct InvitationTests {
  @Test("a key is 16 hexadecimal digits and back")
  func keys() {
    #expect(Invitation.key(of: 0xabc) == "0000000000000abc")
    #expect(Invitation.session(ofKey: "0000000000000abc") == 0xabc)
    for bad in ["", "abc", "000000000000000g", "0000000000000000", "00000000000000abc"] {
      #expect(Invitation.session(ofKey: bad) == nil)
    }
  }
}
