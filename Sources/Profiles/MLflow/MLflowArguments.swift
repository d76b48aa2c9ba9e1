/// The arguments of a call, wherever MLflow takes them from: the path, the query of a `GET`, or the JSON body.
///
/// MLflow turns the body into a protobuf message, and so takes `experiment_id` as well as `experimentId`, the later of two
/// equal names, and for some ids two fields of different names. What is given in more than one way is refused even when
/// both say the same, but for the pairs of fields that MLflow's own client sends together, which must agree.
struct MLflowArguments {
    private let captures: [String: String]
    private let query: QueryParameters
    private let body: JSONValue?
    private let isFromBody: Bool

    /// Takes the arguments apart.
    ///
    /// - Parameters:
    ///   - captures: The segments of the path that stand for arguments, by name.
    ///   - query: The raw query.
    ///   - body: The body; `nil` when there is none, or when it is content that nobody looks at.
    ///   - contentType: What the body says that it is.
    ///   - isFromBody: Whether the arguments stand in the body and not in the query.
    /// - Throws: ``RouteRefusal`` when the query or the body cannot be read in exactly one way.
    init(
        captures: [String: String],
        query: [UInt8]?,
        body: [UInt8]?,
        contentType: [UInt8]?,
        isFromBody: Bool
    ) throws(RouteRefusal) {
        self.captures = captures
        self.query = try QueryParameters(query)
        self.isFromBody = isFromBody
        guard let body else {
            self.body = nil
            return
        }
        guard Self.isJSON(contentType) else { throw .malformed("expected a body of type `application/json`") }
        do throws(JSONError) {
            let root = try JSONDocument(body).root
            guard root.kind == .object else { throw .unexpected(expected: "an object", at: 0) }
            self.body = root
        } catch {
            if case .repeatedName = error { throw .ambiguous(error.description) }
            throw .malformed(error.description)
        }
    }

