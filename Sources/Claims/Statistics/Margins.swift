/// Stub
package enum Margins {
  package static let confidence = 0.95
}
