/// Reads values from JSON, with and without a schema's word on what to expect.
///
/// Source: Cedar language 4.5, "Entities JSON format": the escapes `__entity` and `__extn`, which may be left out where the schema says
/// what a value is.
struct ValueReader {
    let source: SourceText
    private(set) var diagnostics: [SyntaxDiagnostic] = []

    init(source: SourceText) {
        self.source = source
    }

    /// Reads a value; what is wrong is collected, and something harmless stands in for it.
    mutating func value(_ json: JSON, expecting expected: ExpectedValue = .any) -> Value {
        switch expected {
        case .entity:
            return self.entity(json).map(Value.entity) ?? .bool(false)
        case .extension(let type):
            return self.extensionValue(json, of: type)
        case .set(let element):
            guard let elements = json.array else { break }
            return .set(of: elements.map { self.value($0, expecting: element) })
        case .record(let attributes):
            guard json.object != nil else { break }
            return .record(self.record(json) { attributes[$0] ?? .any })
        case .any, .bool, .long, .string:
            break
        }
        return self.plainValue(json)
    }

    /// Reads a record whose attributes are expected to be what `expectation` says.
    mutating func record(_ json: JSON, expecting expectation: (ExactText) -> ExpectedValue) -> RecordValue {
        guard let members = json.object else {
            self.report(json.span, "found \(json.kind)", expected: "an object")
            return RecordValue()
        }
        var seen: Set<ExactText> = []
        var attributes: [(String, Value)] = []
        for member in members {
            let key = ExactText(member.key)
            if !seen.insert(key).inserted {
                self.report(member.value.span, "attribute `\(member.key)` stands here a second time")
            }
            attributes.append((member.key, self.value(member.value, expecting: expectation(key))))
        }
        return RecordValue(attributes)
    }

    /// Reads an entity's identity: `{"type": .., "id": ..}`, alone or behind `__entity`.
    mutating func entity(_ json: JSON) -> EntityUID? {
        guard !self.refusesExpression(json) else { return nil }
        for inner in [json.only("__entity"), json] {
            guard let inner, let type = inner.only("type")?.string, let id = inner.only("id")?.string else { continue }
            guard let name = Name(type) else {
                self.report(inner.span, "`\(type)` is not the name of a type")
                return nil
            }
            return EntityUID(type: name, id: id)
        }
        self.report(json.span, "found \(json.kind)", expected: "an entity, {\"type\": .., \"id\": ..}")
        return nil
    }

    mutating func report(_ span: SourceSpan, _ message: String, expected: String? = nil, help: String? = nil) {
        let expected = expected.map { [$0] } ?? []
        self.diagnostics.note(SyntaxDiagnostic(in: self.source, at: span, message, expected: expected, help: help))
    }

    private mutating func plainValue(_ json: JSON) -> Value {
        switch json.node {
        case .bool(let value): return .bool(value)
        case .integer(let value): return .long(value)
        case .string(let text): return .string(text)
        case .array(let elements): return .set(of: elements.map { self.value($0) })
        case .object(let members):
            // Beside other members an escape is none.
            if members.count == 1, let escaped = self.escaped(json) { return escaped }
            return .record(self.record(json) { _ in .any })
        case .null:
            self.report(json.span, "`null` is not a value", help: "leave the attribute out")
        case .number(let text):
            self.report(json.span, "`\(text)` is not a 64-bit integer", help: "write fractions as `decimal`")
        }
        return .bool(false)
    }

    /// The value behind `__entity` or `__extn`; `nil` when this is no escape.
    fileprivate mutating func escaped(_ json: JSON) -> Value? {
        if self.refusesExpression(json) { return .bool(false) }
        if json.isEntityEscape { return self.entity(json).map(Value.entity) ?? .bool(false) }
        return json.only("__extn").flatMap { self.call($0) }
    }

