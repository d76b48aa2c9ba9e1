/// Where an entry is served: the things of one kind in one service whose name, or whose own id, is this.
///
///     - { service: mlflow, experiment: "press4-*" }      # by name, `*` stands for any text
///     - { service: mlflow, experiment-id: "17" }         # by the service's stable id
package struct ServedAt: Hashable, Sendable {
    /// How the things are told.
    package enum Selector: Hashable, Sendable {
        /// Those whose name matches.
        case name(NamePattern)
        /// The one with this id.
        case id(String)
    }

    /// The service's name in the configuration.
    package var service: String

    /// The service's kind of thing, as in ``ResourceReference/kind``.
    package var kind: String

    /// Which things of the kind.
    package var selector: Selector

    /// Where this is written.
    package var position: SourcePosition

    /// Describes a place.
    package init(service: String, kind: String, selector: Selector, position: SourcePosition) {
        self.service = service
        self.kind = kind
        self.selector = selector
        self.position = position
    }

    /// Reads one key and value of a `served` item: a key that ends in `-id` selects by id, any other by name pattern.
    package init(service: String, key: String, value: String, position: SourcePosition) {
        if key.hasSuffix("-id"), key.utf8.count > 3 {
            self.init(service: service, kind: String(key.dropLast(3)), selector: .id(value), position: position)
        } else {
            self.init(service: service, kind: key, selector: .name(NamePattern(value)), position: position)
        }
    }
}
