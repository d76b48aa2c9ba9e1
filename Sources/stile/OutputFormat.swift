import ArgumentParser

/// How a command shows what it found.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    /// Columns for people.
    case table
    /// JSON for programs.
    case json
}

/// Rows in aligned columns, for a terminal.
struct TextTable {
    private var rows: [[String]]

    /// Begins a table.
    init(_ header: [String]) {
        self.rows = [header]
    }

    /// Adds a row of as many cells as the header has.
    mutating func add(_ cells: [String]) {
        self.rows.append(cells.map(Self.printable))
    }

    /// The table, the last column unpadded.
    var text: String {
        let columns = self.rows[0].indices
        let widths = columns.map { column in self.rows.map { $0[column].count }.max() ?? 0 }
        return self.rows.map { row in
            columns.map { column in
                column == columns.last
                    ? row[column] : row[column] + String(repeating: " ", count: widths[column] - row[column].count)
            }
            .joined(separator: "  ")
        }
        .joined(separator: "\n")
    }

    /// A text from elsewhere, a client's or a directory's: nothing in it may move the cursor or colour the terminal.
    static func printable(_ text: String) -> String {
        String(
            text.unicodeScalars.map { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator: "�"
                default: Character(scalar)
                }
            }
        )
    }
}
