/// What knows one protocol: it reads a request and says which questions must be allowed before it may pass.
///
/// A profile is the part of Stile that understands a service. It is I/O-free and keeps no state: it is given the request,
/// and facts about the upstream when it asked for them, and answers with a value. Whatever it does not understand it
/// refuses, so that a route, a field or an operation that a new release of the service adds stays closed until somebody
/// has written down what it means.
///
/// The walk of one request: ``resolve(_:known:)`` is called with the head; when it answers
/// ``Resolution/needsBody(atMost:)`` or ``Resolution/needsMetadata(_:)`` the caller fetches that and calls again, until
/// there is a ``Meaning`` or a ``RouteRefusal``. Each call asks for something that the one before did not have, so the
/// walk ends; a caller may still stop it after ``maximumRounds``.
package protocol Profile: Sendable {
    /// What a request asks for, or what must be known before that can be said.
    ///
    /// - Parameters:
    ///   - request: The request, its path in canonical form below the service's mount prefix.
    ///   - known: The facts fetched so far; those that are missing are asked for.
    /// - Returns: What it means, what is still missing, or why it stays outside.
    func resolve(_ request: borrowing ProfileRequest, known: MetadataFacts) -> Resolution

    /// What an answer of the upstream to a look-up says.
    ///
    /// - Parameters:
    ///   - query: The look-up that was made.
    ///   - status: The status of the answer.
    ///   - body: The body of the answer, no longer than ``MetadataQuery/answerLimit``.
    /// - Returns: What may be concluded from it.
    func fact(answering query: MetadataQuery, status: Int, body: [UInt8]) -> Fact

    /// The request header fields that are never forwarded to this service, names in lower case.
    var withheldFields: [String] { get }

    /// The request header fields whose presence refuses a request, names in lower case.
    var refusedFields: [String] { get }
}

extension Profile {
    /// How often ``resolve(_:known:)`` may be called for one request before it is refused.
    ///
    /// The longest real walk asks for a body, a model version, its run and the run's experiment.
    package var maximumRounds: Int { 8 }

    /// No field is refused.
    package var refusedFields: [String] { [] }
}
