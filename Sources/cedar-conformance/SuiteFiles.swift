import Cedar
import FoundationEssentials

/// The files of a suite: JSON Lines, one case a line.
enum SuiteFiles {
    /// Why a suite can't be read.
    enum Failure: Error, Hashable, CustomStringConvertible {
        /// There is no such file or folder.
        case missing(String)
        /// The file can't be read as UTF-8.
        case unreadable(String)

        var description: String {
            switch self {
            case .missing(let path): "no file or folder `\(path)`"
            case .unreadable(let path): "cannot read `\(path)`"
            }
        }
    }

    /// The files that a path names: itself, or those in the folder whose names end in `.jsonl`, in order.
    static func files(at path: String) throws(Failure) -> [String] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw .missing(path) }
        guard isFolder else { return [path] }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { throw .unreadable(path) }
        return names.filter { $0.hasSuffix(".jsonl") }.sorted().map { path + "/" + $0 }
    }

    /// The lines of a file that are not empty.
    static func lines(of path: String) throws(Failure) -> [Substring] {
        guard let data = FileManager.default.contents(atPath: path),
            let text = String(validating: data, as: UTF8.self)
        else { throw .unreadable(path) }
        // By bytes: texts of cases hold separators that are line breaks for `Character`, too.
        return text.utf8.split(separator: UInt8(ascii: "\n")).compactMap { Substring($0) }
    }
}
