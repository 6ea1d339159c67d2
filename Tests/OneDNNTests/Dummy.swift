import OneDNN
import Testing
@Test func dummy() {}
