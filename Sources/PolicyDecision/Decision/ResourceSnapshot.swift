package import Catalog
import Cedar

/// A thing as one revision of the policies sees it: its label and its Cedar entity, made once and shared by all references that
/// belong to the same entries.
package struct ResourceSnapshot: Sendable {
    /// What a decision sees of things that belong to the same entries.
    final class Projected: Sendable {
        /// `nil` when there is no label, and so nothing that a policy could be asked about.
        let entity: Result<Entity, ProjectionError>?

        init(entity: Result<Entity, ProjectionError>?) {
            self.entity = entity
        }
    }

    /// The thing with its label.
    package let labelled: LabelledResource

    let projected: Projected

    /// Equal for things about which every decision comes out the same, as far as policies do not read
    /// ``ContextAttributes/service`` and ``ContextAttributes/kind``.
    package var identity: ObjectIdentifier { ObjectIdentifier(self.projected) }
}
