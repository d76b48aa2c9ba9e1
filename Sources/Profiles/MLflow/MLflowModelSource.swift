/// What the `source` of a model version leads to.
enum MLflowModelSource: Hashable {
    /// A prompt has no artifacts; MLflow writes one of two placeholders.
    case prompt

    /// The artifacts of a run, `runs:/<run>/<path>`.
    case run(String)

    /// A logged model, `models:/<model id>`.
    case loggedModel(String)

    /// Another model version, `models:/<name>/<version>`.
    case modelVersion(String, String)

    /// A place in some store, which must lie inside the run or logged model that the version names.
    case place(String)

    /// Reads a source; `nil` when it could lead anywhere.
    init?(_ source: String) {
        switch source {
        case "": return nil
        case "dummy-source", "prompt-template": self = .prompt
        case let text where text.hasPrefix("runs:/"):
            let path = text.dropFirst("runs:/".count)
            guard MLflowArtifactPath.isSafe(path), let run = MLflowArtifactPath.segments(of: path).first,
                MLflowIdentifier.isToken(run)
            else { return nil }
            self = .run(run)
        case let text where text.hasPrefix("models:/"):
            let path = text.dropFirst("models:/".count)
            let parts = MLflowArtifactPath.segments(of: path)
            // An alias or a stage would lead elsewhere tomorrow, `%` would be decoded again.
            guard MLflowArtifactPath.isSafe(path) else { return nil }
            switch parts.count {
            case 1 where MLflowIdentifier.isToken(path) && path.hasPrefix("m-"): self = .loggedModel(String(path))
            case 2 where MLflowIdentifier.isName(parts[0]) && MLflowIdentifier.isNumber(parts[1]):
                self = .modelVersion(parts[0], parts[1])
            default: return nil
            }
        default: self = .place(source)
        }
    }
}
