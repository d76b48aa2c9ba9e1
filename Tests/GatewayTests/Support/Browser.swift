import Foundation
import HTTP1
import Testing

@testable import Gateway

/// A browser of few words: it keeps cookies, and sends what a browser sends.
final class Browser {
    private let client: WireClient
    private let host: String
    private(set) var cookies: [String: String] = [:]

    init(_ house: TestHouse, host: String = "127.0.0.1") async throws {
        self.client = try await house.client()
        self.host = host
    }

    /// Goes to a page, as somebody who follows a link does.
    func go(_ path: String, method: String = "GET") async throws -> WireClient.Answer {
        try await self.send("\(method) \(path)", "sec-fetch-mode: navigate\r\nsec-fetch-site: none\r\n")
    }

    /// Sends a form, as its own page does.
    func post(
        _ path: String,
        _ form: [(String, String)],
        origin: String? = nil,
        site: String = "same-origin"
    ) async throws -> WireClient.Answer {
        let body = form.map { "\($0)=\(Self.escaped($1))" }.joined(separator: "&")
        let fields =
            "origin: \(origin ?? "http://\(self.host)")\r\nsec-fetch-mode: navigate\r\nsec-fetch-site: \(site)\r\n"
            + "content-type: application/x-www-form-urlencoded\r\ncontent-length: \(body.utf8.count)\r\n"
        return try await self.send("POST \(path)", fields, body)
    }

    /// Asks what a script of a page asks for.
    func fetch(_ path: String) async throws -> WireClient.Answer {
        try await self.send("GET \(path)", "sec-fetch-mode: cors\r\nsec-fetch-site: same-origin\r\n", accept: "*/*")
    }

    /// Signs in by the page.
    func signIn(
        _ name: String,
        _ password: String? = nil,
        to target: String = "/things/open"
    ) async throws -> WireClient.Answer {
        let page = try await self.go("/.stile/login?return=\(Self.escaped(target))")
        return try await self.post(
            "/.stile/login",
            [
                ("form", try #require(Self.field("form", in: page.text))), ("return", target), ("name", name),
                ("password", password ?? "secret-\(name)"),
            ]
        )
    }

    /// Takes a cookie of somebody else's, or puts one there that was chosen.
    func keep(_ name: String, _ value: String?) { self.cookies[name] = value }

    private func send(
        _ line: String,
        _ fields: String,
        _ body: String = "",
        accept: String = "text/html"
    ) async throws
        -> WireClient.Answer
    {
        let cookie = self.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        let cookieField = cookie.isEmpty ? "" : "cookie: \(cookie)\r\n"
        try await self.client.send(
            "\(line) HTTP/1.1\r\nHost: \(self.host)\r\naccept: \(accept)\r\n\(cookieField)\(fields)\r\n\(body)"
        )
        let answer = try await self.client.answer(to: line.hasPrefix("HEAD") ? .head : .get)
        for field in answer.fields where field.name == "set-cookie" {
            let parts = field.value.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
            let pair = parts[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            self.cookies[pair[0]] = parts.contains("Max-Age=0") ? nil : pair[1]
        }
        return answer
    }

    /// The value of a hidden field.
    static func field(_ name: String, in page: String) -> String? {
        guard let start = page.range(of: "name=\"\(name)\" value=\"")?.upperBound,
            let end = page[start...].firstIndex(of: "\"")
        else { return nil }
        return String(page[start..<end])
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
