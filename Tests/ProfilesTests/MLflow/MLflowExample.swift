import Profiles
import Testing

/// One call and its questions.
struct MLflowExample: CustomTestStringConvertible {
    let method: ProfileRequest.Method
    let target: String
    let body: String?
    let questions: [String]

    init(_ method: ProfileRequest.Method, _ target: String, _ body: String? = nil, _ questions: String...) {
        self.method = method
        self.target = target
        self.body = body
        self.questions = questions
    }

    var testDescription: String { "\(self.method.rawValue) \(self.target) \(self.body ?? "")" }
}
