import Synchronization

/// The names that things of services were known under, kept for good: what ties a label to a thing and not to its name.
///
/// A pattern in the catalog labels a thing by its name. If that were all, renaming would be a way to shed a label. So the
/// name under which a thing is first seen, and every later one, is bound to the thing's own stable id, and the thing's label
/// is the join over all of them: **renaming never lowers a label.** What the catalog says about a name may still change, as
/// its owners decide.
///
/// Asked from any thread without waiting for the disk; ``bind(_:)`` waits for it.
package final class ResourceBindings: Sendable {
    /// A thing that has a stable id.
    private struct Thing: Hashable {
        let service: String
        let kind: String
        let id: String

        /// Byte for byte, as ``ResourceReference`` is compared.
        static func == (a: Thing, b: Thing) -> Bool {
            a.id.isExactly(b.id) && a.kind.isExactly(b.kind) && a.service.isExactly(b.service)
        }
    }

    private struct State {
        var names: [Thing: [String]] = [:]
    }

    /// Guards what is known; held for a table look-up only.
    private let state: Mutex<State>

    /// Counted up after what is known has grown: each request asks for it.
    private let bound = Atomic<UInt64>(0)

    /// Guards the file, and orders what is written with what becomes known.
    private let file: Mutex<BindingFile>

    /// Opens the file of bindings, making it when there is none, and reads it whole.
    ///
    /// - Parameter path: The file, in the folder of the gateway's state.
    /// - Throws: ``BindingError`` when it cannot be read, or is not what was written: labels would silently be lost.
    package init(path: String) throws(BindingError) {
        var state = State()
        let file = try BindingFile.open(path: path) { binding in
            Self.add(binding, to: &state.names)
        }
        self.state = Mutex(state)
        self.file = Mutex(file)
    }

    /// The names bound to a thing, the first it was seen under first; empty when it has no id or was never seen.
    package func names(of reference: ResourceReference) -> [String] {
        guard let thing = Self.thing(reference) else { return [] }
        return self.state.withLock { $0.names[thing] ?? [] }
    }

    /// Whether a thing has an id and a name that are not yet bound to each other.
    package func needsBinding(_ reference: ResourceReference) -> Bool {
        guard let thing = Self.thing(reference), let name = reference.name else { return false }
        return self.state.withLock { !($0.names[thing]?.contains { $0.isExactly(name) } ?? false) }
    }

    /// How often something was bound: a decision made under an earlier number may be out of date.
    package var generation: UInt64 { self.bound.load(ordering: .acquiring) }

    /// Binds a thing to the name it has now, for good; does nothing when it is bound already or has no id or no name.
    ///
    /// Waits for the disk. When this returns, the binding survives a crash.
    ///
    /// - Parameter reference: The thing with its id and current name.
    /// - Throws: ``BindingError`` when the binding could not be made durable; then nothing is bound.
    package func bind(_ reference: ResourceReference) throws(BindingError) {
        guard let thing = Self.thing(reference), let name = reference.name else { return }
        let outcome: Result<Void, BindingError> = self.file.withLock { file in
            guard self.needsBinding(reference) else { return .success(()) }
            let binding = Binding(service: thing.service, kind: thing.kind, id: thing.id, name: name)
            do throws(BindingError) {
                try file.append(binding)
            } catch {
                return .failure(error)
            }
            self.state.withLock { Self.add(binding, to: &$0.names) }
            self.bound.add(1, ordering: .releasing)
            return .success(())
        }
        try outcome.get()
    }

    private static func add(_ binding: Binding, to names: inout [Thing: [String]]) {
        let thing = Thing(service: binding.service, kind: binding.kind, id: binding.id)
        if names[thing]?.contains(where: { $0.isExactly(binding.name) }) != true {
            names[thing, default: []].append(binding.name)
        }
    }

    private static func thing(_ reference: ResourceReference) -> Thing? {
        reference.id.map { Thing(service: reference.service, kind: reference.kind, id: $0) }
    }
}
