/// The lists of MLflow that come in pages: which part of one a call asks for.
///
/// Source: MLflow 3.17.2, `service.proto`, `model_registry.proto` and `datasets.proto`, the search messages.
extension MLflowListFilter.Shape {
    /// How the list is called in the answer, how many elements a client gets that does not say, and how many it may ask for.
    private var paging: (list: String, standard: Int, most: Int, pageSizes: ClosedRange<Int>)? {
        switch self {
        case .experiments: ("experiments", 1_000, 50_000, 100...500)
        // Each version on a page may have to be traced to its run and model: pages are small.
        case .registeredModels: ("registered_models", 100, 1_000, 50...50)
        case .modelVersions: ("model_versions", 10_000, 200_000, 50...100)
        case .datasets: ("datasets", 1_000, 50_000, 50...100)
        case .registeredModel, .latestVersions, .graphQL: nil
        }
    }

    /// Reads which part of the list a call asks for; `nil` when the answer is no list that comes in pages.
    ///
    /// - Throws: ``RouteRefusal`` when it asks for none, or comes with a token that was not handed out here.
    func pages(askedForBy arguments: MLflowArguments) throws(RouteRefusal) -> ListPages? {
        guard let paging = self.paging else { return nil }
        var size = min(paging.standard, ListPages.largestPage)
        if let text = try arguments.number("max_results") {
            guard let number = Int(text), (1...paging.most).contains(number) else {
                throw .malformed("found `\(text)` as `max_results`, expected 1 to \(paging.most)")
            }
            size = min(number, ListPages.largestPage)
        }
        var offset = 0
        if let token = try arguments.value(["page_token"]), !token.isEmpty {
            guard let count = ListPages.offset(of: token) else {
                throw .malformed("found `\(token)` as `page_token`, expected the `next_page_token` of the page before")
            }
            offset = count
        }
        let place = arguments.others(than: ["max_results", "page_token"])
        return ListPages(list: paging.list, size: size, offset: offset, place: place, pageSizes: paging.pageSizes)
    }
}
