extension Typechecker {
    /// `a.name`: the attribute must be required, or known to be there.
    mutating func checkAttribute(
        _ expression: Expression,
        _ target: Expression,
        _ name: String,
        _ prior: Capabilities
    ) -> Answer {
        let answer = self.expect(target, [.anyEntity, .anyRecord], prior)
        guard let type = answer.type else { return self.failure(nil, .attribute(name), [answer], expression) }
        guard let attribute = self.schema.attribute(name, of: type) else {
            guard self.describesProblems else { return self.failure(nil, .attribute(name), [answer], expression) }
            let access = self.access(to: name, of: target, prior)
            let known = self.schema.attributes(of: type).map(\.name)
            self.report(
                .unsafeAttributeAccess(
                    access,
                    suggestion: Spelling.closest(to: name, in: known),
                    mayExist: self.schema.mayHave(name, type)
                ),
                expression
            )
            return self.failure(nil, .attribute(name), [answer], expression)
        }
        guard attribute.isRequired || prior.contains(Capability(target: target, part: .attribute(ExactText(name))))
        else {
            if self.describesProblems {
                self.report(.unsafeOptionalAttributeAccess(self.access(to: name, of: target, prior)), expression)
            }
            return self.failure(attribute.type, .attribute(name), [answer], expression)
        }
        return self.success(attribute.type, .attribute(name), [answer], expression)
    }

    /// `a has name`: establishes that the attribute is there.
    mutating func checkHas(
        _ expression: Expression,
        _ target: Expression,
        _ name: String,
        _ prior: Capabilities
    ) -> Answer {
        let answer = self.expect(target, [.anyEntity, .anyRecord], prior) { actual in
            switch actual {
            case .set: .tryContains
            case .string: .tryLike
            default: nil
            }
        }
        guard let type = answer.type else { return self.failure(.boolean, .has(name), [answer], expression) }
        guard let attribute = self.schema.attribute(name, of: type) else {
            let result: CedarType = self.schema.mayHave(name, type) ? .boolean : .literal(false)
            return self.success(result, .has(name), [answer], expression)
        }
        let capability = Capability(target: target, part: .attribute(ExactText(name)))
        // An entity may be missing from the store, so a required attribute need not be there; one of a record is.
        var isThere = prior.contains(capability)
        if case .record = type, attribute.isRequired { isThere = true }
        let result: CedarType = isThere ? .literal(true) : .boolean
        return self.success(result, .has(name), [answer], expression, [capability])
    }

    /// Checks `a is T`.
    mutating func checkIs(
        _ expression: Expression,
        _ target: Expression,
        _ tested: EntityTypeName,
        _ prior: Capabilities
    ) -> Answer {
        let answer = self.expect(target, [.anyEntity], prior) { _ in .typeTestNotSupported }
        switch answer.type {
        case .entity(.any)?:
            return self.success(.boolean, .is(tested), [answer], expression)
        case .entity(.oneOf(let names))?:
            let result: CedarType =
                !names.contains(tested) ? .literal(false) : names.count == 1 ? .literal(true) : .boolean
            return self.success(result, .is(tested), [answer], expression)
        default:
            return self.failure(.boolean, .is(tested), [answer], expression)
        }
    }

    /// `a.hasTag(b)`: establishes that the tag is there.
    mutating func checkHasTag(
        _ expression: Expression,
        _ target: Expression,
        _ tag: Expression,
        _ prior: Capabilities
    ) -> Answer {
        let entity = self.expect(target, [.anyEntity], prior)
        let name = self.expect(tag, [.string], prior)
        guard case .entity(let types)? = entity.type else {
            return self.failure(nil, .binary(.hasTag), [entity, name], expression)
        }
        let capability = Capability(target: target, part: .tag(tag))
        let result: CedarType =
            self.schema.tagTypes(of: types).isEmpty
            ? .literal(false) : prior.contains(capability) ? .literal(true) : .boolean
        return self.success(result, .binary(.hasTag), [entity, name], expression, [capability])
    }

