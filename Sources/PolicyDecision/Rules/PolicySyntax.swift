package import Catalog
import Cedar

/// What is wrong with rules and schema as texts, asked where the rest of a revision cannot be read.
///
/// Whether they fit together can only be said of a revision that was read whole. That must not hide a parenthesis that is missing: whoever
/// has mended a catalogue would be sent back to the files again.
package enum PolicySyntax {
    /// Reports every place where a text stops being one of the language.
    ///
    /// - Parameters:
    ///   - policies: The rules, one text a file.
    ///   - schema: The hand-written part of the schema; `nil` when there is none.
    /// - Returns: The errors, file by file; none when every text can be read.
    package static func diagnostics(of policies: [PolicyText], schema: PolicyText?) -> [PolicyDiagnostic] {
        var found: [PolicyDiagnostic] = []
        for text in policies {
            do {
                _ = try PolicySet(parsing: text.text, file: text.file, naming: .annotation("id"))
            } catch {
                found += error.diagnostics.map { PolicyDiagnostic(syntax: $0, in: text.file) }
            }
        }
        if let schema {
            do {
                _ = try SchemaFragment(text: schema.text, name: schema.file)
            } catch {
                found += error.diagnostics.map { PolicyDiagnostic(syntax: $0, in: schema.file) }
            }
        }
        return found
    }
}
