import Terminal
import Testing

@Suite("A block at the end of a terminal")
struct TerminalBlockTests {
  private struct Lines: TerminalView {
    let lines: [String]
    func lines(width: Int, height: Int, style: TerminalStyle) -> [String] { lines }
  }

  private static let wide = [
    String(repeating: "title ", count: 20), "12/100", "news of a run that is as long as they come",
  ]

  @Test("is drawn over itself: shorter lines and fewer of them leave nothing of longer ones")
  func over() {
    var (screen, block) = (ScreenEmulator(columns: 80, .cutting), TerminalBlock())
    screen.write("before\n")
    screen.write(block.draw(Lines(lines: ["claim 4: of 108 runs", "second"]), on: (80, 24), style: .plain))
    screen.write(block.print("claim 3: holds"))
    screen.write(block.draw(Lines(lines: ["claim 4"]), on: (80, 24), style: .plain))
    screen.write(block.print("claim 4: holds"))
    #expect(screen.text == ["before", "claim 3: holds", "claim 4: holds", "claim 4"])
    screen.write(block.leave() + "after\n")
    #expect(screen.text == ["before", "claim 3: holds", "claim 4: holds", "claim 4", "after"])
    #expect(block.isEmpty && block.leave().isEmpty && block.erase().isEmpty)
  }

  @Test("leaves nothing when it is erased")
  func erased() {
    var (screen, block) = (ScreenEmulator(columns: 80, .cutting), TerminalBlock())
    screen.write("before\n" + block.draw(Lines(lines: Self.wide), on: (80, 24), style: .plain))
    screen.write(block.erase() + "after\n")
    #expect(screen.text == ["before", "after"])
    // At the top of the screen, too.
    var empty = ScreenEmulator(columns: 80, .cutting)
    empty.write(block.draw(Lines(lines: Self.wide), on: (80, 24), style: .plain) + block.erase())
    #expect(empty.text.isEmpty && !empty.isCleared)
  }

  @Test(
    "is there once, even if it is drawn before the terminal has told its new width",
    arguments: ScreenEmulator.Resizing.allCases)
  func stale(_ resizing: ScreenEmulator.Resizing) {
    var (screen, block) = (ScreenEmulator(columns: 100, resizing), TerminalBlock())
    screen.write("before\n")
    screen.write(block.draw(Lines(lines: Self.wide), on: (100, 24), style: .plain))
    screen.resize(to: 40)
    screen.write(block.draw(Lines(lines: Self.wide), on: (100, 24), style: .plain))
    screen.write(block.draw(Lines(lines: Self.wide), on: (40, 24), style: .plain))
    #expect(screen.text == ["before"] + Self.wide.map { TerminalText.fitted($0, to: 39) })
  }

  @Test(
    "is there once, whatever widths the terminal takes and whether it wraps its lines anew or cuts them",
    arguments: ScreenEmulator.Resizing.allCases)
  func resized(_ resizing: ScreenEmulator.Resizing) {
    var (screen, block) = (ScreenEmulator(columns: 100, resizing), TerminalBlock())
    screen.write("before\n")
    for columns in [100, 40, 12, 3, 25, 200, 80, 1, 60] {
      screen.resize(to: columns)
      screen.write(block.draw(Lines(lines: Self.wide), on: (columns, 24), style: .plain))
      #expect(screen.text.count { $0.hasPrefix("tit") } == (columns > 4 ? 1 : 0), "\(columns): \(screen.text)")
      #expect(screen.width <= columns)
    }
    // What had stood there before is wrapped back, or has lost its end.
    let before = resizing == .wrapping ? "before" : "b"
    #expect(screen.text == [before] + Self.wide.map { TerminalText.fitted($0, to: 59) })
  }

  @Test("has no more lines than the terminal has rows above the last")
  func rows() {
    var block = TerminalBlock()
    for rows in [1, 2, 3, 24] {
      let text = block.draw(Lines(lines: Self.wide), on: (80, rows), style: .plain)
      #expect(text.count { $0 == "\n" } == min(max(rows - 1, 1), 3))
    }
  }

  @Test(
    "text is as wide as a terminal draws it",
    arguments: [
      ("", 0), ("abc", 3), ("‖w‖ η λ_d", 9), ("e\u{301}", 1), ("漢字", 4), ("🙂", 2), ("\u{1B}[36m██\u{1B}[0m░", 3),
      ("─·±−", 4),
      ("한", 2), ("a\u{200B}b", 2),
    ])
  func width(text: String, columns: Int) { #expect(TerminalText.width(text) == columns) }

  @Test("what does not fit is cut between characters, with a mark, and its style ends")
  func fitted() {
    #expect(TerminalText.fitted("abcdef", to: 6) == "abcdef")
    #expect(TerminalText.fitted("abcdef", to: 5) == "abcd…")
    #expect(TerminalText.fitted("漢字漢字", to: 6) == "漢字…")
    #expect(TerminalText.fitted("\u{1B}[36mabcdef\u{1B}[0m", to: 3) == "\u{1B}[36mab…\u{1B}[0m")
    #expect(TerminalText.fitted("abc", to: 0).isEmpty)
    for columns in 0...12 {
      let text = TerminalText.fitted("a漢\u{1B}[1mbe\u{301}🙂\u{1B}[0mcdefgh", to: columns)
      #expect(TerminalText.width(text) <= columns, "\(text)")
    }
  }

  @Test("control characters stay on their line and change nothing on the terminal")
  func hostile() {
    let text = TerminalText.fitted("a\nb\u{1B}[2Jc\u{7}\rd", to: 80)
    #expect(text == "a\u{FFFD}b\u{FFFD}[2Jc\u{FFFD}\u{FFFD}d")
  }

  @Test("columns of a table are aligned by what they take on a terminal")
  func table() {
    var table = TextTable(header: ["name", "x"])
    table.append(["漢字漢字", "1"])
    table.append(["e\u{301}", "12"])
    #expect(Set(table.lines.map(TerminalText.width)) == [12])
  }
}

@Suite("The progress of work")
struct WorkProgressTests {
  @Test("says how far it is and how long the rest takes at this speed, with the same total all the way")
  func text() {
    var work = WorkProgress("simulate", of: 1500, .things("seeds"))
    #expect(work.text == "simulate  0/1500 seeds  0 %" && work.remaining == nil)
    work.advance(to: 500, after: 20)
    #expect(work.text == "simulate  500/1500 seeds  33 %  40 s left")
    work.advance(to: 499, after: 21)
    #expect(work.done == 500, "it never goes back")
    work.advance(to: 2000, after: 60)
    #expect(work.text == "simulate  1500/1500 seeds  100 %")
  }

  @Test("counts a part that is under way, and does not call it done")
  func fraction() {
    var work = WorkProgress("claims", of: 10, .things("judged"))
    work.advance(to: 2.5, after: 50)
    #expect(work.text == "claims  2/10 judged  25 %  2 min 30 s left")
  }

  @Test("of a duration is the time that is left of it")
  func seconds() {
    var work = WorkProgress("soak", of: 600, .seconds)
    work.advance(to: 60, after: 63)
    #expect(work.text == "soak  1 min 00 s of 10 min 00 s  10 %  9 min 00 s left")
  }

  @Test("has its news below it, and fits")
  func lines() {
    var work = WorkProgress("drill", of: 3, .things("rounds"))
    work.news = "round 1 of 3: worker 1, kill -9: equal"
    #expect(
      work.lines(width: 20, height: 5, style: .plain) == ["drill  0/3 rounds  0 %", "round 1 of 3: work…"])
    #expect(work.lines(width: 80, height: 1, style: .plain).count == 1)
  }
}
