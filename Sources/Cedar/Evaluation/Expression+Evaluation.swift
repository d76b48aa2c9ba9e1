extension Expression {
    /// The value of this expression for a request.
    ///
    /// Prepares the expression anew each time; policies that decide many requests belong into an ``Authorizer``.
    ///
    /// - Throws: ``EvaluationError`` when it has none.
    public func evaluate(_ request: Request, _ entities: Entities) throws(EvaluationError) -> Value {
        var builder = ProgramBuilder()
        let root = builder.add(self)
        return try Evaluator(builder.program, request, entities).value(root)
    }
}
