import Foundation
package import Parameters

extension FilterSums {
  /// The angle between w and w + d, in rad; projection does not change it. By atan2 of the parts of w + d across and
  /// along w: an arc cosine would lose angles below 10⁻⁸. Needs w ≠ 0.
  package var angle: Double {
    let norm = w2.squareRoot()
    let across2 = d2 - wd * wd / w2
    return atan2(max(0, across2).squareRoot(), norm + wd / norm)
  }
}
