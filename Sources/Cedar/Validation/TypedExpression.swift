/// An expression with the types that the typechecker found, without what can never be evaluated.
///
/// The sugar is gone too: `a > b` is `!(a <= b)`, `a has b.c` is `a has b && a.b has c`, `a is T in b` is
/// `a is T && a in b`. Level validation and partial evaluation work on this form.
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
        case like(Pattern)
        case `is`(EntityTypeName)
        case set
        case record([String])
        case call(ExtensionFunction)
        case unknown(String)
    }

    let form: Form
    let children: [TypedExpression]
    /// The type; `nil` where none could be found, which was reported.
    let type: CedarType?
    let span: SourceSpan

    init(_ form: Form, _ children: [TypedExpression], type: CedarType?, span: SourceSpan) {
        self.form = form
        self.children = children
        self.type = type
        self.span = span
    }
}
