/// Who a person is, for as long as their directory entry exists.
///
/// A type of its own, so that a group's or a data set's identity cannot be put in its place.
package struct PersonID: Hashable, Sendable {
    /// The identity of the person's directory entry.
    package let stable: StableID

    /// The person whose entry bears this identity.
    package init(_ stable: StableID) {
        self.stable = stable
    }

    /// Reads the written form, `uuid:…` or `sid:…`; `nil` if it is neither.
    package init?(value: String) {
        guard let stable = StableID(value: value) else { return nil }
        self.stable = stable
    }

    /// The written form, as it stands in records and policies.
    package var value: String { self.stable.value }
}

extension PersonID: CustomStringConvertible {
    /// The same as ``value``.
    package var description: String { self.value }
}
