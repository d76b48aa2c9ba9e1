import Testing

@testable import Profiles

@Suite("Lists in pages, as if what is hidden did not exist")
struct ListGatheringTests {
    /// A service with a list of elements, of which a person may see some.
    private struct Service {
        let names: [String]
        let hidden: Set<String>
        var requests = 0

        /// The service's page, cut down as the filter does it.
        mutating func page(_ request: ListPages.Request) throws -> [UInt8] {
            self.requests += 1
            let query = try QueryParameters(request.query)
            let size = try #require(query.values(of: "max_results").first.flatMap { Int($0) })
            let offset = query.values(of: "page_token").first.flatMap { Int($0.dropFirst("upstream=".count)) } ?? 0
            let page = self.names.dropFirst(offset).prefix(size)
            let shown = page.filter { !self.hidden.contains($0) }.map { #""\#($0)""# }.joined(separator: ", ")
            let end = offset + page.count
            let token = end < self.names.count ? #", "next_page_token": "upstream=\#(end)""# : ""
            return Array(#"{ "things": [\#(shown)]\#(token) }"#.utf8)
        }

        /// The page that a client gets.
        mutating func list(_ pages: ListPages) throws -> String {
            var gathering = ListGathering(pages)
            var request = gathering.first
            while true {
                switch try gathering.take(self.page(request)) {
                case .more(let next): request = next
                case .complete(let body): return String(decoding: body, as: UTF8.self)
                }
            }
        }
    }

    private static func pages(_ size: Int, after offset: Int = 0, _ sizes: ClosedRange<Int> = 2...3) -> ListPages {
        ListPages(list: "things", size: size, offset: offset, place: .query(Array("filter=x".utf8)), pageSizes: sizes)
    }

    @Test("Whatever is hidden, and however the service cuts its pages, the client sees the pages of the rest")
    func asIfItDidNotExist() throws {
        let names = ["a", "b", "c", "d", "e", "f", "g"]
        for pattern in 0..<1 << names.count {
            let hidden = Set(names.enumerated().filter { pattern >> $0.offset & 1 == 1 }.map(\.element))
            let visible = names.filter { !hidden.contains($0) }
            for size in 1...4 {
                var offset = 0
                var seen: [String] = []
                while true {
                    var all = Service(names: names, hidden: hidden)
                    var rest = Service(names: visible, hidden: [])
                    let page = try all.list(Self.pages(size, after: offset))
                    let alike = try page == rest.list(Self.pages(size, after: offset))
                    #expect(alike, "\(hidden) hidden, \(size) after \(offset)")
                    let root = try JSONDocument(Array(page.utf8)).root
                    seen += root["things"]?.elements?.compactMap(\.string) ?? []
                    guard let token = root["next_page_token"]?.string else { break }
                    offset = try #require(ListPages.offset(of: token))
                }
                #expect(seen == visible)
            }
        }
    }

    @Test("A search that matches only what is hidden answers like one that matches nothing")
    func nothing() throws {
        var hidden = Service(names: ["secret", "secret2", "secret3"], hidden: ["secret", "secret2", "secret3"])
        var absent = Service(names: [], hidden: [])
        #expect(try hidden.list(Self.pages(1)) == absent.list(Self.pages(1)))
        #expect(try absent.list(Self.pages(1)) == "{}")
    }

    @Test("So much may be hidden that the search must be narrowed, and the effort ends")
    func narrowed() throws {
        let names = (0..<10_000).map { "n\($0)" }
        var service = Service(names: names, hidden: Set(names))
        #expect(throws: FilterFailure.tooManyPages(limit: 100)) { try service.list(Self.pages(1, 10...40)) }
        #expect(service.requests == 100)
    }

    @Test(
        "Only a token that was handed out leads on",
        arguments: [
            ("after-1", 1), ("after-250", 250), ("after-0", nil), ("after-01", nil), ("after-+1", nil),
            ("after--1", nil),
            ("after-1 ", nil), ("after-", nil), ("1", nil), ("eyJvZmZzZXQiOiAxfQ==", nil),
            ("after-99999999999999999999", nil), ("after-1000000001", nil),
        ] as [(String, Int?)]
    )
    func tokens(token: String, offset: Int?) {
        #expect(ListPages.offset(of: token) == offset)
    }

    @Test(
        "MLflow is asked for pages of its own; everything else is asked as the client asked it",
        arguments: [
            (
                .get,
                "/api/2.0/mlflow/experiments/search?filter=name+LIKE+%27a%25%27&max_results=1&order_by=name&order_by=x",
                nil, "filter=name%20LIKE%20%27a%25%27&order_by=name&order_by=x&max_results=100", nil
            ),
            (.get, "/api/2.0/mlflow/experiments/search", nil, "max_results=100", nil),
            (
                .post, "/api/2.0/mlflow/experiments/search",
                #"{"max_results": "7", "filter": "name = 'a'", "pageToken": "after-3"}"#,
                nil, #"{"max_results":100,"filter":"name = 'a'"}"#
            ),
            (.post, "/ajax-api/2.0/mlflow/experiments/search", "{}", nil, #"{"max_results":100}"#),
            (.get, "/api/2.0/mlflow/registered-models/search?page_token=after-9", nil, "max_results=50", nil),
            (.get, "/api/2.0/mlflow/model-versions/search?max_results=200000", nil, "max_results=50", nil),
            (.get, "/api/3.0/mlflow/datasets/search?experiment_ids=1", nil, "experiment_ids=1&max_results=50", nil),
        ] as [(ProfileRequest.Method, String, String?, String?, String?)]
    )
    func asked(
        method: ProfileRequest.Method,
        target: String,
        body: String?,
        query: String?,
        sent: String?
    ) throws {
        guard case .meaning(let meaning) = MLflowWorld().resolve(method, target, body).resolution else {
            Issue.record("\(target) is refused")
            return
        }
        let first = ListGathering(try #require(meaning.filter?.pages)).first
        #expect(first == ListPages.Request(query: query.map { Array($0.utf8) }, body: sent.map { Array($0.utf8) }))
    }

    @Test(
        "A page that cannot be counted is refused",
        arguments: [
            "max_results=0", "max_results=-1", "max_results=x", "max_results=1e3", "max_results=50001",
            "max_results=1&max_results=2", "page_token=eyJvZmZzZXQiOiAxfQ%3D%3D",
            "page_token=after-1&page_token=after-1",
        ]
    )
    func refused(query: String) {
        guard
            case .refused(let refusal) =
                MLflowWorld().resolve(.get, "/api/2.0/mlflow/experiments/search?" + query).resolution
        else {
            Issue.record("\(query) is taken")
            return
        }
        #expect(refusal.status == 400)
    }
}
