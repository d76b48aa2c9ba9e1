extension Typechecker {
    /// `a.name`: the attribute must be required, or known to be there.
    mutating func checkAttribute(
        _ expression: Expression,
        _ target: Expression,
        _ name: String,
        _ prior: Capabilities
    ) -> Answer {
        self.checkAttribute(expression, target, self.check(target, prior), name, prior)
    }

    /// The same for a target that has been answered.
    mutating func checkAttribute(
        _ expression: Expression,
        _ target: Expression,
        _ targetAnswer: Answer,
        _ name: String,
        _ prior: Capabilities
    ) -> Answer {
        let answer = self.expect(targetAnswer, of: target, [.anyEntity, .anyRecord])
        guard let type = answer.type else { return self.failure(nil, .attribute(name), [answer], expression) }
        guard let attribute = self.schema.attribute(name, of: type) else {
            guard self.describesProblems else { return self.failure(nil, .attribute(name), [answer], expression) }
            let access = self.access(to: name, of: target, prior)
            let known = self.schema.attributes(of: type).lazy.map(\.name)
            self.report(
                .unsafeAttributeAccess(
                    access,
                    suggestion: self.suggestions.closest(to: name, among: .attributes(of: type), known),
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
        // What attributes are read of, from the outermost to the innermost, and the names in between.
        var targets = [target]
        var names = [name]
        while case .attribute(let next, let outer) = targets[targets.count - 1].node {
            targets.append(next)
            names.append(outer)
        }
        // Checked before and found good enough; only the types are of interest now.
        var checker = Typechecker(self.schema, self.mode, self.environment, slots: self.slots)
        checker.describesProblems = false
        var type = checker.check(targets[targets.count - 1], prior).type
        let isContext = targets[targets.count - 1].node == .variable(.context)
        let base: AttributeAccess.Base = isContext ? .context(self.environment.action) : .other
        var access = AttributeAccess(base: base, names: names.reversed())
        for place in targets.indices.reversed() {
            if case .entity(let types)? = type, types != .any {
                access = AttributeAccess(base: .entity(types), names: names[...place].reversed())
            }
            guard place > 0 else { break }
            type = type.flatMap { self.schema.attribute(names[place], of: $0)?.type }
        }
        return access
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
