import DecisionLog
import Directory
import Governance
import PolicyDecision
import SecurityLabels

/// Who somebody is here: what they are told of themselves.
struct Standing {
    let name: String
    let displayName: String
    /// The clearance, as a marking; `nil` when there is none.
    let clearance: String?
    let authentication: Authentication

    init(_ visitor: Visitor) {
        self.name = visitor.principal.person.name
        self.displayName = visitor.principal.person.displayName
        self.clearance = visitor.principal.snapshot.clearance?.marking
        self.authentication = visitor.principal.authentication
    }

    /// Until when the proof holds; `nil` for one that is given anew with each request.
    var until: String? {
        self.authentication.ends.map { Timestamp(microseconds: $0 * 1_000_000).description }
    }

    /// The same to the minute, as people write it.
    private var untilInWords: String? {
        // Written as `2026-11-23T18:47:39.123456Z`.
        self.until.map { "\($0.prefix(10)) \($0.dropFirst(11).prefix(5)) UTC" }
    }

    /// For people.
    var rows: [(String, String)] {
        var rows = [
            ("Name", self.name),
            ("Clearance", self.clearance ?? "none"),
            ("Signed in by", Self.words(self.authentication.method)),
        ]
        if let token = self.authentication.token { rows.append(("Token", "\(token.id), for \(token.scope.text)")) }
        rows.append(("Until", self.untilInWords ?? "each request proves it anew"))
        return rows
    }

    /// For programs.
    var json: String {
        var json = JSONText()
        json.member("name", self.name)
        json.member("displayName", self.displayName)
        if let clearance = self.clearance { json.member("clearance", clearance) }
        json.member("authentication", self.authentication.method.rawValue)
        if let token = self.authentication.token {
            json.member("token", token.id.description)
            json.member("scope", token.scope.items.map(\.text))
        }
        if let until = self.until { json.member("until", until) }
        return json.object + "\n"
    }

    private static func words(_ method: AuthenticationMethod) -> String {
        switch method {
        case .basic: "name and password with each request"
        case .token: "access token"
        case .session: "the sign-in page"
        case .certificate: "client certificate"
        case .negotiate: "Kerberos"
        }
    }
}
