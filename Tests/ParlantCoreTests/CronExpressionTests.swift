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
}
