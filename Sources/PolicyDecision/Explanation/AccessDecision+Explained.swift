import Catalog
import DecisionLog
import Directory
import SecurityLabels

extension AccessDecision {
    /// The decision laid out as lines of text, for officers at a terminal: nothing is withheld.
    ///
    ///     deny       fred may not read hall2-energy (Meter readings of hall 2)
    ///     because    CLR-1: your clearance confidential is below strictly-confidential
    package var explained: [String] {
        let rows = self.rows
        let width = rows.map(\.name.count).max() ?? 0
        return rows.map { row in
            row.name + String(repeating: " ", count: width - row.name.count + 2) + row.value
        }
    }

    /// What there is to say, the answer first; nothing that is empty.
    private var rows: [(name: String, value: String)] {
        var rows: [(name: String, value: String)] = []
        func add(_ name: String, _ value: String?) {
            if let value, !value.isEmpty { rows.append((name, value)) }
        }
        let verb = self.isAllowed ? "may" : "may not"
        add(self.isAllowed ? "allow" : "deny", "\(self.person) \(verb) \(self.action) \(self.resource) (\(self.title))")
        for reason in self.reasons { add("because", "\(reason.policy): \(reason.sentence)") }
        if self.ground == .policies, self.permits.isEmpty { add("because", "no permit matches") }
        add("because", self.ground.words)
        add("causes", self.causes.description)
        if !self.isAllowed { add("permits", self.permits.joined(separator: ", ")) }
        for error in self.errors { add("error", error) }
        add("label", self.labelInWords)
        add("clearance", self.clearance?.marking)
        add("missing", self.missing.map(\.name).joined(separator: ", "))
        if self.causes.contains(.label) {
            let flips = self.flips.map { $0.words }.joined(separator: ", or ")
            add("flips", (flips.isEmpty ? "none" : flips) + (self.flipsComplete ? "" : " (there may be more)"))
        }
        if let shadow = self.shadow {
            add("shadow", "\(shadow.isAllowed ? "allow" : "deny") with \(shadow.policies.joined(separator: ", "))")
            for error in shadow.errors { add("shadow", "cannot evaluate \(error)") }
        }
        add("owner", self.owner?.description)
        add("grant", self.grant)
        add("explains", self.isAllowed ? nil : self.explain.rawValue)
        add("revision", self.revision)
        return rows
    }

    private var labelInWords: String {
        var words = ["\(self.label?.marking ?? "none"), \(self.origin.rawValue)"]
        if let assignment = self.assignment {
            if let by = assignment.by { words.append("by \(by)") }
            if let at = assignment.at { words.append("\(at)") }
            words.append(assignment.reason.map { "\"\($0)\"" } ?? "without a reason")
            if let due = assignment.reviewBy { words.append("review by \(due)") }
        }
        return words.joined(separator: ", ")
    }
}

extension Relaxation {
    /// The relaxation in words: `at level internal without customer-x`.
    package var words: String {
        let level = self.levelsLowered > 0 ? "at level \(self.label.level.name)" : nil
        let names = self.dropped.sorted().map(\.name).joined(separator: " and ")
        return [level, names.isEmpty ? nil : "without \(names)"].compactMap(\.self).joined(separator: " ")
    }
}

extension DecisionGround {
    /// What is not known, in words for officers; `nil` when policies decided.
    package var words: String? {
        switch self {
        case .policies: nil
        case .closedAccount: "the account may not be used"
        case .unreadableClearance(let reason): reason.description
        case .unreadablePerson(let error): "the person does not fit the schema: \(error)"
        case .unknownResource: "the catalog does not know it, and the scheme has no default level"
        case .unlabelled: "it has no label, and the scheme has no default level"
        case .unknownAction: "the schema does not know the action for this kind of thing"
        case .unreadableResource(let error): "the resource does not fit the schema: \(error)"
        }
    }
}
