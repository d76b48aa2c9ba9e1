extension BinaryOperator {
    /// Whether the result is a number.
    var isArithmetic: Bool {
        switch self {
        case .add, .subtract, .multiply: true
        default: false
        }
    }
}

/// What operators do.
extension Evaluator {
    /// The sum, difference or product, checked.
    func arithmetic(_ binary: BinaryOperator, _ left: Int32, _ right: Int32) throws(EvaluationError) -> Int64 {
        // Both operands are evaluated before either is looked at.
        let leftValue = try self.value(left)
        let rightValue = try self.value(right)
        let a = try leftValue.asLong()
        let b = try rightValue.asLong()
        switch binary {
        case .add:
            let (result, overflow) = a.addingReportingOverflow(b)
            if overflow { throw .overflow(.add(a, b)) }
            return result
        case .subtract:
            let (result, overflow) = a.subtractingReportingOverflow(b)
            if overflow { throw .overflow(.subtract(a, b)) }
            return result
        default:
            let (result, overflow) = a.multipliedReportingOverflow(by: b)
            if overflow { throw .overflow(.multiply(a, b)) }
            return result
        }
    }

    /// The truth value of an operator with two operands.
    func test(_ binary: BinaryOperator, _ left: Int32, _ right: Int32) throws(EvaluationError) -> Bool {
        let a = try self.value(left)
        let b = try self.value(right)
        switch binary {
        case .equal: return a == b
        case .notEqual: return a != b
        case .less: return try Self.precedes(a, b)
        case .lessOrEqual: return try !Self.precedes(b, a, isSwapped: true)
        case .greater: return try Self.precedes(b, a, isSwapped: true)
        case .greaterOrEqual: return try !Self.precedes(a, b)
        case .in: return try self.isIn(try a.asEntity(), b)
        case .contains: return try a.asSet().contains(b)
        case .containsAll: return try a.asSet().isSuperset(of: try b.asSet())
        case .containsAny: return try a.asSet().intersects(try b.asSet())
        case .hasTag:
            let uid = try a.asEntity()
            let name = try b.asString()
            return self.entities.entity(uid)?.tags.has(name) ?? false
        case .add, .subtract, .multiply, .getTag:
            throw .type(expected: [.bool], found: .long)
        }
    }

    /// The tag of an entity.
    func tag(_ left: Int32, _ right: Int32) throws(EvaluationError) -> Value {
        let object = try self.value(left)
        let name = try self.value(right)
        let uid = try object.asEntity()
        let text = try name.asString()
        guard let entity = self.entities.entity(uid) else { throw .missingEntity(uid) }
        guard let value = entity.tags[text] else { throw .missingTag(text, of: uid) }
        return value
    }

    /// The attribute of a record or an entity.
    func attribute(of object: Value, _ name: String) throws(EvaluationError) -> Value {
        switch object {
        case .record(let record):
            guard let value = record[name] else { throw .missingRecordAttribute(name) }
            return value
        case .entity(let uid):
            return try Self.attribute(of: self.entities.entity(uid), uid, name)
        default:
            throw .type(expected: [.record, .entity(nil)], found: object.kind)
        }
    }

    /// The attribute of a part of the request.
    func attribute(of variable: Variable, _ name: String) throws(EvaluationError) -> Value {
        switch variable {
        case .context:
            guard let value = self.request.context[name] else { throw .missingRecordAttribute(name) }
            return value
        case .principal: return try Self.attribute(of: self.principal, self.request.principal, name)
        case .resource: return try Self.attribute(of: self.resource, self.request.resource, name)
        case .action:
            return try Self.attribute(of: self.entities.entity(self.request.action), self.request.action, name)
        }
    }

    private static func attribute(of entity: Entity?, _ uid: EntityUID, _ name: String) throws(EvaluationError) -> Value
    {
        guard let entity else { throw .missingEntity(uid) }
        guard let value = entity.attributes[name] else { throw .missingAttribute(name, of: uid) }
        return value
    }

    /// Whether a record or an entity has an attribute.
    func has(_ object: Value, _ name: String) throws(EvaluationError) -> Bool {
        switch object {
        case .record(let record): return record.has(name)
        case .entity(let uid): return self.entities.entity(uid)?.attributes.has(name) ?? false
        default: throw .type(expected: [.record, .entity(nil)], found: object.kind)
        }
    }

    /// Whether an attribute is there, and in it the next, and so on to the last name of a path.
    func has(_ object: Value, path: ArraySlice<Int32>) throws(EvaluationError) -> Bool {
        var object = object
        for name in path.dropLast() {
            let name = self.program.names[Int(name)]
            guard try self.has(object, name) else { return false }
            object = try self.attribute(of: object, name)
        }
        guard let last = path.last else { return true }
        return try self.has(object, self.program.names[Int(last)])
    }

    /// Whether a part of the request has an attribute.
    func has(_ variable: Variable, _ name: String) -> Bool {
        switch variable {
        case .context: self.request.context.has(name)
        case .principal: self.principal?.attributes.has(name) ?? false
        case .resource: self.resource?.attributes.has(name) ?? false
        case .action: self.entities.entity(self.request.action)?.attributes.has(name) ?? false
        }
    }

    /// Whether an entity is, or is part of, another or any of a set.
    func isIn(_ uid: EntityUID, _ other: Value) throws(EvaluationError) -> Bool {
        switch other {
        case .entity(let ancestor):
            return self.isIn(uid, ancestor)
        case .set(let set):
            // Every element must be an entity, also behind the one that decides.
            for element in set {
                guard case .entity = element else { throw .type(expected: [.entity(nil)], found: element.kind) }
            }
            for case .entity(let ancestor) in set where self.isIn(uid, ancestor) { return true }
            return false
        default:
            throw .type(expected: [.set, .entity(nil)], found: other.kind)
        }
    }

    private func isIn(_ uid: EntityUID, _ ancestor: EntityUID) -> Bool {
        if uid == ancestor { return true }
        if uid == self.request.principal { return self.principal?.ancestors.contains(ancestor) ?? false }
        return self.entities.entity(uid)?.ancestors.contains(ancestor) ?? false
    }

    /// Whether `a` is before `b`: numbers, moments and spans of time have an order.
    private static func precedes(_ a: Value, _ b: Value, isSwapped: Bool = false) throws(EvaluationError) -> Bool {
        switch (a, b) {
        case (.long(let a), .long(let b)): return a < b
        case (.extension(.datetime(let a)), .extension(.datetime(let b))): return a < b
        case (.extension(.duration(let a)), .extension(.duration(let b))): return a < b
        default:
            // The error names the operand that people wrote first, unless only the other is wrong.
            let (first, second) = isSwapped ? (b, a) : (a, b)
            switch first {
            case .extension(.datetime), .extension(.duration): throw .type(expected: [first.kind], found: second.kind)
            case .long: throw .type(expected: [.long], found: second.kind)
            default: throw .type(expected: [.long, .extension(.datetime), .extension(.duration)], found: first.kind)
            }
        }
    }
}
