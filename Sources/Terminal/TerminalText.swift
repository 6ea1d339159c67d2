import Glibc

/// Text by the columns that it takes on a terminal.
package enum TerminalText {
  /// Columns of `text`: its style sequences take none, nor do combining marks, and East Asian characters and emoji take two.
  package static func width(_ text: String) -> Int { pieces(text).reduce(0) { $0 + $1.width } }

  /// As much of `text` as fits into `columns`; what is cut ends with `…`. Control characters but those of styles are shown
  /// as a replacement character, so that one line stays one line.
  package static func fitted(_ text: String, to columns: Int) -> String {
    let pieces = pieces(text)
    let width = pieces.reduce(0) { $0 + $1.width }
    guard width > columns else { return pieces.map(\.text).joined() }
    var (kept, taken, isStyled) = ("", 0, false)
    for piece in pieces {
      if piece.isStyle {
        isStyled = piece.text != reset
      } else if taken + piece.width > columns - 1 {
        break
      }
      kept += piece.text
      taken += piece.width
    }
    return kept + (columns > 0 ? "…" : "") + (isStyled ? reset : "")
  }

  private static let reset = "\u{1B}[0m"

  private struct Piece {
    let text: String
    let width: Int
    var isStyle = false
  }

  /// Style sequences, and the other scalars.
  private static func pieces(_ text: String) -> [Piece] {
    var pieces: [Piece] = []
    var rest = Substring(text).unicodeScalars
    while let scalar = rest.first {
      if scalar == "\u{1B}", let style = Substring(rest).prefixMatch(of: /\u{1B}\[[0-9;]*m/) {
        pieces.append(Piece(text: String(style.0), width: 0, isStyle: true))
        rest = rest.dropFirst(style.0.unicodeScalars.count)
      } else {
        let isControl = scalar.properties.generalCategory == .control
        pieces.append(Piece(text: isControl ? "\u{FFFD}" : String(scalar), width: isControl ? 1 : columns(scalar)))
        rest = rest.dropFirst()
      }
    }
    return pieces
  }

  /// By the C library's table, which is Unicode's and the one that terminals use.
  private static func columns(_ scalar: Unicode.Scalar) -> Int {
    guard !scalar.isASCII else { return 1 }
    guard let library, let wide = wchar_t(exactly: scalar.value) else { return 1 }
    let before = unsafe uselocale(library.locale)
    defer { unsafe uselocale(before) }
    return max(Int(library.width(wide)), 0)
  }

  private static let library = Library()

  /// Made once and never changed.
  @safe private struct Library: @unchecked Sendable {
    let locale: locale_t
    let width: @convention(c) (wchar_t) -> Int32

    init?() {
      // The header hides it from Swift behind a feature macro.
      guard let locale = unsafe newlocale(LC_CTYPE_MASK, "C.UTF-8", nil), let symbol = unsafe dlsym(nil, "wcwidth")
      else { return nil }
      unsafe self.locale = locale
      unsafe width = unsafeBitCast(symbol, to: (@convention(c) (wchar_t) -> Int32).self)
    }
  }
}
