/// Reads a schema in its JSON form.
///
/// Strict, as the reference is: a key that means nothing where it stands is an error and not ignored, since it is most
/// often a misspelt one that does.
///
/// Source: Cedar language 4.5, "JSON schema format".
struct SchemaJSONReader {
    let source: SourceText
    private(set) var diagnostics: [SyntaxDiagnostic] = []

    init(_ source: SourceText) {
        self.source = source
    }

    /// Reads the namespaces of a schema.
    mutating func fragment(_ json: JSON) throws(SyntaxErrors) -> SchemaFragment {
        let namespaces = self.members(of: json, "an object of namespaces").map { self.namespace($0) }
        guard self.diagnostics.isEmpty else { throw SyntaxErrors(self.diagnostics) }
        return SchemaFragment(namespaces: namespaces, source: self.source)
    }

    private mutating func namespace(_ member: JSON.Member) -> NamespaceDeclaration {
        let span = member.value.span
        var declaration = NamespaceDeclaration()
        if !member.key.isEmpty {
            if Name(member.key) == nil { self.report(span, "`\(member.key)` is not the name of a namespace") }
            declaration.name = NameReference(Name(unchecked: member.key), at: span)
        }
        self.allow(["commonTypes", "entityTypes", "actions", "annotations"], in: member.value)
        declaration.annotations = self.annotations(member.value)
        if member.key.isEmpty, !declaration.annotations.isEmpty {
            self.report(span, "the empty namespace cannot have annotations")
        }
        if let types = member.value["commonTypes"] {
            declaration.commonTypes = self.members(of: types, "an object of common types").map { self.commonType($0) }
        }
        if let types = self.require("entityTypes", in: member.value) {
            declaration.entityTypes = self.members(of: types, "an object of entity types").map { self.entityType($0) }
        }
        if let actions = self.require("actions", in: member.value) {
            declaration.actions = self.members(of: actions, "an object of actions").map { self.action($0) }
        }
        return declaration
    }

    private mutating func commonType(_ member: JSON.Member) -> CommonTypeDeclaration {
        let name = self.declaredName(member)
        if SchemaKeywords.reservedTypeNames.contains(member.key) {
            self.report(
                member.value.span,
                "`\(member.key)` is a keyword of schemas and cannot be the name of a common type"
            )
        }
        return CommonTypeDeclaration(
            name: name,
            type: self.type(member.value, alsoAllowing: ["annotations"]),
            annotations: self.annotations(member.value)
        )
    }

    private mutating func entityType(_ member: JSON.Member) -> EntityTypeDeclaration {
        let json = member.value
        self.allow(["memberOfTypes", "shape", "tags", "enum", "annotations"], in: json)
        let kind: EntityTypeDeclaration.Kind
        if let choices = json["enum"] {
            for key in ["memberOfTypes", "shape", "tags"] where json[key] != nil {
                self.report(json.span, "an enumerated entity type has no `\(key)`")
            }
            let ids = self.elements(of: choices, "an array of ids").compactMap { self.string($0) }
            if ids.isEmpty { self.report(choices.span, "an enumerated entity type has at least one id") }
            kind = .enumerated(ids)
        } else {
            kind = .standard(
                parents: self.names(json["memberOfTypes"]),
                shape: json["shape"].map { self.type($0) } ?? .emptyRecord,
                tags: json["tags"].map { self.type($0) }
            )
        }
        return EntityTypeDeclaration(
            name: self.declaredName(member),
            kind: kind,
            annotations: self.annotations(json)
        )
    }

    private mutating func action(_ member: JSON.Member) -> ActionDeclaration {
        let json = member.value
        self.allow(["attributes", "appliesTo", "memberOf", "annotations"], in: json)
        if let attributes = json["attributes"], !attributes.isNull {
            self.report(attributes.span, "action `\(member.key)` has attributes, which actions cannot have")
        }
        var parents: [ActionDeclaration.Parent]?
        if let groups = json["memberOf"], !groups.isNull {
            parents = self.elements(of: groups, "an array of actions").map { self.parent($0) }
        }
        var scope: ActionDeclaration.Scope?
        if let appliesTo = json["appliesTo"], !appliesTo.isNull { scope = self.scope(appliesTo) }
        return ActionDeclaration(
            id: member.key,
            span: json.span,
            parents: parents,
            scope: scope,
            annotations: self.annotations(json)
        )
    }