    /// `a.getTag(b)`: the tag must be known to be there.
    mutating func checkGetTag(
        _ expression: Expression,
        _ target: Expression,
        _ tag: Expression,
        _ prior: Capabilities
    ) -> Answer {
        let entity = self.expect(target, [.anyEntity], prior)
        let name = self.expect(tag, [.string], prior)
        guard case .entity(let types)? = entity.type else {
            return self.failure(nil, .binary(.getTag), [entity, name], expression)
        }
        guard prior.contains(Capability(target: target, part: .tag(tag))) else {
            if self.describesProblems {
                let typed = self.annotated(tag, prior)?.description ?? ""
                self.report(.unsafeTagAccess(tag: typed, types: types), expression)
            }
            return self.failure(nil, .binary(.getTag), [entity, name], expression)
        }
        let tagTypes = self.schema.tagTypes(of: types)
        guard !tagTypes.isEmpty else {
            self.report(.noTagsAllowed(types.single), expression)
            return self.failure(nil, .binary(.getTag), [entity, name], expression)
        }
        do throws(IncompatibilityHint) {
            let type = try CedarType.leastUpperBound(of: tagTypes, self.mode)
            return self.success(type, .binary(.getTag), [entity, name], expression)
        } catch {
            self.report(.incompatibleTypes(tagTypes, hint: error, place: .getTag), expression)
            return self.failure(nil, .binary(.getTag), [entity, name], expression)
        }
    }

    /// An expression with its types, for a message; what is wrong in it has been reported already.
    private func annotated(_ expression: Expression, _ prior: Capabilities) -> TypedExpression? {
        var checker = Typechecker(self.schema, self.mode, self.environment, slots: self.slots, annotates: true)
        checker.describesProblems = false
        return checker.check(expression, prior).typed
    }

    /// Describes `target.name` for a message: the attributes down from the nearest entity, or from the context.
    private func access(to name: String, of target: Expression, _ prior: Capabilities) -> AttributeAccess {
        var names = [name]
        var target = target
        while true {
            // Checked before and found good enough; only the type is of interest now.
            var checker = Typechecker(self.schema, self.mode, self.environment, slots: self.slots)
            checker.describesProblems = false
            if case .entity(let types)? = checker.check(target, prior).type, types != .any {
                return AttributeAccess(base: .entity(types), names: names)
            }
            switch target.node {
            case .variable(.context):
                return AttributeAccess(base: .context(self.environment.action), names: names)
            case .attribute(let next, let outer):
                names.insert(outer, at: 0)
                target = next
            default:
                return AttributeAccess(base: .other, names: names)
            }
        }
    }
}

extension Schema {
    /// The attributes that values of a type are known to have or to be able to have.
    func attributes(of type: CedarType) -> [RecordType.Attribute] {
        switch type {
        case .record(let record):
            return record.attributes
        case .entity(.oneOf(let names)):
            guard let first = names.first else { return [] }
            // Several types have in common what all of them declare.
            return names.dropFirst().reduce(self.entityTypes[first]?.attributes ?? .empty) { common, name in
                RecordType(RecordType.commonAttributes(common, self.entityTypes[name]?.attributes ?? .empty))
            }.attributes
        default:
            return []
        }
    }

    /// The attribute of a name that values of a type have or may have; `nil` if its type can't be told.
    func attribute(_ name: String, of type: CedarType) -> RecordType.Attribute? {
        switch type {
        case .record(let record): return record.attribute(name)
        case .entity(.oneOf(let names)) where names.count == 1:
            return self.entityTypes[names[0]]?.attributes.attribute(name)
        default: return self.attributes(of: type).first { $0.name.isExactly(name) }
        }
    }

    /// Whether values of a type could have an attribute of a name.
    func mayHave(_ name: String, _ type: CedarType) -> Bool {
        switch type {
        case .never, .entity(.any): true
        case .entity(.oneOf(let names)):
            names.contains { type in
                // Of a type that is not declared nothing is known, except that actions have no attributes.
                self.entityTypes[type].map { $0.attributes.attribute(name) != nil } ?? !type.isActionType
            }
        case .record(let record): record.isOpen || record.attribute(name) != nil
        default: false
        }
    }

    /// The types that tags of such entities may have; those without tags are left out.
    func tagTypes(of types: CedarType.EntityTypes) -> [CedarType] {
        var found: [CedarType] = []
        func add(_ type: EntityType?) {
            guard let tags = type?.tags, !found.contains(tags) else { return }
            found.append(tags)
        }
        switch types {
        case .any: for type in self.entityTypes.values { add(type) }
        case .oneOf(let names): for name in names { add(self.entityTypes[name]) }
        }
        return found
    }
}
