/// Why the gateway could not start, or could not take up what it was given.
package enum GatewayError: Error, Hashable, CustomStringConvertible {
    /// The address of a listener could not be bound.
    case bind(address: String, port: Int, reason: String)

    /// A listener without TLS is bound to an address that other machines can reach.
    case insecureListener(address: String)

    /// A certificate or key could not be loaded.
    case certificate(file: String, reason: String)

    /// Two services have the same host and mount prefix.
    case duplicateMount(host: String, mount: String)

    /// A mount prefix is not in canonical form.
    case malformedMount(String)

    /// Nothing would be served.
    case nothingToServe

    /// An event loop could not be prepared.
    case startup(String)

    /// Runs a step of the start, and names its failure.
    static func startup<Result>(_ step: () async throws -> Result) async throws(GatewayError) -> Result {
        do {
            return try await step()
        } catch {
            throw .startup(String(describing: error))
        }
    }

    /// One line for people: what was found, what was expected, and the remedy.
    package var description: String {
        switch self {
        case .bind(let address, let port, let reason):
            "cannot listen on `\(address)` port \(port): \(reason); choose another port or end the program that holds it"
        case .insecureListener(let address):
            "a listener without TLS on `\(address)`, expected a loopback address; passwords would be readable on the network"
        case .certificate(let file, let reason):
            "cannot use the certificate or key in `\(file)`: \(reason)"
        case .duplicateMount(let host, let mount):
            "two services at `\(host)\(mount)`, expected one for each host and mount prefix"
        case .malformedMount(let mount):
            "mount prefix `\(mount)`, expected `/` or a path like `/mlflow` without a slash at its end"
        case .nothingToServe:
            "no listener or no service, expected at least one of each"
        case .startup(let reason):
            "an event loop could not be prepared: \(reason)"
        }
    }
}
