import Cedar

/// An action with the circumstances that the schema declares for it, looked up once.
struct ProjectedAction: Sendable {
    /// The action.
    let uid: EntityUID

    /// The circumstances that it declares, with their names.
    let attributes: [(attribute: ContextAttributes, name: String)]

    /// A context with every attribute that there always is: filling places in costs less than making a record.
    let template: RecordValue

    /// Looks up what the schema declares; ``SchemaAgreement`` has seen to it that every name is known.
    init(_ action: Schema.Action) {
        self.uid = action.uid
        let declared = action.context.attributes
        self.attributes = declared.compactMap { attribute in
            ContextAttributes(name: attribute.name).map { ($0, attribute.name) }
        }
        self.template = RecordValue(declared.filter(\.isRequired).map { ($0.name, Value.bool(false)) })
    }
}
