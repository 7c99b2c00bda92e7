import ParlantCore

/// Classes of what handlers get and return, which no table of definitions describes.
enum ContractClasses {
    static let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)

    private static func union(_ words: [String]) -> String { words.map { "\"\($0)\"" }.joined(separator: "|") }

    private static let text = """
        ---@alias parlant.HookStep \(union(HookStep.allCases.map(\.rawValue)))

        ---@alias parlant.HookVerdict nil|"resolve"|"bail"

        ---@alias parlant.Result parlant.ResultSpec

        ---@class (exact) parlant.null

        ---@class (exact) parlant.Match
        ---@field guideline parlant.Guideline
        ---@field rationale string Why it applies.
        ---@field score number How sure that is, from 0 to 1.

        ---@class (exact) parlant.ContextMatch
        ---@field id string Id of the guideline.
        ---@field guideline? parlant.Guideline Nil for one that the agent's file does not define.
        ---@field rationale string Why it applies.
        ---@field score number How sure that is, from 0 to 1.

        ---@class (exact) parlant.HookEvent
        ---@field step parlant.HookStep
        ---@field text? string The text, where there is one.
        ---@field error? string What failed, at the step `error`.
        ---@field replace fun(self, text: string) Changes the text, before it is sent.

        --- Reads as its message, also within `..`.
        ---@class parlant.Error
        ---@field kind? \(union(HTTPTransportError.Kind.allCases.map(\.rawValue)))
        ---@field message string One sentence.
        ---@field retry_after? number Seconds after which another try makes sense.
        ---@operator concat(any): string

        ---@class (exact) parlant.HttpReply
        ---@field status integer
        ---@field headers table<string, string> Names in small letters.
        ---@field body string
        ---@field json fun(self): any, string? The body as a value; `nil` and why when it is no JSON.

        ---@class (exact) parlant.HttpStream
        ---@field status integer
        ---@field headers table<string, string> Names in small letters.
        ---@field lines fun(self): fun(): string? The reply line by line.
        ---@field chunks fun(self): fun(): string? The reply piece by piece, as it comes.
        ---@field json_lines fun(self): fun(): any The value of each line.
        ---@field close fun(self) Reads no more.
        ---@overload fun(): string?

        ---@class (exact) parlant.GenerationRequest
        ---@field prompt string
        ---@field temperature number
        ---@field max_tokens integer Most tokens of the answer.
        ---@field size \(union(ModelSize.allCases.map(\.rawValue)))
        ---@field schema? table<string, any> JSON schema of the answer; nil for free text.

        ---@class (exact) parlant.Usage
        ---@field input_tokens? integer (default: `0`)
        ---@field output_tokens? integer (default: `0`)

        ---@class (exact) parlant.Generation
        ---@field text? string The answer, as JSON when there was a schema; not needed after a stream.
        ---@field usage? parlant.Usage

        ---@class (exact) parlant.Moderation
        ---@field flagged boolean
        ---@field categories? string[]

        ---@class (exact) parlant.CustomerRecord
        ---@field id string
        ---@field name string
        ---@field about? string Who this is; empty: nothing is known.
        ---@field metadata? table<string, any>
        ---@field tags? string[] Ids of tags.
        ---@field created_at? string A moment, as 2026-03-02T08:00:00Z.
        ---@field updated_at? string The moment of the last change; created_at, if it is not there.

        ---@class (exact) parlant.CustomerPage
        ---@field items parlant.CustomerRecord[]
        ---@field total? integer Of all pages; needed when there was a limit.

        ---@class (exact) parlant.CustomerQuery
        ---@field direction \(union(PageRequest.Direction.allCases.map(\.rawValue))) Order by the moment.
        ---@field order "created_at"|"updated_at" The moment that customers are sorted by, then by id.
        ---@field tags string[] Ids of tags; customers have one of them, unless there is none.
        ---@field metadata table<string, any> What customers have.
        ---@field limit? integer Most items; nil: all.
        ---@field after? { created_at?: string, updated_at?: string, id: string } Last one of the page before.

        ---@class (exact) parlant.CustomerDraft
        ---@field id? string Wished for by the caller.
        ---@field name string
        ---@field about? string
        ---@field metadata table<string, any>
        ---@field tags string[]

        ---@class (exact) parlant.CustomerChange
        ---@field name? string
        ---@field about? string Empty: remove it.
        ---@field metadata { set: table<string, any>, unset: string[], replacement?: table<string, any> }
        ---@field tags { add: string[], remove: string[], replacement?: string[] }

        """
}
