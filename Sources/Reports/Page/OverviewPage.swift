import Foundation

/// The page of a root folder: everything below it, newest first, with links to the pages of each.
package struct OverviewPage {
  private let overview: RootOverview

  package init(_ overview: RootOverview) { self.overview = overview }

  /// - Parameters:
  ///   - isLive: whether the page is read again every few seconds.
  ///   - link: where the page of an entry is; `nil` if it has none.
  package func html(isLive: Bool = false, link: (RootOverview.Entry) -> String?) -> String {
    let title = Self.escaped("Runs in \(overview.root)")
    let rows = overview.entries.map { row($0, link: link($0)) }.joined(separator: "\n")
    let refresh = isLive ? "<meta http-equiv=\"refresh\" content=\"5\">\n" : ""
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
      img-src data:; base-uri 'none'; form-action 'none'">
      \(refresh)\(ReportPage.generator)
      <link rel="icon" href="data:,">
      <title>\(title)</title>
      <style>
      \(String(decoding: PackageResources.report_css, as: UTF8.self))</style>
      </head>
      <body>
      <header><h1>\(title)</h1></header>
      <main>
      <p>\(Self.escaped(summary))</p>
      <div class="scroll" tabindex="0" role="region" aria-label="table of folders"><table><thead><tr>\
      <th scope="col">folder</th><th scope="col">kind</th><th scope="col">name</th>\
      <th scope="col">data set</th><th scope="col">network</th><th scope="col">status</th>\
      <th scope="col" class="n">test error</th><th scope="col">started, UTC</th></tr></thead><tbody>
      \(rows)
      </tbody></table></div>
      </main>
      <footer>Of a sweep, the test error is the best of its runs. What has no link has no page yet: tare report FOLDER makes \
      it, and tare serve FOLDER shows it.</footer>
      </body>
      </html>

      """
  }

  private var summary: String {
    func count(_ kind: RootOverview.Entry.Kind, _ one: String, _ many: String) -> String? {
      let number = overview.entries.count { $0.kind == kind }
      return number == 0 ? nil : "\(number) \(number == 1 ? one : many)"
    }
    let counts = [
      count(.run, "run", "runs"), count(.sweep, "sweep", "sweeps"), count(.group, "group of runs", "groups of runs"),
      count(.claims, "folder of claims", "folders of claims"),
    ]
    return counts.compactMap(\.self).joined(separator: ", ") + ", the newest first."
  }

  private func row(_ entry: RootOverview.Entry, link: String?) -> String {
    let folder = Self.escaped(entry.folder)
    let place = link.map { "<a href=\"\(Self.escaped($0))\">\(folder)</a>" } ?? folder
    let extent = entry.kind == .run ? "" : " (\(entry.ended) of \(entry.runs))"
    let error = entry.testError.map { String(format: "%.2f %%", 100 * $0) } ?? "–"
    let started = entry.started.map { String($0.formatted(.iso8601.dateTimeSeparator(.space)).dropLast()) } ?? "–"
    let cells = [entry.kind.rawValue, entry.name ?? "", entry.dataset, entry.network, entry.status + extent].map {
      "<td>\(Self.escaped($0))</td>"
    }
    return "<tr><td>\(place)</td>\(cells.joined())<td class=\"n\">\(error)</td><td>\(started)</td></tr>"
  }

  private static func escaped(_ text: String) -> String { SVGDrawing.escaped(text) }
}

extension RootOverview {
  /// A folder as a relative link names it.
  package static func link(to folder: String) -> String {
    folder.split(separator: "/").map { name in
      String(name).addingPercentEncoding(withAllowedCharacters: unreserved) ?? String(name)
    }.joined(separator: "/")
  }

  /// RFC 3986, section 2.3.
  private static let unreserved = CharacterSet(
    charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
}
