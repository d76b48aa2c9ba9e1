import Foundation
import Testing
import TransparencyLog

@Suite("Files in a folder")
struct FolderStoreTests {
    let store = FolderStore(root: FileManager.default.temporaryDirectory.appending(path: "stile-\(UUID())").path)

    @Test("A file is replaced whole, and its folders are made")
    func replacing() throws {
        defer { try? FileManager.default.removeItem(atPath: self.store.root) }
        #expect(try self.store.size("a/b/c") == nil)
        #expect(throws: FileFailure.missing("a/b/c")) { try self.store.read("a/b/c") }
        try self.store.replace("a/b/c", with: [1, 2, 3], durably: true)
        try self.store.replace("a/b/c", with: [4, 5], durably: false)
        try self.store.sync(["a/b/c"])
        #expect(try self.store.read("a/b/c") == [4, 5])
        #expect(try self.store.list("a") == ["b"])
        #expect(try self.store.list("a/b") == ["c"])
        #expect(try self.store.list("nowhere") == [])
    }

    @Test("A file that grows is new, and can be cut")
    func appending() throws {
        defer { try? FileManager.default.removeItem(atPath: self.store.root) }
        let file = try self.store.create("log", reserving: 1 << 20)
        try file.append([1, 2, 3])
        try file.append([4])
        try file.sync()
        #expect(throws: FileFailure.exists("log")) { try self.store.create("log", reserving: 0) }
        #expect(try self.store.size("log") == 4)
        #expect(try self.store.read("log", at: 1, count: 2) == [2, 3])
        #expect(try self.store.read("log", at: 3, count: 9) == [4])
        try self.store.truncate("log", to: 2)
        #expect(try self.store.read("log") == [1, 2])
        try self.store.remove("log", durably: true)
        try self.store.remove("log", durably: true)
        #expect(try self.store.size("log") == nil)
    }
}
