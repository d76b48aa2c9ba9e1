import Gateway
import Governance
import Synchronization

/// Carries revocations of access tokens to the gateway: those that are told at once, and those that are only found in the store.
///
/// What this gateway's console takes back is told. What another gateway that shares the store takes back is looked for
/// twice a second, so that it counts within a second everywhere.
final class TokenRevocations: Sendable {
    private let desk: TokenDesk
    /// Whether no token counts now.
    private let areStopped: @Sendable () -> Bool
    private let gateway = Mutex<Gateway?>(nil)
    private let following = Mutex<Task<Void, Never>?>(nil)

    private static let interval = Duration.milliseconds(500)

    init(_ desk: TokenDesk, areStopped: @escaping @Sendable () -> Bool) {
        self.desk = desk
        self.areStopped = areStopped
    }

    /// Makes the gateway forget a token; returns when it has.
    func tell(_ token: TokenID) async {
        await self.gateway.withLock { $0 }?.forget(token)
    }

    /// Begins to look for revocations.
    func follow(_ gateway: Gateway) {
        self.gateway.withLock { $0 = gateway }
        let (desk, areStopped) = (self.desk, self.areStopped)
        let task = Task {
            var known: Set<TokenID> = []
            var wereStopped = false
            while !Task.isCancelled {
                let stopped = areStopped()
                // Who is remembered by a token is asked again, and then refused.
                if stopped, !wereStopped { await gateway.forgetTokens() }
                wereStopped = stopped
                // A store that cannot be asked now is asked again; meanwhile tokens are known for as long as they would be anyway.
                do throws(TokenRefusal) {
                    if let lately = try await desk.revokedLately() {
                        for token in lately where !known.contains(token) { await gateway.forget(token) }
                        known = Set(lately)
                    } else {
                        // More than can be told apart: each token is looked up when it is shown next.
                        await gateway.forgetTokens()
                    }
                } catch {}
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
