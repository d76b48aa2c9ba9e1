import Gateway
import Governance
import Synchronization

/// Carries revocations of access tokens to the gateway: those that are told at once, and those that are only found in the store.
///
/// What this gateway's console takes back is told. What another gateway that shares the store takes back is looked for
/// twice a second, so that it counts within a second everywhere.
final class TokenRevocations: Sendable {
    private let desk: TokenDesk
    private let gateway = Mutex<Gateway?>(nil)
    private let following = Mutex<Task<Void, Never>?>(nil)

    private static let interval = Duration.milliseconds(500)

    init(_ desk: TokenDesk) {
        self.desk = desk
    }

    /// Makes the gateway forget a token; returns when it has.
    func tell(_ token: TokenID) async {
        await self.gateway.withLock { $0 }?.forget(token)
    }

    /// Begins to look for revocations.
    func follow(_ gateway: Gateway) {
        self.gateway.withLock { $0 = gateway }
        let desk = self.desk
        let task = Task {
            var known: Set<TokenID> = []
            while !Task.isCancelled {
                // A store that cannot be asked now is asked again; meanwhile tokens are known for as long as they would be anyway.
                if let lately = try? await desk.revokedLately() {
                    for token in lately where !known.contains(token) { await gateway.forget(token) }
                    known = Set(lately)
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
        self.following.withLock { $0 = task }
    }

    /// Looks no more.
    func stop() {
        self.following.withLock { $0?.cancel() }
        self.gateway.withLock { $0 = nil }
    }
}
