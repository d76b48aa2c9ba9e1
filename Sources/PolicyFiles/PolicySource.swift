package import Catalog
package import Directory
package import SecurityLabels

/// What the files under `policies/` say, each part read into its type: what a revision is made of.
package struct PolicySource: Sendable {
    /// The levels and categories.
    package let scheme: Scheme
    /// From groups and attributes to clearances.
    package let clearances: ClearanceRules
    /// Everything under `catalog/`.
    package let entries: [CatalogEntry]
    /// The hand-written part of the schema.
    package let schema: PolicyText
    /// The rules, one text a file.
    package let policies: [PolicyText]
    /// Everything under `tests/`.
    package let tests: [PolicyTest]
    /// Every file that was read, for the revision's hash.
    package let files: [PolicyText]

    /// Reads the files of a folder; with any finding there is no source, since a revision counts whole or not at all.
    ///
    /// - Parameters:
    ///   - folder: The files as they stand.
    ///   - findings: Where errors go; those found while the folder was read are expected there too.
    package init?(_ folder: PolicyFolder, findings: Findings) {
        let texts = Dictionary(folder.files.map { ($0.file, $0) }, uniquingKeysWith: { first, _ in first })
        // Files that are missing have their finding already.
        let scheme = texts["scheme.yaml"].flatMap {
            SchemeFile.read($0.text, file: folder.path + "/" + $0.file, findings: findings)
        }
        let clearances = texts["clearances.yaml"].flatMap {
            ClearancesFile.read($0.text, file: folder.path + "/" + $0.file, scheme: scheme, findings: findings)
        }
        var entries: [CatalogEntry] = []
        var tests: [PolicyTest] = []
        var policies: [PolicyText] = []
        for file in folder.files {
            let name = folder.path + "/" + file.file
            if file.file.hasPrefix("catalog/") {
                entries += CatalogFile.read(file.text, file: name, scheme: scheme, findings: findings)
            } else if file.file.hasPrefix("tests/") {
                tests += PolicyTestFile.read(file.text, file: name, scheme: scheme, findings: findings)
            } else if file.file.hasSuffix(".cedar") {
                policies.append(PolicyText(file: name, text: file.text))
            }
        }
        guard findings.all.isEmpty, let scheme, let clearances, let schema = texts["schema.cedarschema"] else {
            return nil
        }
        self.scheme = scheme
        self.clearances = clearances
        self.entries = entries
        self.schema = PolicyText(file: folder.path + "/" + schema.file, text: schema.text)
        self.policies = policies
        self.tests = tests
        self.files = folder.files
    }
}
