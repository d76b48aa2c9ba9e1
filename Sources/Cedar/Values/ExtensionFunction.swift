/// The functions of Cedar's extension types.
///
/// Closed, because a policy language whose meaning could be extended at run time could not be analysed.
public enum ExtensionFunction: String, Hashable, Sendable, CaseIterable {
    /// `decimal("1.5")`
    case decimal
    /// `a.lessThan(b)` of decimals
    case lessThan
    /// `a.lessThanOrEqual(b)` of decimals
    case lessThanOrEqual
    /// `a.greaterThan(b)` of decimals
    case greaterThan
    /// `a.greaterThanOrEqual(b)` of decimals
    case greaterThanOrEqual
    /// `ip("10.0.0.0/8")`
    case ip
    /// `a.isIpv4()`
    case isIpv4
    /// `a.isIpv6()`
    case isIpv6
    /// `a.isLoopback()`
    case isLoopback
    /// `a.isMulticast()`
    case isMulticast
    /// `a.isInRange(b)`
    case isInRange
    /// `datetime("2025-01-31T08:00:00Z")`
    case datetime
    /// `a.offset(duration)`
    case offset
    /// `a.durationSince(b)`
    case durationSince
    /// `a.toDate()`
    case toDate
    /// `a.toTime()`
    case toTime
    /// `duration("1d2h")`
    case duration
    /// `a.toMilliseconds()`
    case toMilliseconds
    /// `a.toSeconds()`
    case toSeconds
    /// `a.toMinutes()`
    case toMinutes
    /// `a.toHours()`
    case toHours
    /// `a.toDays()`
    case toDays

    /// Whether it is called as `f(x)` rather than as `x.f()`.
    public var isConstructor: Bool {
        switch self {
        case .decimal, .ip, .datetime, .duration: true
        default: false
        }
    }

    /// How many arguments it takes, the receiver of a method included.
    public var arity: Int {
        switch self {
        case .decimal, .ip, .datetime, .duration, .isIpv4, .isIpv6, .isLoopback, .isMulticast, .toDate, .toTime,
            .toMilliseconds, .toSeconds, .toMinutes, .toHours, .toDays:
            1
        case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual, .isInRange, .offset, .durationSince:
            2
        }
    }
}
