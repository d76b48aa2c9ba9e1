/// Where a call names the tags of a trace that it sets or removes.
///
/// MLflow keeps the place of a trace's data in the trace's tags and reads the data from wherever they say, another
/// experiment's artifacts and the server's own files included. Its own client treats these tags as immutable; its server
/// takes them from anybody.
enum MLflowTraceTags: Sendable {
    /// In fields of these names, as `key` or `tags[].key`.
    case keys(String)

    /// As the names of the members of an object.
    case names(of: String)

    /// The tags that say where data lies, in lower case.
    private static let places: Set = [
        "mlflow.artifactlocation", "mlflow.trace.spanslocation", "mlflow.trace.archivelocation",
    ]

    /// Refuses a call that names one of them, in any spelling that a database might take for the same.
    func check(_ arguments: MLflowArguments) throws(RouteRefusal) {
        let keys: [String] =
            switch self {
            case .keys(let field): try arguments.values(field)
            case .names(let field): try arguments.names(of: field)
            }
        for key in keys {
            let folded = String(String.UnicodeScalarView(key.unicodeScalars.filter { !$0.properties.isWhitespace }))
            guard !Self.places.contains(folded.lowercased()) else {
                throw .forbiddenValue("the tag `\(key)` says where a trace's data lies, leave it out")
            }
        }
    }
}