    private mutating func parent(_ json: JSON) -> ActionDeclaration.Parent {
        self.allow(["id", "type"], in: json)
        let id = self.require("id", in: json).flatMap { self.string($0) } ?? ""
        var type: NameReference?
        if let json = json["type"], !json.isNull { type = self.name(json) }
        return ActionDeclaration.Parent(type: type, id: id, span: json.span)
    }

    private mutating func scope(_ json: JSON) -> ActionDeclaration.Scope {
        self.allow(["principalTypes", "resourceTypes", "context"], in: json)
        return ActionDeclaration.Scope(
            principals: self.names(self.require("principalTypes", in: json)),
            resources: self.names(self.require("resourceTypes", in: json)),
            context: json["context"].map { self.type($0) } ?? .emptyRecord
        )
    }
}

extension SchemaJSONReader {
    /// The members of an object, each key once.
    mutating func members(of json: JSON, _ expected: String) -> [JSON.Member] {
        guard let members = json.object else {
            self.report(json.span, "found \(json.kind)", expected: expected)
            return []
        }
        var seen: Set<ExactText> = []
        for member in members where !seen.insert(ExactText(member.key)).inserted {
            self.report(member.value.span, "`\(member.key)` stands here a second time")
        }
        return members
    }

    /// The elements of an array.
    mutating func elements(of json: JSON, _ expected: String) -> [JSON] {
        guard let elements = json.array else {
            self.report(json.span, "found \(json.kind)", expected: expected)
            return []
        }
        return elements
    }

    /// Reports keys other than these, and keys that stand twice.
    mutating func allow(_ keys: [String], in json: JSON) {
        for member in self.members(of: json, "an object") where !keys.contains(member.key) {
            let suggestion = Spelling.closest(to: member.key, in: keys)
            self.report(
                member.value.span,
                "unknown key `\(member.key)`",
                expected: keys.map { "`\($0)`" }.joined(separator: ", "),
                help: suggestion.map { "did you mean `\($0)`?" }
            )
        }
    }

    /// The value of a key that must be there.
    mutating func require(_ key: String, in json: JSON) -> JSON? {
        let value = json[key]
        if value == nil, json.object != nil { self.report(json.span, "`\(key)` is missing") }
        return value
    }

    /// Text.
    mutating func string(_ json: JSON) -> String? {
        if json.string == nil { self.report(json.span, "found \(json.kind)", expected: "text") }
        return json.string
    }

    /// The name of a type, which may begin with `__cedar`.
    mutating func name(_ json: JSON) -> NameReference {
        let text = self.string(json) ?? "_"
        let isName = text.split(separator: ":", omittingEmptySubsequences: false).enumerated().allSatisfy {
            $0.offset % 2 == 0 ? Identifier.isUsableInReference(String($0.element)) : $0.element.isEmpty
        }
        if !isName { self.report(json.span, "`\(text)` is not the name of a type") }
        return NameReference(Name(unchecked: text), at: json.span)
    }

    /// Names in an array; none if there is no array.
    mutating func names(_ json: JSON?) -> [NameReference] {
        guard let json else { return [] }
        return self.elements(of: json, "an array of names").map { self.name($0) }
    }

    /// The name that a key gives to a type.
    mutating func declaredName(_ member: JSON.Member) -> NameReference {
        if !Identifier.isUsable(member.key) {
            self.report(member.value.span, "`\(member.key)` cannot be the name of a type")
        }
        return NameReference(Name(unchecked: member.key), at: member.value.span)
    }

    /// Reads `"annotations": {"key": "text"}`.
    mutating func annotations(_ json: JSON) -> SchemaAnnotations {
        guard let annotations = json["annotations"] else { return [:] }
        var read: SchemaAnnotations = [:]
        for member in self.members(of: annotations, "an object of annotations") {
            if !Identifier.isWellFormed(member.key) {
                self.report(member.value.span, "`\(member.key)` cannot be the name of an annotation")
            }
            read[member.key] = member.value.isNull ? "" : self.string(member.value) ?? ""
        }
        return read
    }

    /// Reports an error and reads on.
    mutating func report(_ span: SourceSpan, _ message: String, expected: String? = nil, help: String? = nil) {
        let expected = expected.map { [$0] } ?? []
        self.diagnostics.note(SyntaxDiagnostic(in: self.source, at: span, message, expected: expected, help: help))
    }
}
