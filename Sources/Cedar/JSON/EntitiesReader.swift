extension Entities {
    /// Reads entities from their JSON form.
    ///
    ///     [{"uid": {"type": "User", "id": "anna"}, "attrs": {}, "parents": [], "tags": {}}]
    ///
    /// - Parameters:
    ///   - text: An array of entities.
    ///   - file: The name of the file it comes from, for messages.
    ///   - expectations: What a schema says about attributes and tags.
    /// - Throws: ``SyntaxErrors`` with everything wrong with the text, double entities and cycles among it.
    public init(
        parsing text: String,
        file: String? = nil,
        expecting expectations: (any EntityExpectations)? = nil
    ) throws(SyntaxErrors) {
        let source = SourceText(text, name: file)
        try self.init(json: try JSON(parsing: source), source: source, expecting: expectations)
    }

    /// Reads entities from JSON that has been read already.
    ///
    /// - Throws: ``SyntaxErrors``, as above.
    public init(
        json: JSON,
        source: SourceText = SourceText(""),
        expecting expectations: (any EntityExpectations)? = nil
    ) throws(SyntaxErrors) {
        let list = try Entity.list(json: json, source: source, expecting: expectations)
        do throws(EntitiesError) {
            try self.init(list)
        } catch {
            throw SyntaxErrors([SyntaxDiagnostic(in: source, at: json.span, error.description)])
        }
    }
}

extension Entity {
    /// Reads a list of entities, without working out ancestors.
    ///
    /// - Throws: ``SyntaxErrors`` with everything wrong with it.
    public static func list(
        json: JSON,
        source: SourceText = SourceText(""),
        expecting expectations: (any EntityExpectations)? = nil
    ) throws(SyntaxErrors) -> [Entity] {
        var reader = ValueReader(source: source)
        var entities: [Entity] = []
        if let elements = json.array {
            entities = elements.compactMap { reader.wholeEntity($0, expecting: expectations) }
        } else {
            reader.report(json.span, "found \(json.kind)", expected: "an array of entities")
        }
        guard reader.diagnostics.isEmpty else { throw SyntaxErrors(reader.diagnostics) }
        return entities
    }
}

extension ValueReader {
    /// Reads an entity with its attributes, tags and parents.
    mutating func wholeEntity(_ json: JSON, expecting expectations: (any EntityExpectations)?) -> Entity? {
        guard json.object != nil, let uidNode = json["uid"] else {
            self.report(json.span, "found \(json.kind)", expected: "an object with `uid`, `attrs` and `parents`")
            return nil
        }
        for key in ["uid", "attrs", "parents", "tags"] where json[key] != nil && json.only(key) == nil {
            self.report(json.span, "key `\(key)` stands here a second time")
        }
        guard let uid = self.entity(uidNode) else { return nil }
        let isAction = uid.type.basename == "Action"
        let attributes = isAction ? nil : expectations?.attributes(of: uid.type)
        let tags = isAction ? nil : expectations?.tags(of: uid.type)
        return Entity(
            uid: uid,
            attributes: self.attributes(json, of: uid) { attributes?[$0] ?? .any },
            tags: json["tags"].map { self.record($0) { _ in tags ?? .any } } ?? [:],
            parents: self.parents(json, of: uid)
        )
    }

    private mutating func attributes(
        _ json: JSON,
        of uid: EntityUID,
        expecting expectation: (ExactText) -> ExpectedValue
    ) -> RecordValue {
        guard let node = json["attrs"] else {
            self.report(json.span, "entity `\(uid)` has no `attrs`", expected: "an object, possibly empty")
            return [:]
        }
        return self.record(node, expecting: expectation)
    }

    private mutating func parents(_ json: JSON, of uid: EntityUID) -> [EntityUID] {
        guard let node = json["parents"] else {
            self.report(json.span, "entity `\(uid)` has no `parents`", expected: "an array, possibly empty")
            return []
        }
        guard let elements = node.array else {
            self.report(node.span, "found \(node.kind)", expected: "an array of entities")
            return []
        }
        let parents = elements.compactMap { self.entity($0) }
        if uid.type.basename == "Action", let stranger = parents.first(where: { $0.type.basename != "Action" }) {
            self.report(node.span, "action `\(uid)` is part of `\(stranger)`", expected: "only actions as its parents")
        }
        return parents
    }
}
