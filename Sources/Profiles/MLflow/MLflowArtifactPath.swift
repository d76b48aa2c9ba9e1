/// A path to artifacts as MLflow's artifact proxy takes it, and whose artifacts they are.
///
/// The proxy is one tree of files for all experiments, and serves whatever path it is given: only the path says whose the
/// file is. MLflow decodes percent-escapes again, and again, before it looks at a path, and maps `.` and empty segments
/// away; so a path with any of these is refused rather than read.
struct MLflowArtifactPath: Hashable {
    /// What the artifacts belong to.
    enum Owner: Hashable {
        case run(String)
        case loggedModel(String)
        case trace(String)
    }

    /// What the artifacts belong to.
    let owner: Owner

    /// The first segment: the experiment's id, unless the operator gave the experiment another place.
    let experiment: String

    /// The root of the owner's artifacts, without a slash at either end.
    let root: String

    /// Reads a path below the proxy's root; `nil` when it is not inside the artifacts of one run, model or trace.
    ///
    ///     path = experiment "/" run "/artifacts" *( "/" segment )
    ///          / experiment "/models/" model "/artifacts" *( "/" segment )
    ///          / experiment "/traces/" trace "/artifacts" *( "/" segment )
    ///
    /// - Parameter path: The path, percent-encoding undone once.
    init?(_ path: String) {
        guard Self.isSafe(path) else { return nil }
        let segments = Self.segments(of: path)
        guard segments.count >= 3 else { return nil }
        self.experiment = String(segments[0])
        if segments[2] == "artifacts" {
            guard MLflowIdentifier.isToken(segments[1]), segments[1] != "models", segments[1] != "traces" else {
                return nil
            }
            self.owner = .run(String(segments[1]))
            self.root = segments[..<3].joined(separator: "/")
        } else {
            guard segments.count >= 4, segments[3] == "artifacts", MLflowIdentifier.isToken(segments[2]) else {
                return nil
            }
            switch segments[1] {
            case "models": self.owner = .loggedModel(String(segments[2]))
            case "traces": self.owner = .trace(String(segments[2]))
            default: return nil
            }
            self.root = segments[..<4].joined(separator: "/")
        }
    }

    /// Whether MLflow will read a path as it stands: no escape, no `.` or `..` or empty segment, no other separator.
    ///
    /// - Parameter path: A path relative to some root, percent-encoding undone once.
    /// - Returns: `false` when MLflow might read it as another.
    static func isSafe(_ path: some StringProtocol) -> Bool {
        let bytes = path.utf8
        guard (1...4_096).contains(bytes.count) else { return false }
        let isPlain = bytes.allSatisfy { byte in
            switch byte {
            case 0..<0x20, 0x7F, UInt8(ascii: "%"), UInt8(ascii: "\\"), UInt8(ascii: "#"), UInt8(ascii: "?"): false
            default: true
            }
        }
        guard isPlain else { return false }
        return Self.segments(of: path).enumerated().allSatisfy { position, segment in
            // `file:` and drive letters make MLflow read a path as an absolute one.
            !segment.isEmpty && segment != "." && segment != ".." && !(position == 0 && segment.utf8.contains(0x3A))
        }
    }

    /// What stands between the slashes, as MLflow splits it: a slash that a combining character follows is one too, though not
    /// one of Swift's characters.
    static func segments(of path: some StringProtocol) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// Whether a place lies in a root or is it, both as MLflow writes them.
    ///
    ///     contains("mlflow-artifacts:/1/models/m-1/artifacts", in: "mlflow-artifacts:/1/models/m-1/artifacts")
    static func contains(_ place: String, in root: String) -> Bool {
        guard !root.isEmpty, place.utf8.starts(with: root.utf8) else { return false }
        let rest = place.utf8.dropFirst(root.utf8.count)
        guard let separator = rest.first else { return true }
        return separator == UInt8(ascii: "/") && Self.isSafe(Substring(rest.dropFirst()))
    }
}
