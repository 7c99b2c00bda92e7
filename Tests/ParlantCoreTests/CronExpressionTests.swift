import ParlantCore
import Testing

@Suite("Rules as cron writes them")
struct CronExpressionTests {
    @Test(
        "are taken",
        arguments: [
            "* * * * *", "0 12 * * MON-fri", "*/15 0-6,22,23 1-7/2 jan,Jul ?", "0 0 * * 7", "0 0 1 1 0 30",
            "  5   4 * * sun ", "@daily", "@Hourly",
        ])
    func valid(_ text: String) {
        #expect(CronExpression(text)?.source == text)
    }

    @Test(
        "are refused",
        arguments: [
            "", "every day", "* * * *", "* * * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *",
            "* * * * 8", "*/0 * * * *", "1-2-3 * * * *", "5-1 * * * *", "1,,2 * * * *", "/5 * * * *", "-1 * * * *",
            "* * * foo *", "@never", "1/2/3 * * * *", "1- * * * *",
        ])
    func invalid(_ text: String) {
        #expect(CronExpression(text) == nil)
    }

    @Test(
        "says when it last came true",
        arguments: [
            // The rule, now, and the moment.
            ("0 * * * *", "2026-03-02T09:30:00Z", "2026-03-02T09:00:00Z"),
            ("0 * * * *", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z"),
            ("0 * * * *", "2026-03-02T08:59:59.999999Z", "2026-03-02T08:00:00Z"),
            ("*/15 * * * *", "2026-03-02T09:44:59Z", "2026-03-02T09:30:00Z"),
            ("5/20 * * * *", "2026-03-02T09:44:59Z", "2026-03-02T09:25:00Z"),
            ("30 7 * * *", "2026-03-02T07:29:00Z", "2026-03-01T07:30:00Z"),
            ("0 12 * * mon-fri", "2026-03-01T15:00:00Z", "2026-02-27T12:00:00Z"),
            ("0 0 1 * *", "2026-03-31T15:00:00Z", "2026-03-01T00:00:00Z"),
            ("0 0 29 feb *", "2026-03-01T00:00:00Z", "2024-02-29T00:00:00Z"),
            ("0 0 13 * fri", "2026-03-14T00:00:00Z", "2026-03-13T00:00:00Z"),
            ("0 0 13 * fri", "2026-03-12T00:00:00Z", "2026-03-06T00:00:00Z"),
            ("0 0 * * 7", "2026-03-04T00:00:00Z", "2026-03-01T00:00:00Z"),
            ("0 0 * * 0", "2026-03-04T00:00:00Z", "2026-03-01T00:00:00Z"),
            ("0 9 * * * 30", "2026-03-02T09:00:10Z", "2026-03-01T09:00:30Z"),
            ("@weekly", "2026-03-04T10:00:00Z", "2026-03-01T00:00:00Z"),
            ("@yearly", "2026-03-04T10:00:00Z", "2026-01-01T00:00:00Z"),
            ("0 0 1 1 *", "1969-06-01T00:00:00Z", "1969-01-01T00:00:00Z"),
        ])
    func lastMoment(rule: String, now: String, expected: String) throws {
        let rule = try #require(CronExpression(rule))
        let now = try #require(Timestamp(now))
        #expect(rule.lastMoment(notAfter: now) == Timestamp(expected))
    }

    @Test("a rule for a date that does not exist never comes true")
    func never() throws {
        let rule = try #require(CronExpression("0 0 31 feb *"))
        #expect(rule.lastMoment(notAfter: try #require(Timestamp("2026-03-02T09:30:00Z"))) == nil)
    }
}
