import Synchronization

/// Data sets that the runs of one process share: each is opened once, by the first who asks, and kept as long as the
/// cache. Files that change meanwhile are not read again.
package final class DatasetCache: Sendable {
  /// What was opened, and what has been found out about it since somebody wanted it.
  private struct Book {
    let dataset: Dataset
    var files: [FileRecord]?
    var standardization: Standardization?
  }

  private let books = Mutex<[DatasetRequest: Book]>([:])

  package init() {}

  /// - Throws: as `Dataset.init(_:)`, and again for the next who asks.
  package func dataset(_ request: DatasetRequest) throws(DatasetError) -> Dataset {
    // Others wait even for other sets: who reads the disk alone reads it fastest.
    try books.withLock { books throws(DatasetError) in try Self.book(request, in: &books).dataset }
  }

  /// The same as `Dataset.verify()`, read once.
  package func verify(_ request: DatasetRequest) throws(DatasetError) -> [FileRecord] {
    try books.withLock { books throws(DatasetError) in
      var book = try Self.book(request, in: &books)
      if let files = book.files { return files }
      let files = try book.dataset.verify()
      book.files = files
      books[request] = book
      return files
    }
  }

  /// Of the training images, computed once.
  package func standardization(_ request: DatasetRequest) throws(DatasetError) -> Standardization {
    try books.withLock { books throws(DatasetError) in
      var book = try Self.book(request, in: &books)
      if let standardization = book.standardization { return standardization }
      let standardization = Standardization(of: book.dataset.train)
      book.standardization = standardization
      books[request] = book
      return standardization
    }
  }

  private static func book(
    _ request: DatasetRequest, in books: inout [DatasetRequest: Book]
  ) throws(DatasetError) -> Book {
    if let book = books[request] { return book }
    let book = Book(dataset: try Dataset(request))
    books[request] = book
    return book
  }
}
