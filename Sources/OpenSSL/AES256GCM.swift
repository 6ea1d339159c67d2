import COpenSSL

/// AES-256 in Galois/Counter Mode (NIST SP 800-38D): encrypts and authenticates, computed by libcrypto with the processor's AES
/// instructions where available.
///
/// Used by one thread at a time. A key must not seal two texts with one nonce.
@safe package final class AES256GCM {
  package static let keyByteCount = 32
  /// A sealed text is longer than the plain one by its authenticator.
  package static let tagByteCount = 16
  /// The mode's limit on one text: 2^36 − 32 bytes.
  package static let maximumByteCount = (1 << 36) - 32

  /// 96 bits, both parts little-endian.
  package struct Nonce: Hashable, Sendable {
    package let number: UInt64
    package let part: UInt32

    package init(_ number: UInt64, part: UInt32 = 0) { (self.number, self.part) = (number, part) }
  }

  private let context: OpaquePointer

  package init(key: [UInt8]) {
    precondition(key.count == Self.keyByteCount, "a key has 32 bytes")
    // Fails only when memory is exhausted, which is not recoverable.
    guard let context = unsafe EVP_CIPHER_CTX_new(), let algorithm = unsafe Provider.aes256gcm,
      unsafe EVP_EncryptInit_ex2(context, algorithm, key, nil, nil) == 1
    else { fatalError("libcrypto cannot begin AES-256-GCM") }
    unsafe self.context = context
  }

  deinit { unsafe EVP_CIPHER_CTX_free(context) }

  /// Encrypts `plain` into the first bytes of `sealed`, and appends the tag.
  package func seal(_ plain: UnsafeRawBufferPointer, nonce: Nonce, into sealed: UnsafeMutableRawBufferPointer) {
    precondition(sealed.count == plain.count + Self.tagByteCount && plain.count <= Self.maximumByteCount)
    let isBegun = unsafe nonce.withBytes { unsafe EVP_EncryptInit_ex2(context, nil, nil, $0, nil) } == 1
    var isDone = isBegun
    Self.forEachPart(of: plain.count) { part in
      var written: CInt = 0
      let (source, target) = unsafe (plain.bytes(from: part.lowerBound), sealed.bytes(from: part.lowerBound))
      isDone = unsafe isDone && EVP_EncryptUpdate(context, target, &written, source, CInt(part.count)) == 1
    }
    var rest: CInt = 0
    let tag = unsafe sealed.bytes(from: plain.count)
    isDone =
      unsafe isDone && EVP_EncryptFinal_ex(context, tag, &rest) == 1
      && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, CInt(Self.tagByteCount), tag) == 1
    precondition(isDone, "libcrypto encrypts what it has begun")
  }

  /// Decrypts `sealed` in place.
  ///
  /// - Returns: the count of plain bytes at the beginning of `sealed`; `nil` if it was sealed with another key or nonce, or has
  ///   been changed. Its content is then undefined.
  package func open(_ sealed: UnsafeMutableRawBufferPointer, nonce: Nonce) -> Int? {
    let count = sealed.count - Self.tagByteCount
    guard (0...Self.maximumByteCount).contains(count) else { return nil }
    let isBegun = unsafe nonce.withBytes { unsafe EVP_DecryptInit_ex2(context, nil, nil, $0, nil) } == 1
    var isDone = isBegun
    Self.forEachPart(of: count) { part in
      var written: CInt = 0
      let bytes = unsafe sealed.bytes(from: part.lowerBound)
      isDone = unsafe isDone && EVP_DecryptUpdate(context, bytes, &written, bytes, CInt(part.count)) == 1
    }
    precondition(isDone, "libcrypto decrypts what it has begun")
    var rest: CInt = 0
    let tag = unsafe sealed.bytes(from: count)
    let isAuthentic =
      unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, CInt(Self.tagByteCount), tag) == 1
      && EVP_DecryptFinal_ex(context, tag, &rest) == 1
    return isAuthentic ? count : nil
  }

  /// libcrypto counts bytes in 32 bits.
  private static func forEachPart(of count: Int, _ body: (Range<Int>) -> Void) {
    for start in stride(from: 0, to: count, by: 1 << 30) { body(start..<min(start + 1 << 30, count)) }
  }
}

extension AES256GCM.Nonce {
  fileprivate func withBytes<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
    let bytes =
      (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
      + (0..<4).map {
        UInt8(truncatingIfNeeded: part >> (8 * UInt32($0)))
      }
    return unsafe bytes.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { preconditionFailure("12 bytes have an address") }
      return unsafe body(start)
    }
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func bytes(from offset: Int) -> UnsafePointer<UInt8>? {
    unsafe baseAddress.map { unsafe ($0 + offset).assumingMemoryBound(to: UInt8.self) }
  }
}

extension UnsafeMutableRawBufferPointer {
  fileprivate func bytes(from offset: Int) -> UnsafeMutablePointer<UInt8>? {
    unsafe baseAddress.map { unsafe ($0 + offset).assumingMemoryBound(to: UInt8.self) }
  }
}
