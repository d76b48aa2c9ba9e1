package import Directory
package import GSSAPINegotiation
import NIOPosix

/// Finds whose a Kerberos ticket is: the keytab says whether it is good, and exactly one entry of the directory must have its principal.
///
/// The person then stands for the connection, as clients expect (RFC 4559, section 5): a ticket's token is good once, so that what is remembered
/// by it would be of no use, and a cookie would need a client that keeps one. Requests that came through a proxy are left out of
/// it, because a proxy may carry several people over one connection (section 6).
package final class KerberosSignIn: NegotiateSignIn {
    /// What can stand on the right of a rule: the whole `principal`, or the `name` before its realm.
    package static let sources = ["principal", "name"]

    private let desk: KerberosDesk
    private let directory: any DirectoryClient
    private let realms: Set<String>
    private let rules: [EntryRule]

    /// Puts it together.
    ///
    /// - Parameters:
    ///   - desk: The keytab.
    ///   - directory: Who people are.
    ///   - realms: The realms whose principals are people of this directory, as Kerberos writes them.
    ///   - rules: By which names they are found; all are asked together, and must agree.
    package init(_ desk: KerberosDesk, _ directory: any DirectoryClient, realms: Set<String>, rules: [EntryRule]) {
        self.desk = desk
        self.directory = directory
        self.realms = realms
        self.rules = rules
    }

    package func begin() -> any Negotiation { Conversation(self, self.desk.begin()) }

    private func person(_ client: KerberosClient) async -> CredentialOutcome {
        // Another realm's `anna` is not our `anna`.
        guard self.realms.contains(client.realm) else { return .refused(reason: "negotiate-other-realm") }
        let keys = self.rules.compactMap { $0.key($0.source == "name" ? client.name : client.principal) }
        return CredentialOutcome(await self.directory.person(matching: keys))
    }

    private final class Conversation: Negotiation {
        private let all: KerberosSignIn
        private let negotiation: KerberosNegotiation

        init(_ all: KerberosSignIn, _ negotiation: KerberosNegotiation) {
            self.all = all
            self.negotiation = negotiation
        }

        func take(_ token: [UInt8]) async -> NegotiationStep {
            let negotiation = self.negotiation
            // Off the event loops: the memory of tokens already seen is a file.
            guard let step = try? await NIOThreadPool.singleton.runIfActive({ negotiation.take(token) }) else {
                return .unavailable(reason: "negotiate-stopped")
            }
            switch step {
            case .proceeds(let answer): return .proceeds(answer)
            case .refused(let refusal): return .refused(reason: refusal.rawValue)
            case .accepted(let client, let answer):
                switch await self.all.person(client) {
                case .accepted(let person):
                    return .accepted(
                        person,
                        answer: answer.isEmpty ? nil : answer,
                        bindsConnectionFor: .seconds(Int64(client.seconds))
                    )
                case .refused(let reason): return .refused(reason: reason)
                case .unavailable(let reason): return .unavailable(reason: reason)
                }
            }
        }
    }
}
