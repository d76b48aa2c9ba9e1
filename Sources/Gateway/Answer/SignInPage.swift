/// The pages on which people sign in and out, and see who they are here.
///
/// Nothing on them says whether a name exists: one sentence for every way in which signing in can fail.
enum SignInPage {
    /// The form.
    ///
    /// - Parameters:
    ///   - host: Where the person is, so that they can see it before they type a password.
    ///   - token: What goes into the form.
    ///   - target: Where they want to go.
    ///   - notice: Why it is shown again.
    /// - Returns: HTML.
    static func form(host: String, token: String, target: ReturnTarget, notice: OwnPage.FormNotice) -> String {
        let sentence: String? =
            switch notice {
            case .none: nil
            case .refused:
                "This name and password were not accepted. Check both; after several wrong tries, wait five minutes before the next."
            case .stale: "The form was open for too long, or this browser keeps no cookies. Please try again."
            }
        let alert = sentence.map { "<p class=\"alert\" role=\"alert\" id=\"alert\">\($0)</p>\n" } ?? ""
        let described = sentence == nil ? "" : " aria-describedby=\"alert\""
        let invalid = notice == .refused ? " aria-invalid=\"true\"" : ""
        return PageText.page(
            title: sentence == nil ? "Sign in" : "Sign in: please try again",
            isFailure: sentence != nil,
            """
            <h1>Sign in</h1>
            <p class="host">to \(PageText.escaped(host))</p>
            \(alert)<form class="sign-in" method="post" action="\(OwnPage.login.path)">
            <input type="hidden" name="form" value="\(PageText.escaped(token))">
            <input type="hidden" name="return" value="\(PageText.escaped(String(decoding: target.octets, as: UTF8.self)))">
            <label for="name">Name</label>
            <input id="name" name="name" type="text" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus\(described)\(invalid)>
            <label for="password">Password</label>
            <input id="password" name="password" type="password" autocomplete="current-password" required\(described)\(invalid)>
            <button type="submit">Sign in</button>
            </form>
            <footer>Name and password are those of the company's directory. Access is decided and recorded request by request.</footer>
            """
        )
    }

    /// The question whether to sign out.
    static func signOut(host: String) -> String {
        PageText.page(
            title: "Sign out",
            """
            <h1>Sign out</h1>
            <p class="host">of \(PageText.escaped(host))</p>
            <form class="sign-in" method="post" action="\(OwnPage.logout.path)">
            <button type="submit">Sign out</button>
            </form>
            """
        )
    }

    /// That somebody has signed out.
    static func signedOut(host: String) -> String {
        PageText.page(
            title: "Signed out",
            """
            <h1>You are signed out</h1>
            <p class="host">of \(PageText.escaped(host))</p>
            <p><a href="\(OwnPage.login.path)">Sign in again</a></p>
            """
        )
    }

    /// Who somebody is.
    static func whoAmI(_ standing: Standing, host: String) -> String {
        let rows = standing.rows.map { "<dt>\(PageText.escaped($0.0))</dt><dd>\(PageText.escaped($0.1))</dd>" }
        let isSession = standing.authentication.method == .session
        let button =
            isSession
            ? "<form class=\"sign-out\" method=\"post\" action=\"\(OwnPage.logout.path)\"><button type=\"submit\">Sign out</button></form>"
            : ""
        return PageText.page(
            title: "Who you are",
            """
            <h1>\(PageText.escaped(standing.displayName))</h1>
            <p class="host">at \(PageText.escaped(host))</p>
            <dl>
            \(rows.joined(separator: "\n"))
            </dl>
            \(button)
            """
        )
    }
}
