import Foundation

/// One self-contained HTML page: style, script and data are embedded, and its policy forbids foreign requests.
package struct ReportPage {
  private let data: ReportData
  private let curves: String

  /// - Parameter curves: from `CurvesText`, for the same runs.
  package init(_ data: ReportData, curves: String) { (self.data, self.curves) = (data, curves) }

  /// Identifies a page as ours.
  static let generator = "<meta name=\"generator\" content=\"tare\">"

  /// - Parameters:
  ///   - version: the version of the data, for a page that polls `data.json` for later ones.
  ///   - progress: how far the runs are, for such a page.
  package func html(version: String? = nil, progress: String = "") throws -> String {
    let title = SVGDrawing.escaped(data.title)
    let figures = data.figures.map {
      "<figure>\n\($0.svg)<figcaption>\(SVGDrawing.escaped($0.caption))</figcaption></figure>"
    }
    let (attribute, status, script) =
      version.map {
        (
          " data-version=\"\(SVGDrawing.escaped($0))\"",
          "<span id=\"live\" role=\"status\">live</span>"
            + "<p id=\"progress\" role=\"status\" style=\"flex-basis:100%;max-width:none;white-space:pre-wrap;margin:0\">"
            + SVGDrawing.escaped(progress) + "</p>",
          "\n<script>\n\(Self.text(PackageResources.live_js))</script>"
        )
      } ?? ("", "", "")
    return """
      <!DOCTYPE html>
      <html lang="en"\(attribute)>
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
      script-src 'unsafe-inline'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'">
      \(Self.generator)
      <link rel="icon" href="data:,">
      <title>\(title)</title>
      <style>
      \(Self.text(PackageResources.report_css))</style>
      </head>
      <body>
      <header><h1 id="title">\(title)</h1>\(status)<button id="theme" type="button">light / dark</button>
      <p id="about"></p></header>
      <noscript><main><p>The table of runs and their curves need JavaScript.</p></main></noscript>
      <main>
      <section id="claims" aria-labelledby="claims-title" hidden>
      <h2 id="claims-title">Claims</h2>
      <div class="scroll" tabindex="0" role="region" aria-label="table of claims"><table><thead><tr><th scope="col">claim</th>\
      <th scope="col">verdict</th><th scope="col">statement</th></tr></thead><tbody id="verdicts"></tbody></table></div>
      </section>
      <div id="figures">\(figures.joined(separator: "\n"))</div>
      <section aria-labelledby="table-title">
      <h2 id="table-title">Runs</h2>
      <p>Choose up to eight runs to see their curves below; marks in the figures can be clicked, too. \
      <span id="count" role="status"></span> <span id="full" role="status" class="bad"></span></p>
      <div class="bar"><label for="filter">Filter</label><input id="filter" type="search" \
      placeholder="such as l2&lt;0.1 projection=filter" aria-describedby="filter-error" autocomplete="off" size="40">\
      <span id="filter-error" role="status" class="bad"></span></div>
      <div class="scroll" tabindex="0" role="region" aria-label="table of runs"><table id="runs"></table></div>
      </section>
      <section aria-labelledby="curves-title">
      <h2 id="curves-title">Chosen runs</h2>
      <ul id="chosen"></ul>
      <div id="curves"></div>
      </section>
      <section aria-labelledby="reproduce-title">
      <h2 id="reproduce-title">How to reproduce them</h2>
      <pre id="reproduce" tabindex="0"></pre>
      </section>
      </main>
      <footer>Made by tare report. The effective learning rate is η/‖w‖² for the SGD family and η/‖w‖ for the Adam family; λ_d \
      is the decay per step, twice the paper's λ. The table's effective rate and angle are means over the run's steps, and geometric \
      means over its layers.</footer>
      <div id="tip" aria-hidden="true"></div>
      <script type="application/json" id="data">\(try data.json())</script>
      <script type="application/json" id="curve-data">\(curves)</script>
      <script>
      \(Self.text(PackageResources.figures_js))\(Self.text(PackageResources.filter_js))\
      \(Self.text(PackageResources.report_js))</script>\(script)
      </body>
      </html>

      """
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
