/// The server itself and its web interface: what everybody who may use the service sees alike.
extension MLflowRouteTable {
    static let server: [MLflowRoute] = [
        .service(.get, .root, "", .read),
        .service(.head, .root, "", .read),
        .service(.get, .root, "health", .read),
        .service(.get, .root, "version", .read),
        .service(.get, .root, "static-files/<path...>", .read),
        .service(.head, .root, "static-files/<path...>", .read),
        .service(.get, .v3, "server-info", .read),
        // Whether the interface may phone home; what it would say, stays here.
        .service(.get, .v3, "ui-telemetry", .read),
        MLflowRoute(
            method: .post,
            family: .root,
            path: "graphql",
            sense: .graphQL,
            arguments: .body(atMost: 64 << 10)
        ),
    ]
}
