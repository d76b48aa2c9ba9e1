import Crypto
import Directory
import NIOCore
import Synchronization

/// The sessions of the people who have signed in on the page.
///
/// They live here and not in the cookie, so that they can end here: by signing out, by time, by a change in the directory. The cookie holds an id of
/// 128 random bits, sealed for the host name it was given under with a key of this process. So nobody can make one up, choose one for somebody
/// else, or carry one from one host to another, and what is no cookie of ours is known without looking anything up.
///
/// Nothing is written to disk: when the gateway starts again, people sign in again. What is not kept can neither be stolen
/// from a disk or a backup, nor come back after it was ended.
final class Sessions: Sendable {
    /// What a session's cookie stands for.
    struct Session: Sendable {
        /// Whose it is.
        let person: PersonID
        /// When the password was last changed, as the directory wrote it when the session began.
        let passwordChanged: String?
        /// When it ends, whatever is done in it.
        let ends: NIODeadline
        /// The same in seconds since 1970, UTC, for people.
        let endsAt: Int64
        /// When it was last looked at.
        var seen: NIODeadline
    }

    /// Which session.
    typealias ID = [UInt8]

    private let key = SymmetricKey(size: .bits256)
    private let limits: SessionLimits
    private let sessions = Mutex<[ID: Session]>([:])

    private static let idLength = 16

    init(_ limits: SessionLimits) {
        self.limits = limits
    }

    /// Begins a session for somebody who has just proved who they are.
    ///
    /// - Parameters:
    ///   - person: Who.
    ///   - host: The host name that the cookie is for, in small letters.
    ///   - now: The present moment.
    ///   - wall: The same, in seconds since 1970.
    /// - Returns: The cookie's value, and for how many seconds it is good.
    func begin(for person: Person, at host: [UInt8], now: NIODeadline, wall: Int64) -> (cookie: [UInt8], seconds: Int64)
    {
        let id = (0..<Self.idLength).map { _ in UInt8.random(in: .min ... .max) }
        let lifetime = TimeAmount(self.limits.lifetime)
        let seconds = lifetime.nanoseconds / 1_000_000_000
        let session = Session(
            person: person.id,
            passwordChanged: person.passwordChanged,
            ends: now + lifetime,
            endsAt: wall + seconds,
            seen: now
        )
        self.sessions.withLock { sessions in
            self.makeRoom(for: person.id, in: &sessions, at: now)
            sessions[id] = session
        }
        return (self.seal(id, for: host), seconds)
    }

    /// What a cookie stands for now; `nil` when it stands for nothing any more, or never did.
    func session(_ cookie: some Collection<UInt8>, at host: [UInt8], now: NIODeadline) -> (id: ID, session: Session)? {
        guard let id = self.open(cookie, for: host) else { return nil }
        return self.sessions.withLock { sessions in
            guard let session = sessions[id] else { return nil }
            guard self.isGood(session, at: now) else {
                sessions[id] = nil
                return nil
            }
            sessions[id]?.seen = now
            return (id, session)
        }
    }

    /// Ends the session that a cookie stands for.
    func end(_ cookie: some Collection<UInt8>, at host: [UInt8]) {
        guard let id = self.open(cookie, for: host) else { return }
        self.end(id)
    }

    /// Ends a session.
    func end(_ id: ID) {
        self.sessions.withLock { $0[id] = nil }
    }

    /// How many there are, the ended ones that nobody has asked for since included.
    var count: Int { self.sessions.withLock { $0.count } }

    private func isGood(_ session: Session, at now: NIODeadline) -> Bool {
        now < session.ends && now < session.seen + TimeAmount(self.limits.idle)
    }

    private func makeRoom(for person: PersonID, in sessions: inout [ID: Session], at now: NIODeadline) {
        let own = sessions.filter { $0.value.person == person && self.isGood($0.value, at: now) }
        if own.count >= self.limits.perPerson, let oldest = own.min(by: { $0.value.seen < $1.value.seen }) {
            sessions[oldest.key] = nil
        }
        guard sessions.count >= self.limits.maximum else { return }
        sessions = sessions.filter { self.isGood($0.value, at: now) }
        while sessions.count >= self.limits.maximum, let oldest = sessions.min(by: { $0.value.seen < $1.value.seen }) {
            sessions[oldest.key] = nil
        }
    }

    // MARK: - The seal

    private func seal(_ id: ID, for host: [UInt8]) -> [UInt8] {
        // A fresh nonce each time; sealing fails for no input of this length.
        guard let box = try? AES.GCM.seal(id, using: self.key, authenticating: Self.purpose(host)),
            let combined = box.combined
        else { return [] }
        return encodedBase64URL(Array(combined))
    }

    private func open(_ cookie: some Collection<UInt8>, for host: [UInt8]) -> ID? {
        guard cookie.count <= 100, let combined = decodedBase64URL(cookie),
            let box = try? AES.GCM.SealedBox(combined: combined),
            let id = try? AES.GCM.open(box, using: self.key, authenticating: Self.purpose(host)),
            id.count == Self.idLength
        else { return nil }
        return Array(id)
    }

    private static func purpose(_ host: [UInt8]) -> [UInt8] { Array("stile session 1\0".utf8) + host }
}
