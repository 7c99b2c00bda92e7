/// Decides when scripts are read, loaded and swapped. Knows no files and no clock: events come in, actions go out.
///
/// A hint says that something may have changed; after a time of quiet the files are read, and only a reading that shows
/// a change leads to a load. What happens while files are read or loaded is looked at afterwards.
struct ReloadStateMachine: Sendable {
    enum State: Sendable, Equatable {
        case idle
        /// Files change; waits until they have been left alone for a time.
        case settling(since: Duration, lastHint: Duration)
        case reading(Cause, Meanwhile)
        case loading(Meanwhile)
        case stopped
    }

    /// What came while files were read or loaded, and so may not be seen in them.
    enum Meanwhile: Int, Sendable {
        case nothing
        /// Files changed.
        case hint
        /// Somebody asked for a reload, and has to learn what it led to.
        case request

        func and(_ other: Meanwhile) -> Meanwhile { rawValue < other.rawValue ? other : self }
    }

    /// Why the files are read.
    enum Cause: Sendable, Equatable {
        /// They changed and are quiet now. `since`: when that began.
        case change(since: Duration)
        /// Somebody asked for it.
        case request
        /// It is time to see whether a change went unnoticed.
        case poll
    }

    enum Event: Sendable, Equatable {
        /// Something may have changed.
        case hint
        /// The time asked for by `startTimer` is over.
        case timer
        case poll
        /// Reload at once, without waiting for quiet.
        case request
        case read(Reading)
        /// `isNew`: there are generations to swap in, or bundles to take out.
        case loaded(isNew: Bool)
        case shutDown
    }

    /// What a reading of the files showed.
    enum Reading: Sendable, Equatable {
        case same
        case changed
        /// They changed while they were read.
        case moving
    }

    enum Action: Sendable, Equatable {
        /// Send `timer` after this time. There is one timer at most.
        case startTimer(Duration)
        case read
        /// Load what the last reading found.
        case load
        /// Serve what was loaded.
        case swap
        /// Say what the load led to.
        case report
        /// Say that a request found nothing to do.
        case reportSame
        /// Stop watching.
        case stop
    }

    /// How long files must be left alone before they are read.
    let quiet: Duration
    /// Files that never rest are read after this time all the same.
    let longestSettling: Duration
    private(set) var state = State.idle
    private var hasTimer = false

    init(quiet: Duration = .milliseconds(100), longestSettling: Duration = .seconds(5)) {
        self.quiet = quiet
        self.longestSettling = longestSettling
    }

    /// Takes an event.
    ///
    /// - Parameter now: Reading of the monotonic clock; never goes back.
    /// - Returns: What to do, in order.
    mutating func handle(_ event: Event, at now: Duration) -> [Action] {
        if event == .timer { hasTimer = false }
        switch (state, event) {
        case (.stopped, _): return []
        case (_, .shutDown):
            state = .stopped
            return [.stop]
        case (.idle, .hint): return settle(since: now, at: now)
        case (.idle, .poll): return read(.poll)
        case (.idle, .request), (.settling, .request): return read(.request)
        case (.settling(let since, _), .hint):
            state = .settling(since: since, lastHint: now)
            return []
        case (.settling(let since, let lastHint), .timer):
            let rest = min(lastHint + quiet, since + longestSettling) - now
            return rest <= .zero ? read(.change(since: since)) : timer(rest)
        case (.reading(let cause, let meanwhile), .hint):
            state = .reading(cause, meanwhile.and(.hint))
            return []
        case (.reading(let cause, _), .request):
            state = .reading(cause, .request)
            return []
        case (.reading(let cause, let meanwhile), .read(let reading)):
            return finish(reading, cause, meanwhile, at: now)
        case (.loading(let meanwhile), .hint):
            state = .loading(meanwhile.and(.hint))
            return []
        case (.loading, .request):
            state = .loading(.request)
            return []
        case (.loading(let meanwhile), .loaded(let isNew)):
            return (isNew ? [.swap, .report] : [.report]) + lookAgain(after: meanwhile, at: now)
        case (.settling, .poll), (.reading, .poll), (.loading, .poll), (.idle, .timer), (.reading, .timer),
            (.loading, .timer), (.idle, .read), (.settling, .read), (.loading, .read), (.idle, .loaded),
            (.settling, .loaded), (.reading, .loaded):
            return []
        }
    }

    private mutating func finish(
        _ reading: Reading, _ cause: Cause, _ meanwhile: Meanwhile, at now: Duration
    ) -> [Action] {
        var since = now
        if case .change(let begin) = cause { since = begin }
        switch reading {
        case .moving: return settle(since: since, at: now)
        case .same where cause == .request && meanwhile == .nothing:
            state = .idle
            return [.reportSame]
        case .same: return lookAgain(after: meanwhile, at: now)
        case .changed where meanwhile == .request || cause == .request:
            state = .loading(meanwhile)
            return [.load]
        // What nobody told of may still be going on.
        case .changed where cause == .poll: return settle(since: now, at: now)
        case .changed where meanwhile == .hint && now - since < longestSettling:
            return settle(since: since, at: now)
        case .changed:
            state = .loading(meanwhile)
            return [.load]
        }
    }

    private mutating func lookAgain(after meanwhile: Meanwhile, at now: Duration) -> [Action] {
        switch meanwhile {
        case .nothing:
            state = .idle
            return []
        case .hint: return settle(since: now, at: now)
        case .request: return read(.request)
        }
    }

    private mutating func read(_ cause: Cause) -> [Action] {
        state = .reading(cause, .nothing)
        return [.read]
    }

    private mutating func settle(since: Duration, at now: Duration) -> [Action] {
        state = .settling(since: since, lastHint: now)
        return timer(quiet)
    }

    private mutating func timer(_ duration: Duration) -> [Action] {
        guard !hasTimer else { return [] }
        hasTimer = true
        return [.startTimer(duration)]
    }
}
