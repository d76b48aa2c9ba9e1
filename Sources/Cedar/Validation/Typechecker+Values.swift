extension Typechecker {
    /// `[a, b]`: the elements must have a common type, and in strict mode there must be one.
    mutating func checkSet(_ expression: Expression, _ elements: [Expression], _ prior: Capabilities) -> Answer {
        let answers = elements.map { self.check($0, prior) }
        let type = self.bound(of: answers, expression, .set)
        if self.mode == .strict, elements.isEmpty {
            self.report(.emptySet, expression)
            return self.failure(nil, .set, answers, expression)
        }
        return self.success(type.map { .set($0) }, .set, answers, expression)
    }

    /// Checks `{ a: b }`.
    mutating func checkRecord(_ expression: Expression, _ fields: [RecordField], _ prior: Capabilities) -> Answer {
        let answers = fields.map { self.check($0.value, prior) }
        var attributes: [RecordType.Attribute] = []
        for (field, answer) in zip(fields, answers) {
            guard let type = answer.type else { break }
            attributes.append(RecordType.Attribute(name: field.key, type: type))
        }
        let type: CedarType? = attributes.count == fields.count ? .record(RecordType(attributes)) : nil
        return self.success(type, .record(fields.map(\.key)), answers, expression)
    }

    /// `f(a)` and `a.f(b)` of extension types: the text given to a constructor must be a value of the type.
    mutating func checkCall(
        _ expression: Expression,
        _ function: ExtensionFunction,
        _ arguments: [Expression],
        _ prior: Capabilities
    ) -> Answer {
        let signature = function.signature
        var isWrong = false
        if arguments.count != signature.parameters.count {
            self.report(
                .wrongNumberOfArguments(expected: signature.parameters.count, actual: arguments.count),
                expression
            )
            isWrong = true
        }
        if function.isConstructor {
            if arguments.count == 1, case .literal(.string(let text)) = arguments[0].node,
                !function.accepts(text)
            {
                self.report(.invalidExtensionValue(function, text), expression)
                isWrong = true
            }
            if self.mode == .strict, !arguments.allSatisfy({ $0.joinedLiteral != nil }) {
                self.report(.nonLiteralConstructorArgument, expression)
                isWrong = true
            }
        }
        guard !isWrong else {
            let answers = arguments.map { self.check($0, prior) }
            return self.failure(signature.result, .call(function), answers, expression)
        }
        var answers: [Answer] = []
        for (argument, parameter) in zip(arguments, signature.parameters) {
            answers.append(self.expect(argument, [parameter], prior))
        }
        return self.success(signature.result, .call(function), answers, expression)
    }
}

extension ExtensionFunction {
    /// The types that a function takes, a method's receiver first, and the type that it gives.
    var signature: (parameters: [CedarType], result: CedarType) {
        let decimal = CedarType.extension(.decimal)
        let address = CedarType.extension(.ipaddr)
        let moment = CedarType.extension(.datetime)
        let duration = CedarType.extension(.duration)
        switch self {
        case .decimal: return ([.string], decimal)
        case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual: return ([decimal, decimal], .boolean)
        case .ip: return ([.string], address)
        case .isIpv4, .isIpv6, .isLoopback, .isMulticast: return ([address], .boolean)
        case .isInRange: return ([address, address], .boolean)
        case .datetime: return ([.string], moment)
        case .offset: return ([moment, duration], moment)
        case .durationSince: return ([moment, moment], duration)
        case .toDate: return ([moment], moment)
        case .toTime: return ([moment], duration)
        case .duration: return ([.string], duration)
        case .toMilliseconds, .toSeconds, .toMinutes, .toHours, .toDays: return ([duration], .long)
        }
    }

    /// Whether a constructor makes a value of this text.
    func accepts(_ text: String) -> Bool {
        switch self {
        case .decimal: DecimalValue(text) != nil
        case .ip: IPAddressValue(text) != nil
        case .datetime: DatetimeValue(text) != nil
        case .duration: DurationValue(text) != nil
        default: true
        }
    }
}
