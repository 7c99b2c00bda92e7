/// A check of guidelines before they are used.
public struct Evaluation: StoredEntity {
    /// What is done with a guideline. Raw values are the wire's.
    public enum Operation: String, Sendable, CaseIterable { case add, update }

    /// A guideline to be checked, and which questions are asked about it.
    public struct Payload: Sendable, Equatable {
        public var condition: String
        public var action: String?
        public var tools: [ToolID]
        public var operation: Operation
        /// The guideline that would be updated.
        public var updatedID: GuidelineID?
        public var proposesAction: Bool
        public var proposesProperties: Bool
        public var proposesJourneyNode: Bool

        public init(
            condition: String, action: String? = nil, tools: [ToolID] = [], operation: Operation = .add,
            updatedID: GuidelineID? = nil, proposesAction: Bool = false, proposesProperties: Bool = false,
            proposesJourneyNode: Bool = false
        ) {
            self.condition = condition
            self.action = action
            self.tools = tools
            self.operation = operation
            self.updatedID = updatedID
            self.proposesAction = proposesAction
            self.proposesProperties = proposesProperties
            self.proposesJourneyNode = proposesJourneyNode
        }

        /// 16 hexadecimal digits that are the same for the same content (64-bit FNV-1a).
        public var checksum: String {
            let parts = [condition, action ?? "", operation.rawValue, updatedID?.rawValue ?? ""]
            let text = (parts + tools.map(\.description)).joined(separator: "\u{0}")
            let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
            let digits = String(hash, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
    }

    public static var entityName: String { "evaluation" }

    public var id: Identifier<Evaluation>
    public var payloads: [Payload]

    public init(id: Identifier<Evaluation>, payloads: [Payload]) {
        self.id = id
        self.payloads = payloads
    }
}
