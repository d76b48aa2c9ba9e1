package import TransparencyLog

/// How far a shipper has come: the place in the log of the first entry that its receiver does not have yet.
///
/// Stored after a batch was delivered and never before, so that whatever stops in between sends a batch twice and leaves
/// none out.
package struct ShipCursor {
    private let store: any FileStore
    private let path: String

    package init(store: any FileStore, name: String) {
        self.store = store
        self.path = name
    }

    /// The place to go on from; 0 when nothing was shipped yet.
    ///
    /// - Throws: ``LogFailure/corrupt(_:offset:)`` when the file says something else: guessing would leave entries out.
    package func read() throws(LogFailure) -> UInt64 {
        let bytes: [UInt8]
        do {
            bytes = try self.store.read(self.path)
        } catch .missing {
            return 0
        } catch {
            throw .file(error)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let place = UInt64(text.dropLast()), text == "\(place)\n" else { throw .corrupt(self.path, offset: 0) }
        return place
    }

    /// Stores the place.
    package func write(_ place: UInt64) throws(LogFailure) {
        let (store, path) = (self.store, self.path)
        try LogFailure.naming { () throws(FileFailure) in
            try store.replace(path, with: Array("\(place)\n".utf8), durably: true)
        }
    }
}
