import Foundation

extension Fuzzer {
    /// What replaying kept inputs showed.
    package struct Replay: Hashable, Sendable {
        /// How many inputs there were.
        package var inputs = 0
        /// Which of them break a law, with the law.
        package var broken: [String] = []
    }

    /// Replays files, and the files of folders however deep.
    ///
    /// The innermost folder that has the name of a target says what an input is for; a room with one target needs none.
    ///
    /// - Throws: What Foundation throws for a path that can't be read.
    package func replay(_ paths: [String]) throws -> Replay {
        var replay = Replay()
        for path in paths {
            for file in try Self.files(in: URL(filePath: path)) {
                guard let target = self.target(of: file) else {
                    replay.broken.append("\(file.path): is in no folder of a target")
                    continue
                }
                replay.inputs += 1
                if let broken = Self.violation(of: target, by: Array(try Data(contentsOf: file))) {
                    replay.broken.append("\(file.path): \(broken)")
                }
            }
        }
        return replay
    }

    /// The program: replays what its arguments name, says what is broken, and ends with 0 (nothing), 1 (something), 2 (usage) or 3.
    package func replay() -> Never {
        let paths = Array(CommandLine.arguments.dropFirst())
        guard !paths.isEmpty, !paths.contains("--help") else {
            print(
                """
                Checks kept inputs. The innermost folder with the name of a target says what an input is for: \
                \(self.targets.map(\.name).joined(separator: ", ")).
                usage: \(self.room)-fuzz FILE-OR-FOLDER …
                example: \(self.room)-fuzz Fuzzing/\(self.room)/Corpus Fuzzing/\(self.room)/FailCases
                """
            )
            exit(paths.isEmpty ? 2 : 0)
        }
        do {
            let replay = try self.replay(paths)
            for line in replay.broken { print(line) }
            print("\(replay.inputs) inputs, \(replay.broken.count) broken")
            exit(replay.broken.isEmpty ? 0 : 1)
        } catch {
            print("\(error)")
            exit(3)
        }
    }

    private func target(of file: URL) -> Target? {
        for folder in file.pathComponents.reversed() {
            if let target = self.targets.first(where: { $0.name == folder }) { return target }
        }
        return self.targets.count == 1 ? self.targets.first : nil
    }

    private static func files(in path: URL) throws -> [URL] {
        guard try path.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true else { return [path] }
        let inside = try FileManager.default.contentsOfDirectory(
            at: path,
            includingPropertiesForKeys: [.isDirectoryKey],
            options: .skipsHiddenFiles
        )
        return try inside.sorted { $0.path < $1.path }.flatMap(Self.files)
    }
}
