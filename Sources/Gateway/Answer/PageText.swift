import Crypto

/// What all pages of Stile's own share: the look, and what browsers may do with them.
///
/// A page is whole in itself: no script, no request to anywhere, one style whose hash the content security policy names.
enum PageText {
    /// The media type.
    static let contentType = "text/html; charset=utf-8"

    /// A whole page.
    ///
    /// - Parameters:
    ///   - title: The title, as text.
    ///   - isFailure: Whether the page tells of a failure.
    ///   - content: What stands in it, as HTML.
    /// - Returns: HTML.
    static func page(title: String, isFailure: Bool = false, _ content: String) -> String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(self.escaped(title))</title>
        <style>\(self.style)</style>
        </head>
        <body>
        <main\(isFailure ? " class=\"failure\"" : "")>
        \(content)
        </main>
        </body>
        </html>

        """
    }

    /// What a page may load and do: show itself with its one style, send forms to its own origin if it has any, and stand in
    /// no frame of anybody's.
    static func contentSecurityPolicy(hasForm: Bool) -> String {
        "default-src 'none'; style-src 'sha256-\(self.styleHash)'; form-action \(hasForm ? "'self'" : "'none'"); "
            + "frame-ancestors 'none'; base-uri 'none'"
    }

    /// Text, so that it can only ever be text.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    private static let styleHash = String(
        decoding: encodedBase64(Array(SHA256.hash(data: Array(Self.style.utf8)))),
        as: UTF8.self
    )

    private static let style = """
        :root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--paper:#fff;--ground:#f3f5f8;--line:#cfd7e0;--mark:#a3342c;--calm:#1d5f8a;--on-calm:#fff}
        @media (prefers-color-scheme:dark){:root{--ink:#e8ecf1;--soft:#9aa6b5;--paper:#1b222c;--ground:#12171e;--line:#3a4656;--mark:#f0877d;--calm:#7cc0ea;--on-calm:#10202c}}
        *{box-sizing:border-box}
        body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
        main{width:min(38rem,calc(100% - 2rem));margin:2rem 0;padding:2rem 2.25rem;background:var(--paper);border:1px solid var(--line);border-top:4px solid var(--calm);border-radius:6px}
        main.failure{border-top-color:var(--mark)}
        main:has(form.sign-in){width:min(26rem,calc(100% - 2rem))}
        .status{margin:0;color:var(--mark);font-weight:600;letter-spacing:.06em}
        h1{margin:.1rem 0 1rem;font-size:1.6rem;line-height:1.25}
        h2{margin:1.5rem 0 .35rem;font-size:.8rem;letter-spacing:.07em;text-transform:uppercase;color:var(--soft)}
        p,ul{margin:.35rem 0}
        ul{padding-left:1.2rem}
        code{font:.86em ui-monospace,monospace;padding:.08em .35em;background:var(--ground);border-radius:3px;overflow-wrap:anywhere}
        .host{color:var(--soft);margin:-.6rem 0 1.2rem;overflow-wrap:anywhere}
        .alert{margin:0 0 1.1rem;padding:.7rem .9rem;border:1px solid var(--mark);border-left-width:4px;border-radius:4px;color:var(--mark)}
        label{display:block;margin:1rem 0 .3rem;font-weight:600}
        input{width:100%;padding:.6rem .7rem;font:inherit;color:inherit;background:var(--ground);border:1px solid var(--soft);border-radius:4px}
        button{width:100%;margin-top:1.5rem;padding:.7rem 1rem;font:inherit;font-weight:600;color:var(--on-calm);background:var(--calm);border:0;border-radius:4px;cursor:pointer}
        input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid var(--calm);outline-offset:2px}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:.45rem 1.25rem;margin:0}
        dt{color:var(--soft)}
        dd{margin:0;overflow-wrap:anywhere}
        footer{margin-top:1.75rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--soft);font-size:.88rem}
        @media (max-width:30rem){main{padding:1.5rem 1.25rem}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.6rem}}
        """
}
