import HTTP1
import Testing

@Suite("Identity cannot be forged")
struct IdentityFieldTests {
    @Test(
        "No spelling of a field that speaks of identity or origin gets through",
        arguments: [
            "X-Stile-User: root", "x-STILE-user: root", "X_Stile_User: root", "X-Stile_User: root",
            "X-Stile-Anything: root",
            "X-Forwarded-For: 10.0.0.1", "X_Forwarded_For: 10.0.0.1", "X-Forwarded-User: root", "Forwarded: for=root",
            "X-Real-IP: root",
            "X-Original-URL: /root", "X-Rewrite-URL: /root", "X-HTTP-Method-Override: root", "X-Remote-User: root",
            "Proxy-Authorization: root",
            "Cookie: __Host-stile-session=root", "Cookie: stile-x=root", "X-Things-Debug: root", "Upgrade: root",
            "TE: root", "Keep-Alive: root", "SCRIPT_NAME: /root", "Script_Name: /root", "PATH_INFO: /root",
            "X-Forwarded-Email: root", "X_Forwarded-Groups: root", "X-Original-Method: root", "Remote-User: root",
            "X-Auth-Request-User: root", "Kubeflow-Userid: root", "X-Envoy-Original-Path: /root", "any_thing: root",
        ]
    )
    func stripped(field: String) async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            let answer = try await client.ask("GET /things/open/echo", TestHouse.authorization("anna") + field + "\r\n")
            #expect(answer.status == 200)
            #expect(!answer.text.contains("root") && !answer.text.contains("10.0.0.1"))
            #expect(answer.text.contains("x-stile-user: anna\r\n"))
            #expect(answer.text.contains("x-forwarded-for: 127.0.0.1\r\n"))
            #expect(answer.text.contains("x-forwarded-proto: http\r\n"))
        }
    }

    @Test("Naming our fields in Connection does not remove them")
    func nominated() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            let fields = "Connection: X-Stile-User, x-forwarded-for, X-Mine\r\nX-Mine: gone\r\nX-Other: stays\r\n"
            let answer = try await client.ask("GET /things/open/echo", TestHouse.authorization("anna") + fields)
            #expect(answer.text.contains("x-stile-user: anna\r\n"))
            #expect(!answer.text.contains("gone") && answer.text.contains("X-Other: stays\r\n"))
        }
    }

    @Test("Other cookies are passed on without Stile's")
    func cookies() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            let fields = "Cookie: a=1; __Host-stile-session=abc; b=2\r\n"
            let answer = try await client.ask("GET /things/open/echo", TestHouse.authorization("anna") + fields)
            #expect(answer.text.contains("cookie: a=1; b=2\r\n"))
            #expect(!answer.text.contains("abc"))
        }
    }

    @Test("A field that the profile does not let in refuses the request")
    func refusedField() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            let answer = try await client.ask(
                "GET /things/open",
                TestHouse.authorization("anna") + "X-Things-Workspace: w\r\n"
            )
            #expect(answer.status == 400)
        }
    }

    @Test("An upstream cannot speak in Stile's name")
    func answers() async throws {
        try await TestHouse.open { house in
            let client = try await house.client()
            try await client.send(
                "HEAD /things/open HTTP/1.1\r\nHost: 127.0.0.1\r\n\(TestHouse.authorization("anna"))\r\n"
            )
            let answer = try await client.answer(to: .head)
            #expect(answer.status == 200 && answer["content-length"] == "1234" && answer["x-stile-forged"] == nil)
            // Nothing of a body that HEAD does not have is waited for.
            #expect(try await client.ask("GET /things/open/echo").status == 200)
        }
    }
}
