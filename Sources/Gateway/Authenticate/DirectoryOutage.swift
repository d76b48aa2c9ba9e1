import Directory
import NIOCore
import Synchronization

/// Since when no server of the directory has answered, as sign-ins found out.
///
/// Shared between whoever signs people in and whoever reports.
final class DirectoryOutage: Sendable {
    private let moment = Mutex<NIODeadline?>(nil)

    /// When the first question failed that no other server answered; `nil` while the directory answers.
    var since: NIODeadline? { self.moment.withLock { $0 } }

    /// Notes what came of a question: any answer ends an outage, and only what means that nobody answers begins one.
    func note(_ failure: DirectoryFailure?, at now: NIODeadline) {
        self.moment.withLock { moment in
            guard let failure else {
                moment = nil
                return
            }
            if failure.isOutage, moment == nil { moment = now }
        }
    }
}
