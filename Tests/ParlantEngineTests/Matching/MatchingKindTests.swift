import ParlantCore
import Testing

@testable import ParlantEngine

@Suite("Kinds of matching")
struct MatchingKindTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var sentence: String
        var guideline: Guideline
        var wasFollowed = false
        var kind: MatchingKind

        var testDescription: String { sentence }
    }

    private static func guideline(
        _ action: String?, matcher: Guideline.Matcher = .condition, criticality: Criticality = .medium,
        track: Bool = true, metadata: JSONObject = [:], tools: [ToolID] = []
    ) -> Guideline {
        Guideline(
            id: "g", content: GuidelineContent(condition: "The customer asks", action: action),
            criticality: criticality, track: track, matcher: matcher, tools: tools, metadata: metadata)
    }

    private static let dependent: JSONObject = ["customer_dependent_action_data": ["is_customer_dependent": true]]
    private static let independent: JSONObject = ["customer_dependent_action_data": ["is_customer_dependent": false]]

    static let rows = [
        Row(
            sentence: "one that always applies is not judged", guideline: guideline("Greet", matcher: .always),
            kind: .always),
        Row(
            sentence: "one with a matcher is judged by its code", guideline: guideline("Greet", matcher: .code),
            kind: .code),
        Row(sentence: "one without action is an observation", guideline: guideline(nil), kind: .observational),
        Row(
            sentence: "an observation that counted before is still one", guideline: guideline(nil), wasFollowed: true,
            kind: .observational),
        Row(
            sentence: "one with tools alone states a fact too",
            guideline: guideline(nil, tools: [ToolID(service: "s", name: "t")]), kind: .observational),
        Row(
            sentence: "one with an action that was not taken is actionable", guideline: guideline("Offer a refund"),
            kind: .actionable),
        Row(
            sentence: "one that was followed must come up anew", guideline: guideline("Offer a refund"),
            wasFollowed: true, kind: .previouslyApplied),
        Row(
            sentence: "one that asked the customer waits for the answer",
            guideline: guideline("Ask for the order number"), wasFollowed: true, kind: .customerDependent),
        Row(
            sentence: "one that will ask is actionable until it did", guideline: guideline("Ask for the order number"),
            kind: .actionable),
        Row(
            sentence: "the metadata say that the action depends on the customer",
            guideline: guideline("Clear the form", metadata: dependent), wasFollowed: true, kind: .customerDependent),
        Row(
            sentence: "the metadata say that it does not, whatever the verb",
            guideline: guideline("Ask nicely", metadata: independent), wasFollowed: true, kind: .previouslyApplied),
        Row(
            sentence: "a manner is kept up", guideline: guideline("Never name a price"), wasFollowed: true,
            kind: .continuous),
        Row(
            sentence: "one that is not tracked is kept up", guideline: guideline("Offer a refund", track: false),
            wasFollowed: true, kind: .continuous),
        Row(
            sentence: "the metadata say that it is kept up",
            guideline: guideline("Offer a refund", metadata: ["continuous": true]), kind: .continuous),
        Row(
            sentence: "the metadata say that it is not, whatever the verb",
            guideline: guideline("Use the coupon", metadata: ["continuous": false]), wasFollowed: true,
            kind: .previouslyApplied),
        Row(
            sentence: "one of low criticality is of its own kind", guideline: guideline("Offer tea", criticality: .low),
            wasFollowed: true, kind: .lowCriticality),
        Row(
            sentence: "one of high criticality is judged like any other",
            guideline: guideline("Hand over", criticality: .high), kind: .actionable),
    ]

    @Test("each guideline has one kind", arguments: rows)
    func kinds(_ row: Row) {
        #expect(MatchingKind(of: row.guideline, wasFollowed: row.wasFollowed) == row.kind)
    }

    @Test("what was followed is judged like new when the policy says so")
    func switchedOff() {
        var policy = MatchingPolicy()
        policy.judgesFollowedAnew = false
        #expect(MatchingKind(of: Self.guideline("Offer a refund"), wasFollowed: true, by: policy) == .actionable)
    }
}
