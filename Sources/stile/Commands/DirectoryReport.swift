import Catalog
import Directory
import Foundation
import PolicyFiles
import SecurityLabels

/// What `stile directory test` found, for people and for programs.
struct DirectoryReport: OutputDocument {
    /// One thing that was looked at.
    struct Step: Encodable {
        var severity: String
        var step: String
        var message: String
        var remedy: String?
        /// Where to change it, `file:line:column`.
        var place: String?
        /// Which key of the file.
        var key: String?
        /// Whether the key is not there yet; then the place is the section that it belongs in.
        var isMissing: Bool?
    }

    var user: String
    var steps: [Step]
    /// The person's login name as Stile records it; `nil` when nobody was found.
    var person: String?
    /// Who that is, for good.
    var id: String?
    /// The clearance as a marking; `nil` when there is none.
    var clearance: String?
    /// Whether the account may be used.
    var mayUseAccount = false
    /// Whether the right password would let the person in, to something at least.
    var maySignIn: Bool { self.clearance != nil && self.mayUseAccount }

    /// Whether a server answered.
    var isReachable: Bool { !self.steps.contains { $0.step == "directory" && $0.severity == "failure" } }

    private enum CodingKeys: String, CodingKey {
        case user, steps, person, id, clearance, mayUseAccount, maySignIn
    }

    init(user: String, steps: [Step]) {
        self.user = user
        self.steps = steps
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.user, forKey: .user)
        try container.encode(self.steps, forKey: .steps)
        try container.encode(self.person, forKey: .person)
        try container.encode(self.id, forKey: .id)
        try container.encode(self.clearance, forKey: .clearance)
        try container.encode(self.mayUseAccount, forKey: .mayUseAccount)
        try container.encode(self.maySignIn, forKey: .maySignIn)
    }

    /// Adds what the rules make of a person.
    ///
    /// - Parameters:
    ///   - person: As the directory knows them.
    ///   - rules: `clearances.yaml`.
    ///   - missing: The rules about groups that are not in the directory.
    ///   - places: Where each rule stands.
    mutating func add(_ person: Person, under rules: ClearanceRules, missing: Set<Int>, _ places: DirectoryPlaces) {
        self.person = person.name
        self.id = person.id.value
        self.mayUseAccount = person.account.allowsSignIn
        for index in rules.indicesOfRules(about: person) {
            let rule = rules.rules[index]
            let gives = [
                rule.level.map { "gives level \($0.name)" },
                rule.categories.isEmpty
                    ? nil : "gives \(rule.categories.map(\.name).sorted().joined(separator: ", "))",
                rule.ceiling.map { ceiling in
                    "allows at most \(ceiling.level.name)"
                        + (ceiling.categories.map { " and \($0.map(\.name).sorted())" } ?? "")
                },
            ]
            self.steps.append(
                Step(
                    severity: "fine",
                    step: "rule",
                    message: "\(rule.subject) \(gives.compactMap(\.self).joined(separator: ", "))",
                    place: places.rule(index)
                )
            )
        }
        for index in missing.sorted() {
            self.steps.append(
                Step(
                    severity: "warning",
                    step: "rule",
                    message: "\(rules.rules[index].subject) is not in the directory, or may not be seen there",
                    remedy: "correct the name, or write `uuid:` or `sid:`, which survive a rename",
                    place: places.rule(index)
                )
            )
        }
        switch rules.clearance(of: person) {
        case .clearance(let label):
            self.clearance = label.marking
            self.steps.append(Step(severity: "fine", step: "clearance", message: label.marking))
        case .unreadable(let reason):
            self.steps.append(
                Step(
                    severity: "failure",
                    step: "clearance",
                    message: "none: \(reason)",
                    remedy: reason.isAboutTheDirectory ? nil : "a rule for one of the groups above",
                    place: reason.isAboutTheDirectory ? nil : places.clearances
                )
            )
        }
    }

    /// For a terminal: a column of verdicts, the steps, and below each what to change and where.
    var text: String {
        let width = self.steps.map(\.step.count).max() ?? 0
        var lines: [String] = []
        for step in self.steps {
            let verdict = step.severity == "fine" ? "ok   " : step.severity == "warning" ? "note " : "WRONG"
            let name = step.step + String(repeating: " ", count: width - step.step.count)
            // A rule that counts is worth its place; of what is fine else nobody wants to know where it stands.
            let place = step.severity == "fine" ? step.place.map { "  (\($0))" } ?? "" : ""
            lines.append(TextTable.printable("\(verdict)  \(name)  \(step.message)\(place)"))
            guard step.severity != "fine" else { continue }
            let indent = String(repeating: " ", count: width + 9)
            let key = step.key.map { " `\($0)`" } ?? ""
            let what = step.isMissing == true ? "add to" : "change"
            switch (step.place, step.remedy) {
            case (let place?, let remedy?):
                lines.append(TextTable.printable("\(indent)\(what) \(place)\(key): \(remedy)"))
            case (let place?, nil): lines.append(TextTable.printable("\(indent)\(what) \(place)\(key)"))
            case (nil, let remedy?): lines.append(TextTable.printable("\(indent)\(remedy)"))
            case (nil, nil): break
            }
        }
        let verdict =
            self.maySignIn
            ? "`\(self.user)` is \(self.person ?? "") (\(self.id ?? "")) and may sign in, cleared for \(self.clearance ?? "")"
            : "`\(self.user)` may not sign in"
        return lines.joined(separator: "\n") + "\n\n" + TextTable.printable(verdict)
    }
}

