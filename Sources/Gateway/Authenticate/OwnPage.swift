import HTTP1

/// The pages that Stile has itself on every host name that it serves.
///
/// They lie before any service: a service mounted at `/` never sees their paths.
enum OwnPage: Hashable, Sendable, CaseIterable {
    /// Where people sign in.
    case login
    /// Where they sign out.
    case logout
    /// Who they are here, as a page and as JSON.
    case whoAmI

    /// The page's path.
    var path: StaticString {
        switch self {
        case .login: "/.stile/login"
        case .logout: "/.stile/logout"
        case .whoAmI: "/.stile/whoami"
        }
    }

    /// The page at a canonical path; `nil` for every other path, which is told by its second character.
    init?(path: Span<UInt8>) {
        guard path.count > 8, path[1] == UInt8(ascii: ".") else { return nil }
        for page in Self.allCases where Self.isExactly(path, page.path) {
            self = page
            return
        }
        return nil
    }

    private static func isExactly(_ path: Span<UInt8>, _ expected: StaticString) -> Bool {
        guard path.count == expected.utf8CodeUnitCount else { return false }
        // The octets of a constant live as long as the program.
        return expected.withUTF8Buffer { expected in
            for index in 0..<expected.count where unsafe path[index] != expected[index] { return false }
            return true
        }
    }

    /// What is shown in the end.
    enum View {
        /// The form to sign in with.
        case form(FormNotice)
        /// Signed in: on to where the person wanted to go.
        case signedIn(Visitor, ReturnTarget)
        /// The question whether to sign out.
        case signOut
        /// Signed out.
        case signedOut
        /// Who somebody is.
        case whoAmI(Visitor)
    }

    /// Why the form is shown again.
    enum FormNotice: Hashable {
        /// It is shown for the first time.
        case none
        /// Name and password were not accepted, for whatever reason.
        case refused
        /// It was open for too long, or the browser keeps no cookies.
        case stale
    }
}
