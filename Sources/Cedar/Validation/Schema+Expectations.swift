extension Schema: EntityExpectations {
    /// What entities of a type must have for attributes; `nil` when the type is not declared.
    public func attributes(of type: EntityTypeName) -> [ExactText: ExpectedValue]? {
        self.entityTypes[type]?.attributes.expectations
    }

    /// What tags of entities of a type must be; `nil` when it has none.
    public func tags(of type: EntityTypeName) -> ExpectedValue? {
        self.entityTypes[type]?.tags?.expectation
    }

    /// What the context of requests for an action must be; `nil` when the action is not declared.
    public func context(of action: EntityUID) -> [ExactText: ExpectedValue]? {
        self.actions[action]?.context.expectations
    }
}

extension RecordType {
    /// What a reader of JSON should expect of each attribute.
    var expectations: [ExactText: ExpectedValue] {
        Dictionary(uniqueKeysWithValues: self.attributes.map { (ExactText($0.name), $0.type.expectation) })
    }
}

extension CedarType {
    /// What a reader of JSON should expect of a value of this type.
    var expectation: ExpectedValue {
        switch self {
        case .never, .set(nil): .any
        case .bool: .bool
        case .long: .long
        case .string: .string
        case .entity: .entity
        case .set(let element?): .set(element.expectation)
        case .record(let record): .record(record.expectations)
        case .extension(let type): .extension(type)
        }
    }
}
