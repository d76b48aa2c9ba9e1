/// What the functions of extension types do.
///
/// Source: Cedar language 4.5, "Extension types"; RFC 80 for `datetime` and `duration`.
extension ExtensionFunction {
    /// Calls the function.
    ///
    /// - Throws: ``EvaluationError`` for a wrong number or kind of arguments, text that can't be read, or overflow.
    public func call(_ arguments: [Value]) throws(EvaluationError) -> Value {
        guard arguments.count == self.arity else { throw .arity(self, found: arguments.count) }
        return self.arity == 1 ? try self.call(arguments[0]) : try self.call(arguments[0], arguments[1])
    }

    /// Calls a function of one argument.
    func call(_ argument: Value) throws(EvaluationError) -> Value {
        switch self {
        case .decimal: .extension(.decimal(try self.construct(argument, DecimalValue.init)))
        case .ip: .extension(.ipaddr(try self.construct(argument, IPAddressValue.init)))
        case .datetime: .extension(.datetime(try self.construct(argument, DatetimeValue.init)))
        case .duration: .extension(.duration(try self.construct(argument, DurationValue.init)))
        case .isIpv4: .bool(try argument.asAddress().family == .v4)
        case .isIpv6: .bool(try argument.asAddress().family == .v6)
        case .isLoopback: .bool(try argument.asAddress().isLoopback)
        case .isMulticast: .bool(try argument.asAddress().isMulticast)
        case .toDate: .extension(.datetime(try self.checked(try argument.asDatetime().date)))
        case .toTime: .extension(.duration(try argument.asDatetime().time))
        case .toMilliseconds: .long(try argument.asDuration().milliseconds)
        case .toSeconds: .long(try argument.asDuration().milliseconds / 1_000)
        case .toMinutes: .long(try argument.asDuration().milliseconds / 60_000)
        case .toHours: .long(try argument.asDuration().milliseconds / 3_600_000)
        case .toDays: .long(try argument.asDuration().milliseconds / 86_400_000)
        case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual, .isInRange, .offset, .durationSince:
            throw .arity(self, found: 1)
        }
    }

    /// Calls a function of two arguments.
    func call(_ first: Value, _ second: Value) throws(EvaluationError) -> Value {
        switch self {
        case .lessThan: return .bool(try first.asDecimal() < second.asDecimal())
        case .lessThanOrEqual: return .bool(try first.asDecimal() <= second.asDecimal())
        case .greaterThan: return .bool(try first.asDecimal() > second.asDecimal())
        case .greaterThanOrEqual: return .bool(try first.asDecimal() >= second.asDecimal())
        case .isInRange:
            let address = try first.asAddress()
            return .bool(address.isInRange(try second.asAddress()))
        case .offset:
            let moment = try first.asDatetime()
            return .extension(.datetime(try self.checked(moment.offset(by: try second.asDuration()))))
        case .durationSince:
            let moment = try first.asDatetime()
            return .extension(.duration(try self.checked(moment.durationSince(try second.asDatetime()))))
        default:
            throw .arity(self, found: 2)
        }
    }

    private func construct<Result>(_ argument: Value, _ read: (String) -> Result?) throws(EvaluationError) -> Result {
        let text = try argument.asString()
        guard let value = read(text) else { throw .extension(self, reason: "`\(text)` is not a well-formed value") }
        return value
    }

    private func checked<Result>(_ value: Result?) throws(EvaluationError) -> Result {
        guard let value else { throw .extension(self, reason: "overflow") }
        return value
    }
}

extension Value {
    /// The truth value.
    func asBool() throws(EvaluationError) -> Bool {
        guard case .bool(let value) = self else { throw .type(expected: [.bool], found: self.kind) }
        return value
    }

    /// The integer.
    func asLong() throws(EvaluationError) -> Int64 {
        guard case .long(let value) = self else { throw .type(expected: [.long], found: self.kind) }
        return value
    }

    /// The text.
    func asString() throws(EvaluationError) -> String {
        guard case .string(let value) = self else { throw .type(expected: [.string], found: self.kind) }
        return value
    }

    /// The entity.
    func asEntity() throws(EvaluationError) -> EntityUID {
        guard case .entity(let value) = self else { throw .type(expected: [.entity(nil)], found: self.kind) }
        return value
    }

    /// The set.
    func asSet() throws(EvaluationError) -> SetValue {
        guard case .set(let value) = self else { throw .type(expected: [.set], found: self.kind) }
        return value
    }

    /// The decimal number.
    func asDecimal() throws(EvaluationError) -> DecimalValue {
        guard case .extension(.decimal(let value)) = self else {
            throw .type(expected: [.extension(.decimal)], found: self.kind)
        }
        return value
    }

    /// The address.
    func asAddress() throws(EvaluationError) -> IPAddressValue {
        guard case .extension(.ipaddr(let value)) = self else {
            throw .type(expected: [.extension(.ipaddr)], found: self.kind)
        }
        return value
    }

    /// The moment.
    func asDatetime() throws(EvaluationError) -> DatetimeValue {
        guard case .extension(.datetime(let value)) = self else {
            throw .type(expected: [.extension(.datetime)], found: self.kind)
        }
        return value
    }

    /// The span of time.
    func asDuration() throws(EvaluationError) -> DurationValue {
        guard case .extension(.duration(let value)) = self else {
            throw .type(expected: [.extension(.duration)], found: self.kind)
        }
        return value
    }
}
