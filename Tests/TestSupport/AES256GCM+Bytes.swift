package import OpenSSL

extension AES256GCM {
  package func seal(_ plain: [UInt8], _ nonce: Nonce) -> [UInt8] {
    var sealed = [UInt8](repeating: 0, count: plain.count + Self.tagByteCount)
    unsafe plain.withUnsafeBytes { plain in
      unsafe sealed.withUnsafeMutableBytes { unsafe seal(plain, nonce: nonce, into: $0) }
    }
    return sealed
  }

  /// - Returns: `nil` for what is not authentic.
  package func open(_ sealed: [UInt8], _ nonce: Nonce) -> [UInt8]? {
    var text = sealed
    let count = unsafe text.withUnsafeMutableBytes { unsafe open($0, nonce: nonce) }
    return count.map { Array(text[..<$0]) }
  }
}
