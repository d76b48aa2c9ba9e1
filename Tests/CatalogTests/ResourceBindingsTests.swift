import Catalog
import Foundation
import Testing

@Suite("Bindings of names to things")
struct ResourceBindingsTests {
    /// A path in a fresh folder, removed when the body is done.
    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stile-bindings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.appending(path: "bindings").path)
    }

    @Test("Every name a thing was seen under is kept, across restarts, in order")
    func kept() throws {
        try self.inFolder { path in
            do {
                let bindings = try ResourceBindings(path: path)
                #expect(bindings.needsBinding(Samples.experiment("a", id: "1")))
                try bindings.bind(Samples.experiment("a", id: "1"))
                #expect(!bindings.needsBinding(Samples.experiment("a", id: "1")))
                try bindings.bind(Samples.experiment("b c/ü\n%", id: "1"))
                try bindings.bind(Samples.experiment("a", id: "1"))
                try bindings.bind(Samples.experiment("", id: "2"))
                #expect(bindings.generation == 3)
            }
            let bindings = try ResourceBindings(path: path)
            #expect(bindings.names(of: Samples.experiment(nil, id: "1")) == ["a", "b c/ü\n%"])
            #expect(bindings.names(of: Samples.experiment(nil, id: "2")) == [""])
            #expect(bindings.names(of: Samples.experiment(nil, id: "3")) == [])
            #expect(bindings.generation == 0)
        }
    }

    @Test("A thing without an id, or without a name, has nothing to bind")
    func nothingToBind() throws {
        try self.inFolder { path in
            let bindings = try ResourceBindings(path: path)
            for reference in [Samples.experiment("a"), Samples.experiment(nil, id: "1")] {
                #expect(!bindings.needsBinding(reference))
                try bindings.bind(reference)
            }
            #expect(bindings.generation == 0)
        }
    }

    @Test("A file cut at any byte opens with every whole line, and takes new ones")
    func tornTail() throws {
        try self.inFolder { path in
            let names = ["one", "two", "three"]
            try { for name in names { try ResourceBindings(path: path).bind(Samples.experiment(name, id: "1")) } }()
            let whole = try Data(contentsOf: URL(filePath: path))
            let header = "stile bindings 1\n".utf8.count
            for length in 0...whole.count {
                try whole.prefix(length).write(to: URL(filePath: path))
                let lines = length < header ? 0 : whole[header..<length].count { $0 == UInt8(ascii: "\n") }
                let bindings = try ResourceBindings(path: path)
                #expect(bindings.names(of: Samples.experiment(nil, id: "1")) == Array(names.prefix(lines)))
                try bindings.bind(Samples.experiment("more", id: "1"))
                let again = try ResourceBindings(path: path)
                #expect(again.names(of: Samples.experiment(nil, id: "1")) == names.prefix(lines) + ["more"])
            }
        }
    }

    @Test("Any other byte changed in a whole file is an error, not a lost label")
    func corruption() throws {
        try self.inFolder { path in
            try {
                for name in ["one", "t%o"] { try ResourceBindings(path: path).bind(Samples.experiment(name, id: "1")) }
            }()
            let whole = try Data(contentsOf: URL(filePath: path))
            // Not the last byte: without it the last line was never finished.
            for place in 0..<(whole.count - 1) {
                for change in [UInt8(1), 0x20, 0x80] {
                    var damaged = whole
                    damaged[place] ^= change
                    try damaged.write(to: URL(filePath: path))
                    #expect(throws: BindingError.self, "byte \(place)") { _ = try ResourceBindings(path: path) }
                }
            }
        }
    }

    @Test("What is no file of bindings is left alone")
    func foreign() throws {
        try self.inFolder { path in
            try Data("something else".utf8).write(to: URL(filePath: path))
            #expect(throws: BindingError.notBindings(path: path)) { _ = try ResourceBindings(path: path) }
            #expect(try Data(contentsOf: URL(filePath: path)) == Data("something else".utf8))
        }
    }

    @Test("A file that cannot be opened says so")
    func missingFolder() throws {
        let thrown = #expect(throws: BindingError.self) { _ = try ResourceBindings(path: "/nowhere/at/all/bindings") }
        #expect(thrown?.description == "cannot open `/nowhere/at/all/bindings`: No such file or directory")
    }

    @Test("A device is no file of bindings", arguments: ["/dev/full", "/dev/zero"])
    func device(path: String) {
        #expect(throws: BindingError.notBindings(path: path)) { _ = try ResourceBindings(path: path) }
    }

    @Test("Many threads bind at once, and each binding is written once")
    func threads() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "stile-bindings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "bindings").path
        let bindings = try ResourceBindings(path: path)
        try await withThrowingTaskGroup { group in
            for task in 0..<40 {
                group.addTask { try bindings.bind(Samples.experiment("name-\(task % 10)", id: "\(task % 4)")) }
            }
            try await group.waitForAll()
        }
        #expect(bindings.generation == 20)
        let again = try ResourceBindings(path: path)
        #expect((0..<4).map { again.names(of: Samples.experiment(nil, id: "\($0)")).count }.reduce(0, +) == 20)
    }
}
