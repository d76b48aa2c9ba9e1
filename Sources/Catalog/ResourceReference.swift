/// What a request names in a service's own words: the thing of a kind with this id, or this name, or both.
///
/// Profiles make references from requests without knowing any label; the ``Catalog`` says what a reference is in the
/// company's words.
package struct ResourceReference: Hashable, Sendable {
    /// The service as named in the configuration, for example `mlflow`.
    package var service: String

    /// The service's kind of thing, for example `experiment` or `registered-model`; `service` for the service itself.
    package var kind: String

    /// The service's own stable id; `nil` for a thing that is about to be created.
    package var id: String?

    /// The current name; `nil` where things of the kind have none, or before it is known.
    package var name: String?

    /// Refers to a thing of a service.
    package init(service: String, kind: String, id: String? = nil, name: String? = nil) {
        self.service = service
        self.kind = kind
        self.id = id
        self.name = name
    }
}

extension ResourceReference {
    /// Whether both name the same thing, byte for byte.
    ///
    /// Swift's own `==` takes two spellings of one accented letter for the same text; a service may keep a thing under each.
    package static func == (a: ResourceReference, b: ResourceReference) -> Bool {
        a.id.isExactly(b.id) && a.name.isExactly(b.name) && a.kind.isExactly(b.kind) && a.service.isExactly(b.service)
    }
}

extension String? {
    /// Whether both are the same bytes, or both missing.
    func isExactly(_ other: String?) -> Bool {
        switch (self, other) {
        case (nil, nil): true
        case (let a?, let b?): a.isExactly(b)
        default: false
        }
    }
}

extension String {
    /// Whether both are the same bytes; canonically equivalent texts may not be.
    func isExactly(_ other: String) -> Bool { self.utf8.elementsEqual(other.utf8) }
}

extension ResourceReference {
    /// The kind of a reference to an entry of the catalogue itself, by the entry's id: what is governed, not what is served.
    package static let entryKind = "catalog-entry"
}

extension ResourceReference: CustomStringConvertible {
    /// The reference on one line: `service/kind/id`, with the name in place of an id that is not known.
    package var description: String {
        "\(self.service)/\(self.kind)" + ((self.id ?? self.name).map { "/\($0)" } ?? "")
    }
}
