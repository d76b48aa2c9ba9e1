import NIOCore
import NIOSSL
import Sockets

/// The connections of one event loop to one upstream.
///
/// A connection stays on the loop of the clients it serves, so nothing is locked and nothing hops. The one used last is
/// used next: the others grow old and are closed, and the pool shrinks to what is needed.
///
/// Confined to its event loop.
final class UpstreamPool {
    /// Who waits for a connection.
    enum Asker {
        /// A client's request.
        case client(ClientConnection, request: UInt64)
        /// A look-up of Stile's own.
        case lookUp(LookUp)

        /// Whether the request can be sent on another connection when this one turns out to be closed.
        var maySendAgain: Bool {
            switch self {
            case .client(let client, _): client.mayBeSentAgain
            case .lookUp: true
            }
        }
    }

    let worker: Worker
    let service: Service
    let configuration: UpstreamConfiguration
    let waits: UpstreamWaits
    private let transportSecurity: NIOSSLContext?
    private var idle: [UpstreamConnection] = []
    private var waiting: [Asker] = []
    private var firstWaiting = 0
    /// Connections that exist or are being made.
    private var open = 0

    init(worker: Worker, service: Service, configuration: UpstreamConfiguration, transportSecurity: NIOSSLContext?) {
        self.worker = worker
        self.service = service
        self.configuration = configuration
        self.waits = UpstreamWaits(configuration)
        self.transportSecurity = transportSecurity
    }

    /// Whether its connections are encrypted.
    var isSecure: Bool { self.transportSecurity != nil }

    /// Gives the asker a connection: at once when one is idle, else when one is made or comes back.
    ///
    /// - Parameters:
    ///   - asker: Who wants it.
    ///   - fresh: Whether an idle one will not do, because the last one turned out to be closed.
    func connection(for asker: Asker, fresh: Bool = false) {
        while !fresh, let connection = self.idle.popLast() {
            // What can be sent again is, when the connection turns out to be closed; anything else must not find that out.
            guard asker.maySendAgain || connection.isQuiet else {
                connection.abandon()
                continue
            }
            self.worker.counters.upstreamReuses &+= 1
            self.give(connection, to: asker)
            return
        }
        guard self.open < self.configuration.connections else {
            guard self.waiting.count - self.firstWaiting < self.configuration.waiting else {
                self.refuse(asker, .busy)
                return
            }
            self.waiting.append(asker)
            return
        }
        self.connect(for: asker)
    }

    /// A connection has ended its exchange and can take another.
    func takeBack(_ connection: UpstreamConnection) {
        while self.firstWaiting < self.waiting.count {
            let asker = self.nextWaiting()
            if case .client(let client, let request) = asker, !client.isWaitingForUpstream(request) { continue }
            self.worker.counters.upstreamReuses &+= 1
            self.give(connection, to: asker)
            return
        }
        connection.deadline = self.worker.after(self.waits.idle)
        self.idle.append(connection)
    }

    /// A connection is gone.
    func lost(_ connection: UpstreamConnection) {
        self.open -= 1
        if let place = self.idle.lastIndex(where: { $0 === connection }) { self.idle.remove(at: place) }
        if self.firstWaiting < self.waiting.count { self.connect(for: self.nextWaiting()) }
    }

    private func nextWaiting() -> Asker {
        let asker = self.waiting[self.firstWaiting]
        self.firstWaiting += 1
        if self.firstWaiting == self.waiting.count {
            self.waiting.removeAll(keepingCapacity: true)
            self.firstWaiting = 0
        } else if self.firstWaiting >= 1_024 {
            // A queue that never runs empty must not grow for ever at its front.
            self.waiting.removeFirst(self.firstWaiting)
            self.firstWaiting = 0
        }
        return asker
    }

    private func give(_ connection: UpstreamConnection, to asker: Asker) {
        switch asker {
        case .client(let client, let request): client.upstreamReady(connection, request: request)
        case .lookUp(let lookUp): lookUp.begin(on: connection)
        }
    }

    private func refuse(_ asker: Asker, _ failure: UpstreamFailure) {
        self.worker.counters.upstreamFailures &+= 1
        switch asker {
        case .client(let client, let request): client.upstreamUnavailable(failure, request: request)
        case .lookUp(let lookUp): lookUp.failed()
        }
    }

    private func connect(for asker: Asker) {
        self.open += 1
        self.worker.counters.upstreamConnects &+= 1
        let security = self.transportSecurity
        var serverName: String?
        if case .tls(_, let configured) = self.configuration.security {
            // An address is no name: TLS has no field for it, and without a name the peer's address is verified.
            serverName = (try? SocketAddress(ipAddress: configured, port: 443)) == nil ? configured : nil
        }
        let destination: SocketChannel.Destination =
            switch self.configuration.address {
            case .host(let host, let port): .host(host, port: port)
            case .socket(let path): .path(path)
            }
        let connection = UpstreamConnection(pool: self)
        SocketChannel.connect(
            to: destination,
            on: self.worker.loop,
            within: self.waits.connect,
            prepare: { channel in
                if let security {
                    let handler = try NIOSSLClientHandler(context: security, serverHostname: serverName)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
                try channel.pipeline.syncOperations.addHandler(connection)
            },
            done: { result in
                switch result {
                case .success:
                    if connection.isThere {
                        self.deliver(connection, to: asker)
                    } else {
                        // It was lost before anybody could use it.
                        self.refuse(asker, .connect("closed at once"))
                    }
                case .failure(let error):
                    self.open -= 1
                    self.refuse(asker, .connect(String(describing: error)))
                    if self.firstWaiting < self.waiting.count, self.open == 0 {
                        // Nobody will come back to serve them: they fail as this one did.
                        while self.firstWaiting < self.waiting.count {
                            self.refuse(self.nextWaiting(), .connect("\(error)"))
                        }
                    }
                }
            }
        )
    }

    /// Gives a new connection to the one it was made for, or to whoever waits.
    private func deliver(_ connection: UpstreamConnection, to asker: Asker) {
        if case .client(let client, let request) = asker, !client.isWaitingForUpstream(request) {
            self.takeBack(connection)
            return
        }
        self.give(connection, to: asker)
    }
}
