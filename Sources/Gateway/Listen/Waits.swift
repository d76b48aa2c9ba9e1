import NIOCore

/// The time limits on clients as an event loop counts them.
///
/// A `Duration` has 128 bits, and making a `TimeAmount` of it is a division; a request sets eight deadlines.
struct ClientWaits {
    let head: TimeAmount
    let idle: TimeAmount
    let bodyIdle: TimeAmount
    let answerIdle: TimeAmount
    let signIn: TimeAmount
    let commit: TimeAmount
    let lookUps: TimeAmount
    let linger: TimeAmount

    init(_ limits: GatewayLimits) {
        self.head = TimeAmount(limits.head)
        self.idle = TimeAmount(limits.idle)
        self.bodyIdle = TimeAmount(limits.bodyIdle)
        self.answerIdle = TimeAmount(limits.answerIdle)
        self.signIn = TimeAmount(limits.signIn)
        self.commit = TimeAmount(limits.commit)
        self.lookUps = TimeAmount(limits.lookUps)
        self.linger = TimeAmount(limits.linger)
    }
}

/// The time limits on one upstream as an event loop counts them.
struct UpstreamWaits {
    let connect: TimeAmount
    let responseHead: TimeAmount
    let bodyIdle: TimeAmount
    let idle: TimeAmount

    init(_ configuration: UpstreamConfiguration) {
        self.connect = TimeAmount(configuration.connect)
        self.responseHead = TimeAmount(configuration.responseHead)
        self.bodyIdle = TimeAmount(configuration.bodyIdle)
        self.idle = TimeAmount(configuration.idle)
    }
}
