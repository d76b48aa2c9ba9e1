/// What somebody typed to say who they are, read into one of the forms that people use.
///
/// The form decides which attributes are searched; the text never becomes part of a name or of a filter's syntax. Case is folded,
/// because directories do not tell it apart and a throttle must not either; composed and decomposed letters are equal, because Swift
/// compares strings that way.
package enum LoginName: Hashable, Sendable {
    /// `anna`: a `uid` or a `sAMAccountName`.
    case plain(String)

    /// `anna@plant.example`: a `userPrincipalName` or a `mail` address.
    case address(String)

    /// `PLANT\anna`: an Active Directory domain's short name and a `sAMAccountName`.
    case domain(String, String)

    /// The longest name that is read, in octets.
    package static let maximumLength = 256

    /// Reads what was typed.
    ///
    /// - Returns: `nil` if it is empty, too long, has control characters or blanks at an end, more than one `\`, or an empty half.
    package init?(_ typed: String) {
        guard (1...Self.maximumLength).contains(typed.utf8.count) else { return nil }
        guard !typed.unicodeScalars.contains(where: Self.isForbidden) else { return nil }
        guard let first = typed.first, let last = typed.last, !first.isWhitespace, !last.isWhitespace else {
            return nil
        }
        let text = typed.lowercased()
        let halves = text.split(separator: "\\", omittingEmptySubsequences: false)
        switch halves.count {
        case 1:
            guard let sign = text.lastIndex(of: "@") else {
                self = .plain(text)
                return
            }
            guard sign != text.startIndex, text.index(after: sign) != text.endIndex else { return nil }
            self = .address(text)
        case 2:
            guard !halves[0].isEmpty, !halves[1].isEmpty else { return nil }
            self = .domain(String(halves[0]), String(halves[1]))
        default: return nil
        }
    }

    /// The one spelling under which this name is counted and recorded.
    package var text: String {
        switch self {
        case .plain(let name), .address(let name): name
        case .domain(let domain, let name): "\(domain)\\\(name)"
        }
    }

    // Control, format (zero width, direction overrides), surrogate and private-use characters look like nothing or like
    // something else, in a record and on an officer's screen.
    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