    private static func isJSON(_ contentType: [UInt8]?) -> Bool {
        guard let contentType else { return false }
        let type = contentType.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)[0]
        return String(decoding: type, as: UTF8.self).lowercased() == "application/json"
    }

    // MARK: - Reading

    /// All values of an argument; none when it is absent.
    ///
    /// - Parameter field: The field's protobuf name, with `[]` behind a list; in a body a path such as
    ///   `models[].model_id`.
    /// - Returns: The values in the order of the request.
    /// - Throws: ``RouteRefusal`` when it is given in two ways, or is not text.
    func values(_ field: String) throws(RouteRefusal) -> [String] {
        let given = self.isFromBody ? try self.bodyValues(field) : self.queryValues(field)
        guard let captured = self.captures[field] else { return given }
        // Some handlers read the path and some the body: there must be nothing to choose between.
        // Byte for byte: to a database, two spellings of one accented letter are two texts.
        guard given.allSatisfy({ $0.utf8.elementsEqual(captured.utf8) }) else {
            throw .ambiguous("two different `\(field)`")
        }
        return [captured]
    }

    private func queryValues(_ field: String) -> [String] {
        self.query.values(of: field.hasSuffix("[]") ? String(field.dropLast(2)) : field)
    }

    /// The one value of an argument that may be given under any of some names; `nil` when it is absent.
    func value(_ fields: [String]) throws(RouteRefusal) -> String? {
        var found: String?
        for field in fields {
            let values = try self.values(field)
            guard values.count <= 1 else { throw .ambiguous("`\(field)` is given \(values.count) times") }
            guard let value = values.first else { continue }
            guard found?.utf8.elementsEqual(value.utf8) ?? true else {
                throw .ambiguous("two different values for `\(fields[0])`")
            }
            found = value
        }
        return found
    }

    /// The digits of an argument that is a number, which JSON may have in quotes too; `nil` when it is absent.
    func number(_ field: String) throws(RouteRefusal) -> String? {
        guard self.isFromBody else { return try self.value([field]) }
        guard let body = self.body, let number = try Self.member(field, of: body) else { return nil }
        return number.string ?? String(decoding: number.bytes, as: UTF8.self)
    }

    /// Every argument but some, as it can be sent on.
    ///
    /// - Parameter fields: The protobuf names of those.
    /// - Returns: The others, and where they stand.
    func others(than fields: [String]) -> ListPages.Place {
        guard self.isFromBody else { return .query(self.query.encoded(without: fields)) }
        return .body(self.body?.members(without: fields + fields.map(Self.camelCased)) ?? [])
    }

    /// Whether an argument is given at all, and not empty; in a list, by any of its elements.
    func isGiven(_ field: String) throws(RouteRefusal) -> Bool {
        guard self.isFromBody else { return self.query.values(of: field).contains { !$0.isEmpty } }
        return try self.members(field).contains { $0.string != "" }
    }

    /// Whether the body's first member is this one, in either of its names.
    func begin(with field: String) -> Bool {
        guard let first = self.body?.members?.first?.name else { return false }
        return [field, Self.camelCased(field)].contains { $0.utf8.elementsEqual(first.utf8) }
    }

    /// The arguments that stand in an object inside the body, which may have only these fields.
    ///
    /// - Parameters:
    ///   - path: The names that lead to the object.
    ///   - fields: The names it may have, each in its one spelling.
    /// - Returns: Its members as arguments.
    /// - Throws: ``RouteRefusal/malformed(_:)`` when there is no such object, or it has another member.
    func object(at path: [String], fields: [String]) throws(RouteRefusal) -> MLflowArguments {
        var object = self.body
        for name in path { object = object?[name] }
        guard let object, let members = object.members else {
            throw .malformed("expected an object as `\(path.joined(separator: "."))`")
        }
        for (name, _) in members where !fields.contains(name) {
            throw .malformed("found `\(name)`, expected one of: \(fields.joined(separator: ", "))")
        }
        return MLflowArguments(object)
    }

    /// Takes the arguments from an object.
    private init(_ object: JSONValue) {
        self.captures = [:]
        self.query = QueryParameters()
        self.body = object
        self.isFromBody = true
    }

    /// The names of the members of an object in the body; none when it is absent.
    ///
    /// - Parameter field: The path of the object's field, without lists.
    /// - Returns: The names as written.
    /// - Throws: ``RouteRefusal`` when it is given in two ways, or is no object.
    func names(of field: String) throws(RouteRefusal) -> [String] {
        guard var object = self.body else { return [] }
        for name in field.split(separator: ".") {
            guard object.kind == .object else { throw .malformed("expected an object around `\(name)`") }
            guard let member = try Self.member(String(name), of: object) else { return [] }
            object = member
        }
        guard let members = object.members else { throw .malformed("expected an object as `\(field)`") }
        return members.map(\.name)
    }

    private func bodyValues(_ field: String) throws(RouteRefusal) -> [String] {
        var strings: [String] = []
        for value in try self.members(field) {
            guard let string = value.string else { throw .malformed("expected text in quotes as `\(field)`") }
            strings.append(string)
        }
        return strings
    }

    /// Everything in the body that a path of names leads to.
    private func members(_ field: String) throws(RouteRefusal) -> [JSONValue] {
        guard let body = self.body else { return [] }
        var values = [body]
        for step in field.split(separator: ".") {
            let isList = step.hasSuffix("[]")
            let name = String(isList ? step.dropLast(2) : step)
            var next: [JSONValue] = []
            for value in values {
                guard value.kind == .object else { throw .malformed("expected an object around `\(name)`") }
                guard let member = try Self.member(name, of: value) else { continue }
                if isList {
                    guard let elements = member.elements else { throw .malformed("expected a list as `\(name)`") }
                    next += elements
                } else {
                    next.append(member)
                }
            }
            values = next
        }
        return values
    }

    /// The member that protobuf would take for a field; `nil` when there is none, or `null`.
    private static func member(_ name: String, of object: JSONValue) throws(RouteRefusal) -> JSONValue? {
        let spelled = [object[name], object[Self.camelCased(name)]].compactMap { $0 }
        guard spelled.count <= 1 || name == Self.camelCased(name) else {
            throw .ambiguous("`\(name)` and `\(Self.camelCased(name))` are one field, expected one of them")
        }
        return spelled.first.flatMap { $0.kind == .null ? nil : $0 }
    }

    /// The other name under which protobuf takes a field.
    ///
    /// Source: protobuf's JSON mapping, lowerCamelCase names.
    static func camelCased(_ name: String) -> String {
        let words = name.split(separator: "_", omittingEmptySubsequences: false)
        return words.dropFirst().reduce(String(words.first ?? "")) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
    }
}
