import Failures
import Testing

@Suite("Paths as people write them")
struct UserPathTests {
  @Test(
    "~ is the home folder, alone and before a slash only",
    arguments: [
      ("~", "/home/me"), ("~/x", "/home/me/x"), ("~you/x", "~you/x"), ("a/~", "a/~"), ("", ""), ("/~", "/~"),
      ("~/e\u{301}", "/home/me/e\u{301}"),
    ])
  func home(text: String, path: String) {
    #expect(UserPath(text, home: "/home/me").text.utf8.elementsEqual(path.utf8))
    #expect(UserPath(text, home: nil).text == text)
  }

  @Test(
    "a relative path starts at the folder, if there is one",
    arguments: [
      ("a", "plans", "plans/a"), ("../a", "plans/", "plans/../a"), ("/a", "plans", "/a"), ("a", "", "a"),
      ("", "plans", ""),
      ("~/a", "plans", "/home/me/a"), ("a", "/", "/a"),
    ])
  func relative(text: String, folder: String, path: String) {
    #expect(UserPath(text, in: folder, home: "/home/me").text == path)
  }

  @Test("two paths are equal if their bytes are, whatever Unicode calls equal")
  func bytes() {
    let (composed, decomposed) = (UserPath("\u{E9}"), UserPath("e\u{301}"))
    #expect(composed.text == decomposed.text)
    #expect(composed != decomposed && Set([composed, decomposed]).count == 2)
    #expect(UserPath("e\u{301}") == decomposed)
  }

  @Test("the folder of a file, and a path without slashes at its end")
  func parts() {
    #expect(["a/b/c", "c", "/c", "./c"].map { UserPath($0).folder } == ["a/b", "", "/", "."])
    #expect(["a/b//", "/", "a", ""].map { UserPath($0).trimmed } == ["a/b", "/", "a", ""])
  }
}
