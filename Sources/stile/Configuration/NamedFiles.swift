import Catalog
import Foundation
import PolicyFiles

/// The files that `stile.yaml` names, and whether they can be read.
///
/// Reading the configuration opens none of them, since a gateway that is only asked for its address needs none; the check
/// looks at all of them, so that what is missing is found at its line and not by whoever uses it first.
enum NamedFiles {
    /// The keys that name a file which must be there, and what helps when it is not.
    private static let remedies: [String: String] = [
        "certificate": "a PEM file (`certs/make` makes one for development)",
        "key": "a PEM file (`certs/make` makes one for development)",
        "ca": "a PEM file with the authority's certificate",
        "password-file": "a file with the password on its first line",
        "credential-file": "a file with `name:password` on its first line",
        "keytab": "a keytab with the service's key",
    ]

    /// The sections in which these keys name files; elsewhere a `key` can be a key.
    private static let sections: Set = ["listeners", "directory", "services", "kerberos"]

    /// One finding for each file that cannot be read.
    ///
    /// - Parameters:
    ///   - path: The configuration's path.
    ///   - findings: Where errors go.
    static func check(path: String, findings: Findings) {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let root = try? YAMLValue(text: text, file: path), case .mapping(let sections) = root.content
        else { return }
        let folder = URL(filePath: path).standardizedFileURL.deletingLastPathComponent().path
        for section in sections where self.sections.contains(section.key) {
            self.check(section.value, in: folder, findings: findings)
        }
    }

    private static func check(_ value: YAMLValue, in folder: String, findings: Findings) {
        switch value.content {
        case .text, .nothing: return
        case .list(let items): for item in items { self.check(item, in: folder, findings: findings) }
        case .mapping(let entries):
            for entry in entries {
                if case .text(let name, _) = entry.value.content, let remedy = self.remedies[entry.key] {
                    let file = name.hasPrefix("/") ? name : folder + "/" + name
                    guard let problem = self.problem(with: file) else { continue }
                    findings.note(
                        "found \(problem) `\(name)` under `\(entry.key)`, expected \(remedy)",
                        at: entry.value.position
                    )
                } else {
                    self.check(entry.value, in: folder, findings: findings)
                }
            }
        }
    }

    /// What is wrong with a file; `nil` when it can be read.
    private static func problem(with file: String) -> String? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: file) else { return "no file" }
        if attributes[.type] as? FileAttributeType == .typeDirectory { return "the folder" }
        return FileManager.default.isReadableFile(atPath: file) ? nil : "a file that this user cannot read,"
    }
}
