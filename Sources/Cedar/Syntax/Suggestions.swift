/// Remembers which word somebody probably meant, for as many mistakes as people read.
///
/// Every mistake of a text is looked at on its own, often once for each combination of types. A text made of mistakes must not cost as
/// many comparisons as it has mistakes times the names there are: a word is looked for once, and after a hundred words no more.
final class Suggestions {
    /// Among which names a word was looked for.
    enum Place: Hashable {
        case entityTypes, commonTypes, types, actions
        case ids(of: EntityTypeName)
        case attributes(of: CedarType)
    }

    private struct Question: Hashable {
        let word: ExactText
        let place: Place
    }

    /// How many words are looked for.
    static let limit = 100

    private var answers: [Question: String?] = [:]

    /// The candidate closest to `word`, if one is close and the limit is not reached.
    ///
    /// - Parameters:
    ///   - word: What was written.
    ///   - place: What the candidates are; for one place they must always be the same.
    ///   - candidates: The names that there are.
    /// - Returns: The name that was probably meant.
    func closest(
        to word: String,
        among place: Place,
        _ candidates: @autoclosure () -> some Sequence<String>
    ) -> String? {
        let question = Question(word: ExactText(word), place: place)
        if let answer = self.answers[question] { return answer }
        guard self.answers.count < Self.limit else { return nil }
        let answer = Spelling.closest(to: word, in: candidates())
        self.answers[question] = answer
        return answer
    }
}
