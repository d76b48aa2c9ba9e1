/// A place in a file that people edit.
package struct SourcePosition: Hashable, Comparable, Sendable {
    /// The file, as a path below the folder of policies.
    package var file: String

    /// The line, from 1.
    package var line: Int

    /// The column in characters, from 1.
    package var column: Int

    /// Points at a place.
    package init(file: String, line: Int = 1, column: Int = 1) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// The order of reading: by file, then line, then column.
    package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

extension SourcePosition: CustomStringConvertible {
    /// `file:line:column`, which editors and terminals turn into a link.
    package var description: String { "\(self.file):\(self.line):\(self.column)" }
}
