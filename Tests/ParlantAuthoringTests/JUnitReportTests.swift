import ParlantCore
import ParlantScripting
import Testing

@testable import ParlantAuthoring

@Suite("The JUnit report")
struct JUnitReportTests {
    private func result(_ name: String, _ outcome: TestResult.Outcome) -> TestResult {
        let place = SourceLocation(file: "agents/a/spec/a_spec.lua", line: 3)
        return TestResult(test: SpecTest(name: name, location: place), outcome: outcome, seconds: 0.0125)
    }

    @Test("has a suite per file and a case per test, with text that XML can hold")
    func document() {
        var report = TestReport()
        report.results = [
            result("passes", .passed),
            result("fails", .failed(at: SourceLocation(file: "agents/a/init.lua", line: 9), "expected \"<a>\" & more")),
            result("waits", .skipped("needs a model")),
        ]
        #expect(
            JUnitReport(report).description == """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites tests="3" failures="1" skipped="1">
                  <testsuite name="agents/a/spec/a_spec.lua" tests="3" failures="1" skipped="1" time="0.038">
                    <testcase classname="agents/a/spec/a_spec.lua" name="passes" time="0.013"/>
                    <testcase classname="agents/a/spec/a_spec.lua" name="fails" time="0.013">
                      <failure message="agents/a/init.lua:9: expected &quot;&lt;a&gt;&quot; &amp; more"/>
                    </testcase>
                    <testcase classname="agents/a/spec/a_spec.lua" name="waits" time="0.013">
                      <skipped message="needs a model"/>
                    </testcase>
                  </testsuite>
                </testsuites>

                """)
    }

    @Test("counts files that do not load as one failure")
    func problems() {
        var report = TestReport()
        report.problems = [LoadProblem(bundle: "a", file: "agents/a.lua", line: 1, message: "no")]
        let text = JUnitReport(report).description
        #expect(text.contains("failures=\"1\""))
        #expect(text.contains("<failure message=\"agents/a.lua:1: no\"/>"))
    }
}
