/// When the parts of one reload happened, on the monotonic clock of the scripts. What `make bench` shows.
public struct ReloadTimes: Sendable, Equatable {
    /// The first sign of the change.
    public internal(set) var noticed = Duration.zero
    /// The files had been quiet, and their reading began.
    public internal(set) var quiet = Duration.zero
    /// All files were read.
    public internal(set) var read = Duration.zero
    /// The touched bundles were loaded for each lane.
    public internal(set) var loaded = Duration.zero
    /// Settings, and what bundles must not share, were checked, and all was joined.
    public internal(set) var checked = Duration.zero
    /// The new generations were served.
    public internal(set) var swapped = Duration.zero
}
