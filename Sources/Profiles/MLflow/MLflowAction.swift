/// What a request does, in the words of the policies.
enum MLflowAction: String, Hashable, CaseIterable {
    /// Sees what a thing holds.
    case read
    /// Sees which things there are; the answer is cut down to those that may be read.
    case list
    /// Brings a thing into being under a name.
    case create
    /// Adds to a thing or changes it.
    case write
    /// Takes a thing, or a part of it, away, or brings it back.
    case delete
    /// Does what could change under which label a thing falls.
    case administer
}
