/// A value of one of Cedar's extension types.
public enum ExtensionValue: Hashable, Sendable, CustomStringConvertible {
    /// A decimal number with four digits after the point.
    case decimal(DecimalValue)
    /// An IP address or a range of them.
    indirect case ipaddr(IPAddressValue)
    /// A moment in time.
    case datetime(DatetimeValue)
    /// A span of time.
    case duration(DurationValue)

    /// Which extension type this is a value of.
    public var type: ExtensionType {
        switch self {
        case .decimal: .decimal
        case .ipaddr: .ipaddr
        case .datetime: .datetime
        case .duration: .duration
        }
    }

    /// The text that the type's constructor reads back to this value.
    public var description: String {
        switch self {
        case .decimal(let value): value.description
        case .ipaddr(let value): value.description
        case .datetime(let value): value.description
        case .duration(let value): value.description
        }
    }
}

/// Cedar's extension types.
public enum ExtensionType: String, Hashable, Sendable, CaseIterable {
    /// `decimal`
    case decimal
    /// `ipaddr`
    case ipaddr
    /// `datetime`
    case datetime
    /// `duration`
    case duration

    /// The function that makes a value of this type from text.
    public var constructor: ExtensionFunction {
        switch self {
        case .decimal: .decimal
        case .ipaddr: .ip
        case .datetime: .datetime
        case .duration: .duration
        }
    }

    /// The type's name in schemas.
    public var name: Name { Name(unchecked: self.rawValue) }
}