    /// Reports the escape `__expr`, which there once was.
    private mutating func refusesExpression(_ json: JSON) -> Bool {
        guard let expression = json.only("__expr"), expression.string != nil else { return false }
        self.report(expression.span, "`__expr` is not supported", help: "use `__entity` or `__extn`")
        return true
    }

    private mutating func extensionValue(_ json: JSON, of type: ExtensionType) -> Value {
        if let text = json.string { return self.call(type.constructor, [.string(text)], at: json.span) }
        if self.refusesExpression(json) { return .bool(false) }
        return json.only("__extn").flatMap { self.call($0, isExpected: true) } ?? self.call(json, isExpected: true)
            ?? self.plainValue(json)
    }

    /// Reads `{"fn": .., "arg": ..}` or `{"fn": .., "args": [..]}`.
    ///
    /// - Parameters:
    ///   - json: The call.
    ///   - isExpected: Whether a schema asks for an extension value here, so that the arguments' escapes may be left out, too.
    /// - Returns: Its value; `nil` when this is no call.
    private mutating func call(_ json: JSON, isExpected: Bool = false) -> Value? {
        guard let (name, argumentNodes) = json.extensionCall else { return nil }
        guard let function = ExtensionFunction(rawValue: name) else {
            let known = ExtensionFunction.allCases.map(\.rawValue)
            let help = Spelling.closest(to: name, in: known).map { "did you mean `\($0)`" }
            self.report(json.span, "there is no function `\(name)`", help: help)
            return .bool(false)
        }
        let expectations = function.signature.parameters.map { isExpected ? $0.expectation : .any }
        let arguments = argumentNodes.enumerated().map { place, node in
            self.value(node, expecting: place < expectations.count ? expectations[place] : .any)
        }
        return self.call(function, arguments, at: json.span)
    }

    private mutating func call(_ function: ExtensionFunction, _ arguments: [Value], at span: SourceSpan) -> Value {
        do throws(EvaluationError) {
            return try function.call(arguments)
        } catch {
            self.report(span, error.description)
            return .bool(false)
        }
    }
}

extension JSON {
    /// Whether this is `{"__entity": {"type": .., "id": ..}}`.
    var isEntityEscape: Bool {
        guard self.object?.count == 1, let inner = self["__entity"] else { return false }
        return inner.only("type")?.string != nil && inner.only("id")?.string != nil
    }

    /// The function's name and the arguments, if this is `{"fn": .., "arg": ..}` or `{"fn": .., "args": [..]}`.
    var extensionCall: (name: String, arguments: [JSON])? {
        guard let name = self.only("fn")?.string else { return nil }
        if let argument = self.only("arg") { return (name, [argument]) }
        return self.only("args")?.array.map { (name, $0) }
    }
}

extension RecordValue {
    /// Reads the context of a request from JSON.
    ///
    /// - Parameters:
    ///   - json: An object.
    ///   - expected: What a schema says about its attributes.
    /// - Throws: ``SyntaxErrors`` with everything wrong with it.
    public init(context json: JSON, expecting expected: [ExactText: ExpectedValue] = [:]) throws(SyntaxErrors) {
        var reader = ValueReader(source: SourceText(""))
        // Read as a value, an escape would not be a record.
        if json.object?.count == 1, reader.escaped(json) != nil {
            reader.report(json.span, "found a value of another type", expected: "a record")
        }
        let record = reader.record(json) { expected[$0] ?? .any }
        guard reader.diagnostics.isEmpty else { throw SyntaxErrors(reader.diagnostics) }
        self = record
    }
}

extension EntityUID {
    /// Reads an entity's identity from JSON, with or without the escape `__entity`.
    ///
    /// - Throws: ``SyntaxErrors`` saying what it is instead.
    public init(json: JSON) throws(SyntaxErrors) {
        var reader = ValueReader(source: SourceText(""))
        guard let uid = reader.entity(json) else { throw SyntaxErrors(reader.diagnostics) }
        self = uid
    }
}
