import Logging
import ParlantCore
import Testing

@testable import ParlantServer

@Suite("Who may use the API")
struct APIAccessTests {
    @Test("everybody, unless the environment has a token")
    func absent() throws {
        let access = try APIAccess(["PARLANT_SUPPORT_KEY": "k"])
        #expect(access.token == nil)
        #expect(access.remainingEnvironment == ["PARLANT_SUPPORT_KEY": "k"])
    }

    @Test("the token is taken out of what agents and plugins may read as settings")
    func removed() throws {
        let access = try APIAccess(["PARLANT_API_TOKEN": "0123456789abcdef", "PARLANT_API_KEY": "k"])
        #expect(access.token != nil)
        #expect(access.remainingEnvironment == ["PARLANT_API_KEY": "k"])
    }

    @Test(
        "a token that protects nothing is refused",
        arguments: [
            ("", "PARLANT_API_TOKEN is empty; set it to a token, or unset it to let everybody in"),
            ("secret", "PARLANT_API_TOKEN is shorter than 16 characters; make one with 'openssl rand -hex 24'"),
        ])
    func unusable(token: String, message: String) {
        #expect(throws: ConfigurationError(message)) { try APIAccess(["PARLANT_API_TOKEN": token]) }
    }

    @Test(
        "an address beyond this machine without a token is worth a warning",
        arguments: [
            ("127.0.0.1", nil, false), ("127.0.0.2", nil, false), ("localhost", nil, false), ("::1", nil, false),
            ("0.0.0.0", nil, true), ("::", nil, true), ("192.0.2.1", nil, true), ("0.0.0.0", "0123456789abcdef", false),
        ] as [(String, String?, Bool)])
    func warning(host: String, token: String?, isWarned: Bool) async throws {
        let hub = LogHub()
        let follower = try hub.follow()
        let logger = Logger(label: "test") { FollowedLogHandler(label: $0, hub: hub) }
        let access = try APIAccess(token.map { ["PARLANT_API_TOKEN": $0] } ?? [:])
        access.warn(host: host, logger: logger)
        logger.notice("end")
        let first = try #require(await follower.next()?.first)
        #expect((first.level == .warning) == isWarned)
        if isWarned {
            #expect(
                first.message
                    == "everybody who reaches this address may use the whole API; set PARLANT_API_TOKEN, or listen on "
                    + "127.0.0.1 host=\(host)")
        }
    }
}

@Suite("The log that can be followed")
struct FollowedLogHandlerTests {
    private let hub = LogHub()

    @Test("carries level, trace and words, the details in order")
    func records() async throws {
        let follower = try hub.follow()
        var logger = Logger(label: "test") { [hub] in FollowedLogHandler(label: $0, hub: hub) }
        logger.info("plain")
        logger[metadataKey: "trace"] = "t1"
        logger[metadataKey: "session"] = "s"
        logger.error("failed", metadata: ["agent": "a"])
        logger.debug("below the level")
        logger[metadataKey: "trace"] = nil
        logger.notice("script", metadata: ["trace_id": "t2"])
        #expect(await follower.next() == [LogRecord(level: .info, message: "plain")])
        #expect(
            await follower.next() == [LogRecord(level: .error, traceID: "t1", message: "failed agent=a session=s")])
        #expect(await follower.next() == [LogRecord(level: .info, traceID: "t2", message: "script session=s")])
    }
}
