/// One file of Cedar text with its name, so that errors can point into it.
package struct PolicyText: Hashable, Sendable {
    /// The file, as a path below the folder of policies, for example `rules.cedar`.
    package var file: String

    /// The whole text.
    package var text: String

    /// Names a text.
    package init(file: String, text: String) {
        self.file = file
        self.text = text
    }
}
