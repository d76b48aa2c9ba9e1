/// A resolved type and how large it is when written out.
struct SizedType {
    let type: CedarType
    /// Levels of records and sets.
    let depth: Int
    /// Types in it, each as often as it is used.
    let size: Int

    /// What a resolved type may measure.
    ///
    /// Common types that use each other twice per level grow exponentially, and whatever walks a type would hang.
    static let maximumDepth = 128
    static let maximumSize = 100_000

    /// A type without parts.
    init(_ type: CedarType) {
        self.type = type
        self.depth = 0
        self.size = 1
    }

    /// A type around others.
    init(_ type: CedarType, around parts: [SizedType]) {
        self.type = type
        self.depth = 1 + (parts.map(\.depth).max() ?? 0)
        self.size = parts.reduce(1) { min($0 + $1.size, SizedType.maximumSize + 1) }
    }

    var isTooLarge: Bool { self.depth > Self.maximumDepth || self.size > Self.maximumSize }
}

extension SchemaResolver {
    /// Resolves every common type, each after those that it uses.
    mutating func resolveCommonTypes() {
        for (name, type) in SchemaKeywords.builtinTypes {
            self.commonTypes[Name(unchecked: name, in: SchemaDefinitions.reserved)] = SizedType(type)
            let short = Name(unchecked: name)
            if self.definitions.resolve(short, in: nil, as: .commonType) != nil {
                self.commonTypes[short] = SizedType(type)
            }
        }
        var waiting: [Name: (place: Place, declaration: CommonTypeDeclaration)] = [:]
        for (place, namespace) in self.namespaces {
            for declaration in namespace.commonTypes {
                waiting[place.qualified(declaration.name.name)] = (place, declaration)
            }
        }
        var uses: [Name: Set<Name>] = [:]
        var users: [Name: [Name]] = [:]
        for (name, (place, declaration)) in waiting {
            var used: Set<Name> = []
            declaration.type.forEachName { reference, meaning in
                guard meaning != .entityType,
                    let target = self.definitions.resolve(reference.name, in: place.namespace, as: meaning),
                    waiting[target] != nil
                else { return }
                used.insert(target)
            }
            uses[name] = used
            for target in used { users[target, default: []].append(name) }
        }
        var ready = uses.filter { $0.value.isEmpty }.map(\.key).sorted()
        while let name = ready.popLast() {
            guard let (place, declaration) = waiting.removeValue(forKey: name) else { continue }
            self.commonTypes[name] = self.resolve(declaration.type, in: place, at: declaration.name.span)
            for user in users[name] ?? [] {
                uses[user]?.remove(name)
                if uses[user]?.isEmpty == true { ready.append(user) }
            }
        }
        self.reportCycles(waiting, uses: uses)
    }

    /// Reports the common types that use themselves, not those that only lead there.
    private mutating func reportCycles(
        _ waiting: [Name: (place: Place, declaration: CommonTypeDeclaration)],
        uses: [Name: Set<Name>]
    ) {
        var remaining = Set(waiting.keys)
        var users: [Name: Int] = [:]
        for name in remaining { for target in uses[name] ?? [] { users[target, default: 0] += 1 } }
        // What nobody uses is in no cycle, and what only such types use neither.
        var unused = remaining.filter { users[$0] == nil }
        while let name = unused.popFirst() {
            remaining.remove(name)
            for target in uses[name] ?? [] {
                users[target, default: 0] -= 1
                if users[target] == 0 { unused.insert(target) }
            }
        }
        for name in remaining.sorted() {
            guard let (place, declaration) = waiting[name] else { continue }
            self.report(place, declaration.name.span, "common type `\(name)` is defined by itself")
        }
    }

    /// What a type means; `nil` when something in it has no meaning, which has been reported then.
    mutating func resolve(_ type: SchemaType, in place: Place, at span: SourceSpan) -> SizedType? {
        guard let resolved = self.resolveParts(of: type, in: place, at: span) else { return nil }
        guard !resolved.isTooLarge else {
            self.report(
                place,
                span,
                "type is too large when its common types are written out",
                help: "at most \(SizedType.maximumDepth) levels and \(SizedType.maximumSize) types"
            )
            return nil
        }
        return resolved
    }

    private mutating func resolveParts(of type: SchemaType, in place: Place, at span: SourceSpan) -> SizedType? {
        switch type {
        case .boolean: return SizedType(.boolean)
        case .long: return SizedType(.long)
        case .string: return SizedType(.string)
        case .set(let element):
            return self.resolve(element, in: place, at: span).map { SizedType(.set($0.type), around: [$0]) }
        case .record(let attributes):
            return self.resolve(attributes, in: place)
        case .entity(let reference):
            return self.resolve(reference, in: place, as: .entityType).map { SizedType(.entity(named: $0)) }
        case .extension(let reference):
            guard let type = ExtensionType(rawValue: reference.name.text) else {
                let known = ExtensionType.allCases.map(\.rawValue)
                let suggestion = Spelling.closest(to: reference.name.text, in: known)
                self.report(
                    place,
                    reference.span,
                    "unknown extension type `\(reference.name)`, expected one of: \(known.joined(separator: ", "))",
                    help: suggestion.map { "did you mean `\($0)`?" }
                )
                return nil
            }
            return SizedType(.extension(type))
        case .common(let reference):
            return self.resolve(reference, in: place, as: .commonType).flatMap { self.commonTypes[$0] }
        case .entityOrCommon(let reference):
            guard let name = self.resolve(reference, in: place, as: .either) else { return nil }
            // A common type that failed to resolve has been reported where it is declared.
            if self.definitions.commonTypes.contains(name) { return self.commonTypes[name] }
            return SizedType(.entity(named: name))
        }
    }

    private mutating func resolve(_ attributes: [SchemaAttribute], in place: Place) -> SizedType? {
        var parts: [SizedType] = []
        var resolved: [RecordType.Attribute] = []
        for attribute in attributes {
            guard let type = self.resolve(attribute.type, in: place, at: attribute.span) else { continue }
            parts.append(type)
            resolved.append(
                RecordType.Attribute(name: attribute.name, type: type.type, isRequired: attribute.isRequired)
            )
        }
        guard resolved.count == attributes.count else { return nil }
        return SizedType(.record(RecordType(resolved)), around: parts)
    }
}

extension SchemaType {
    /// Calls `body` with every name in the type and what it may stand for.
    func forEachName(_ body: (NameReference, SchemaDefinitions.Meaning) -> Void) {
        switch self {
        case .boolean, .long, .string, .extension: break
        case .set(let element): element.forEachName(body)
        case .record(let attributes): for attribute in attributes { attribute.type.forEachName(body) }
        case .entity(let reference): body(reference, .entityType)
        case .common(let reference): body(reference, .commonType)
        case .entityOrCommon(let reference): body(reference, .either)
        }
    }
}
