import FoundationEssentials

@testable import cedar_conformance

/// Where suites lie.
enum SuiteFolders {
    /// The cases beside this file.
    static let own = Self.folder(of: #filePath) + "/cases"

    /// The files of a larger suite that several checkouts share: `$STILE_SHARED/cedar/suite`, or beside the package.
    static let sharedFiles: [String] = {
        let root =
            ProcessInfo.processInfo.environment["STILE_SHARED"] ?? Self.folder(of: #filePath) + "/../../../../shared"
        return (try? SuiteFiles.files(at: root + "/cedar/suite")) ?? []
    }()

    private static func folder(of path: String) -> String {
        String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }
}
