import Glibc
import Synchronization

/// A password on its way to the directory: never printed, never compared, wiped when nobody needs it any more.
///
/// A class, so that handing it on makes no copy that would have to be wiped too. The octets are reachable only inside
/// ``withOctets(_:)``, so whoever keeps them has to write a copy on purpose.
package final class Password: Sendable {
    // Guarded by itself; written once in `init` and once, with zeros, in `deinit`.
    private let octets: Mutex<[UInt8]>

    /// What is wrong with the octets as a password, if anything.
    package let flaw: Flaw?

    /// Why octets can never be sent as a password.
    package enum Flaw: Hashable, Sendable {
        /// Nothing, or nothing but blanks: many servers take an empty password for an anonymous bind and say yes.
        case blank

        /// A NUL octet, where C code on the other side would stop reading.
        case containsNUL

        /// More than ``Password/maximumLength`` octets.
        case tooLong
    }

    /// The most octets a password may have: longer than any directory stores, short enough to never be a burden.
    package static let maximumLength = 1_024

    /// Takes a password as it came over the wire.
    ///
    /// - Parameter octets: UTF-8, as RFC 4513 asks; passed to the directory as they are. The caller wipes its own copy.
    package init(_ octets: some Collection<UInt8>) {
        self.flaw = Self.flaw(of: octets)
        // INVARIANT: one allocation of the final size, so growth leaves no stale copy behind.
        var own: [UInt8] = []
        own.reserveCapacity(octets.count)
        own.append(contentsOf: octets)
        self.octets = Mutex(own)
    }

    /// Takes a password from text, as tests and prompts have it.
    package convenience init(_ text: String) {
        self.init(text.utf8)
    }

    deinit {
        self.octets.withLock { octets in
            // `explicit_bzero`, because the compiler may drop stores to memory that nobody reads again.
            unsafe octets.withUnsafeMutableBytes { buffer in
                guard let start = buffer.baseAddress else { return }
                unsafe explicit_bzero(start, buffer.count)
            }
        }
    }

    /// Lends the octets for the length of `body`.
    package func withOctets<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result where Result: Sendable {
        try self.octets.withLock { octets throws(Failure) in try body(octets.span) }
    }

    private static func flaw(of octets: some Collection<UInt8>) -> Flaw? {
        if octets.count > self.maximumLength { return .tooLong }
        if octets.contains(0) { return .containsNUL }
        let blanks: ClosedRange<UInt8> = 0x09...0x0D
        return octets.allSatisfy { $0 == 0x20 || blanks.contains($0) } ? .blank : nil
    }
}

extension Password: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Says that there is a password, and nothing about it.
    package var description: String { "(password)" }

    /// The same as ``description``.
    package var debugDescription: String { self.description }

    /// Empty, so that `dump` shows nothing either.
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
