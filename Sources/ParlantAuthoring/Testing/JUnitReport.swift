import ParlantCore
import ParlantScripting

/// The results in the XML that build servers read: a suite per spec file, a case per test.
public struct JUnitReport: Sendable, CustomStringConvertible {
    private let report: TestReport

    /// A document about these results.
    public init(_ report: TestReport) { self.report = report }

    /// The document.
    public var description: String {
        var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
        lines.append(
            "<testsuites tests=\"\(report.results.count)\" failures=\"\(report.failed)\" skipped=\"\(report.skipped)\">"
        )
        for (file, results) in suites {
            let failures = results.count { if case .failed = $0.outcome { true } else { false } }
            let skipped = results.count { if case .skipped = $0.outcome { true } else { false } }
            lines.append(
                "  <testsuite name=\"\(Self.escaped(file))\" tests=\"\(results.count)\" failures=\"\(failures)\" "
                    + "skipped=\"\(skipped)\" time=\"\(Self.seconds(results.reduce(0) { $0 + $1.seconds }))\">")
            lines += results.flatMap(testCase)
            lines.append("  </testsuite>")
        }
        if !report.problems.isEmpty {
            lines.append("  <testsuite name=\"loading\" tests=\"1\" failures=\"1\" skipped=\"0\" time=\"0.000\">")
            lines.append("    <testcase classname=\"loading\" name=\"all files load\" time=\"0.000\">")
            let text = report.problems.map(\.description).joined(separator: "\n")
            lines.append("      <failure message=\"\(Self.escaped(text))\"/>")
            lines += ["    </testcase>", "  </testsuite>"]
        }
        lines.append("</testsuites>")
        return lines.joined(separator: "\n") + "\n"
    }

    private var suites: [(String, [TestResult])] {
        Dictionary(grouping: report.results, by: \.test.location.file).sorted { $0.key < $1.key }
    }

    private func testCase(_ result: TestResult) -> [String] {
        let head =
            "    <testcase classname=\"\(Self.escaped(result.test.location.file))\" "
            + "name=\"\(Self.escaped(result.test.name))\" time=\"\(Self.seconds(result.seconds))\""
        switch result.outcome {
        case .passed: return [head + "/>"]
        case .skipped(let reason):
            return [head + ">", "      <skipped message=\"\(Self.escaped(reason))\"/>", "    </testcase>"]
        case .failed(let place, let reason):
            return [
                head + ">", "      <failure message=\"\(Self.escaped("\(place): \(reason)"))\"/>", "    </testcase>",
            ]
        }
    }

    private static func seconds(_ value: Double) -> String {
        let milliseconds = Int((value * 1000).rounded())
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }

    /// Text for an attribute. What XML cannot hold at all becomes a question mark.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\n": escaped += "&#10;"
            case "\t": escaped += "&#9;"
            default: escaped += scalar.value < 0x20 ? "?" : String(scalar)
            }
        }
        return escaped
    }
}
