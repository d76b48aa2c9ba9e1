/// All calls of MLflow that are known, ready to be found by method and path.
struct MLflowRouteTable: Sendable {
    /// A call that was found, and the segments of its path that are arguments.
    struct Match {
        let route: MLflowRoute
        let captures: [String: String]
    }

    /// A segment of a route's path.
    private enum Segment: Hashable {
        case literal([UInt8])
        case argument(String)
        case rest(String)
    }

    /// A point in the tree of paths: what may follow.
    private struct Node {
        var literals: [[UInt8]: Node] = [:]
        var argument: [Argument] = []
        var routes: [ProfileRequest.Method: MLflowRoute] = [:]
        /// What takes the whole rest of the path, by method.
        var rest: [ProfileRequest.Method: (name: String, route: MLflowRoute)] = [:]

        /// A segment that is an argument; in a list only because a struct cannot hold itself.
        struct Argument {
            var name: String
            var node: Node
        }
    }

    private var root = Node()

    /// Every row, in the order of the files.
    static let rows =
        server + experiments + runs + loggedModels + traces + datasets + scorers + registeredModels + modelVersions
        + artifacts + closed

    /// The table of all rows.
    static let shared = MLflowRouteTable(rows)

    /// Builds the tree.
    init(_ rows: [MLflowRoute]) {
        for row in rows {
            for prefix in row.family.prefixes {
                let path = (prefix + row.path).split(separator: "/").map(String.init)
                Self.insert(row, at: path[...], into: &self.root)
            }
        }
    }

    private static func insert(_ row: MLflowRoute, at path: ArraySlice<String>, into node: inout Node) {
        guard let segment = path.first else {
            node.routes[row.method] = row
            return
        }
        switch Self.segment(segment) {
        case .literal(let text):
            Self.insert(row, at: path.dropFirst(), into: &node.literals[text, default: Node()])
        case .argument(let name):
            if !node.argument.contains(where: { $0.name == name }) {
                node.argument.append(Node.Argument(name: name, node: Node()))
            }
            for index in node.argument.indices where node.argument[index].name == name {
                Self.insert(row, at: path.dropFirst(), into: &node.argument[index].node)
            }
        case .rest(let name):
            node.rest[row.method] = (name, row)
        }
    }

    private static func segment(_ text: String) -> Segment {
        guard text.hasPrefix("<"), text.hasSuffix(">") else { return .literal(Array(text.utf8)) }
        let name = text.dropFirst().dropLast()
        return name.hasSuffix("...") ? .rest(String(name.dropLast(3))) : .argument(String(name))
    }

    // MARK: - Finding

    /// The call that a method and a canonical path stand for; `nil` when there is none.
    ///
    /// A literal segment goes before an argument, and both before a rest, as in MLflow's own router. Segments are compared
    /// as they stand: `r%75ns` is not `runs`, whatever a decoder would make of it.
    func match(_ method: ProfileRequest.Method, _ path: [UInt8]) -> Match? {
        guard path.first == UInt8(ascii: "/") else { return nil }
        guard path.count > 1 else { return self.root.routes[method].map { Match(route: $0, captures: [:]) } }
        let segments = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard segments.count <= 64, segments.allSatisfy({ !$0.isEmpty }) else { return nil }
        return Self.match(method, segments[...], in: self.root, captures: [:])
    }

    private static func match(
        _ method: ProfileRequest.Method,
        _ segments: ArraySlice<ArraySlice<UInt8>>,
        in node: Node,
        captures: [String: String]
    ) -> Match? {
        guard let segment = segments.first else {
            return node.routes[method].map { Match(route: $0, captures: captures) }
        }
        if let next = node.literals[Array(segment)],
            let match = Self.match(method, segments.dropFirst(), in: next, captures: captures)
        {
            return match
        }
        if let value = percentDecoded(segment, plusIsSpace: false), !value.utf8.contains(UInt8(ascii: "/")) {
            for argument in node.argument {
                var captures = captures
                captures[argument.name] = value
                if let match = Self.match(method, segments.dropFirst(), in: argument.node, captures: captures) {
                    return match
                }
            }
        }
        guard let (name, route) = node.rest[method],
            let rest = percentDecoded(Array(segments.joined(separator: [UInt8(ascii: "/")])), plusIsSpace: false)
        else { return nil }
        return Match(route: route, captures: [name: rest])
    }
}

extension MLflowRoute.Family {
    /// Where the calls of the family begin.
    var prefixes: [String] {
        switch self {
        case .root: [""]
        case .v2: ["api/2.0/mlflow/", "ajax-api/2.0/mlflow/"]
        case .v3: ["api/3.0/mlflow/", "ajax-api/3.0/mlflow/"]
        case .artifacts: ["api/2.0/mlflow-artifacts/", "ajax-api/2.0/mlflow-artifacts/"]
        }
    }
}
