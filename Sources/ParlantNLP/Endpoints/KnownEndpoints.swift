/// The services that `--nlp` knows by name.
///
/// A row is all that a service needs which speaks one of the dialects; what it does not understand is found out when
/// it is asked. Addresses, variables and models are those that the services document.
public enum KnownEndpoints {
    /// All rows, those with a dialect of their own first, then by name.
    public static let all: [KnownEndpoint] = [
        KnownEndpoint(
            "openai", "https://api.openai.com/v1", key: "OPENAI_API_KEY",
            models: ModelNames(large: "gpt-4o", small: "gpt-4o-mini"), moderates: true),
        KnownEndpoint(
            "anthropic", "https://api.anthropic.com", .anthropic, key: "ANTHROPIC_API_KEY",
            models: ModelNames(large: "claude-sonnet-4-5", small: "claude-haiku-4-5")),
        KnownEndpoint("ollama", "http://127.0.0.1:11434", .ollama, key: "OLLAMA_API_KEY", needsKey: false),
        KnownEndpoint(
            "cerebras", "https://api.cerebras.ai/v1", key: "CEREBRAS_API_KEY",
            models: ModelNames(large: "llama-3.3-70b", small: "llama3.1-8b")),
        KnownEndpoint(
            "deepseek", "https://api.deepseek.com/v1", key: "DEEPSEEK_API_KEY",
            models: ModelNames(large: "deepseek-chat")),
        KnownEndpoint(
            "fireworks", "https://api.fireworks.ai/inference/v1", key: "FIREWORKS_API_KEY",
            models: ModelNames(large: "accounts/fireworks/models/llama-v3p3-70b-instruct")),
        KnownEndpoint(
            "gemini", "https://generativelanguage.googleapis.com/v1beta/openai", key: "GEMINI_API_KEY",
            models: ModelNames(large: "gemini-2.5-flash", small: "gemini-2.5-flash-lite")),
        KnownEndpoint(
            "groq", "https://api.groq.com/openai/v1", key: "GROQ_API_KEY",
            models: ModelNames(large: "llama-3.3-70b-versatile", small: "llama-3.1-8b-instant")),
        KnownEndpoint("litellm", "http://127.0.0.1:4000/v1", key: "LITELLM_API_KEY", needsKey: false, moderates: true),
        KnownEndpoint("llama.cpp", "http://127.0.0.1:8080/v1", key: "LLAMA_CPP_API_KEY", needsKey: false),
        KnownEndpoint("lmstudio", "http://127.0.0.1:1234/v1", key: "LMSTUDIO_API_KEY", needsKey: false),
        KnownEndpoint(
            "mistral", "https://api.mistral.ai/v1", key: "MISTRAL_API_KEY",
            models: ModelNames(large: "mistral-large-latest", small: "mistral-small-latest")),
        KnownEndpoint(
            "openrouter", "https://openrouter.ai/api/v1", key: "OPENROUTER_API_KEY",
            models: ModelNames(large: "openai/gpt-4o", small: "openai/gpt-4o-mini")),
        KnownEndpoint(
            "together", "https://api.together.xyz/v1", key: "TOGETHER_API_KEY",
            models: ModelNames(large: "meta-llama/Llama-3.3-70B-Instruct-Turbo")),
        KnownEndpoint("vllm", "http://127.0.0.1:8000/v1", key: "VLLM_API_KEY", needsKey: false),
        KnownEndpoint(
            "xai", "https://api.x.ai/v1", key: "XAI_API_KEY", models: ModelNames(large: "grok-3", small: "grok-3-mini")),
    ]

    /// The row of this name; nil when there is none.
    public static func named(_ name: String) -> KnownEndpoint? { all.first { $0.name == name } }

    /// The table in Markdown, as the documentation has it.
    public static var markdown: String {
        var lines = [
            "| `--nlp` | Address, unless the variable is set | Dialect | Key | Models unless named |",
            "| --- | --- | --- | --- | --- |",
        ]
        for row in all {
            let models =
                row.models.map { $0.all.map { "`\($0)`" }.joined(separator: ", ") } ?? "none: `--model` is needed"
            lines.append(
                "| `\(row.name)` | \(row.baseURL), `\(row.baseURLVariable)` | \(row.dialect.rawValue) | "
                    + "`\(row.keyVariable)`\(row.needsKey ? "" : ", if any") | \(models) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
