import Foundation
import FoundationXML

/// Counts elements by their class.
final class ElementCounter: NSObject, XMLParserDelegate {
  var classes: [String: Int] = [:]
  private var elements: [(name: String, attributes: [String: String])] = []

  /// The attributes of each.
  static func elements(of text: String, named name: String) -> [[String: String]] {
    let counter = ElementCounter()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = counter
    _ = parser.parse()
    return counter.elements.filter { $0.name == name }.map(\.attributes)
  }

  func parser(
    _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    elements.append((elementName, attributes))
    if let name = attributes["class"] { classes[name, default: 0] += 1 }
  }
}
