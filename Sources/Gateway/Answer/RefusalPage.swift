/// A refusal as a page, for people with a browser.
///
/// It looks and is guarded as all of Stile's pages are, see ``PageText``.
struct RefusalPage {
    let refusal: Refusal
    /// The id of the decision's record.
    let decision: String

    /// The page as text.
    var text: String {
        let kind = self.refusal.kind
        let disclosure = self.refusal.disclosure
        var page = """
            <p class="status">\(kind.status)</p>
            <h1>\(PageText.escaped(kind.title))</h1>

            """
        if disclosure.conditions.isEmpty {
            page += "<p>\(PageText.escaped(Self.sentence(self.refusal.detail)))</p>\n"
        } else {
            page += "<h2>Why</h2>\n<ul>\n"
            for condition in disclosure.conditions {
                let reason = PageText.escaped(Self.sentence(condition.reason))
                page += "<li>\(reason) <code>\(PageText.escaped(condition.policy))</code></li>\n"
            }
            page += "</ul>\n"
        }
        if !disclosure.allowedAt.isEmpty {
            let markings = disclosure.allowedAt.map { "<code>\(PageText.escaped($0))</code>" }
            page +=
                "<h2>What would change it</h2>\n<p>This would be allowed at \(markings.joined(separator: " or at ")).</p>\n"
        }
        if disclosure.owner != nil || disclosure.howToAsk != nil {
            page += "<h2>Whom to ask</h2>\n"
            if let owner = disclosure.owner {
                page += "<p>The owner is <strong>\(PageText.escaped(owner))</strong>.</p>\n"
            }
            if let howToAsk = disclosure.howToAsk { page += "<p>\(PageText.escaped(Self.sentence(howToAsk)))</p>\n" }
        }
        page += """
            <footer>Decision <code>\(PageText.escaped(self.decision))</code> is in the decision log. Quote it when you ask.</footer>
            """
        return PageText.page(title: kind.title, isFailure: true, page)
    }

    /// A clause as a sentence: a capital at its start, a full stop at its end.
    private static func sentence(_ clause: String) -> String {
        guard let first = clause.first else { return clause }
        let end = clause.last == "." || clause.last == "?" ? "" : "."
        return first.uppercased() + clause.dropFirst() + end
    }
}
