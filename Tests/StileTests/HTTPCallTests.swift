import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import stile

/// Why a command that asks somebody got no answer, in words.
@Suite("Calls that fail")
struct HTTPCallTests {
    /// Answers whoever comes with the same bytes, and closes.
    private final class Stub: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let answer: String

        init(_ answer: String) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: self.answer))).whenComplete { _ in
                bound.value.close(promise: nil)
            }
        }
    }

    struct Answer: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var bytes: String
        var isTLS = false
        var reason: String
    }

    static let answers = [
        Answer(testDescription: "nothing", bytes: "", reason: "found 0 bytes that are no HTTP answer"),
        Answer(testDescription: "something else", bytes: "SSH-2.0-x\r\n", reason: "is this Stile's address?"),
        Answer(
            testDescription: "half an answer",
            bytes: "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf",
            reason: "the answer was cut short"
        ),
        Answer(
            testDescription: "half a chunk",
            bytes: "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhalf",
            reason: "the answer was cut short"
        ),
        Answer(
            testDescription: "more than is taken",
            bytes: "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 2_000),
            reason: "the answer is larger than 1000 bytes"
        ),
        Answer(
            testDescription: "no TLS where TLS is asked for",
            bytes: "HTTP/1.1 400 Bad Request\r\n\r\n",
            isTLS: true,
            reason: "what answers there does not speak TLS"
        ),
    ]

    static func failure(of url: String, isTLS: Bool = false) async throws -> String {
        let address = try #require(URL(string: url))
        let tls = isTLS ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
        var call = HTTPCall(method: "GET", url: address, target: "/", tls: tls)
        call.maximumBytes = 1_000
        do {
            let answer = try await call.answer(deadline: .minutes(5))
            return "answered \(answer.status)"
        } catch {
            return "\(error)"
        }
    }

    @Test("What comes instead of an answer is said", arguments: Self.answers)
    func instead(_ answer: Answer) async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Stub(answer.bytes))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        let scheme = answer.isTLS ? "https" : "http"
        let said = try await Self.failure(of: "\(scheme)://127.0.0.1:\(port)", isTLS: answer.isTLS)
        #expect(said.contains(answer.reason), "\(said)")
        try await server.close()
    }

    @Test("Where nobody listens, and where there is no such name, that is said")
    func nobody() async throws {
        // A port of the system's own, at an address that nothing else uses.
        let refused = try await Self.failure(of: "http://127.84.0.1:1")
        #expect(refused == "cannot reach http://127.84.0.1:1: Connection refused")
        let unknown = try await Self.failure(of: "http://no-such-host.invalid")
        #expect(
            unknown == "cannot reach http://no-such-host.invalid: the name `no-such-host.invalid` cannot be resolved"
        )
    }
}
