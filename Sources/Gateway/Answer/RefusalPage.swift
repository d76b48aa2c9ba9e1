import Crypto

/// A refusal as a page, for people with a browser.
///
/// The page is whole in itself: no script, no request to anywhere, one style whose hash the content security policy names.
struct RefusalPage {
    let refusal: Refusal
    /// The id of the decision's record.
    let decision: String

    /// The media type.
    static let contentType = "text/html; charset=utf-8"

    /// What the page may load and do: show itself, with its one style.
    static let contentSecurityPolicy: String = {
        let hash = encodedBase64(Array(SHA256.hash(data: Array(Self.style.utf8))))
        return "default-src 'none'; style-src 'sha256-\(String(decoding: hash, as: UTF8.self))'; "
            + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    }()

    /// The page as text.
    var text: String {
        let kind = self.refusal.kind
        let disclosure = self.refusal.disclosure
        var page = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Self.escaped(kind.title))</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <main>
            <p class="status">\(kind.status)</p>
            <h1>\(Self.escaped(kind.title))</h1>

            """
        if disclosure.conditions.isEmpty {
            page += "<p>\(Self.escaped(Self.sentence(self.refusal.detail)))</p>\n"
        } else {
            page += "<h2>Why</h2>\n<ul>\n"
            for condition in disclosure.conditions {
                let reason = Self.escaped(Self.sentence(condition.reason))
                page += "<li>\(reason) <code>\(Self.escaped(condition.policy))</code></li>\n"
            }
            page += "</ul>\n"
        }
        if !disclosure.allowedAt.isEmpty {
            let markings = disclosure.allowedAt.map { "<code>\(Self.escaped($0))</code>" }
            page +=
                "<h2>What would change it</h2>\n<p>This would be allowed at \(markings.joined(separator: " or at ")).</p>\n"
        }
        if disclosure.owner != nil || disclosure.howToAsk != nil {
            page += "<h2>Whom to ask</h2>\n"
            if let owner = disclosure.owner { page += "<p>The owner is <strong>\(Self.escaped(owner))</strong>.</p>\n" }
            if let howToAsk = disclosure.howToAsk { page += "<p>\(Self.escaped(Self.sentence(howToAsk)))</p>\n" }
        }
        page += """
            <footer>Decision <code>\(Self.escaped(self.decision))</code> is in the decision log. Quote it when you ask.</footer>
            </main>
            </body>
            </html>

            """
        return page
    }

    /// A clause as a sentence: a capital at its start, a full stop at its end.
    private static func sentence(_ clause: String) -> String {
        guard let first = clause.first else { return clause }
        let end = clause.last == "." || clause.last == "?" ? "" : "."
        return first.uppercased() + clause.dropFirst() + end
    }

    private static func escaped(_ text: String) -> String {
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

    private static let style = """
        :root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--paper:#fff;--ground:#f3f5f8;--line:#dde3ea;--mark:#a3342c}
        @media (prefers-color-scheme:dark){:root{--ink:#e8ecf1;--soft:#9aa6b5;--paper:#1b222c;--ground:#12171e;--line:#2c3643;--mark:#f0877d}}
        *{box-sizing:border-box}
        body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
        main{width:min(38rem,calc(100% - 2rem));margin:2rem 0;padding:2rem 2.25rem;background:var(--paper);border:1px solid var(--line);border-top:4px solid var(--mark);border-radius:6px}
        .status{margin:0;color:var(--mark);font-weight:600;letter-spacing:.06em}
        h1{margin:.1rem 0 1rem;font-size:1.6rem;line-height:1.25}
        h2{margin:1.5rem 0 .35rem;font-size:.8rem;letter-spacing:.07em;text-transform:uppercase;color:var(--soft)}
        p,ul{margin:.35rem 0}
        ul{padding-left:1.2rem}
        code{font:.86em ui-monospace,monospace;padding:.08em .35em;background:var(--ground);border-radius:3px;overflow-wrap:anywhere}
        footer{margin-top:1.75rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--soft);font-size:.88rem}
        """
}
