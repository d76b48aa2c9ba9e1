extension JSONValue {
    /// The value as canonical JSON.
    package var text: String {
        var text: [UInt8] = []
        JSONText.append(self, to: &text)
        return String(decoding: text, as: UTF8.self)
    }
}
