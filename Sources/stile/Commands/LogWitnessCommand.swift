import ArgumentParser
import DecisionLog
import Foundation
import HTTP1
import NIOCore
import NIOPosix
import NIOSSL
import TransparencyLog

/// `stile log witness`.
struct LogWitnessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "witness",
        abstract: "Cosign the checkpoints of other logs, on a machine that is not theirs.",
        discussion: """
            Cosigns a checkpoint only when it is proven to continue the one that was cosigned last (C2SP tlog-witness, \
            add-checkpoint). Its key is made the first time, in --state; hand the printed public key to auditors, who verify \
            with `stile log verify --witness`, and put it into stile.yaml under `log: witnesses:`. The newest cosigned \
            checkpoint of each log is kept in --state/logs: auditors take it from there, not from the gateway.

              stile log witness --state /var/lib/witness --name witness.audit.example \\
                  --log "$(cat verifier)" --address 0.0.0.0 --port 8443 \\
                  --certificate witness.pem --private-key witness.key
            """
    )

    @Option(help: "The folder with the witness's key and what it has cosigned.")
    var state: String

    @Option(help: "The witness's name, used when its key is made.")
    var name = "stile.witness"

    @Option(name: .customLong("log"), help: "The public key of a log to witness; may be given again.")
    var logs: [String]

    @Option(help: "The address to listen on.")
    var address = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = 8_099

    @Option(help: "A PEM file with the certificate chain; without it, plain HTTP on this machine alone.")
    var certificate: String?

    @Option(help: "A PEM file with the certificate's private key.")
    var privateKey: String?

    @Option(help: "table or json: how the key and the address are told once it listens.")
    var output = OutputFormat.table

    /// What others need to know.
    private struct Document: OutputDocument {
        /// The witness's public key.
        let key: String
        let address: String
        let port: Int
    }

    func run() async throws {
        let keys = try self.logs.map { try LogVerifyCommand.publicKey($0, .log) }
        let tls = try self.security()
        let service: WitnessService
        do {
            service = try WitnessService(folder: self.state, name: self.name, logs: keys)
        } catch {
            throw Outcome.cannot("\(self.state): \(error)")
        }
        let channel: any Channel
        do {
            channel = try await Self.listen(service, address: self.address, port: self.port, tls: tls)
        } catch {
            throw Outcome.cannot("cannot listen on \(self.address):\(self.port): \(error)")
        }
        let door = channel.localAddress?.port ?? self.port
        switch self.output {
        case .table:
            Outcome.write("the witness's public key:\n\(service.key)", to: .output)
            Outcome.write("listening on \(self.address):\(door)", to: .output)
        case .json:
            let document = Document(key: "\(service.key)", address: self.address, port: door)
            Outcome.write(try document.text(), to: .output)
        }
        for await signal in operatorSignals() {
            guard case .stop = signal else { continue }
            break
        }
        try? await channel.close()
    }

    private func security() throws -> NIOSSLContext? {
        guard let certificate, let privateKey else {
            guard self.certificate == nil, self.privateKey == nil else {
                throw Outcome.usage("found one of --certificate and --private-key, expected both")
            }
            guard self.address == "127.0.0.1" || self.address == "::1" else {
                throw Outcome.usage("plain HTTP on \(self.address), expected --certificate and --private-key")
            }
            return nil
        }
        do {
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: privateKey, format: .pem))
            )
            configuration.minimumTLSVersion = .tlsv12
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw Outcome.cannot("\(certificate), \(privateKey): \(error)")
        }
    }

    /// Opens the witness's door.
    static func listen(
        _ service: WitnessService,
        address: String,
        port: Int,
        tls: NIOSSLContext?
    ) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(WitnessConnection(service))
                }
            }
            .bind(host: address, port: port).get()
    }
}
