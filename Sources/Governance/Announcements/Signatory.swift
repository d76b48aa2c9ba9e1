/// Somebody who did what is governed: the stable id of their directory entry, and their login name for people to read.
package struct Signatory: Hashable, Sendable {
    package let id: String
    package let name: String

    package init(id: String, name: String) {
        self.id = id
        self.name = name
    }
}
