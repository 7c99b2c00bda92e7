/// Signatures of what is on `ctx`. Which members there are, and where, says ``ContextMembers``; a test compares.
enum ContextDocs {
    private static let options =
        "{ query?: table<string, string|number|boolean>, headers?: table<string, string>, json?: any, "
        + "form?: table<string, string|number|boolean>, body?: string, timeout?: number }"
    private static let fields = "message: string, fields?: table<string, any>"

    private static func request(_ method: String) -> MemberDoc {
        .method(
            "url: string, options?: \(options)", "parlant.HttpReply?, parlant.Error?",
            "Sends a \(method) request and waits for the whole reply; a status of 400 or more is a reply, too.")
    }

    private static func line(_ level: String) -> MemberDoc {
        .method(fields, "", "Writes a line of level \(level); the message is constant, facts are fields.")
    }

    private static let kept: [String: MemberDoc] = [
        "get": .method("key: string", "any", "The value; nil when there is none."),
        "set": .method("key: string, value: any, options?: { ttl?: number }", "", "Keeps a value; `ttl` in seconds."),
        "add": .method(
            "key: string, value: any, options?: { ttl?: number }", "boolean",
            "Keeps a value unless there is one; false when there was."),
        "increment": .method("key: string, amount?: number", "number", "Adds at one go, and returns the new value."),
        "delete": .method("key: string", "", "Forgets the value."),
    ]

    /// By path.
    static let members: [String: MemberDoc] = ["session", "customer", "agent"].reduce(into: plain) { members, scope in
        for (name, doc) in kept { members["ctx.kv.\(scope).\(name)"] = doc }
    }

    private static let plain: [String: MemberDoc] = [
        "ctx.agent": .part("Who answers."),
        "ctx.customer": .part("With whom."),
        "ctx.session": .part("In which session."),
        "ctx.interaction": .part("What was said."),
        "ctx.config": .field("table<string, any>", "Settings that the agent or plugin declares."),
        "ctx.log": .part("The server's log."),
        "ctx.time": .part("The clock; tests own it."),
        "ctx.http": .part("Requests to other servers."),
        "ctx.kv": .part("What is kept from call to call, and over reloads."),
        "ctx.kv.session": .part("Kept with the session."),
        "ctx.kv.customer": .part("Kept with the customer."),
        "ctx.kv.agent": .part("Kept with the agent."),
        "ctx.memories": .part("What the agent remembers of the customer."),
        "ctx.memories.search": .method(
            "text?: string, limit?: integer",
            "{ id: string, text: string, kind: \"fact\"|\"episode\", entities: string[], importance: number, at: string, "
                + "score: number }[]",
            "Memories that have to do with a text, the best first; without one the newest. (default: 5, at most 50)"),
        "ctx.memories.remember": .method(
            "text: string, options?: { importance?: number, entities?: string[] }", "string?, string?",
            "Remembers one sentence, and returns its id; nil and why where the session is not to be remembered. "
                + "`importance` is 0 to 1."),
        "ctx.memories.forget": .method("id: string", "boolean", "Forgets a memory; false when there was none."),
        "ctx.variables": .field("table<string, any>", "Values that the agent knows about the customer."),
        "ctx.tool_calls": .field("table<string, any>[]", "Tool calls of this turn."),
        "ctx.matches": .field("parlant.ContextMatch[]", "Guidelines that apply in this turn."),
        "ctx.state": .field("table<string, any>", "The plugin's own; `save` carries it over a reload."),
        "ctx.emit_custom": .method("data: table<string, any>", "", "Sends an event of your own to the front end."),
        "ctx.set_variable": .method("name: string, value: any", "", "Sets a variable for the current customer."),
        "ctx.all": .method("...: fun(): any", "any ...", "Runs the functions side by side; results in order."),
        "ctx.agent.id": .field("string", "Its id."), "ctx.agent.name": .field("string", "What customers see."),
        "ctx.customer.id": .field("string", "Your id of the customer."),
        "ctx.customer.name": .field("string", "What people call them."),
        "ctx.customer.about": .field("string?", "Who this is."),
        "ctx.customer.metadata": .field("table<string, any>", "What you keep with them; read-only."),
        "ctx.customer.is_guest": .field("boolean", "Whether nobody knows who they are."),
        "ctx.customer.set_metadata": .method("key: string, value: any", "", "Keeps a value with the customer."),
        "ctx.customer.has_tag": .method("tag: parlant.Tag|string", "boolean", "Whether the customer has the tag."),
        "ctx.customer.documents": .method(
            "query?: string, limit?: integer",
            "{ id: string, title: string, metadata: table<string, any>, text: string?, passage: integer?, score: number? }[]",
            "Passages of the customer's documents that answer, best first (default: 5 at most); without a query the "
                + "documents by id and title."),
        "ctx.session.id": .field("string", "Its id."),
        "ctx.session.mode": .field("\"auto\"|\"manual\"", "Whether the agent answers by itself."),
        "ctx.session.title": .field("string?", "Its title."),
        "ctx.session.metadata": .field("table<string, any>", "What you keep with it; read-only."),
        "ctx.session.set_metadata": .method("key: string, value: any", "", "Keeps a value with the session."),
        "ctx.session.add_label": .method("label: string", "", "Adds a label."),
        "ctx.session.has_label": .method("label: string", "boolean", "Whether it has the label."),
        "ctx.session.set_mode": .method("mode: \"auto\"|\"manual\"", "", "Switches the agent's own replies on or off."),
        "ctx.interaction.messages": .field(
            "{ role: \"customer\"|\"agent\"|\"human\", text: string, at: string }[]", "Oldest first."),
        "ctx.interaction.last_customer_message": .field("string", "Empty before the first one."),
        "ctx.emit_message": .method("text: string", "", "Says something before the reply."),
        "ctx.emit_status": .method(
            "status: \"processing\"|\"typing\"|\"ready\", details?: table<string, any>", "",
            "Tells the front end what the agent does."),
        "ctx.http.get": request("GET"), "ctx.http.post": request("POST"), "ctx.http.put": request("PUT"),
        "ctx.http.patch": request("PATCH"), "ctx.http.delete": request("DELETE"),
        "ctx.http.stream": .method(
            "method: string, url: string, options?: \(options)", "parlant.HttpStream?, parlant.Error?",
            "Sends a request and reads the reply as it comes."),
        "ctx.log.debug": line("debug"), "ctx.log.info": line("info"), "ctx.log.warn": line("warning"),
        "ctx.log.error": line("error"),
        "ctx.time.now": .method("", "number", "Seconds since 1970, with fraction."),
        "ctx.time.today": .method("zone?: string", "string", "The date as YYYY-MM-DD. (default: UTC)"),
        "ctx.time.local_hour": .method("zone: string", "integer", "The hour of a time zone, 0 to 23."),
        "ctx.time.iso": .method("seconds: number", "string", "The moment as 2026-03-02T08:00:00Z."),
        "ctx.time.sleep": .method("seconds: number", "", "Waits, and blocks nobody."),
    ]
}
