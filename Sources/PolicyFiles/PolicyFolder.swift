package import Catalog
private import Foundation

/// The files under `policies/` as they stand: one revision to be, read whole.
///
/// ```
/// scheme.yaml  clearances.yaml  schema.cedarschema  *.cedar  catalog/*.yaml  tests/*.yaml
/// ```
/// Other files are left alone (editors leave their own behind); a file that is missing, unreadable or not UTF-8 is a finding.
package struct PolicyFolder: Sendable {
    /// The path that was read.
    package let path: String

    /// Every file that counts, by its path below the folder, in order.
    package let files: [PolicyText]

    /// The largest file that is read, in bytes.
    package static let maximumFileBytes = 16 << 20

    /// The most files that are read.
    package static let maximumFiles = 10_000

    /// Reads the folder's files.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - findings: Where errors go.
    package init(path: String, findings: Findings) {
        self.path = path
        var names = ["scheme.yaml", "clearances.yaml", "schema.cedarschema"]
        names += Self.names(in: path, endingWith: ".cedar")
        names += Self.names(in: path + "/catalog", endingWith: ".yaml").map { "catalog/" + $0 }
        names += Self.names(in: path + "/tests", endingWith: ".yaml").map { "tests/" + $0 }
        if names.count > Self.maximumFiles {
            findings.note(
                "found \(names.count) files, expected at most \(Self.maximumFiles)",
                at: SourcePosition(file: path)
            )
        }
        self.files = names.prefix(Self.maximumFiles).compactMap { name in
            Self.text(of: path + "/" + name, findings: findings).map { PolicyText(file: name, text: $0) }
        }
    }

    /// Takes files that were read elsewhere: those of a published revision.
    ///
    /// - Parameters:
    ///   - path: What errors call the folder.
    ///   - files: Every file, in the order in which a folder is read.
    package init(path: String, files: [PolicyText]) {
        self.path = path
        self.files = files
    }

    /// A value that changes whenever a file that counts is written, added or removed; quick, no file is opened.
    ///
    /// Made of each file's name, size, modification time and identity, so an editor that renames a new file into place
    /// is seen as well as one that writes in place.
    package static func fingerprint(of path: String) -> Int {
        var hasher = Hasher()
        for folder in [path, path + "/catalog", path + "/tests"] {
            for name in self.names(in: folder, endingWith: "")
            where name.hasSuffix(".yaml") || name.hasSuffix(".cedar") || name.hasSuffix(".cedarschema") {
                guard name.hasSuffix(".yaml") || name.hasSuffix(".cedar") || name.hasSuffix(".cedarschema") else {
                    continue
                }
                hasher.combine(name)
                guard let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name) else {
                    continue
                }
                hasher.combine(attributes[.size] as? Int)
                hasher.combine(attributes[.modificationDate] as? Date)
                hasher.combine(attributes[.systemFileNumber] as? Int)
            }
        }
        return hasher.finalize()
    }

    // Hidden files are an editor's half-written ones.
    private static func names(in folder: String, endingWith suffix: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(suffix) && !$0.hasPrefix(".") && !$0.hasPrefix("#") }.sorted()
    }

    /// The text of one file of an operator or officer.
    ///
    /// - Returns: `nil`, with a finding, when it cannot be read.
    package static func text(of path: String, findings: Findings) -> String? {
        let position = SourcePosition(file: path)
        let data: Data
        do {
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
            guard size <= self.maximumFileBytes else {
                findings.note("found \(size) bytes, expected at most \(self.maximumFileBytes)", at: position)
                return nil
            }
            data = try Data(contentsOf: URL(filePath: path))
        } catch {
            let exists = FileManager.default.fileExists(atPath: path)
            findings.note(exists ? "the file cannot be read, expected read permission" : "no such file", at: position)
            return nil
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            findings.note("found bytes that are no UTF-8, expected a text file in UTF-8", at: position)
            return nil
        }
        return text
    }
}
