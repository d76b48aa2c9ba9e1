import Catalog

@testable import Profiles

/// A protocol small enough to read at a glance, with one route for each thing that a profile can ask of the gateway.
///
/// | route | means |
/// |---|---|
/// | `* /things/NAME…` | read or write the thing |
/// | `GET /things/NAME/bare` | read the thing; with a body the upstream would read that |
/// | `POST /by-body` | write the thing that the body names, of at most 64 bytes |
/// | `GET /alias/ID` | read the thing that the upstream says `ID` stands for |
/// | `GET /list` | list; lines that may not be read are taken out |
/// | `GET /pages?max_results=N` | list in pages; names that may not be read are taken out |
/// | `GET /missing` | does not exist |
struct ThingsProfile: Profile {
    var withheldFields: [String] { ["x-things-debug"] }
    var refusedFields: [String] { ["x-things-workspace"] }

    func resolve(_ request: borrowing ProfileRequest, known: MetadataFacts) -> Resolution {
        let path = String(decoding: request.path, as: UTF8.self).split(separator: "/").map(String.init)
        switch path.first {
        case "things" where path.count >= 2:
            if path.last == "bare", case .unread = request.body { return .refused(.ambiguous("a body")) }
            let action = request.method == .get || request.method == .head ? "read" : "write"
            return .meaning(Meaning([Self.question(action, path[1])], isStable: true))
        case "by-body":
            guard case .held(let body) = request.body else { return .needsBody(atMost: 64) }
            return .meaning(Meaning([Self.question("write", String(decoding: body, as: UTF8.self))]))
        case "alias" where path.count == 2:
            let query = MetadataQuery(kind: "alias", id: path[1], target: "/metadata/\(path[1])", lifetime: .permanent)
            switch known[query] {
            case nil: return .needsMetadata([query])
            case .fields(let fields):
                return .meaning(Meaning([Self.question("read", fields["name"] ?? "")], isStable: true))
            case .absent: return .refused(.noSuchThing("alias"))
            case .unknown: return .refused(.unknown("alias"))
            }
        case "list":
            let service = Question(action: "read", resource: ResourceReference(service: "things", kind: "service"))
            return .meaning(Meaning([service], filter: LineFilter(), isStable: true))
        case "pages":
            let service = Question(action: "read", resource: ResourceReference(service: "things", kind: "service"))
            let query = String(decoding: request.query ?? [], as: UTF8.self)
            let size = query.split(separator: "=").last.flatMap { Int($0) } ?? 1
            let pages = ListPages(list: "names", size: size, offset: 0, place: .query([]), pageSizes: 2...2)
            return .meaning(Meaning([service], filter: NameFilter(pages: pages), isStable: true))
        case "missing": return .refused(.noSuchThing("missing"))
        default: return .refused(.unknownRoute)
        }
    }

    func fact(answering query: MetadataQuery, status: Int, body: [UInt8]) -> Fact {
        switch status {
        case 200: .fields(["name": String(decoding: body, as: UTF8.self)])
        case 404: .absent
        default: .unknown(status: status)
        }
    }

    static func question(_ action: String, _ name: String) -> Question {
        Question(action: action, resource: ResourceReference(service: "things", kind: "thing", id: name, name: name))
    }

    /// A list is a line for each thing.
    struct LineFilter: AnswerFilter {
        var limit: Int { 4_096 }

        func apply(to body: [UInt8], known: MetadataFacts, permits: (Question) -> Bool) -> FilteredAnswer {
            let lines = String(decoding: body, as: UTF8.self).split(separator: "\n").map(String.init)
            let kept = lines.filter { permits(ThingsProfile.question("read", $0)) }
            return .filtered(Array(kept.map { $0 + "\n" }.joined().utf8), removed: lines.count - kept.count)
        }
    }

    /// A list in pages is an object with `names` and a token.
    struct NameFilter: AnswerFilter {
        let pages: ListPages?
        var limit: Int { 4_096 }

        func apply(to body: [UInt8], known: MetadataFacts, permits: (Question) -> Bool) -> FilteredAnswer {
            guard let document = try? JSONDocument(body), let names = document.root["names"]?.elements else {
                return .failed(.malformed("expected names"))
            }
            let removed = names.filter { !permits(ThingsProfile.question("read", $0.string ?? "")) }
            return .filtered(document.removing(removed), removed: removed.count)
        }
    }
}
