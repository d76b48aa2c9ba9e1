/// Why a profile leaves a request outside, whoever asks.
package enum RouteRefusal: Error, Hashable, CustomStringConvertible {
    /// The profile knows no such route.
    case unknownRoute

    /// The route is known, and deliberately closed.
    case closedRoute(String)

    /// The request could be read in more than one way, so the upstream might read it in another.
    case ambiguous(String)

    /// A part of the request is not what the service takes there.
    case malformed(String)

    /// The request sets something that would take data out of the reach of its label.
    case forbiddenValue(String)

    /// What the request is about does not exist; answered like a denied one.
    case noSuchThing(String)

    /// What the request is about could not be looked up.
    case unknown(String)

    /// The status of the answer.
    package var status: Int {
        switch self {
        case .ambiguous, .malformed: 400
        case .unknownRoute, .closedRoute, .forbiddenValue, .noSuchThing: 403
        case .unknown: 502
        }
    }

    /// One line for people: what was found, what was expected, and the remedy.
    package var description: String {
        switch self {
        case .unknownRoute: "this route is not known to the gateway, and what is not known stays closed"
        case .closedRoute(let reason): "this route is closed: \(reason)"
        case .ambiguous(let reason): "the request could be read in two ways: \(reason)"
        case .malformed(let reason): "the request was not understood: \(reason)"
        case .forbiddenValue(let reason): "the request sets what only an operator may set: \(reason)"
        case .noSuchThing: "access is denied"
        case .unknown(let what): "what the request is about could not be looked up: \(what)"
        }
    }
}
