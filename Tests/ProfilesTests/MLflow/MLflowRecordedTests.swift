import Catalog
import Foundation
import Profiles
import Testing

@Suite("What the real MLflow client and web interface send")
struct MLflowRecordedTests {
    /// A recorded request.
    struct Recorded: Decodable, CustomTestStringConvertible {
        let sender: String
        let method: String
        let target: String
        let type: String?
        let body: String?
        let length: Int
        let status: Int

        var testDescription: String { "\(self.sender) \(self.method) \(self.target) \(self.body ?? "")" }
    }

    /// A recorded answer.
    struct Answer: Decodable {
        let method: String
        let target: String
        let answer: String
    }

    static let requests: [Recorded] = rows("requests.jsonl")
    static let answers: [Answer] = rows("answers.jsonl")

    private static func rows<Row: Decodable>(_ name: String) -> [Row] {
        let text = (try? String(contentsOf: recorded.appending(path: name), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { try? JSONDecoder().decode(Row.self, from: Data($0.utf8)) }
    }

    /// What clients send that stays closed: none of it is needed for their work.
    static let closed = [
        "/v1/traces", "/ajax-api/3.0/mlflow/assistant/providers", "/ajax-api/3.0/mlflow/assistant/config",
        "/ajax-api/2.0/mlflow/gateway-proxy", "/ajax-api/2.0/mlflow/users/current",
    ]

    @Test("It comes to questions, or is one of the few that stay closed", arguments: MLflowRecordedTests.requests)
    func understood(request: Recorded) throws {
        let method = try #require(ProfileRequest.Method(rawValue: request.method))
        let walk = RecordedWorld().resolve(method, request)
        let path = request.target.split(separator: "?")[0]
        switch walk {
        case .meaning(let meaning):
            #expect(!Self.closed.contains(String(path)))
            #expect(!meaning.questions.isEmpty)
            #expect(meaning.questions.allSatisfy { $0.resource.service == "mlflow" })
        case .refused(.closedRoute), .refused(.unknownRoute):
            #expect(Self.closed.contains(String(path)))
        default:
            Issue.record("it came to \(walk)")
        }
    }

    @Test("The recordings are there")
    func recordings() {
        #expect(Self.requests.count > 100)
        #expect(Self.answers.count > 20)
    }

    @Test("A recorded list is passed on unchanged to somebody who may read all, and emptied for somebody who may not")
    func lists() throws {
        var count = 0
        for answer in Self.answers {
            let request = Recorded(
                sender: "",
                method: answer.method,
                target: answer.target,
                type: "application/json",
                body: Self.requests.first { $0.target == answer.target }?.body,
                length: 0,
                status: 200
            )
            let method = try #require(ProfileRequest.Method(rawValue: answer.method))
            guard case .meaning(let meaning) = RecordedWorld().resolve(method, request), let filter = meaning.filter
            else {
                continue
            }
            count += 1
            let body = Array(answer.answer.utf8)
            let all = RecordedWorld().filtered(body, by: filter) { _ in true }
            #expect(all.bytes == body, "\(answer.target)")
            let none = RecordedWorld().filtered(body, by: filter) { _ in false }
            #expect(none.bytes != nil && (none.removed > 0 || none.bytes == body), "\(answer.target)")
        }
        #expect(count >= 8)
    }
}

/// An MLflow in which every id belongs to experiment 1.
struct RecordedWorld {
    let profile = MLflowProfile(service: "mlflow")

    func resolve(_ method: ProfileRequest.Method, _ request: MLflowRecordedTests.Recorded) -> Resolution {
        let parts = request.target.split(separator: "?", maxSplits: 1)
        var facts = MetadataFacts()
        var body: ProfileRequest.Body = request.length > 0 || request.body?.isEmpty == false ? .unread : .none
        for _ in 0..<self.profile.maximumRounds {
            let resolution = self.profile.resolve(
                ProfileRequest(
                    method: method,
                    path: Array(parts[0].utf8),
                    query: parts.count > 1 ? Array(parts[1].utf8) : nil,
                    contentType: request.type.map { Array($0.utf8) },
                    body: body
                ),
                known: facts
            )
            switch resolution {
            case .needsBody: body = .held(Array((request.body ?? "").utf8))
            case .needsMetadata(let queries): for query in queries { facts[query] = self.fact(query) }
            default: return resolution
            }
        }
        return .refused(.unknown("more rounds than allowed"))
    }

    func filtered(
        _ body: [UInt8],
        by filter: any AnswerFilter,
        permits: (Question) -> Bool
    ) -> (bytes: [UInt8]?, removed: Int) {
        var facts = MetadataFacts()
        for _ in 0..<self.profile.maximumRounds {
            switch filter.apply(to: body, known: facts, permits: permits) {
            case .filtered(let bytes, let removed): return (bytes, removed)
            case .needsMetadata(let queries): for query in queries { facts[query] = self.fact(query) }
            case .failed: return (nil, 0)
            }
        }
        return (nil, 0)
    }

    private func fact(_ query: MetadataQuery) -> Fact {
        switch query.kind {
        case "experiment": .fields(["id": query.id, "name": "press4-forces"])
        case "experiment-name": .absent
        case "run": .fields(["experiment": "1", "root": "mlflow-artifacts:/1/\(query.id)/artifacts"])
        case "logged-model": .fields(["experiment": "1", "root": "mlflow-artifacts:/1/models/\(query.id)/artifacts"])
        case "trace": .fields(["experiment": "1"])
        case "dataset": .fields(["experiments": "1"])
        case "registered-model": .fields(["name": query.id])
        default: .fields(["name": "press4-model", "version": "1", "run": "", "model": "", "source": "dummy-source"])
        }
    }
}
