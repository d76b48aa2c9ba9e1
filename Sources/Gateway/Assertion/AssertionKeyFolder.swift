package import TransparencyLog

/// Where the keys of assertions are kept: one file each, named after the second in which it was made, readable for its owner only.
package struct AssertionKeyFolder: Sendable {
    private let store: any FileStore

    /// Keys in the root of a store.
    package init(_ store: any FileStore) {
        self.store = store
    }

    /// Reads the keys.
    ///
    /// - Returns: The ring; `nil` when there is no key yet.
    /// - Throws: ``AssertionFailure``.
    package func read() throws(AssertionFailure) -> AssertionKeyRing? {
        var keys: [AssertionKey] = []
        do throws(FileFailure) {
            for name in try self.store.list("") where name.hasSuffix(".pem") {
                let text = String(decoding: try self.store.read(name), as: UTF8.self)
                guard let created = Int64(name.dropLast(4)), let key = AssertionKey(pem: text, created: created) else {
                    throw .missing(name)
                }
                keys.append(key)
            }
        } catch {
            throw .unreadable(error.path)
        }
        return AssertionKeyRing(keys)
    }

    /// Makes a key and puts it beside the others; those that nobody needs any more go.
    ///
    /// - Parameter now: The present moment in seconds since 1970.
    /// - Returns: The ring with it.
    /// - Throws: ``AssertionFailure``.
    package func rotate(at now: Int64) throws(AssertionFailure) -> AssertionKeyRing {
        let known = try self.read()?.keys ?? []
        let key = AssertionKey(created: max(now, (known.last?.created ?? 0) + 1))
        guard let ring = AssertionKeyRing(known + [key]) else { throw .unreadable("") }
        let kept = Set(ring.published(at: now).map(\.created))
        do throws(FileFailure) {
            try self.store.replace("\(key.created).pem", with: Array(key.pem.utf8), durably: true)
            for old in known where !kept.contains(old.created) {
                try self.store.remove("\(old.created).pem", durably: true)
            }
        } catch {
            throw .unwritable(error.path)
        }
        return ring
    }
}

/// Why there are no keys to sign assertions with.
package enum AssertionFailure: Error, Hashable, Sendable {
    /// A file cannot be read, or holds no key.
    case unreadable(String)
    /// A file cannot be written.
    case unwritable(String)
}

extension AssertionFailure: CustomStringConvertible {
    /// One line for people.
    package var description: String {
        switch self {
        case .unreadable(let file):
            "the assertion key `\(file)` cannot be read, expected a P-256 key in PEM, named after a second"
        case .unwritable(let file): "the assertion key `\(file)` cannot be written"
        }
    }
}
