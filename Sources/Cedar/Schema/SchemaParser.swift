/// Reads a schema in Cedar's own syntax.
///
///     Schema    = { Namespace | Declaration }
///     Namespace = Annotations "namespace" Path "{" { Declaration } "}"
///     Entity    = Annotations "entity" Idents [ "in" EntTypes ] [ [ "=" ] Record ] [ "tags" Type ] ";"
///               | Annotations "entity" Idents "enum" "[" STR { "," STR } "]" ";"
///     Action    = Annotations "action" Names [ "in" Groups ] [ "appliesTo" "{" AppDecls "}" ] [ "attributes" "{" "}" ] ";"
///     TypeDecl  = Annotations "type" IDENT "=" Type ";"
///     Type      = Path | "Set" "<" Type ">" | Record
///     Record    = "{" [ Attribute { "," Attribute } [ "," ] ] "}"
///     Attribute = Annotations ( IDENT | STR ) [ "?" ] ":" Type
///
/// Nothing stops at the first error: a declaration that can't be read is skipped up to its `;` and the rest is read on.
///
/// Source: Cedar language 4.5, "Schema grammar".
struct SchemaParser {
    typealias Abandoned = TokenReader.Abandoned

    var reader: TokenReader
    /// Braces that are open within the declaration being read.
    var openBraces = 0

    init(_ source: SourceText) {
        self.reader = TokenReader(source)
    }

    /// Reads the whole text.
    mutating func parse() throws(SyntaxErrors) -> SchemaFragment {
        var unnamed = NamespaceDeclaration()
        var named: [NamespaceDeclaration] = []
        while !self.reader.isAtEnd {
            do throws(Abandoned) {
                let annotations = try self.annotations()
                if self.reader.accept(word: "namespace") {
                    named.append(try self.namespace(annotations))
                } else {
                    try self.declaration(annotations, into: &unnamed, allowsNamespace: true)
                }
            } catch {
                self.recover(insideNamespace: false)
            }
        }
        let isEmpty = unnamed.commonTypes.isEmpty && unnamed.entityTypes.isEmpty && unnamed.actions.isEmpty
        let namespaces = named + (isEmpty ? [] : [unnamed])
        self.checkDeclarations(namespaces)
        guard self.reader.diagnostics.isEmpty else { throw SyntaxErrors(self.reader.diagnostics) }
        return SchemaFragment(namespaces: namespaces, source: self.reader.source)
    }

    private mutating func namespace(_ annotations: SchemaAnnotations) throws(Abandoned) -> NamespaceDeclaration {
        let name = try self.path()
        if name.name.parts.contains(Identifier.reservedNamespace) {
            self.reader.report(name.span, "the name `\(Identifier.reservedNamespace)` is reserved for the language")
        }
        var namespace = NamespaceDeclaration(name: name, annotations: annotations)
        try self.reader.expect(.leftBrace)
        while !self.reader.accept(.rightBrace) {
            guard !self.reader.isAtEnd else { throw self.reader.unexpected(expected: ["`}`"]) }
            do throws(Abandoned) {
                try self.declaration(try self.annotations(), into: &namespace, allowsNamespace: false)
            } catch {
                self.recover(insideNamespace: true)
            }
        }
        return namespace
    }

    private mutating func declaration(
        _ annotations: SchemaAnnotations,
        into namespace: inout NamespaceDeclaration,
        allowsNamespace: Bool
    ) throws(Abandoned) {
        if self.reader.accept(word: "entity") {
            namespace.entityTypes += try self.entityTypes(annotations)
        } else if self.reader.accept(word: "action") {
            namespace.actions += try self.actions(annotations)
        } else if self.reader.accept(word: "type") {
            namespace.commonTypes.append(try self.commonType(annotations))
        } else {
            throw self.reader.unexpected(
                expected: ["`entity`", "`action`", "`type`"] + (allowsNamespace ? ["`namespace`"] : [])
            )
        }
    }

    private mutating func commonType(_ annotations: SchemaAnnotations) throws(Abandoned) -> CommonTypeDeclaration {
        let name = try self.declaredName()
        if SchemaKeywords.reservedTypeNames.contains(name.name.text) {
            self.reader.report(
                name.span,
                "`\(name.name)` is a keyword of schemas and cannot be the name of a common type"
            )
        }
        try self.reader.expect(.assign)
        let type = try self.type()
        try self.reader.expect(.semicolon)
        return CommonTypeDeclaration(name: name, type: type, annotations: annotations)
    }

    private mutating func entityTypes(_ annotations: SchemaAnnotations) throws(Abandoned) -> [EntityTypeDeclaration] {
        let names = try self.list { parser throws(Abandoned) in try parser.declaredName() }
        let kind: EntityTypeDeclaration.Kind
        if self.reader.accept(word: "enum") {
            try self.reader.expect(.leftBracket)
            let ids = try self.list { parser throws(Abandoned) in try parser.string() }
            try self.reader.expect(.rightBracket)
            kind = .enumerated(ids)
        } else {
            kind = try self.standardEntityType()
        }
        try self.reader.expect(.semicolon)
        return names.map { EntityTypeDeclaration(name: $0, kind: kind, annotations: annotations) }
    }

    private mutating func standardEntityType() throws(Abandoned) -> EntityTypeDeclaration.Kind {
        let parents = self.reader.accept(word: "in") ? try self.entityTypeNames() : []
        var shape = SchemaType.emptyRecord
        let hasSign = self.reader.accept(.assign)
        if hasSign || self.reader.isAt(.leftBrace) { shape = try self.record() }
        let tags = self.reader.accept(word: "tags") ? try self.type() : nil
        return .standard(parents: parents, shape: shape, tags: tags)
    }
}
