/// Chance that can be repeated: the same seed makes the same cases (SplitMix64).
struct Dice {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    /// A number from 0 up to but without `sides`.
    mutating func roll(_ sides: Int) -> Int {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(sides))
    }

    /// True once in `times`.
    mutating func once(in times: Int) -> Bool {
        self.roll(times) == 0
    }

    /// One of several, which must not be none.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[self.roll(elements.count)]
    }
}
