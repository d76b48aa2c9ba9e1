import Foundation
import Testing

@testable import Profiles

@Suite("Every route of the installed MLflow")
struct MLflowInstalledRoutesTests {
    /// The routes of `Recorded/routes.txt`, with a made-up segment for each argument.
    static let routes: [String] = {
        let text = (try? String(contentsOf: recorded.appending(path: "routes.txt"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    }()

    @Test("It is mapped, or deliberately closed", arguments: MLflowInstalledRoutesTests.routes)
    func known(route: String) throws {
        let parts = route.split(separator: " ")
        let method = try #require(ProfileRequest.Method(rawValue: String(parts[0])))
        var path = parts[1].replacing(/<[a-z_]*path>/, with: "a/b").replacing(/<[a-z_]+>/, with: "x1")
        if path.count > 1, path.hasSuffix("/") { path.removeLast() }
        #expect(MLflowRouteTable.shared.match(method, Array(path.utf8)) != nil)
    }

    @Test("The list is there, and names the release it is of")
    func list() throws {
        #expect(Self.routes.count > 400)
        let text = try String(contentsOf: recorded.appending(path: "routes.txt"), encoding: .utf8)
        #expect(text.hasPrefix("# MLflow 3."))
    }
}

/// Where the recordings lie.
let recorded = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Recorded").standardizedFileURL
