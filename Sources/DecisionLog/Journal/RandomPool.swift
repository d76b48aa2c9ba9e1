/// Random bits from the kernel, drawn a few thousand at a time, because a system call for each salt would cost more than
/// the hash it goes into.
///
/// Each word is given out once and wiped. One thread uses it; a forked process must not.
struct RandomPool {
    private var words = [UInt64](repeating: 0, count: 512)
    private var next = 512

    /// Sixty-four fresh bits.
    @inline(__always)
    mutating func draw() -> UInt64 {
        if self.next == self.words.count { self.refill() }
        let word = self.words[self.next]
        self.words[self.next] = 0
        self.next += 1
        return word
    }

    /// What one entry needs: the random bits of its id, and its salts.
    @inline(__always)
    mutating func drawEntry() -> (id: (UInt16, UInt64), salts: (Salt, Salt, Salt)) {
        ((UInt16(truncatingIfNeeded: self.draw()), self.draw()), (self.salt(), self.salt(), self.salt()))
    }

    @inline(__always)
    private mutating func salt() -> Salt { Salt(high: self.draw(), low: self.draw()) }

    private mutating func refill() {
        unsafe self.words.withUnsafeMutableBytes { unsafe RecordCipher.randomise($0) }
        self.next = 0
    }
}
