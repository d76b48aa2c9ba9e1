import Catalog
import Cedar
import SecurityLabels

/// Checks that the hand-written schema declares what the projection makes, and asks for nothing that it cannot make.
///
/// Found here, a disagreement is an error with a place in a file; found later, it would be a deny of everything.
struct SchemaAgreement {
    private let schema: Schema
    private let text: PolicyText
    private(set) var diagnostics: [PolicyDiagnostic] = []

    private static let categories = CedarType.set(.entity(.oneOf([EntityProjection.category])))

    private static let resourceTypes = [EntityProjection.dataset, EntityProjection.model, EntityProjection.service]

    init(_ schema: Schema, written text: PolicyText) {
        self.schema = schema
        self.text = text
        self.checkUser()
        for type in Self.resourceTypes { self.checkResource(type) }
        self.checkType(EntityProjection.group)
        self.checkType(EntityProjection.project)
        self.checkActions()
    }

    private mutating func checkUser() {
        let user = EntityProjection.user
        guard self.checkType(user) else { return }
        self.check([("clearance", .long, true), ("need", Self.categories, true)], of: user)
        self.checkMembership(of: user, in: [EntityProjection.group])
        for attribute in self.schema.entityTypes[user]?.attributes.attributes ?? [] {
            switch (attribute.name, attribute.type) {
            case ("clearance", _), ("need", _), ("name", .string), ("displayName", .string): continue
            case ("mail", .string) where !attribute.isRequired: continue
            case ("mail", _):
                self.report("attribute `mail` of `User` must be optional, since not everybody has one", at: "mail")
            case (_, .string), (_, .long), (_, .bool), (_, .set(.string)): continue
            default:
                self.report(
                    "attribute `\(attribute.name)` of `User` has type `\(attribute.type)`, expected one that a directory can give: "
                        + "`String`, `Long`, `Bool` or `Set<String>`",
                    at: attribute.name
                )
            }
        }
    }

    private mutating func checkResource(_ type: EntityTypeName) {
        guard self.checkType(type) else { return }
        let known: [(String, CedarType, Bool)] = [
            ("level", .entity(.oneOf([EntityProjection.level])), true), ("rank", .long, true),
            ("categories", Self.categories, true), ("title", .string, false),
            ("owner", .entity(.oneOf([EntityProjection.group])), false), ("ownerName", .string, false),
        ]
        self.check(known, of: type)
        self.checkMembership(
            of: type,
            in: Self.resourceTypes + [EntityProjection.project, EntityProjection.level, EntityProjection.category]
        )
        for attribute in self.schema.entityTypes[type]?.attributes.attributes ?? [] {
            if !known.contains(where: { $0.0 == attribute.name }) {
                self.report(
                    "attribute `\(attribute.name)` of `\(type)` is not known, expected one of: "
                        + known.map(\.0).joined(separator: ", "),
                    at: attribute.name
                )
            } else if attribute.isRequired, attribute.name.hasPrefix("owner") {
                self.report(
                    "attribute `\(attribute.name)` of `\(type)` must be optional, since not everything has one",
                    at: attribute.name
                )
            }
        }
    }

    private mutating func checkActions() {
        // Actions mostly share one type of context: what is wrong with it is told once.
        var seen: Set<RecordType.Attribute> = []
        for action in self.schema.actions.values.sorted(by: { $0.uid < $1.uid }) {
            for attribute in action.context.attributes where seen.insert(attribute).inserted {
                guard let known = ContextAttributes(name: attribute.name) else {
                    let names = ContextAttributes.named.map(\.name).joined(separator: ", ")
                    let message =
                        "`\(attribute.name)` in the context of \(action.uid) is not known, expected one of: \(names)"
                    self.report(message, at: attribute.name)
                    continue
                }
                let expected = Self.contextType(known)
                if attribute.type != expected {
                    let message =
                        "`\(attribute.name)` in the context of \(action.uid) has type `\(attribute.type)`, expected `\(expected)`"
                    self.report(message, at: attribute.name)
                }
                if attribute.isRequired, [.purpose, .grant, .peer].contains(known) {
                    let message =
                        "`\(attribute.name)` in the context of \(action.uid) must be optional, since not every request has one"
                    self.report(message, at: attribute.name)
                }
            }
        }
        let names = self.schema.actions.keys.map(\.id).sorted()
        for (name, next) in zip(names, names.dropFirst()) where name == next {
            self.report("action `\(name)` is declared in two namespaces, expected each name once", at: name)
        }
    }

    private static func contextType(_ attribute: ContextAttributes) -> CedarType {
        switch attribute {
        case .peer: .extension(.ipaddr)
        case .encrypted: .bool(.either)
        case .time: .extension(.datetime)
        case .grant:
            .record(
                RecordType([
                    .init(name: "id", type: .string), .init(name: "rank", type: .long),
                    .init(name: "need", type: Self.categories),
                ])
            )
        default: .string
        }
    }

    @discardableResult
    private mutating func checkType(_ type: EntityTypeName) -> Bool {
        if self.schema.entityTypes[type] != nil { return true }
        self.report("entity type `\(type)` is not declared", at: nil, remedy: "declare it: requests are about it")
        return false
    }

    private mutating func check(_ known: [(String, CedarType, Bool)], of type: EntityTypeName) {
        let declared = self.schema.entityTypes[type]?.attributes
        for (name, expected, isNeeded) in known {
            guard let attribute = declared?.attribute(name) else {
                if isNeeded {
                    self.report("`\(type)` does not declare `\(name)`, expected `\(name): \(expected)`", at: type.text)
                }
                continue
            }
            if attribute.type != expected {
                self.report("`\(name)` of `\(type)` has type `\(attribute.type)`, expected `\(expected)`", at: name)
            }
        }
    }

    private mutating func checkMembership(of type: EntityTypeName, in groups: [EntityTypeName]) {
        let missing = groups.filter { self.schema.entityTypes[$0]?.descendants.contains(type) != true }
        guard !missing.isEmpty else { return }
        self.report(
            "`\(type)` cannot be in \(missing.map { "`\($0)`" }.joined(separator: ", "))",
            at: type.text,
            remedy: "declare it as `entity \(type) in [\(groups.map(\.text).joined(separator: ", "))]`"
        )
    }

    /// Reports at the first place where a word stands; the schema keeps no places of what it resolved.
    private mutating func report(_ message: String, at word: String?, remedy: String? = nil) {
        var (line, column) = (1, 1)
        if let word, let place = Self.place(of: word, in: self.text.text) { (line, column) = place }
        self.diagnostics.append(
            PolicyDiagnostic(at: .init(file: self.text.file, line: line, column: column), message, remedy: remedy)
        )
    }

    private static func place(of word: String, in text: String) -> (line: Int, column: Int)? {
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let code = line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line
            for found in code.ranges(of: word) {
                let isWord = { (character: Character?) in
                    character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
                }
                let before = found.lowerBound == code.startIndex ? nil : code[code.index(before: found.lowerBound)]
                let after = found.upperBound == code.endIndex ? nil : code[found.upperBound]
                guard !isWord(before), !isWord(after) else { continue }
                return (number + 1, code.distance(from: code.startIndex, to: found.lowerBound) + 1)
            }
        }
        return nil
    }
}
