/// An expression with the types that the typechecker found, without what can never be evaluated.
///
/// Some sugar is gone too: `a > b` is `!(a <= b)`. Level validation and partial evaluation work on this form.
final class TypedExpression: Sendable {
    /// The forms, each with the number of children that it needs.
    enum Form: Sendable {
        case literal(Literal)
        case variable(Variable)
        case slot(Slot)
        case and, or
        /// Test, then, else; where the test decides, both branches are the one that is taken.
        case conditional
        case unary(UnaryOperator)
        case binary(BinaryOperator)
        case attribute(String)
        case has(String)
        /// A test for an attribute, for an attribute of that one, and so on; at least two steps.
        case hasPath([Step])
        case like(Pattern)
        case `is`(EntityTypeName)
        /// What is tested, and what it must be in.
        case isIn(EntityTypeName)
        case set
        case record([String])
        case call(ExtensionFunction)
        case unknown(String)
    }

    /// A name in a path of attributes that is tested for.
    struct Step: Sendable {
        let name: String
        /// Whether it is an attribute of an entity, which has to be looked up, and not of a record.
        let isOfEntity: Bool
    }

    let form: Form
    let children: [TypedExpression]
    /// The type; `nil` where none could be found, which was reported.
    let type: CedarType?
    let span: SourceSpan
    /// Whether evaluating this may have no value even though it is valid: overflow, and entities that do not exist.
    let canFail: Bool

    init(_ form: Form, _ children: [TypedExpression], type: CedarType?, span: SourceSpan) {
        self.form = form
        self.children = children
        self.type = type
        self.span = span
        self.canFail = form.canFail(with: children)
    }
}
