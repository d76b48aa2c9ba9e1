import HTTP1

/// What targets mean, as far as they mean the same whoever asks and whenever.
///
/// A request with a body is another one than that without, whatever the body: there are servers that read the arguments of a
/// `GET` from it.
///
/// An open table over the bytes of method and target: a hit costs a hash and a comparison, and no text is made. The hash is
/// seeded per process, so that nobody can choose targets that collide.
///
/// Confined to its event loop.
struct TargetMemo {
    private struct Entry {
        let hash: UInt64
        let service: Int
        let method: Method
        let hasBody: Bool
        let target: [UInt8]
        let purpose: Purpose

        func means(_ method: Method, _ target: [UInt8], _ hasBody: Bool, at service: Int) -> Bool {
            self.service == service && self.method == method && self.hasBody == hasBody && self.target == target
        }
    }

    private var slots: [Entry?]
    private var count = 0
    private let seed: UInt64

    /// How many targets are kept; when full, all are forgotten, which costs the next requests a profile each.
    private static let capacity = 8_192
    /// Longer targets are rare and not worth their memory.
    private static let longestTarget = 1_024

    init(seed: UInt64 = .random(in: .min ... .max)) {
        self.seed = seed
        // Twice the capacity, so that probes stay short.
        self.slots = Array(repeating: nil, count: Self.capacity * 2)
    }

    /// What a target means, if that is known.
    func purpose(of method: Method, _ target: [UInt8], hasBody: Bool, at service: Int) -> Purpose? {
        let hash = self.hash(target, method, hasBody, service)
        var slot = Int(truncatingIfNeeded: hash) & (self.slots.count - 1)
        while let entry = self.slots[slot] {
            if entry.hash == hash, entry.means(method, target, hasBody, at: service) { return entry.purpose }
            slot = (slot + 1) & (self.slots.count - 1)
        }
        return nil
    }

    /// Keeps what a target means.
    mutating func remember(
        _ purpose: Purpose,
        of method: Method,
        _ target: [UInt8],
        hasBody: Bool,
        at service: Int
    ) {
        guard target.count <= Self.longestTarget else { return }
        if self.count >= Self.capacity {
            self.slots = Array(repeating: nil, count: Self.capacity * 2)
            self.count = 0
        }
        let hash = self.hash(target, method, hasBody, service)
        var slot = Int(truncatingIfNeeded: hash) & (self.slots.count - 1)
        while let entry = self.slots[slot] {
            if entry.hash == hash, entry.means(method, target, hasBody, at: service) { break }
            slot = (slot + 1) & (self.slots.count - 1)
        }
        if self.slots[slot] == nil { self.count += 1 }
        // A copy of the bytes, since the connection writes its next target into its own.
        self.slots[slot] = Entry(
            hash: hash,
            service: service,
            method: method,
            hasBody: hasBody,
            target: Array(target[...]),
            purpose: purpose
        )
    }

    /// Multiplies and folds eight bytes at a time, as wyhash does.
    private func hash(_ target: [UInt8], _ method: Method, _ hasBody: Bool, _ service: Int) -> UInt64 {
        var state = self.seed ^ UInt64(truncatingIfNeeded: service) &<< 8 ^ UInt64(method.rawValue)
        if hasBody { state ^= 0x80 }
        unsafe target.withUnsafeBytes { bytes in
            var offset = 0
            while offset &+ 8 <= bytes.count {
                // Within the bounds checked on the line above.
                state = Self.mixed(state ^ (unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
                offset &+= 8
            }
            var rest = UInt64(truncatingIfNeeded: bytes.count) &<< 56
            while offset < bytes.count {
                rest = rest &<< 8 | UInt64(unsafe bytes[offset])
                offset &+= 1
            }
            state = Self.mixed(state ^ rest)
        }
        return state
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}
