import ParlantCore
import Synchronization

/// One timer for any number of time-outs: slots of equal width, turned by a single task that sleeps until the next
/// slot in use, and by none at all while nothing is armed.
///
/// Arming costs O(1). Disarming is not needed: the owner ignores an id that it no longer knows, which costs one lookup
/// when the slot comes due. A time-out fires at most one slot width late, never early.
final class TimerWheel: Sendable {
    /// Width of a slot.
    static let slotWidth = Duration.milliseconds(250)

    private struct State {
        /// Ids by the number of their slot, counted from the clock's origin.
        var slots: [Int64: [UInt64]] = [:]
        /// Slot for which the task sleeps; nil: no task.
        var target: Int64?
        var task: Task<Void, Never>?
    }

    private let clock: any TimeSource
    private let onFire: @Sendable ([UInt64]) -> Void
    private let state = Mutex(State())

    /// A wheel on `clock`; `onFire` gets the ids that came due, on an arbitrary task, and must not block.
    init(clock: any TimeSource, onFire: @escaping @Sendable ([UInt64]) -> Void) {
        self.clock = clock
        self.onFire = onFire
    }

    deinit { state.withLock { $0.task?.cancel() } }

    /// Fires `id` once, `timeout` from now.
    func arm(_ id: UInt64, after timeout: Duration) {
        let slot = Self.slot(of: clock.uptime + timeout) + 1
        state.withLock { state in
            state.slots[slot, default: []].append(id)
            if let target = state.target, target <= slot { return }
            sleep(until: slot, &state)
        }
    }

    private func sleep(until slot: Int64, _ state: inout State) {
        state.task?.cancel()
        state.target = slot
        let pause = max(.zero, Self.slotWidth * Int(slot) - clock.uptime)
        state.task = Task { [weak self, clock] in
            guard (try? await clock.sleep(for: pause)) != nil else { return }
            self?.turn(slot)
        }
    }

    private func turn(_ slot: Int64) {
        let due: [UInt64] = state.withLock { state in
            guard state.target == slot else { return [] }
            let dueSlots = state.slots.keys.filter { $0 <= slot }.sorted()
            let ids = dueSlots.flatMap { state.slots.removeValue(forKey: $0) ?? [] }
            state.task = nil
            state.target = nil
            if let next = state.slots.keys.min() { sleep(until: next, &state) }
            return ids
        }
        if !due.isEmpty { onFire(due) }
    }

    private static func slot(of moment: Duration) -> Int64 { Int64(moment / slotWidth) }
}