extension DirectoryReport.Step {
    /// What the directory's room found, with the place in the gateway's configuration.
    init(_ finding: DirectoryFinding, place: DirectoryPlaces.Place?) {
        self.severity = finding.severity.rawValue
        self.step = finding.subject
        self.message = finding.message
        self.remedy = finding.remedy
        self.place = place?.position.description
        self.key = place?.key
        self.isMissing = place.flatMap { $0.isThere ? nil : true }
    }
}

extension ClearanceOutcome.Reason {
    /// Whether the directory has to change, and no rule.
    fileprivate var isAboutTheDirectory: Bool {
        if case .contradictory = self { true } else { false }
    }
}

/// Where the lines stand that decide what Stile sees of a person.
struct DirectoryPlaces {
    /// A key of `stile.yaml`.
    struct Place {
        var position: SourcePosition
        var key: String
        /// Whether the key is there; otherwise the position is that of the section it belongs in.
        var isThere: Bool
    }

    /// `clearances.yaml` as a whole.
    let clearances: String

    private let root: YAMLValue?
    private let rules: [YAMLValue]
    private let file: String

    /// Reads both files once more, for their lines alone; both have been read without an error before.
    init(configuration path: String, policies folder: String) {
        self.file = path
        let findings = Findings()
        self.root = PolicyFolder.text(of: path, findings: findings).flatMap { try? YAMLValue(text: $0, file: path) }
        let clearances = "\(folder)/clearances.yaml"
        self.clearances = clearances
        let text = PolicyFolder.text(of: clearances, findings: findings)
        if case .list(let items)? = text.flatMap({ try? YAMLValue(text: $0, file: clearances) })?.content {
            self.rules = items
        } else {
            self.rules = []
        }
    }

    /// Where a rule stands.
    func rule(_ index: Int) -> String? {
        self.rules.indices.contains(index) ? self.rules[index].position.description : nil
    }

    /// Where to change what a finding is about: the key, the key that stands in for it, or the section that lacks it.
    func place(of finding: DirectoryFinding) -> Place? {
        guard let setting = finding.setting, finding.severity != .fine, let root = self.root else { return nil }
        let path = setting.rawValue.split(separator: ".").map(String.init)
        // `people.base` stands in for `base` where a section has none of its own.
        let fallback = path.last == "base" ? [["base"]] : []
        for keys in [path] + fallback {
            if let position = Self.position(["directory"] + keys, in: root) {
                return Place(position: position, key: (["directory"] + keys).joined(separator: "."), isThere: true)
            }
        }
        let position =
            Self.position(["directory"] + path.dropLast(), in: root) ?? Self.position(["directory"], in: root)
        return Place(
            position: position ?? SourcePosition(file: self.file),
            key: (["directory"] + path).joined(separator: "."),
            isThere: false
        )
    }

    private static func position(_ keys: [String], in root: YAMLValue) -> SourcePosition? {
        var value = root
        var position: SourcePosition?
        for key in keys {
            guard case .mapping(let entries) = value.content, let entry = entries.first(where: { $0.key == key }) else {
                return nil
            }
            value = entry.value
            position = entry.position
        }
        return position
    }
}
